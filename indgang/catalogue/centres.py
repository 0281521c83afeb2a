"""Contact centres: who owns the task, who operates the centre, where it is, and which opening hours it has."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from indgang.audit.trail import Actor
from indgang.catalogue import changes
from indgang.catalogue.models import ContactCentre


def save(centre: ContactCentre, *, by: Actor, at: datetime, **values: Any) -> ContactCentre:
    """Add or change a centre. Permissions for it follow its owner's unit."""
    return changes.save(centre, values, by=by, at=at)

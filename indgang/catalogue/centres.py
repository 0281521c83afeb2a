"""Contact centres: who owns the task, who operates it, where, and which opening hours hold."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from indgang.audit.trail import Actor
from indgang.catalogue import changes
from indgang.catalogue.models import ContactCentre


def save(centre: ContactCentre, *, by: Actor, at: datetime, **values: Any) -> ContactCentre:
    """Add or change a centre. Rights to it follow its owner's unit."""
    return changes.save(centre, values, by=by, at=at)

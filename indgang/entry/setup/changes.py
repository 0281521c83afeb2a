"""What every change to the set-up of the entries has in common: its row in the trail, and word to who must know.

The order to the switchboard and the marks of stale pages are rows of the same transaction: they are seen when the
change is, and vanish with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import models

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.entry import commands
from indgang.live import stale


def tell(
    action: str,
    target: models.Model,
    *,
    by: Person,
    at: datetime,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    why: str = "",
    parts: tuple[str, ...] = (),
    reload: bool = True,
) -> None:
    """Write the change in the trail, mark `parts` stale, and let the switchboard read its set-up anew."""
    trail.record(by=by, at=at, action=action, target=target, before=before, after=after, why=why)
    if parts:
        stale.mark(*parts)
    if reload:
        commands.give("reload", by=by, at=at)

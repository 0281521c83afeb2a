"""Records a change to the set-up of the entries, and notifies the switchboard and the pages.

The reload command and the marks of stale pages are rows of the same transaction: they are committed with the change, or
not at all.
"""

from __future__ import annotations

from typing import Unpack

from django.db import models

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.entry import commands
from indgang.live import stale


def record_change(
    action: str,
    target: models.Model,
    *,
    parts: tuple[str, ...] = (),
    reload: bool = True,
    **difference: Unpack[trail.ChangeFacts],
) -> None:
    """Write the change to the audit trail, mark `parts` stale, and have the switchboard reload its set-up."""
    trail.record(action=action, target=target, **difference)
    if parts:
        stale.mark(*parts)
    if reload:
        by = difference["by"]
        commands.give("reload", by=by if isinstance(by, Person) else None, at=difference["at"])

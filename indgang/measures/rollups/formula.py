"""By which version of `facts` the roll-ups were counted.

The reader takes away what the events before a window counted. With another formula than the rows were counted by, that
would leave figures that no formula gives, so the rows must be counted anew first.
"""

from __future__ import annotations

from indgang.measures.models import RollupState
from indgang.measures.rollups.facts import FACTS_VERSION


class OutdatedRollups(RuntimeError):
    """The roll-ups were counted by another version of what events count: `indgang figures rebuild`."""

    def __init__(self) -> None:
        super().__init__("the roll-ups were counted by another version of the facts; run: indgang figures rebuild")


def is_outdated() -> bool:
    """Whether the rows were counted by another version. The first to count decides the version of an empty table."""
    held = RollupState.objects.values_list("facts_version", flat=True).first()
    if held is None:
        note_current()
        return False
    return held != FACTS_VERSION


def note_current() -> None:
    """The rows are those of this version, as of the caller's transaction."""
    RollupState.objects.update_or_create(pk=1, defaults={"facts_version": FACTS_VERSION})

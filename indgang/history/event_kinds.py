"""The event kinds of imported history. A stream is a part of one import: one queue, channel and day.

One event holds many contacts in columns, because nothing ever happens to one of them alone: an import is taken back as
a whole. They hold no person, no number and no text that somebody wrote.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from indgang.events.kinds import declare


@dataclass(frozen=True, slots=True)
class PastContacts:
    """Contacts of another system on one day, which begins in Copenhagen at the event's `at`.

    Each list has a place for each contact: `starts` and `waits` in seconds, `talks` and `wrap_ups` too (-1: not known),
    `results` a letter (`mapping.codes`), and `subjects` a place in `told`: pairs and more of service, purpose and
    resolution. `answer_within` and `target_percent` are the promise of the queue on that day.
    """

    source: int = 0
    answer_within: float = 0
    target_percent: float = 0
    starts: Sequence[int] = ()
    waits: Sequence[int] = ()
    talks: Sequence[int] = ()
    wrap_ups: Sequence[int] = ()
    results: str = ""
    subjects: Sequence[int] = ()
    told: Sequence[Sequence[str]] = ()


@dataclass(frozen=True, slots=True)
class PastWithdrawn:
    """The import was taken back: its contacts count no more."""

    source: int = 0


class HistoryKind:
    CONTACTS = declare("past_contacts", PastContacts)
    WITHDRAWN = declare("past_withdrawn", PastWithdrawn)

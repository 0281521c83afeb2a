"""The changes of state of many people, read at once."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter
from uuid import UUID

from indgang.entry.models import AgentState, PresenceEvent
from indgang.measures import timeline
from indgang.measures.timeline import StateChange, StateSpan

#: how long before a day somebody's last change of state is looked for: nobody stays signed in longer
_BEFORE = timedelta(days=2)
_WITH_CONTACT = frozenset({AgentState.TALKING, AgentState.WORKING})

_Row = tuple[datetime, str, UUID | None]


@dataclass(frozen=True, slots=True)
class PersonDay:
    """The day of one person from the first to the last time they were signed in, and how many contacts they had in
    conversation or work."""

    person: int
    spans: tuple[StateSpan, ...]
    in_hand: int


def days(people: Collection[int], start: datetime, end: datetime) -> Iterator[PersonDay]:
    """Those of the people who were signed in between two moments. One query."""
    found = PresenceEvent.objects.filter(person__in=people, at__gte=start - _BEFORE, at__lt=end)
    rows = found.order_by("person", "id").values_list("person", "at", "state", "enquiry")
    for person, of_person in groupby(rows, key=itemgetter(0)):
        changes: list[_Row] = [(at, state, enquiry) for _person, at, state, enquiry in of_person]
        spans = timeline.spans([StateChange(at, state) for at, state, _enquiry in changes], start=start, end=end)
        if at_work := timeline.at_work(spans):
            yield PersonDay(person, at_work, _in_hand(changes, start))


def _in_hand(rows: list[_Row], start: datetime) -> int:
    """How many contacts the person had in conversation or work from `start` on."""
    found = {enquiry for at, state, enquiry in rows if state in _WITH_CONTACT and at >= start}
    return len(found - {None})

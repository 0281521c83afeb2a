"""What imported contacts count in the figures (`measures.rollups.facts`): a pure function of the events of one part.

They count as live ones do (`measures.rollups.facts`), as far as the other system said it: a talk that it did not
measure is no talk of nought seconds. No single contact can be shown behind a figure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from uuid import UUID

from indgang.enquiries.models import Outcome, State
from indgang.entry.journal import SHORT_ABANDON_SECONDS
from indgang.history.event_kinds import HistoryKind, PastContacts
from indgang.history.mapping import codes
from indgang.measures import histogram
from indgang.measures.rollups.facts import (
    RESOLVED_AT_ONCE,
    CountedFact,
    FactKey,
    Measure,
    OtherStreams,
    StreamEvent,
)
from indgang.measures.sums import SegmentOutcome

_SEGMENTS: Mapping[str, SegmentOutcome] = {
    codes.ANSWERED: SegmentOutcome.ANSWERED, codes.ABANDONED: SegmentOutcome.ABANDONED,
    codes.OVERFLOWED: SegmentOutcome.OVERFLOWED, codes.MESSAGE: SegmentOutcome.MESSAGES,
    codes.CALLBACK: SegmentOutcome.CALLBACKS, codes.LEFT: SegmentOutcome.LEFT,
}  # fmt: skip
_STATES: Mapping[str, State] = {
    codes.ABANDONED: State.ABANDONED, codes.OVERFLOWED: State.PASSED_ON, codes.MESSAGE: State.MESSAGE,
    codes.CALLBACK: State.CALLBACK, codes.LEFT: State.LEFT, codes.REGISTERED: State.REGISTERED,
}  # fmt: skip
_QUARTER = 900
#: a contact lasts at most a day, so it counts at most so long after its day began
REACHES = timedelta(days=2, hours=1)


def facts(noted: Sequence[StreamEvent]) -> Iterator[CountedFact]:
    """The facts of one part of an import; none once it was taken back."""
    if any(each.event.kind == HistoryKind.WITHDRAWN for each in noted):
        return
    for each in noted:
        if each.event.kind == HistoryKind.CONTACTS:
            yield from _contacts(each)


class _Keys:
    """The keys of one day's facts, each made once."""

    def __init__(self, noted: StreamEvent) -> None:
        self._noted, self._told = noted, noted.event.payload.told
        self._begins = noted.event.at.astimezone(UTC)
        self._keys: dict[tuple[int, str, int, str], FactKey] = {}

    def at(self, seconds: int, measure: Measure, subject: int, outcome: str) -> FactKey:
        place = seconds // _QUARTER, measure, subject, outcome
        found = self._keys.get(place)
        if found is None:
            found = self._keys[place] = self._key(*place)
        return found

    def _key(self, quarter: int, measure: str, subject: int, outcome: str) -> FactKey:
        noted, (service, purpose, _resolution) = self._noted, self._told[subject]
        begins: datetime = self._begins + timedelta(seconds=quarter * _QUARTER)
        return FactKey(
            begins, measure, noted.centre, noted.event.queue, service, purpose, noted.channel, noted.level, outcome
        )


def _contacts(noted: StreamEvent) -> Iterator[CountedFact]:
    told: PastContacts = noted.event.payload
    keys = _Keys(noted)
    columns = zip(told.starts, told.waits, told.talks, told.wrap_ups, told.results, told.subjects, strict=True)
    for start, wait, talk, wrap_up, result, subject in columns:
        resolution = told.told[subject][2]
        if result == codes.REGISTERED:
            state: str = State.REGISTERED
        else:
            yield _segment(keys, told, start, wait, result, subject)
            state = _state(result, resolution)
        yield CountedFact(keys.at(start, Measure.ARRIVED, subject, state), result != codes.REGISTERED)
        if result == codes.ANSWERED:
            yield from _conversation(keys, start + wait, wait, talk, wrap_up, subject, resolution)
        if resolution and result in (codes.ANSWERED, codes.REGISTERED):
            key = keys.at(start + wait, Measure.REGISTERED, subject, resolution)
            yield CountedFact(key, resolution in RESOLVED_AT_ONCE)


def _segment(keys: _Keys, told: PastContacts, start: int, wait: int, result: str, subject: int) -> CountedFact:
    key = keys.at(start, Measure.SEGMENTS, subject, _SEGMENTS[result])
    if result not in (codes.ANSWERED, codes.ABANDONED):
        return CountedFact(key, milliseconds=1000 * wait, bucket=_bucket(wait))
    is_short = result == codes.ABANDONED and wait <= SHORT_ABANDON_SECONDS
    points = round(told.target_percent)
    return CountedFact(key, wait <= told.answer_within, is_short, 1000 * wait, points, _bucket(wait))


def _state(result: str, resolution: str) -> str:
    if result == codes.ANSWERED:
        return State.REGISTERED if resolution else State.UNREGISTERED
    return _STATES[result]


def _conversation(
    keys: _Keys, at: int, wait: int, talk: int, wrap_up: int, subject: int, resolution: str
) -> Iterator[CountedFact]:
    yield CountedFact(keys.at(at, Measure.ANSWERED, subject, resolution), resolution == Outcome.TRANSFERRED)
    yield CountedFact(keys.at(at, Measure.WHOLE_WAIT, subject, resolution), False, False, 1000 * wait, 0, _bucket(wait))
    if talk >= 0:
        yield CountedFact(keys.at(at, Measure.TALKED, subject, resolution), False, False, 1000 * talk, 0, _bucket(talk))
        if wrap_up >= 0:
            handled = talk + wrap_up
            key = keys.at(at, Measure.HANDLED, subject, resolution)
            yield CountedFact(key, False, False, 1000 * handled, 0, _bucket(handled))


@lru_cache(100_000)
def _bucket(seconds: int) -> int:
    return histogram.bucket(timedelta(seconds=seconds))


def _nobody(_stream: UUID) -> UUID | None:
    return None


def _no_streams(_enquiry: UUID) -> list[UUID]:
    return []


STREAMS = OtherStreams(
    begins=HistoryKind.CONTACTS,
    kinds=frozenset({HistoryKind.CONTACTS, HistoryKind.WITHDRAWN}),
    facts=facts,
    dated_by={},
    enquiry_of=_nobody,
    of_enquiry=_no_streams,
    reaches=REACHES,
    is_listed=False,
)

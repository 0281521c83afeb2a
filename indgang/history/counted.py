"""What imported contacts count in the figures (`measures.rollups.facts`): a pure function of the events of one part.

They count as live ones do (`measures.rollups.facts`), as far as the other system said it: a talk that it did not
measure is no talk of nought seconds. No single contact can be shown behind a figure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, timedelta
from functools import lru_cache
from uuid import UUID

from indgang.enquiries.models import Outcome, State
from indgang.entry.journal import SHORT_ABANDON_SECONDS
from indgang.history.event_kinds import HistoryKind, PastContacts
from indgang.history.mapping import codes
from indgang.measures import histogram
from indgang.measures.rollups.facts import (
    RESOLVED_AT_ONCE,
    CountedTogether,
    FactKey,
    Measure,
    OtherStreams,
    StreamEvent,
)
from indgang.measures.rollups.tallies import FactTally
from indgang.measures.sums import SegmentOutcome

_SEGMENTS: Mapping[str, SegmentOutcome] = {
    codes.ANSWERED: SegmentOutcome.ANSWERED, codes.ABANDONED: SegmentOutcome.ABANDONED,
    codes.OVERFLOWED: SegmentOutcome.OVERFLOWED, codes.MESSAGE: SegmentOutcome.MESSAGES,
    codes.CALLBACK: SegmentOutcome.CALLBACKS, codes.LEFT: SegmentOutcome.LEFT,
}  # fmt: skip
_STATES: Mapping[str, State] = {
    codes.ABANDONED: State.ABANDONED, codes.OVERFLOWED: State.PASSED_ON, codes.MESSAGE: State.MESSAGE,
    codes.CALLBACK: State.CALLBACK, codes.LEFT: State.LEFT,
}  # fmt: skip
_DECIDED = frozenset({codes.ANSWERED, codes.ABANDONED})
_QUARTER = 900
#: a contact lasts at most a day, so it counts at most so long after its day began
REACHES = timedelta(days=2, hours=1)


def facts(noted: Sequence[StreamEvent]) -> Iterator[CountedTogether]:
    """The facts of one part of an import; none once it was taken back."""
    if any(each.event.kind == HistoryKind.WITHDRAWN for each in noted):
        return
    for each in noted:
        if each.event.kind == HistoryKind.CONTACTS:
            yield from _contacts(each)


class _DaySums:
    """What the contacts of one event count, added up by quarter of an hour, measure, subject and outcome."""

    def __init__(self, noted: StreamEvent) -> None:
        self._noted = noted
        self._sums: defaultdict[tuple[int, str, int, str], FactTally] = defaultdict(FactTally)

    def at(self, seconds: int, measure: Measure, subject: int, outcome: str) -> FactTally:
        """What is counted so many seconds after the day began."""
        return self._sums[seconds // _QUARTER, measure, subject, outcome]

    def counted(self) -> Iterator[CountedTogether]:
        noted, told, begins = self._noted, self._noted.event.payload.told, self._noted.event.at.astimezone(UTC)
        for (quarter, measure, subject, outcome), held in self._sums.items():
            service, purpose, _resolution = told[subject]
            key = FactKey(
                begins + timedelta(seconds=quarter * _QUARTER), measure, noted.centre, noted.event.queue, service,
                purpose, noted.channel, noted.level, outcome,
            )  # fmt: skip
            yield CountedTogether(
                key, held.whole, held.part, held.short, held.milliseconds, held.target_points, held.histogram
            )


def _contacts(noted: StreamEvent) -> Iterator[CountedTogether]:
    told: PastContacts = noted.event.payload
    sums, points = _DaySums(noted), round(told.target_percent)
    columns = zip(told.starts, told.waits, told.talks, told.wrap_ups, told.results, told.subjects, strict=True)
    for start, wait, talk, wrap_up, result, subject in columns:
        resolution = told.told[subject][2]
        if result != codes.REGISTERED:
            segment = sums.at(start, Measure.SEGMENTS, subject, _SEGMENTS[result])
            _time(segment, wait)
            if result in _DECIDED:
                segment.part += wait <= told.answer_within
                segment.target_points += points
                segment.short += result == codes.ABANDONED and wait <= SHORT_ABANDON_SECONDS
            arrived = sums.at(start, Measure.ARRIVED, subject, _state(result, resolution))
            arrived.whole += 1
            arrived.part += 1
        if result == codes.ANSWERED:
            _conversation(sums, start + wait, wait, talk, wrap_up, subject, resolution)
        if resolution and result in (codes.ANSWERED, codes.REGISTERED):
            registered = sums.at(start + wait, Measure.REGISTERED, subject, resolution)
            registered.whole += 1
            registered.part += resolution in RESOLVED_AT_ONCE
    return sums.counted()


def _state(result: str, resolution: str) -> str:
    """How it ended; "" for an answered call of a file that does not say how it was resolved."""
    if result == codes.ANSWERED:
        return State.REGISTERED if resolution else ""
    return _STATES[result]


def _conversation(sums: _DaySums, at: int, wait: int, talk: int, wrap_up: int, subject: int, resolution: str) -> None:
    answered = sums.at(at, Measure.ANSWERED, subject, resolution)
    answered.whole += 1
    answered.part += resolution == Outcome.TRANSFERRED
    _time(sums.at(at, Measure.WHOLE_WAIT, subject, resolution), wait)
    if talk >= 0:
        _time(sums.at(at, Measure.TALKED, subject, resolution), talk)
        if wrap_up >= 0:
            _time(sums.at(at, Measure.HANDLED, subject, resolution), talk + wrap_up)


def _time(tally: FactTally, seconds: int) -> None:
    """Count one thing with a time."""
    tally.whole += 1
    tally.milliseconds += 1000 * seconds
    bucket, held = _bucket(seconds), tally.histogram
    held[bucket] = held.get(bucket, 0) + 1


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

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
    DIGITAL_CHANNELS,
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
#: somebody talked or wrote with the contact
_MET = frozenset({codes.ANSWERED, codes.REGISTERED})
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
        self.channel = noted.channel

    def at(self, quarter: int, measure: Measure, subject: int, outcome: str) -> FactTally:
        """What is counted in a quarter of the day, from 0 on."""
        return self._sums[quarter, measure, subject, outcome]

    def counted(self) -> Iterator[CountedTogether]:
        noted, told, begins = self._noted, self._noted.event.payload.told, self._noted.event.at.astimezone(UTC)
        quarters = {each: begins + timedelta(seconds=each * _QUARTER) for each in {key[0] for key in self._sums}}
        for (quarter, measure, subject, outcome), held in self._sums.items():
            service, purpose, _resolution = told[subject]
            key = FactKey(
                quarters[quarter], measure, noted.centre, noted.event.queue, service, purpose, noted.channel,
                noted.level, outcome,
            )  # fmt: skip
            yield CountedTogether(
                key, held.whole, held.part, held.short, held.milliseconds, held.target_points, held.histogram
            )


#: contacts that count the same: their quarter, result and subject
_Alike = tuple[int, str, int]


def _contacts(noted: StreamEvent) -> Iterator[CountedTogether]:
    told: PastContacts = noted.event.payload
    sums = _DaySums(noted)
    waits, met = _alike(told)
    for (quarter, result, subject), their_waits in waits.items():
        _arrived(sums, told, (quarter, result, subject), their_waits)
    for (quarter, result, subject), times in met.items():
        resolution = told.told[subject][2]
        if result == codes.ANSWERED:
            _conversations(sums, quarter, subject, resolution, times)
        if resolution:
            registered = sums.at(quarter, Measure.REGISTERED, subject, resolution)
            registered.whole += len(times)
            registered.part += len(times) * (resolution in RESOLVED_AT_ONCE)
    return sums.counted()


def _alike(
    told: PastContacts,
) -> tuple[Mapping[_Alike, Sequence[int]], Mapping[_Alike, Sequence[tuple[int, int, int]]]]:
    """The waits of the contacts that came into the queue, by the quarter in which they came; and wait, talk and wrap-up
    of those that somebody met, by the quarter in which they were met."""
    waits, met = defaultdict[_Alike, list[int]](list), defaultdict[_Alike, list[tuple[int, int, int]]](list)
    columns = zip(told.starts, told.waits, told.talks, told.wrap_ups, told.results, told.subjects, strict=True)
    for start, wait, talk, wrap_up, result, subject in columns:
        if result != codes.REGISTERED:
            waits[start // _QUARTER, result, subject].append(wait)
        if result in _MET:
            met[(start + wait) // _QUARTER, result, subject].append((wait, talk, wrap_up))
    return waits, met


def _arrived(sums: _DaySums, told: PastContacts, alike: _Alike, waits: Sequence[int]) -> None:
    quarter, result, subject = alike
    segments = sums.at(quarter, Measure.SEGMENTS, subject, _SEGMENTS[result])
    _time(segments, waits)
    if result in _DECIDED:
        segments.part += _up_to(told.answer_within, waits)
        segments.target_points += len(waits) * round(told.target_percent)
    if result == codes.ABANDONED:
        segments.short += _up_to(SHORT_ABANDON_SECONDS, waits)
    arrived = sums.at(quarter, Measure.ARRIVED, subject, _state(result, told.told[subject][2]))
    arrived.whole += len(waits)
    arrived.part += len(waits)
    arrived.short += len(waits) * (sums.channel in DIGITAL_CHANNELS)


def _up_to(seconds: float, times: Sequence[int]) -> int:
    return len([each for each in times if each <= seconds])


def _state(result: str, resolution: str) -> str:
    """How it ended; "" for an answered call of a file that does not say how it was resolved."""
    if result == codes.ANSWERED:
        return State.REGISTERED if resolution else ""
    return _STATES[result]


def _conversations(
    sums: _DaySums, quarter: int, subject: int, resolution: str, times: Sequence[tuple[int, int, int]]
) -> None:
    answered = sums.at(quarter, Measure.ANSWERED, subject, resolution)
    answered.whole += len(times)
    answered.part += len(times) * (resolution == Outcome.TRANSFERRED)
    _time(sums.at(quarter, Measure.WHOLE_WAIT, subject, resolution), [wait for wait, _talk, _wrap_up in times])
    if talks := [talk for _wait, talk, _wrap_up in times if talk >= 0]:
        _time(sums.at(quarter, Measure.TALKED, subject, resolution), talks)
    if handled := [talk + wrap_up for _wait, talk, wrap_up in times if talk >= 0 and wrap_up >= 0]:
        _time(sums.at(quarter, Measure.HANDLED, subject, resolution), handled)


def _time(tally: FactTally, times: Sequence[int]) -> None:
    """Count things with a time, in seconds."""
    tally.whole += len(times)
    tally.milliseconds += 1000 * sum(times)
    held = tally.histogram
    for seconds in times:
        bucket = _bucket(seconds)
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

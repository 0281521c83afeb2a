"""The contacts behind a figure: each fact that it counts, judged by the figure's own formula.

The facts come from the events by the function that the roll-ups are counted by, so a list and a roll-up cannot differ.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from functools import cache, lru_cache
from itertools import chain, product
from typing import Any
from uuid import UUID

from django.db.models import Q

from indgang.core.clock import COPENHAGEN
from indgang.enquiries.event_kinds import EnquiryKind
from indgang.enquiries.models import Enquiry
from indgang.entry.event_kinds import Kind
from indgang.events import cursor
from indgang.events.event import EventKind
from indgang.measures.definitions import Definition, Figure
from indgang.measures.period import Period
from indgang.measures.rollups import counting, log, reading
from indgang.measures.rollups.facts import (
    NOT_FROM_EVENTS,
    ON_PAY_PEOPLE,
    ON_SHIFT_PEOPLE,
    SIGNED_IN,
    CountedFact,
    FactKey,
    Measure,
    Promises,
    facts,
    others,
    timed,
)
from indgang.measures.rollups.reading import GroupBy
from indgang.measures.rollups.tallies import FactTally
from indgang.measures.sums import AnswerSums, SegmentOutcome
from indgang.measures.totals import Totals

#: streams that are looked through for one page: the rest is left to the next one
MOST_STREAMS = 2_000
_AT_A_TIME = 250
#: the events that say in which quarter a measure counts; other measures take any event
_DATED_BY: Mapping[Measure, tuple[EventKind[Any], ...]] = {
    Measure.SEGMENTS: (Kind.QUEUED,),
    Measure.WRITTEN_SEGMENTS: (Kind.QUEUED,),
    Measure.REGISTERED: (EnquiryKind.REGISTERED,),
    Measure.DIGITAL: (EnquiryKind.REGISTERED,),
    Measure.GENERAL: (EnquiryKind.REGISTERED,),
    Measure.REPEATS: (EnquiryKind.REGISTERED,),
    Measure.REPLIED: (EnquiryKind.REPLIED,),
    Measure.CALLBACKS: (Kind.CALLBACK, Kind.CALLBACK_ORDERED),
    Measure.CALLBACK_TIMES: (Kind.CALLBACK, Kind.CALLBACK_ORDERED),
    Measure.NOT_REACHED: (Kind.CALLBACK_OVER,),
    Measure.SECOND_LEVEL: (Kind.SUBJECT_TRIED, Kind.SUBJECT_UNREACHED, Kind.CONSULTING, Kind.TRANSFERRED),
    Measure.OUT_OF_HOURS: (Kind.SUBJECT_TRIED, Kind.SUBJECT_UNREACHED),
    Measure.ON_DUTY: (),
    Measure.ON_SHIFT: (),
    Measure.ON_PAY: (),
}
#: the columns that a fact takes from the event that dates it; where the event has none, it takes the contact's
_FROM_EVENT: Mapping[Measure, frozenset[str]] = {
    Measure.SEGMENTS: frozenset({"queue", "centre", "channel"}),
    Measure.WRITTEN_SEGMENTS: frozenset({"queue", "centre", "channel"}),
    Measure.REPLIED: frozenset({"queue", "centre"}),
    Measure.NOT_REACHED: frozenset({"queue", "centre"}),
    Measure.SECOND_LEVEL: frozenset({"queue", "centre"}),
    Measure.OUT_OF_HOURS: frozenset({"queue", "centre"}),
}
#: measures whose facts may have any of the outcomes of segments: those of time have outcomes of their own
_OF_SEGMENTS = [each for each in Measure if each not in NOT_FROM_EVENTS]
_TIMES = {GroupBy.DAY: "%Y-%m-%d", GroupBy.MONTH: "%Y-%m", GroupBy.HOUR: "%H"}
_SOME_TIME = datetime(2020, 1, 1, tzinfo=COPENHAGEN)


@dataclass(frozen=True, slots=True)
class ContactBehind:
    """A fact of a contact, and the figure as if it were all there is: its base is what the fact adds to the base.
    `stream` is the enquiry, also of what happened to a hand-over of it, as long as there is one."""

    stream: UUID
    fact: CountedFact
    figure: Figure


@dataclass(frozen=True, slots=True)
class ContactsBehind:
    """Some of the contacts in the order of their ids, which is that of their beginning. `following` is the id after
    which the rest is found; None when nothing is left."""

    rows: list[ContactBehind]
    following: UUID | None


@dataclass(frozen=True, slots=True)
class BehindWhat:
    """A figure, in a period, of rows with these codes (as for `reading.totals`), in one group or in all of them."""

    definition: Definition
    period: Period
    only: Mapping[str, Iterable[str]]
    by: GroupBy = GroupBy.NOTHING
    group: str = ""

    def counts(self, key: FactKey) -> bool:
        if not self.period.start <= key.quarter < self.period.end:
            return False
        return group_of(key, self.by) == self.group and all(
            str(getattr(key, name)) in codes for name, codes in self.only.items()
        )


def group_of(key: FactKey, by: GroupBy) -> str:
    """The group of `reading.totals` that counts it."""
    if by is GroupBy.NOTHING:
        return ""
    if by in _TIMES:
        return f"{key.quarter.astimezone(COPENHAGEN):{_TIMES[by]}}"
    return str(getattr(key, by.value))


def behind(
    what: BehindWhat, *, after: UUID | None = None, most: int = 100,
    wanted: Callable[[Figure], bool] = lambda figure: True,
) -> ContactsBehind:  # fmt: skip
    """The facts behind a figure that are `wanted`, of the contacts after this id: at least `most` of them, if
    `MOST_STREAMS` contacts have so many; a contact is never divided between two pages."""
    promises, found, seen = log.promises(), list[ContactBehind](), 0
    while len(found) < most and seen < MOST_STREAMS:
        keys = _streams(what, after, _AT_A_TIME)
        for stream, of_stream in _facts_of(keys, promises):
            after = stream
            found += (each for each in _counted(what, stream, of_stream) if wanted(each.figure))
            if len(found) >= most:
                return ContactsBehind(found, after)
        if len(keys) < _AT_A_TIME:
            return ContactsBehind(found, None)
        after, seen = keys[-1], seen + len(keys)
    return ContactsBehind(found, after)


def of_stream(stream: UUID) -> list[CountedFact]:
    """What one contact counts, with its hand-overs."""
    keys = sorted({stream, *chain.from_iterable(other.of_enquiry(stream) for other in others())})
    return list(chain.from_iterable(found for _stream, found in _facts_of(keys, log.promises())))


def alone(definition: Definition, fact: CountedFact) -> Figure:
    """The figure as if this fact were all there is."""
    return definition.of(_totals(fact))


def _totals(fact: CountedFact) -> Totals:
    tally = FactTally()
    tally.count(fact)
    return reading.of_tallies({(fact.key.measure, fact.key.outcome): tally})


def _counted(what: BehindWhat, stream: UUID, found: Iterable[CountedFact]) -> Iterator[ContactBehind]:
    of_figure = measures_of(what.definition)
    for fact in found:
        if Measure(fact.key.measure) in of_figure and what.counts(fact.key):
            figure = alone(what.definition, fact)
            if figure.base:
                yield ContactBehind(_enquiry_of(stream, fact.key.measure), fact, figure)


def _enquiry_of(stream: UUID, measure: str) -> UUID:
    """The enquiry that a stream is, or belongs to."""
    of_others = (other.enquiry_of(stream) for other in others() if measure in other.dated_by)
    return next(of_others, None) or stream


def _dated_by() -> dict[Measure, tuple[EventKind[Any], ...]]:
    """The kinds of events that date each measure which has some."""
    found = dict(_DATED_BY)
    for other in others():
        found.update(other.dated_by)
    return found


def measures_of(definition: Definition) -> frozenset[Measure]:
    """The measures that the base of a figure is made of: found by trying one fact of each kind."""
    return _measures(definition.of)


@lru_cache(maxsize=256)
def _measures(of: Callable[[Totals], Figure]) -> frozenset[Measure]:
    return frozenset(measure for measure, totals in _tried() if of(totals).base)


@cache
def _tried() -> tuple[tuple[Measure, Totals], ...]:
    """The totals of one fact of each kind, the same for all figures: they take 50 to 100 ms."""
    asked = product((Measure.RATED,), (each.name for each in fields(AnswerSums)))
    people = (
        (Measure.ON_DUTY, SIGNED_IN), (Measure.ON_SHIFT, ON_SHIFT_PEOPLE), (Measure.ON_PAY, ON_PAY_PEOPLE),
    )  # fmt: skip
    outcomes = [*product(_OF_SEGMENTS, SegmentOutcome), *people, *asked]
    return tuple(
        (measure, _totals(_trial(measure, outcome, part=part, short=short)))
        for (measure, outcome), part, short in product(outcomes, (False, True), (False, True))
    )


def _trial(measure: Measure, outcome: str, *, part: bool, short: bool) -> CountedFact:
    hour = timedelta(hours=1)
    return timed(FactKey(_SOME_TIME, measure, outcome=outcome), hour, part=part, short=short)


def _streams(what: BehindWhat, after: UUID | None, most: int) -> list[UUID]:
    """The next streams that can count in the period: they have such an event in it, or their time was typed later."""
    measures = measures_of(what.definition)
    if not measures:  # people count it, and no contact is behind it
        return []
    unlisted = [str(kind) for other in others() if not other.is_listed for kind in other.kinds]
    read = cursor.already_read(counting.READER).filter(at__gte=what.period.start, at__lt=what.period.end)
    read = read.exclude(kind__in=unlisted)
    typed = Enquiry.objects.filter(arrived_at__gte=what.period.start, arrived_at__lt=what.period.end)
    dated_by = _dated_by()
    if measures <= dated_by.keys():
        read = read.filter(kind__in=sorted({str(kind) for measure in measures for kind in dated_by[measure]}))
        read = read.filter(*_of_parts(what, measures))
        typed = typed.none()
    if after is not None:
        read, typed = read.filter(stream__gt=after), typed.filter(pk__gt=after)
    streams = read.order_by("stream").values_list("stream", flat=True).distinct()[:most]
    return sorted({*streams, *typed.order_by("pk").values_list("pk", flat=True)[:most]})[:most]


def _of_parts(what: BehindWhat, measures: Iterable[Measure]) -> Iterator[Q]:
    """Conditions on the events that date facts of the chosen parts: only these streams have to be looked through."""
    taken = frozenset.intersection(*(_FROM_EVENT.get(each, frozenset()) for each in measures))
    parts = [(name, list(codes)) for name, codes in what.only.items()] + [(what.by.value, [what.group])]
    for name, codes in parts:
        if name in taken:
            yield Q(**{f"{name}__in": ["", *codes]})


def _facts_of(keys: Sequence[UUID], promises: Promises) -> Iterator[tuple[UUID, list[CountedFact]]]:
    """What each of these streams counts, in the order of the streams."""
    for rows in log.streams(cursor.already_read(counting.READER), keys):
        of_stream = facts([log.noted(row) for row in rows], promises)
        yield UUID(rows[0][0]), [each for each in of_stream if isinstance(each, CountedFact)]

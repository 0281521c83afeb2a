"""What published measures have changed, from the registered questions of each week."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count
from django.db.models.functions import TruncWeek

from indgang.analysis.gap_models import GapMeasure
from indgang.analysis.gaps.comparing import span, those_that_lasted
from indgang.analysis.gaps.effect import (
    FEWEST_COMPARED,
    FEWEST_SUBJECTS,
    MOST_WEEKS,
    EffectVerdict,
    MeasureEffect,
    effect,
)
from indgang.catalogue.models import Service
from indgang.core import clock
from indgang.enquiries.models import Question
from indgang.measures.period import Period

_WEEK = timedelta(days=7)

#: the codes of a service and a purpose
Subject = tuple[str, str]


@dataclass(frozen=True, slots=True)
class EffectWeeks:
    """The Mondays, the questions of the measure in each week, those it is compared with, and the effect.

    `is_of_unit`: compared with other questions of the same unit, else of the whole municipality. `left_out` of these
    began or ended in these weeks. `others` are measures on the same questions that began or ended near these weeks."""

    weeks: tuple[date, ...]
    own: tuple[float, ...]
    compared: tuple[float, ...]
    effect: MeasureEffect
    is_of_unit: bool
    left_out: int = 0
    others: tuple[GapMeasure, ...] = ()


@dataclass(frozen=True, slots=True)
class AskedWeekly:
    """What several measures are estimated from, read once: enquiries about each subject by week, every measure that
    was published, and the unit of each service."""

    counts: Mapping[Subject, Mapping[date, int]]
    published: Sequence[GapMeasure]
    units: Mapping[str, int | None]

    @classmethod
    def about(cls, measures: Iterable[GapMeasure], *, today: date) -> AskedWeekly:
        """For these measures, with the weeks that any of them needs."""
        windows = [_window(each, each.published_on, today) for each in measures if each.published_on]
        if not windows:
            return cls({}, (), {})
        published = GapMeasure.objects.filter(published_on__isnull=False).select_related("service", "purpose")
        counts = _counts(min(first for first, _last in windows), max(last for _first, last in windows))
        return cls(counts, list(published), dict(Service.objects.values_list("code", "unit")))

    def between(self, first: date, last: date) -> dict[Subject, dict[date, int]]:
        """The counts of the weeks from `first` to before `last`, without subjects that have none."""
        cut = {
            subject: {week: number for week, number in weeks.items() if first <= week < last}
            for subject, weeks in self.counts.items()
        }
        return {subject: weeks for subject, weeks in cut.items() if weeks}


def measured(measure: GapMeasure, *, today: date, asked: AskedWeekly | None = None) -> EffectWeeks | None:
    """What the measure has changed, by the weeks that are over; None before it is published."""
    if measure.published_on is None:
        return None
    asked = asked or AskedWeekly.about([measure], today=today)
    first, last = _window(measure, measure.published_on, today)
    counts, published = asked.between(first, last), _monday(measure.published_on)
    own = {subject for subject in counts if _belongs(measure, subject)}
    # before its first question the subject was not registered, which is no week without questions
    begun = min((week for subject in own or counts for week in counts[subject]), default=first)
    return _in_weeks(measure, asked, counts, own, _mondays(min(begun, published), last))


def _in_weeks(
    measure: GapMeasure, asked: AskedWeekly, counts: Mapping[Subject, Mapping[date, int]], own: set[Subject],
    weeks: tuple[date, ...],
) -> EffectWeeks:  # fmt: skip
    others = [each for each in asked.published if each.pk != measure.pk]
    same = [each for each in others if _is_about_the_same(each, measure) and _changes(each, weeks)]
    place = _place(weeks, _monday(measure.published_on or weeks[0]))
    used = span(place, [at for each in same for at in _changes(each, weeks)], end=len(weeks))
    weeks, place = weeks[used.first : used.end], place - used.first
    touched = [each for each in others if _changes(each, weeks)]
    free = {
        f"{service}/{purpose}": _line(counts[service, purpose], weeks)
        for service, purpose in sorted(counts.keys() - own)
        if not any(_belongs(each, (service, purpose)) for each in touched)
    }
    series, left_out, is_of_unit = _comparable(free, asked.units, measure, place)
    mine = _together([_line(counts[each], weeks) for each in own], weeks)
    found = effect(mine, series, published=place)
    shown = found if used.is_alone else _withheld(found)
    return EffectWeeks(
        weeks, mine, _together(series.values(), weeks), shown, is_of_unit, left_out, tuple(same)
    )  # fmt: skip


def _withheld(found: MeasureEffect) -> MeasureEffect:
    return MeasureEffect(
        EffectVerdict.NOT_SEPARABLE, (), found.weeks_before, found.weeks_after, found.a_week_before
    )  # fmt: skip


def _comparable(
    free: Mapping[str, Sequence[float]], units: Mapping[str, int | None], measure: GapMeasure, published: int
) -> tuple[dict[str, Sequence[float]], int, bool]:  # fmt: skip
    """Of the subjects without a measure, those that were registered all the time: of the same unit, or all when these
    are few; and how many were not."""
    asked = {name: line for name, line in free.items() if any(line)}
    near = {name: line for name, line in asked.items() if units.get(name.split("/")[0]) == measure.service.unit_id}
    lasting = those_that_lasted(near, published=published)
    weeks = max((len(line) for line in lasting.values()), default=1)
    enough = sum(map(sum, lasting.values())) >= 2 * FEWEST_COMPARED * weeks
    if enough and len(lasting) >= FEWEST_SUBJECTS:
        return lasting, len(near) - len(lasting), True
    lasting = those_that_lasted(asked, published=published)
    return lasting, len(asked) - len(lasting), False


# --- Weeks ---------------------------------------------------------------------------------------


def _window(measure: GapMeasure, published_on: date, today: date) -> tuple[date, date]:
    """The first week that may be used, and that after the last one: the week in which the measure was dropped, or its
    service or purpose ended, is not used."""
    published = _monday(published_on)
    ends = [today, measure.service.valid_to, measure.purpose.valid_to if measure.purpose else None]
    if measure.dropped_at is not None:
        ends.append(clock.day_of(measure.dropped_at))
    last = min(*(_monday(each) for each in ends if each), published + (MOST_WEEKS + 1) * _WEEK)
    return published - MOST_WEEKS * _WEEK, last


def _mondays(first: date, last: date) -> tuple[date, ...]:
    return tuple(first + number * _WEEK for number in range(max((last - first) // _WEEK, 0)))


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _place(weeks: Sequence[date], week: date) -> int:
    return (week - weeks[0]) // _WEEK if weeks else 0


def _changes(measure: GapMeasure, weeks: Sequence[date]) -> list[int]:
    """The places of the weeks in which a measure began or ended."""
    dropped = clock.day_of(measure.dropped_at) if measure.dropped_at else None
    places = [_place(weeks, _monday(each)) for each in (measure.published_on, dropped) if each]
    return [each for each in places if 0 <= each < len(weeks)]


def _line(counts: Mapping[date, int], weeks: Sequence[date]) -> list[float]:
    return [float(counts.get(week, 0)) for week in weeks]


def _together(lines: Iterable[Sequence[float]], weeks: Sequence[date]) -> tuple[float, ...]:
    return tuple(sum(values) for values in zip([0.0] * len(weeks), *lines, strict=True))


# --- Subjects ------------------------------------------------------------------------------------


def _belongs(measure: GapMeasure, subject: Subject) -> bool:
    service, purpose = subject
    return service == measure.service.code and (measure.purpose is None or purpose == measure.purpose.code)


def _is_about_the_same(one: GapMeasure, other: GapMeasure) -> bool:
    of_all = one.purpose_id is None or other.purpose_id is None
    return one.service_id == other.service_id and (of_all or one.purpose_id == other.purpose_id)


def _counts(first: date, last: date) -> dict[Subject, dict[date, int]]:
    """The enquiries about each service and purpose by week, until the day `last`."""
    period = Period.days(first, max(last - timedelta(days=1), first))
    rows = Question.objects.filter(registered_at__gte=period.start, registered_at__lt=period.end).order_by()
    weekly = rows.annotate(week=TruncWeek("registered_at", tzinfo=clock.COPENHAGEN)).values_list(
        "service__code", "purpose__code", "week"
    )
    found: dict[Subject, dict[date, int]] = defaultdict(dict)
    for service, purpose, week, number in weekly.annotate(number=Count("enquiry", distinct=True)):
        found[service, purpose][clock.day_of(week)] = number
    return found

"""The totals of a period from the roll-ups, for the whole or by group, with what people typed and agreed prices."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import date, timedelta
from typing import Any

import orjson
from django.db import connection

from indgang.core.clock import day_of
from indgang.enquiries.models import Outcome
from indgang.measures import entered_values, priced_days
from indgang.measures.grouping import GroupBy as GroupBy
from indgang.measures.period import Period
from indgang.measures.rollups import grains, store
from indgang.measures.rollups.facts import IN_HAND, NOT_FROM_EVENTS, ON_PAY_PEOPLE, ON_SHIFT_PEOPLE, SIGNED_IN, Measure
from indgang.measures.rollups.grains import Grain
from indgang.measures.rollups.tallies import FactTally
from indgang.measures.sums import (
    AnswerSums,
    Contacts,
    Duty,
    EnteredSums,
    IndexSum,
    OnPay,
    OnShift,
    PriceSum,
    Replies,
    SegmentOutcome,
    Segments,
    Share,
)
from indgang.measures.totals import Times, Totals

_CODES = (GroupBy.CENTRE, GroupBy.QUEUE, GroupBy.SERVICE, GroupBy.PURPOSE, GroupBy.CHANNEL)
#: the columns by which rows can be chosen
CHOICES = (*(each.value for each in _CODES), GroupBy.LEVEL.value)
#: groups and choices that only rows with services have
_OF_SERVICES = frozenset({GroupBy.SERVICE.value, GroupBy.PURPOSE.value})
#: the outcomes of a question that somebody else goes on with, without the call being transferred
_HANDED_OVER = (Outcome.MESSAGE, Outcome.CALLBACK)
#: the states of time on duty that figures tell apart
_STATES = ("ready", "talking", "working", "wrap_up", "paused")
#: the measures of which figures tell outcomes apart; the others are added up over them
_BY_OUTCOME = (Measure.SEGMENTS, Measure.REGISTERED, Measure.RATED, *NOT_FROM_EVENTS)
#: whose histograms are read
_HAS_TIMES = f"""measure IN ('{Measure.WHOLE_WAIT}', '{Measure.REPLIED}') OR measure = '{Measure.SEGMENTS}'
    AND outcome IN ('{SegmentOutcome.ANSWERED}', '{SegmentOutcome.ABANDONED}')"""
#: one statement that reads each row once, so sums and histograms are of the same moment
_TALLIES = f"""
SELECT {{group}}, measure,
       CASE WHEN measure IN ({", ".join(f"'{each}'" for each in _BY_OUTCOME)}) THEN outcome ELSE '' END,
       sum(whole), sum(part), sum(short), sum(milliseconds)::bigint, sum(target_points), {{histograms}}
FROM {{table}} WHERE {{where}} GROUP BY 1, 2, 3
"""  # noqa: S608  # our names
#: the histograms of a group as they are, in one JSON text: adding them up here takes a fraction of the time that it
#: takes PostgreSQL by bucket
_EACH = "'[' || array_to_string(buckets, ',') || '],[' || array_to_string(counts, ',') || ']'"
_HISTOGRAMS = f"'[' || string_agg({_EACH}, ',') FILTER (WHERE {_HAS_TIMES}) || ']'"
#: of one measure
_TIMES = f"""
SELECT {{group}}, sum(whole), sum(milliseconds)::bigint, '[' || string_agg({_EACH}, ',') || ']'
FROM {{table}} WHERE {{where}} GROUP BY 1
"""  # noqa: S608  # our names
#: the column of time of rows of days and months
_DAY = "day"
_QUARTERS = "quarter >= %(start)s AND quarter < %(end)s"
_DAYS = "grain = %(grain)s AND day >= %(first)s AND day < %(following)s"
_MONTHS_AND_DAYS = """(grain = %(months)s AND day >= %(first_month)s AND day < %(following_month)s
  OR grain = %(grain)s AND (day >= %(first)s AND day < %(first_month)s
                         OR day >= %(following_month)s AND day < %(following)s))"""

_NOTHING = FactTally()

#: by measure and outcome
Tallied = dict[tuple[str, str], FactTally]


def totals(
    period: Period, *, by: GroupBy = GroupBy.NOTHING, only: Mapping[str, Iterable[str]] | None = None,
    times: bool = True, entered: Collection[str] | None = None,
) -> dict[str, Totals]:  # fmt: skip
    """The totals by group; groups without anything counted are left out. `only` chooses rows by their codes
    (`CHOICES`). Without `times`, histograms are left out (`Definition.has_times`). `entered` are the figures that are
    wanted, None for all: of those that people count (`entered_kinds`) and those of prices (`priced_days`), the others
    are left out.

    One query, of the fewest rows that tell it: months and days where the period is made of them. Where a figure that
    people count or one of prices is wanted, those of `entered_values.standing` and `priced_days.by_group` too."""
    chosen = _chosen(only)
    counted = _counted(period, by, chosen, times=times)
    typed = entered_values.by_group(period, by, chosen, entered)
    return _with_others(counted, typed, priced_days.by_group(period, by, chosen, entered, _of_prices))


def _of_prices(period: Period, by: GroupBy, chosen: Mapping[str, list[str]]) -> dict[str, Totals]:
    """What the sharing of prices needs, alone: answered contacts, handling time and time on duty."""
    return _counted(period, by, chosen, times=False, measures=(Measure.ANSWERED, Measure.HANDLED, Measure.ON_DUTY))


def _counted(
    period: Period, by: GroupBy, chosen: Mapping[str, list[str]], *, times: bool, measures: Sequence[Measure] = ()
) -> dict[str, Totals]:
    """The totals from the roll-ups alone, of these measures or all."""
    table, moment, where, words = _source(period, by, chosen)
    conditions = [where, *(f"{name}::text = ANY(%({name})s)" for name in chosen)]
    if by is GroupBy.HOUR:
        conditions += (f"measure <> '{each}'" for each in NOT_FROM_EVENTS)  # of whole days alone
    if measures:
        conditions.append("measure = ANY(%(measures)s)")
        words["measures"] = [each.value for each in measures]
    parts = {
        "table": table, "group": _group(by, moment), "where": " AND ".join(conditions),
        "histograms": _HISTOGRAMS if times else "NULL",
    }  # fmt: skip
    found: defaultdict[str, Tallied] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(_TALLIES.format(**parts), words | dict(chosen))
        for group, measure, outcome, whole, part, short, milliseconds, points, histograms in cursor.fetchall():
            tally = FactTally(whole, part, short, milliseconds, points, _histogram(histograms))
            found[str(group)][measure, outcome] = tally
    return {group: _totals(tallied) for group, tallied in sorted(found.items())}


def _with_others(
    counted: dict[str, Totals], entered: Mapping[str, EnteredSums], prices: Mapping[str, PriceSum]
) -> dict[str, Totals]:
    """With what people typed and what was agreed, also for groups in which nothing is counted."""
    if not entered and not prices:
        return counted
    groups = sorted(counted.keys() | entered.keys() | prices.keys())
    typed, price = EnteredSums(), PriceSum()
    return {
        each: replace(
            counted.get(each, Totals()), entered=entered.get(each, typed), price=prices.get(each, price)
        )
        for each in groups
    }  # fmt: skip


def times(
    measure: Measure, period: Period, *, by: GroupBy = GroupBy.NOTHING, only: Mapping[str, Iterable[str]] | None = None
) -> dict[str, Times]:
    """How long one measure took, by group, with the histogram that `totals` leaves out for most measures."""
    chosen = _chosen(only)
    table, moment, where, words = _source(period, by, chosen)
    conditions = [where, "measure = %(measure)s", *(f"{name}::text = ANY(%({name})s)" for name in chosen)]
    parts = {"table": table, "group": _group(by, moment), "where": " AND ".join(conditions)}
    with connection.cursor() as cursor:
        cursor.execute(_TIMES.format(**parts), words | chosen | {"measure": measure.value})
        rows = cursor.fetchall()
    return {str(group): Times(whole, ms / 1000, _histogram(histograms)) for group, whole, ms, histograms in rows}


def _chosen(only: Mapping[str, Iterable[str]] | None) -> dict[str, list[str]]:
    chosen = {name: list(codes) for name, codes in (only or {}).items()}
    if strange := chosen.keys() - set(CHOICES):
        raise ValueError(f"roll-ups are not chosen by {', '.join(sorted(strange))}")
    return chosen


def _histogram(text: str | None) -> dict[int, int]:
    """The sum of histograms: a JSON list of the buckets of the first, their counts, the buckets of the second ..."""
    if text is None:
        return {}
    told = iter(orjson.loads(text))
    held: dict[int, int] = dict(zip(next(told), next(told), strict=True))
    for buckets, counts in zip(told, told, strict=True):
        for bucket, count in zip(buckets, counts, strict=True):
            held[bucket] = held.get(bucket, 0) + count
    return held


def _source(period: Period, by: GroupBy, chosen: Collection[str]) -> tuple[str, str, str, dict[str, Any]]:
    """The table to read, its column of time, the condition on it, and its parameters."""
    first, following = day_of(period.start), day_of(period.end)
    whole_days = (Period.day(first).start, Period.day(following).start) == (period.start, period.end)
    if by is GroupBy.HOUR or not whole_days:
        local = "quarter AT TIME ZONE 'Europe/Copenhagen'"
        return store.QUARTERS.name, local, _QUARTERS, {"start": period.start, "end": period.end}
    columns = {by.value, *chosen} & set(CHOICES)
    days = Grain.DAY if columns & _OF_SERVICES else Grain.DAY_QUEUES
    words: dict[str, Any] = {"first": first, "following": following, "grain": days.value}
    months = next((grain for grain, told in grains.MONTHS.items() if columns <= told), None)
    first_month, following_month = _month_from(first), following.replace(day=1)
    if months is None or by is GroupBy.DAY or first_month >= following_month:
        return store.SUMMED.name, _DAY, _DAYS, words
    words |= {"months": months.value, "first_month": first_month, "following_month": following_month}
    return store.SUMMED.name, _DAY, _MONTHS_AND_DAYS, words


def _month_from(day: date) -> date:
    """The first day of the first month that begins on the day or after it."""
    return day if day.day == 1 else (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _group(by: GroupBy, moment: str) -> str:
    if by in _CODES:
        return by.value
    if by is GroupBy.DAY and moment == _DAY:
        return _DAY  # its text is the same, and `to_char` of each row takes longer than adding it up
    times = {GroupBy.DAY: "YYYY-MM-DD", GroupBy.MONTH: "YYYY-MM", GroupBy.HOUR: "HH24"}
    shown = {each: f"to_char({moment}, '{form}')" for each, form in times.items()}
    return shown.get(by, "level::text" if by is GroupBy.LEVEL else "''")


def _totals(tallied: Tallied) -> Totals:
    by_outcome: defaultdict[str, dict[str, FactTally]] = defaultdict(dict)
    for (measure, outcome), tally in tallied.items():
        by_outcome[measure][outcome] = tally
    by_measure = {each: _added(by_outcome[each]) for each in Measure if each not in _BY_OUTCOME}
    by_measure[Measure.REGISTERED] = _added(by_outcome[Measure.REGISTERED])
    segments = by_outcome[Measure.SEGMENTS]
    return Totals(
        segments=_segments(segments),
        contacts=_contacts(by_measure),
        handed_over=_handed_over(by_outcome[Measure.REGISTERED]),
        repeats=_share(by_measure[Measure.REPEATS]),
        not_back=_rest(by_measure[Measure.REPEATS]),
        callback_times=_share(by_measure[Measure.CALLBACK_TIMES]),
        arrived=_share(by_measure[Measure.ARRIVED]),
        digital=_share(by_measure[Measure.DIGITAL]),
        callbacks=_share(by_measure[Measure.CALLBACKS]),
        replies=_replies(by_measure[Measure.REPLIED]),
        answer_waits=_times(segments.get(SegmentOutcome.ANSWERED, _NOTHING)),
        abandon_waits=_times(segments.get(SegmentOutcome.ABANDONED, _NOTHING)),
        whole_waits=_times(by_measure[Measure.WHOLE_WAIT]),
        reply_times=_times(by_measure[Measure.REPLIED]),
        second_level=_share(by_measure[Measure.SECOND_LEVEL]),
        out_of_hours=_outside(by_measure[Measure.OUT_OF_HOURS], by_measure[Measure.SECOND_LEVEL]),
        on_digital=_short(by_measure[Measure.ARRIVED]),
        transferred_warm=_short(by_measure[Measure.ANSWERED]),
        transferred_blind=_blind(by_measure[Measure.ANSWERED]),
        general=_share(by_measure[Measure.GENERAL]),
        overflows=_share(by_measure[Measure.OVERFLOWS]),
        asked=Share(by_measure[Measure.ASKED].part, _rest(by_measure[Measure.ASKED]).part),
        reached_to_ask=_rest(by_measure[Measure.ASKED]),
        handovers=_share(by_measure[Measure.HANDOVERS]),
        promises=_share(by_measure[Measure.PROMISES]),
        answers=_answers(by_outcome[Measure.RATED]),
        duty=_duty(by_outcome[Measure.ON_DUTY]),
        shifts=_shifts(by_outcome[Measure.ON_SHIFT]),
        pay=_pay(by_outcome[Measure.ON_PAY]),
    )


def _added(tallies: Mapping[str, FactTally]) -> FactTally:
    if len(tallies) == 1:
        return next(iter(tallies.values()))
    total = FactTally()
    for each in tallies.values():
        total.add(each)
    return total


def _segments(by: Mapping[str, FactTally]) -> Segments:
    answered, abandoned = (by.get(each, _NOTHING) for each in (SegmentOutcome.ANSWERED, SegmentOutcome.ABANDONED))
    return Segments(
        offered=sum(each.whole for each in by.values()),
        **{outcome: each.whole for outcome, each in by.items()},
        answered_in_time=answered.part,
        abandoned_in_time=abandoned.part,
        abandoned_short=sum(each.short for each in by.values()),
        answer_seconds=answered.milliseconds / 1000,
        target_points=sum(each.target_points for each in by.values()),
    )


def _contacts(by: Mapping[Measure, FactTally]) -> Contacts:
    return Contacts(
        answered=by[Measure.ANSWERED].whole, transferred=by[Measure.ANSWERED].part,
        talked=by[Measure.TALKED].whole, talk_seconds=by[Measure.TALKED].milliseconds / 1000,
        handled=by[Measure.HANDLED].whole, handle_seconds=by[Measure.HANDLED].milliseconds / 1000,
        registered=by[Measure.REGISTERED].whole, resolved_at_once=by[Measure.REGISTERED].part,
        not_reached=by[Measure.NOT_REACHED].whole,
    )  # fmt: skip


def _handed_over(registered: Mapping[str, FactTally]) -> Share:
    """Registered contacts of which somebody else has to do the rest."""
    handed_over = sum(registered[each].whole for each in _HANDED_OVER if each in registered)
    return Share(handed_over, sum(each.whole for each in registered.values()))


def _answers(by: Mapping[str, FactTally]) -> AnswerSums:
    asked = {each.name for each in fields(AnswerSums)}
    known = {outcome: tally for outcome, tally in by.items() if outcome in asked}
    return AnswerSums(
        **{outcome: IndexSum(tally.whole, tally.milliseconds, tally.part) for outcome, tally in known.items()}
    )


def _duty(by: Mapping[str, FactTally]) -> Duty:
    seconds = {state: tally.milliseconds / 1000 for state, tally in by.items()}
    named = {state: seconds.pop(state, 0.0) for state in _STATES}
    people, contacts = (by[each].whole if each in by else 0 for each in (SIGNED_IN, IN_HAND))
    return Duty(people, contacts, others=sum(seconds.values()), **named)


def _shifts(by: Mapping[str, FactTally]) -> OnShift:
    seconds = {name: tally.milliseconds / 1000 for name, tally in by.items() if name != ON_SHIFT_PEOPLE}
    return OnShift(by[ON_SHIFT_PEOPLE].whole if ON_SHIFT_PEOPLE in by else 0, **seconds)


def _pay(by: Mapping[str, FactTally]) -> OnPay:
    seconds = {name: tally.milliseconds / 1000 for name, tally in by.items() if name != ON_PAY_PEOPLE}
    return OnPay(by[ON_PAY_PEOPLE].whole if ON_PAY_PEOPLE in by else 0, **seconds)


def _replies(tally: FactTally) -> Replies:
    return Replies(tally.whole, tally.part, tally.milliseconds / 1000, tally.target_points)


def _share(tally: FactTally) -> Share:
    return Share(tally.part, tally.whole)


def _rest(tally: FactTally) -> Share:
    """Those that are not short."""
    return Share(tally.whole - tally.short, tally.whole)


def _short(tally: FactTally) -> Share:
    return Share(tally.short, tally.whole)


def _blind(answered: FactTally) -> Share:
    """Those transferred, but not always after the colleague was asked."""
    return Share(answered.part - answered.short, answered.whole)


def _outside(outside: FactTally, inside: FactTally) -> Share:
    return Share(outside.whole, outside.whole + inside.whole)


def _times(tally: FactTally) -> Times:
    return Times(tally.whole, tally.milliseconds / 1000, tally.histogram)


def of_tallies(tallied: Tallied) -> Totals:
    """The totals of tallies by measure and outcome, from wherever they come."""
    return _totals(tallied)

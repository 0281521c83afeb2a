"""The totals of a period from the roll-ups, for the whole or by group."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import fields
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from django.db import connection

from indgang.core.clock import day_of
from indgang.enquiries.models import Outcome
from indgang.measures.period import Period
from indgang.measures.rollups import grains, store
from indgang.measures.rollups.facts import IN_HAND, SIGNED_IN, Measure
from indgang.measures.rollups.grains import Grain
from indgang.measures.rollups.tallies import FactTally
from indgang.measures.sums import AnswerSums, Contacts, Duty, IndexSum, Replies, SegmentOutcome, Segments, Share
from indgang.measures.totals import Times, Totals


class GroupBy(StrEnum):
    """What figures are shown by. A group is a code, or a day, month or hour of the day in Copenhagen."""

    NOTHING = "nothing"
    HOUR = "hour"
    DAY = "day"
    MONTH = "month"
    CENTRE = "centre"
    QUEUE = "queue"
    SERVICE = "service"
    PURPOSE = "purpose"
    CHANNEL = "channel"
    LEVEL = "level"


_CODES = (GroupBy.CENTRE, GroupBy.QUEUE, GroupBy.SERVICE, GroupBy.PURPOSE, GroupBy.CHANNEL)
#: the columns by which rows can be chosen
CHOICES = (*(each.value for each in _CODES), GroupBy.LEVEL.value)
#: groups and choices that only rows with services have
_OF_SERVICES = frozenset({GroupBy.SERVICE.value, GroupBy.PURPOSE.value})
#: the outcomes of a question that somebody else goes on with, without the call being transferred
_HANDED_OVER = (Outcome.MESSAGE, Outcome.CALLBACK)
#: the states of time on duty that figures tell apart
_STATES = ("ready", "talking", "working", "wrap_up", "paused")
#: whose times are read as histograms, by the number that stands for them in the query
_TIMED = (
    (Measure.WHOLE_WAIT, ""),
    (Measure.SEGMENTS, SegmentOutcome.ANSWERED),
    (Measure.SEGMENTS, SegmentOutcome.ABANDONED),
    (Measure.REPLIED, ""),
)
_WHICH = f"""CASE WHEN measure = '{Measure.WHOLE_WAIT}' THEN 0 WHEN measure = '{Measure.REPLIED}' THEN 3
    WHEN measure <> '{Measure.SEGMENTS}' THEN NULL
    WHEN outcome = '{SegmentOutcome.ANSWERED}' THEN 1 WHEN outcome = '{SegmentOutcome.ABANDONED}' THEN 2 END"""
#: one statement, so that sums and histograms are of the same moment. OFFSET 0 and `unnest` beside the columns keep the
#: group of a row from being worked out for each of its buckets
_TALLIES = """
SELECT {group}, NULL::int AS which, measure, outcome, sum(whole), sum(part), sum(short), sum(milliseconds),
       sum(target_points), NULL::int[] AS buckets, NULL::bigint[] AS counts
FROM {table} WHERE {where} GROUP BY 1, 3, 4
UNION ALL
SELECT own, which, NULL, NULL, NULL, NULL, NULL, NULL, NULL, array_agg(bucket), array_agg(n)
FROM (
    SELECT own, which, bucket::int, sum(n)::bigint AS n
    FROM (
        SELECT own, which, unnest(buckets) AS bucket, unnest(counts) AS n
        FROM (
            SELECT {group} AS own, {which} AS which, buckets, counts FROM {table} WHERE {where} OFFSET 0
        ) AS chosen WHERE which IS NOT NULL
    ) AS held GROUP BY 1, 2, 3
) AS added GROUP BY 1, 2
"""
_QUARTERS = "quarter >= %(start)s AND quarter < %(end)s"
_DAYS = "grain = %(grain)s AND day >= %(first)s AND day < %(following)s"
_MONTHS_AND_DAYS = """(grain = %(months)s AND day >= %(first_month)s AND day < %(following_month)s
  OR grain = %(grain)s AND (day >= %(first)s AND day < %(first_month)s
                         OR day >= %(following_month)s AND day < %(following)s))"""

#: by measure and outcome
Tallied = dict[tuple[str, str], FactTally]


def totals(
    period: Period, *, by: GroupBy = GroupBy.NOTHING, only: Mapping[str, Iterable[str]] | None = None
) -> dict[str, Totals]:
    """The totals by group; groups without anything counted are left out. `only` chooses rows by their codes
    (`CHOICES`). One query, of the fewest rows that tell it: months and days where the period is made of them."""
    chosen = {name: list(codes) for name, codes in (only or {}).items()}
    if strange := chosen.keys() - set(CHOICES):
        raise ValueError(f"roll-ups are not chosen by {', '.join(sorted(strange))}")
    table, moment, where, words = _source(period, by, chosen)
    conditions = [where, *(f"{name}::text = ANY(%({name})s)" for name in chosen)]
    if by is GroupBy.HOUR:
        conditions.append(f"measure <> '{Measure.ON_DUTY}'")  # of whole days alone
    parts = {"table": table, "group": _group(by, moment), "where": " AND ".join(conditions)}
    found: defaultdict[str, Tallied] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(_TALLIES.format(which=_WHICH, **parts), words | chosen)
        for group, which, measure, outcome, *sums, buckets, counts in cursor.fetchall():
            timed = (measure, outcome) if which is None else _TIMED[which]
            tally = found[group].setdefault(timed, FactTally())
            if which is None:
                tally.whole, tally.part, tally.short, tally.milliseconds, tally.target_points = map(int, sums)
            else:
                tally.histogram = dict(zip(buckets, counts, strict=True))
    return {group: _totals(tallied) for group, tallied in sorted(found.items())}


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
        return store.SUMMED.name, "day", _DAYS, words
    words |= {"months": months.value, "first_month": first_month, "following_month": following_month}
    return store.SUMMED.name, "day", _MONTHS_AND_DAYS, words


def _month_from(day: date) -> date:
    """The first day of the first month that begins on the day or after it."""
    return day if day.day == 1 else (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _group(by: GroupBy, moment: str) -> str:
    if by in _CODES:
        return by.value
    times = {GroupBy.DAY: "YYYY-MM-DD", GroupBy.MONTH: "YYYY-MM", GroupBy.HOUR: "HH24"}
    shown = {each: f"to_char({moment}, '{form}')" for each, form in times.items()}
    return shown.get(by, "level::text" if by is GroupBy.LEVEL else "''")


def _totals(tallied: Tallied) -> Totals:
    by_measure: dict[Measure, FactTally] = {each: _added(tallied, each) for each in Measure if each != Measure.SEGMENTS}
    return Totals(
        segments=sum((_segments(outcome, tally) for (measure, outcome), tally in tallied.items()
                      if measure == Measure.SEGMENTS), Segments()),
        contacts=_contacts(by_measure),
        handed_over=_handed_over(tallied),
        repeats=_share(by_measure[Measure.REPEATS]),
        arrived=_share(by_measure[Measure.ARRIVED]),
        digital=_share(by_measure[Measure.DIGITAL]),
        callbacks=_share(by_measure[Measure.CALLBACKS]),
        replies=_replies(by_measure[Measure.REPLIED]),
        answer_waits=_times(tallied.get((Measure.SEGMENTS, SegmentOutcome.ANSWERED))),
        abandon_waits=_times(tallied.get((Measure.SEGMENTS, SegmentOutcome.ABANDONED))),
        whole_waits=_times(by_measure[Measure.WHOLE_WAIT]),
        reply_times=_times(by_measure[Measure.REPLIED]),
        second_level=_share(by_measure[Measure.SECOND_LEVEL]),
        handovers=_share(by_measure[Measure.HANDOVERS]),
        promises=_share(by_measure[Measure.PROMISES]),
        answers=_answers({outcome: tally for (measure, outcome), tally in tallied.items() if measure == Measure.RATED}),
        duty=_duty({outcome: tally for (measure, outcome), tally in tallied.items() if measure == Measure.ON_DUTY}),
    )  # fmt: skip


def _added(tallied: Tallied, measure: Measure) -> FactTally:
    tally = FactTally()
    for (of, _outcome), each in tallied.items():
        if of == measure:
            tally.add(each)
    return tally


def _segments(outcome: str, tally: FactTally) -> Segments:
    answered, abandoned = outcome == SegmentOutcome.ANSWERED, outcome == SegmentOutcome.ABANDONED
    return Segments(
        offered=tally.whole,
        **{outcome: tally.whole},
        answered_in_time=tally.part if answered else 0,
        abandoned_in_time=tally.part if abandoned else 0,
        abandoned_short=tally.short,
        answer_seconds=tally.milliseconds / 1000 if answered else 0.0,
        target_points=tally.target_points,
    )


def _contacts(by: Mapping[Measure, FactTally]) -> Contacts:
    return Contacts(
        answered=by[Measure.ANSWERED].whole, transferred=by[Measure.ANSWERED].part,
        talked=by[Measure.TALKED].whole, talk_seconds=by[Measure.TALKED].milliseconds / 1000,
        handled=by[Measure.HANDLED].whole, handle_seconds=by[Measure.HANDLED].milliseconds / 1000,
        registered=by[Measure.REGISTERED].whole, resolved_at_once=by[Measure.REGISTERED].part,
        not_reached=by[Measure.NOT_REACHED].whole,
    )  # fmt: skip


def _handed_over(tallied: Tallied) -> Share:
    """Registered contacts of which somebody else has to do the rest."""
    registered = {
        outcome: tally.whole for (measure, outcome), tally in tallied.items() if measure == Measure.REGISTERED
    }
    return Share(sum(registered.get(outcome, 0) for outcome in _HANDED_OVER), sum(registered.values()))


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


def _replies(tally: FactTally) -> Replies:
    return Replies(tally.whole, tally.part, tally.milliseconds / 1000, tally.target_points)


def _share(tally: FactTally) -> Share:
    return Share(tally.part, tally.whole)


def _times(tally: FactTally | None) -> Times:
    return Times(tally.whole, tally.milliseconds / 1000, tally.histogram) if tally else Times()


def of_tallies(tallied: Tallied) -> Totals:
    """The totals of tallies by measure and outcome, from wherever they come."""
    return _totals(tallied)

"""The totals of a period from the roll-ups, for the whole or by group."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from django.db import connection

from indgang.measures.models import Rollup
from indgang.measures.period import Period
from indgang.measures.rollups.facts import Measure
from indgang.measures.rollups.tallies import FactTally
from indgang.measures.sums import Contacts, Replies, SegmentOutcome, Segments, Share
from indgang.measures.totals import Times, Totals

_TABLE = Rollup._meta.db_table
_LOCAL = "quarter AT TIME ZONE 'Europe/Copenhagen'"


class GroupBy(StrEnum):
    """What figures are shown by. A group is a code, or a day or month in Copenhagen."""

    NOTHING = "nothing"
    DAY = "day"
    MONTH = "month"
    CENTRE = "centre"
    QUEUE = "queue"
    SERVICE = "service"
    PURPOSE = "purpose"
    CHANNEL = "channel"
    LEVEL = "level"


_GROUPS: Mapping[GroupBy, str] = {
    GroupBy.NOTHING: "''",
    GroupBy.DAY: f"to_char({_LOCAL}, 'YYYY-MM-DD')",
    GroupBy.MONTH: f"to_char({_LOCAL}, 'YYYY-MM')",
    **{each: each.value for each in GroupBy if each not in ("nothing", "day", "month", "level")},
    GroupBy.LEVEL: "level::text",
}
#: the columns by which rows can be chosen
CHOICES = ("centre", "queue", "service", "purpose", "channel", "level")
#: the measures whose times are read as histograms
_TIMED = (Measure.SEGMENTS, Measure.WHOLE_WAIT)
#: one statement, so that sums and histograms are of the same moment; rows with a bucket hold a count of the histogram
_TALLIES = f"""
SELECT {{group}}, measure, outcome, NULL::int AS bucket,
       sum(whole), sum(part), sum(short), sum(milliseconds), sum(target_points)
FROM {_TABLE} WHERE {{where}} GROUP BY 1, 2, 3
UNION ALL
SELECT {{group}}, measure, outcome, bucket, sum(n), NULL, NULL, NULL, NULL
FROM {_TABLE}, unnest(buckets, counts) AS held(bucket, n)
WHERE {{where}} AND measure = ANY(%(timed)s) GROUP BY 1, 2, 3, 4
ORDER BY 4 NULLS FIRST
"""  # noqa: S608  # our names

Tallied = dict[tuple[str, str], FactTally]


def totals(
    period: Period, *, by: GroupBy = GroupBy.NOTHING, only: Mapping[str, Iterable[str]] | None = None
) -> dict[str, Totals]:
    """The totals by group; groups without anything counted are left out. `only` chooses rows by their codes
    (`CHOICES`). One query."""
    where = ["quarter >= %(start)s", "quarter < %(end)s"]
    words: dict[str, Any] = {"start": period.start, "end": period.end, "timed": [str(each) for each in _TIMED]}
    for name, codes in (only or {}).items():
        if name not in CHOICES:
            raise ValueError(f"roll-ups are not chosen by {name}")
        where.append(f"{name}::text = ANY(%({name})s)")
        words[name] = list(codes)
    said = {"group": _GROUPS[by], "where": " AND ".join(where)}
    found: defaultdict[str, Tallied] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(_TALLIES.format(**said), words)
        for group, measure, outcome, bucket, *sums in cursor.fetchall():
            if bucket is None:
                whole, part, short, milliseconds, points = map(int, sums)
                found[group][measure, outcome] = FactTally(whole, part, short, milliseconds, points)
            else:
                found[group][measure, outcome].histogram[bucket] = int(sums[0])
    return {group: _totals(tallied) for group, tallied in sorted(found.items())}


def _totals(tallied: Tallied) -> Totals:
    by_measure = {measure: _added(tallied, measure) for measure in Measure}
    return Totals(
        segments=sum((_segments(outcome, tally) for (measure, outcome), tally in tallied.items()
                      if measure == Measure.SEGMENTS), Segments()),
        contacts=_contacts(by_measure),
        arrived=_share(by_measure[Measure.ARRIVED]),
        digital=_share(by_measure[Measure.DIGITAL]),
        callbacks=_share(by_measure[Measure.CALLBACKS]),
        replies=_replies(by_measure[Measure.REPLIED]),
        answer_waits=_times(tallied.get((Measure.SEGMENTS, SegmentOutcome.ANSWERED))),
        abandon_waits=_times(tallied.get((Measure.SEGMENTS, SegmentOutcome.ABANDONED))),
        whole_waits=_times(by_measure[Measure.WHOLE_WAIT]),
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


def _replies(tally: FactTally) -> Replies:
    return Replies(tally.whole, tally.part, tally.milliseconds / 1000, tally.target_points)


def _share(tally: FactTally) -> Share:
    return Share(tally.part, tally.whole)


def _times(tally: FactTally | None) -> Times:
    return Times(tally.whole, tally.milliseconds / 1000, tally.histogram) if tally else Times()

"""The views of the reporting schema, each with a comment for itself and for each column.

They are a promise to those who build on them: a view keeps its name and its columns; new columns come last. None of
them holds personal data.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from indgang.measures import histogram
from indgang.measures.definitions import DEFINITIONS
from indgang.measures.rollups.facts import Measure

SCHEMA = "reporting"
#: what the views read
TABLES = (
    "catalogue_contactcentre", "catalogue_purpose", "catalogue_service", "catalogue_serviceunit", "catalogue_unit",
    "entry_queue", "measures_enteredvalue", "measures_rollup", "measures_summedrollup",
)  # fmt: skip


@dataclass(frozen=True)
class ReportingView:
    """A view: what it holds, its columns in order with what each holds, and its query."""

    name: str
    comment: str
    columns: Mapping[str, str]
    query: str


_KEY = {
    "measure": "What is counted; see the view measures.",
    "centre": "Code of the contact centre, as it was; empty when there is none.",
    "queue": "Code of the queue, as it was; empty for contacts without one.",
    "service": "Code of the service (ydelse) of the first question; empty when it is not registered.",
    "purpose": "Code of the purpose (ærinde) of the first question; empty when it is not registered.",
    "channel": "phone, direct, walk_in, mail, web, form, chat, sms or post.",
    "level": "1: the contact centre, 2: case workers.",
    "outcome": "How it ended: of a queue segment answered, abandoned and so on, of a contact that of its question; of "
    "time on duty the state.",
}
_WITHOUT_SERVICES = {name: said for name, said in _KEY.items() if name not in ("service", "purpose")}
_SUMS = {
    "whole": "How many there are.",
    "part": "How many of them are what the measure says of its part.",
    "short": "How many of them were abandoned within 5 seconds; of other measures as the view measures says.",
    "seconds": "Their times added up, in seconds.",
    "target_points": "The target (percent) of each added up; divided by how many have one it is their mean target.",
}
_DAY = {"day": "The day in Copenhagen."}
_SUMMED = "whole, part, short, milliseconds / 1000.0 AS seconds, target_points"
_FROM_DAYS = "FROM public.measures_summedrollup WHERE grain = 'day'"

#: what each measure counts, and what its part is
_MEASURES: Mapping[Measure, tuple[str, str]] = {
    Measure.SEGMENTS: ("Queue segments of calls, when they began; the time is the wait.", "within the promise"),
    Measure.WRITTEN_SEGMENTS: ("Queue segments of what people write, on the clock.", "within the promise"),
    Measure.ARRIVED: (
        "Contacts that turned to us, when they arrived.",
        "came into a queue (short: came on a digital channel)",
    ),
    Measure.ANSWERED: (
        "Contacts, when they were answered first.",
        "transferred at least once (short: each time after the colleague was asked)",
    ),
    Measure.WHOLE_WAIT: ("Answered calls that are over: the caller's whole wait, from the first ring.", ""),
    Measure.TALKED: ("Answered calls that are over: the talk.", ""),
    Measure.HANDLED: ("The same calls: talk, hold and after-work.", ""),
    Measure.REGISTERED: ("Contacts, when they were registered first.", "resolved at once"),
    Measure.DIGITAL: ("The same contacts.", "should have been solved digitally"),
    Measure.GENERAL: ("Those of them with general questions alone.", "resolved at once"),
    Measure.OVERFLOWS: (
        "Calls that are over and went on from one queue by rule or by the caller's choice, when they arrived.",
        "given up after that",
    ),
    Measure.REPLIED: ("Written answers, when they were sent; the time is that of opening hours.", "within the promise"),
    Measure.REPEATS: (
        "Contacts of whom it is decided whether they came back within seven days, when they were registered first.",
        "resolved at once, and did not come back (short: came back)",
    ),
    Measure.CALLBACK_TIMES: (
        "Promised calls at a time that the contact chose, when they were promised, once we have rung.",
        "rung within the queue's promise after that time",
    ),
    Measure.CALLBACKS: ("Promised calls that are over, when they were promised.", "we talked"),
    Measure.NOT_REACHED: ("Promised calls that were given up, when they were.", ""),
    Measure.SECOND_LEVEL: (
        "People of the second level who were asked in promised hours, when they were; by the service asked about.",
        "somebody answered",
    ),
    Measure.OUT_OF_HOURS: (
        "People of the second level who were asked about a subject outside promised hours, when they were; by the "
        "service asked about.",
        "somebody answered",
    ),
    Measure.HANDOVERS: ("Hand-overs that were not cancelled, when they were sent.", "came back at least once"),
    Measure.PROMISES: ("Promises of hand-overs that should have been kept, when they ended.", "kept"),
    Measure.RATED: (
        "What contacts answered about their conversation, when they answered, by what was asked (outcome); their mean "
        "index, 0 to 100, is 10 * sum(seconds) / sum(whole).",
        "an index of at least 75",
    ),
    Measure.ASKED: (
        "Contacts who were to be asked about their conversation, when they were asked first, once it is over.",
        "answered (short: could not be asked)",
    ),
    Measure.ON_DUTY: (
        "Time signed in, in seconds by state (outcome); under signed_in how many people, under in_hand the contacts "
        "that each had in hand; of centres and days with at least five people, all in the first quarter of the day.",
        "",
    ),
    Measure.ON_SHIFT: (
        "Time beside published shifts, in seconds by what it was (outcome): planned work for callers and breaks, the "
        "part kept, planned work alone (to_work), and worked; under people how many had shifts; as for on_duty.",
        "",
    ),
    Measure.ON_PAY: (
        "Paid time, in seconds by what it was (outcome): all of it (paid), planned away from contacts (inside), and "
        "absence (outside); under people how many were paid; as for on_duty.",
        "",
    ),
}


def _text(value: object) -> str:
    return "'" + str(value).replace("'", "''") + "'"


def _values(rows: Sequence[Sequence[Any]], columns: Mapping[str, str]) -> str:
    """A query of constant rows, in columns of types."""
    named = ", ".join(f"{name}::{kind} AS {name}" for name, kind in columns.items())
    lines = ",\n    ".join(f"({', '.join(map(_text, row))})" for row in rows)
    return f"SELECT {named}\nFROM (VALUES\n    {lines}\n) AS v({', '.join(columns)})"  # our own values


def _measures() -> str:
    rows = [(str(each), *_MEASURES[each]) for each in Measure]
    return _values(rows, {"measure": "text", "counts": "text", "part": "text"})


def _figures() -> str:
    rows = [
        (each.code, each.version, each.name, each.valid_from, each.unit, each.formula, each.counts,
         each.direction.value, each.source, ", ".join(each.kpis),
         json.dumps(dict(each.switches), ensure_ascii=False))
        for each in DEFINITIONS
    ]  # fmt: skip
    return _values(rows, {
        "figure": "text", "version": "int", "definition": "text", "valid_from": "date", "unit": "text",
        "formula": "text", "counts": "text", "direction": "text", "source": "text", "kpis": "text",
        "switches": "text",
    })  # fmt: skip


def _buckets() -> str:
    rows = [
        (each, histogram.upper_limit(each), histogram.seconds_of(each)) for each in range(histogram.LAST_BUCKET + 1)
    ]
    return _values(rows, {"bucket": "int", "up_to_seconds": "int", "stands_for_seconds": "float8"})


def _names(table: str) -> str:
    return f"SELECT code::text, name::text FROM public.{table}"  # noqa: S608  # our names


#: a service whose unit has never changed has no rows of its own
_SERVICE_UNITS = """SELECT s.code::text AS service, u.code::text AS unit, u.name::text AS name,
    nullif(p.valid_from, '0001-01-01') AS valid_from, p.valid_to
FROM public.catalogue_serviceunit p
JOIN public.catalogue_service s ON s.id = p.service_id JOIN public.catalogue_unit u ON u.id = p.unit_id
UNION ALL
SELECT s.code::text, u.code::text, u.name::text, NULL::date, NULL::date
FROM public.catalogue_service s JOIN public.catalogue_unit u ON u.id = s.unit_id
WHERE NOT EXISTS (SELECT 1 FROM public.catalogue_serviceunit p WHERE p.service_id = s.id)"""

#: the newest row of a figure, centre and period counts; one without a number takes the value back
_ENTERED_VALUES = """SELECT * FROM (
    SELECT DISTINCT ON (v.figure, c.code, v.first_day) v.figure::text AS figure, coalesce(c.code, '')::text AS centre,
        v.first_day, v.last_day, v.counted, v.out_of
    FROM public.measures_enteredvalue v LEFT JOIN public.catalogue_contactcentre c ON c.id = v.centre_id
    ORDER BY v.figure, c.code, v.first_day, v.id DESC
) AS newest WHERE counted IS NOT NULL"""


VIEWS = (
    ReportingView(
        "days", "What each day counts, by code. Add whole, part, short, seconds and target_points over any rows of "
        "one measure; never add or average shares. Few contacts tell about people: show sums of five or more.",
        {**_DAY, **_KEY, **_SUMS},
        f"SELECT day, {', '.join(_KEY)}, {_SUMMED} {_FROM_DAYS}",
    ),
    ReportingView(
        "quarters", "The same by quarters of an hour, without services and purposes.",
        {"quarter": "Its beginning.", **_WITHOUT_SERVICES, **_SUMS},
        f"SELECT quarter, {', '.join(_WITHOUT_SERVICES)}, sum(whole)::bigint AS whole, sum(part)::bigint AS part,"  # noqa: S608  # our names
        " sum(short)::bigint AS short, sum(milliseconds) / 1000.0 AS seconds,"
        " sum(target_points)::bigint AS target_points"
        f" FROM public.measures_rollup GROUP BY quarter, {', '.join(_WITHOUT_SERVICES)}",
    ),
    ReportingView(
        "times", "Histograms of the times of days: how many took how long. Join buckets for the seconds.",
        {**_DAY, **_KEY, "bucket": "Of the view buckets.", "count": "How many times are in it."},
        f"SELECT day, {', '.join(_KEY)}, held.bucket::int AS bucket, held.count"  # noqa: S608  # our names
        " FROM public.measures_summedrollup, unnest(buckets, counts) AS held(bucket, count) WHERE grain = 'day'",
    ),
    ReportingView(
        "buckets", "The buckets of histograms: exact seconds up to 900, then each two per cent longer.",
        {
            "bucket": "Its number.", "up_to_seconds": "The longest time in it.",
            "stands_for_seconds": "The time that stands for it in a percentile; at most one per cent wrong.",
        },
        _buckets(),
    ),
    ReportingView(
        "measures", "What each measure counts.",
        {"measure": "Its code.", "counts": "One for each of these.", "part": "What part counts; empty: nothing."},
        _measures(),
    ),
    ReportingView(
        "figures", "The versions of the definitions of the figures; docs/figures.md explains them.",
        {
            "figure": "Its code.", "version": "1, 2 ...", "definition": "Code and version, as figures show it.",
            "valid_from": "From which day the version holds.",
            "unit": "percent, seconds, count, per_hour, index or kroner.",
            "formula": "The numerator and the denominator.", "counts": "What is in them.",
            "direction": "Which way is better: higher, lower or neither.", "source": "Where the rule is from.",
            "kpis": "Ids of the same figures in the documents.",
            "switches": "What it decides where others decide otherwise: a JSON object of texts.",
        },
        _figures(),
    ),
    ReportingView(
        "centres", "The names of contact centres now, by code.",
        {"code": "As in days.", "name": "As it is now, or was last."}, _names("catalogue_contactcentre"),
    ),
    ReportingView(
        "queues", "The names of queues now, by code.",
        {"code": "As in days.", "name": "As it is now, or was last."}, _names("entry_queue"),
    ),
    ReportingView(
        "services", "The names of services (ydelser) now, by code.",
        {"code": "As in days.", "name": "As it is now, or was last."}, _names("catalogue_service"),
    ),
    ReportingView(
        "purposes", "The names of purposes (ærinder) now, by code.",
        {"code": "As in days.", "name": "As it is now, or was last."}, _names("catalogue_purpose"),
    ),
    ReportingView(
        "service_units", "The unit that each service belonged to, by the days on which it did.",
        {
            "service": "Code, as in days.", "unit": "Code of the unit.", "name": "Name of the unit now.",
            "valid_from": "The first day; empty: always.", "valid_to": "The day after the last; empty: still.",
        },
        _SERVICE_UNITS,
    ),
    ReportingView(
        "entered_values",
        "What people typed for the periods of the figures that they count, as it stands. Values of an import that "
        "count where nobody typed one are not in it.",
        {
            "figure": "Code, as in figures.", "centre": "Code, as in days; empty: the whole municipality.",
            "first_day": "The first day of the period.", "last_day": "The last day of the period.",
            "counted": "The number, or the part of out_of.", "out_of": "Of how many; empty where it is no share.",
        },
        _ENTERED_VALUES,
    ),
)  # fmt: skip

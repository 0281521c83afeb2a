"""Units, opening hours and contact centres of the demo municipality."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time

from indgang.catalogue.models import ContactCentre, OpenSpan, Schedule, Unit
from indgang.demo.rows import Added, add, table

#: code, name, owner of the task, operator, site, opening hours
_CENTRES = (
    ("tmf", "TMF kontaktcenter", "tmf", "kff", "Njalsgade", "tmf-9-16"),
    ("bif", "Københavns Erhvervshus", "bif", "bif", "Gammel Køge Landevej", "keh-8-17"),
    ("yds", "Ydelsesservice", "yds", "yds", "", "yds-10-12"),
    ("kff", "Borgerservice", "kff", "kff", "Borups Allé", "hovednummer-8-18"),
)

_WEEKDAYS = {"mon-fri": range(5), "": range(0)}

#: the citizen service of 2006 gave up Saturdays from 10 to 14
_SATURDAY = ("borgerservice-10-18", 5, time(10), time(14), date(2000, 1, 1), date(2007, 1, 1))


def units() -> Added[Unit]:
    """Add the units with one query for each level, because children need the ids of their parents."""
    made: Added[Unit] = Added({}, frozenset())
    waiting = table("units")
    while waiting:
        level = [line for line in waiting if not line["parent"] or line["parent"] in made.all]
        added = add([_unit(line, made.all.get(line["parent"])) for line in level])
        made = Added(made.all | added.all, made.new | added.new)
        waiting = [line for line in waiting if line not in level]
    return made


def _unit(line: dict[str, str], parent: Unit | None) -> Unit:
    return Unit(
        code=line["code"],
        kind=line["kind"],
        name=line["name"],
        name_en=line["name_en"],
        parent=parent,
        path=f"{parent.path if parent else ''}{line['code']}/",
        phone=f"+45{line['phone']}" if line["phone"] else "",
    )


def schedules() -> Added[Schedule]:
    lines = table("opening_hours")
    made = add([Schedule(code=line["code"], name=line["name"]) for line in lines])
    spans = [
        OpenSpan(schedule=made[line["code"]], weekday=weekday, opens=opens, closes=closes)
        for line in lines
        if line["code"] in made.new
        for weekday in _WEEKDAYS[line["weekdays"]]
        for opens, closes in _hours(line["hours"])
    ]
    code, weekday, opens, closes, valid_from, valid_to = _SATURDAY
    if code in made.new:
        spans.append(
            OpenSpan(
                schedule=made[code],
                weekday=weekday,
                opens=opens,
                closes=closes,
                valid_from=valid_from,
                valid_to=valid_to,
            )
        )
    OpenSpan.objects.bulk_create(spans)
    return made


def _hours(text: str) -> Iterator[tuple[time, time]]:
    """Parse `10:00-11:30 12:30-14:00` into pairs."""
    for span in text.split():
        opens, _, closes = span.partition("-")
        yield time.fromisoformat(opens), time.fromisoformat(closes)


def centres(units: Added[Unit], schedules: Added[Schedule]) -> Added[ContactCentre]:
    return add(
        [
            ContactCentre(
                code=code,
                name=name,
                owner=units[owner],
                operator=units[operator],
                site=site,
                schedule=schedules[schedule],
            )
            for code, name, owner, operator, site, schedule in _CENTRES
        ]
    )

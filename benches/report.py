"""The quarterly report: made from the roll-ups, and set as PDF/UA, with 30 plots of one centre.

`--days` says how many days of roll-ups there are (eight quarters of an hour, six queues and twelve services a day). The
goals are from the feature's brief: at most 20 seconds for the report and its PDF, and at most 5 MB.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import product
from time import perf_counter
from typing import TYPE_CHECKING

from benches import _own

if TYPE_CHECKING:
    from indgang.measures.rollups.facts import FactKey
    from indgang.measures.rollups.tallies import FactTally
    from indgang.reports.models import ReportTemplate

PLOTS = 30
QUARTERS = 8
#: the quarter of the report is the first of 2026
DUE = datetime(2026, 4, 8, 8, tzinfo=UTC)
#: a measure with its outcomes, how many of each in a quarter, and whether it has times
_MEASURES = (
    ("segments", "answered", 9, True), ("segments", "abandoned", 2, True), ("answered", "", 9, False),
    ("arrived", "", 11, False), ("registered", "", 9, False), ("digital", "", 9, False), ("talked", "", 9, True),
    ("handled", "", 9, True), ("whole_wait", "", 9, True),
)  # fmt: skip


def main() -> None:
    """Print the figures, one JSON object per line."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--days", type=int, default=400)
    chosen = options.parse_args()
    with _own.product("report"):
        from indgang.measures.models import Rollup
        from indgang.reports import document, making, sending

        _fill(chosen.days)
        _own.vacuum("measures_rollup")
        _figure("rows", Rollup.objects.count(), "roll-ups", "none")
        template = _template()
        begun = perf_counter()
        (report,) = making.make_due(at=DUE)
        made = perf_counter() - begun
        plots = [block for block in report.content["blocks"] if block["kind"] == "plot"]
        assert len(plots) == PLOTS
        assert sum(len(block["plot"].get("series", ())) for block in plots) > 0
        begun = perf_counter()
        (sent,) = sending.send_due(at=DUE.replace(day=30))
        took = perf_counter() - begun
        assert sent.template == template
        pdf = document.pdf(sent)
        _figure("made_seconds", made, "s, read and stored", "none")
        _figure("sent_seconds", took, "s, its PDF and mails", "none")
        _figure("report_seconds", made + took, f"s, a quarter with {PLOTS} plots and its PDF", "<= 20")
        _figure("pdf_megabytes", len(pdf) / 1e6, "MB", "<= 5")


def _fill(days: int) -> None:
    """The roll-ups of working hours on so many days up to the end of March 2026, in the order of their quarters."""
    from django.db import transaction

    from indgang.measures.rollups import store

    with transaction.atomic():
        store.replace(_rollups(days))


def _rollups(days: int) -> Iterator[tuple[FactKey, FactTally]]:
    from indgang.measures.rollups.facts import FactKey
    from indgang.measures.rollups.tallies import FactTally

    for day, quarter, queue in product(range(days, 0, -1), range(QUARTERS), range(6)):
        at = datetime(2026, 4, 1, 6, tzinfo=UTC) - timedelta(days=day) + timedelta(minutes=15 * quarter)
        places = (f"tmf-{queue}", f"ydelse-{(queue * 2 + quarter) % 12}", "status", "chat" if queue == 5 else "phone")
        for measure, outcome, count, timed in _MEASURES:
            late = (day + quarter + queue) % count
            waits = {20: count // 3, 60 + day % 40: count - 2 * (count // 3), 110: count // 3} if timed else {}
            waits = {bucket: number for bucket, number in waits.items() if number}
            milliseconds = 60_000 * count if timed else 0
            tally = FactTally(count, count - late, 0, milliseconds, 80 * count, waits)
            yield FactKey(at, measure, "tmf", *places, 1, outcome), tally


def _template() -> ReportTemplate:
    """The shipped quarterly report of a centre, with more plots."""
    from indgang.accounts.models import Person, RoleAssignment
    from indgang.catalogue.models import ContactCentre, Schedule, Unit
    from indgang.core import clock
    from indgang.measures.definitions import holding
    from indgang.reports import templates
    from indgang.reports.models import ReportBlock
    from indgang.reports.presets import PRESETS

    unit = Unit.objects.create(code="tmf", kind="administration", name="TMF", path="tmf/")
    schedule = Schedule.objects.create(code="9-16", name="9-16")
    centre = ContactCentre.objects.create(code="tmf", name="TMF", owner=unit, operator=unit, schedule=schedule)
    leader = Person.objects.create(username="eva", name="Eva", email="eva@example.org")
    RoleAssignment.objects.create(person=leader, role="team_leader", unit=unit)
    preset = next(each for each in PRESETS if each.code == "quarterly")
    made = templates.begin(centre, preset, responsible=leader, starts_on=date(2026, 1, 1), by=leader, at=clock.now())
    codes = [each.code for each in holding(date(2026, 3, 31))]
    by = (ReportBlock.By.DAY, ReportBlock.By.MONTH, ReportBlock.By.QUEUE, ReportBlock.By.SERVICE)
    more = PLOTS - made.blocks.filter(kind=ReportBlock.Kind.PLOT).count()
    ReportBlock.objects.bulk_create(
        ReportBlock(template=made, position=500 + number, kind=ReportBlock.Kind.PLOT, heading=f"Figur {number}",
                    figures=[codes[number % len(codes)]], by=by[number % len(by)])
        for number in range(more)
    )  # fmt: skip
    return made


def _figure(name: str, value: float, unit: str, goal: str) -> None:
    shown = round(value, 3 if value < 10 else 0)
    print(json.dumps({"figure": name, "value": shown, "unit": unit, "goal": goal}), flush=True)


if __name__ == "__main__":
    main()

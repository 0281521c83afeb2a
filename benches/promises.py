"""The month's proof of promises for a unit with many of them, and the limit: the same rows counted in SQL.

The promises lie in one month of one unit, about 20 services, and as many promises of other units and months lie around
them. Each is from a hand-over that has ended. `--promises` changes how many the unit has.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from time import perf_counter
from typing import TYPE_CHECKING

from benches import _own

if TYPE_CHECKING:
    from indgang.catalogue.models import Service, Unit
    from indgang.enquiries.models import Enquiry
    from indgang.handover.proof import Month

SERVICES, TIMES = 20, 60
#: rows written at once
_BATCH = 5_000

_RAW = """
SELECT count(*) FROM handover_promise WHERE unit_id = %s AND due_at >= %s AND due_at < %s
"""


def main() -> None:
    """Print the figures, one JSON object per line."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--promises", type=int, default=100_000)
    chosen = options.parse_args()
    with _own.product("promises"):
        from indgang.handover.proof import Month

        month = Month(2026, 3)
        unit = _fill(chosen.promises, month)
        _settle()
        counted = _check(unit, month, chosen.promises)
        _figure("promises", counted, "promises", "none")
        _figure("raw_count_p95_ms", _p95(lambda: _raw(unit, month)), "ms", "none")
        _figure("proof_p95_ms", _p95(lambda: _proof(unit, month)), "ms", "<= 50")


def _fill(count: int, month: Month) -> Unit:
    """Write the unit with its promises, and another unit with as many in this month and the one before."""
    from indgang.catalogue.models import Service, Unit
    from indgang.enquiries.models import Channel, Enquiry, State

    root = Unit.objects.create(code="kk", kind=Unit.Kind.MUNICIPALITY, name="Kommunen", path="kk/")
    units = [
        Unit.objects.create(code=code, kind=Unit.Kind.UNIT, name=code, parent=root, path=f"kk/{code}/")
        for code in ("counted", "around")
    ]
    services = [
        Service.objects.create(code=f"s{number}", name=f"Ydelse {number}", unit=units[0]) for number in range(SERVICES)
    ]
    start, end = month.bounds
    enquiry = Enquiry.objects.create(channel=Channel.PHONE, state=State.UNREGISTERED, arrived_at=start)
    span = (end - start) / count
    for first in range(0, count, _BATCH):
        numbers = range(first, min(first + _BATCH, count))
        _write(units[0], services, enquiry, [(number, start + span * number) for number in numbers])
        _write(units[1], services, enquiry, [(count + number, start + span * number) for number in numbers])
        _write(
            units[0], services, enquiry, [(2 * count + number, start - span * (number + 1)) for number in numbers[::2]]
        )
    return units[0]


def _write(unit: Unit, services: list[Service], enquiry: Enquiry, due: list[tuple[int, datetime]]) -> None:
    from indgang.handover.models import Handover, Promise

    states = [Promise.State.KEPT] * 8 + [Promise.State.LATE, Promise.State.MOVED]
    handovers = Handover.objects.bulk_create(
        Handover(
            number=number + 1, code="123456", kind=Handover.Kind.TASK, state=Handover.State.CLOSED, enquiry=enquiry,
            service=services[number % SERVICES], unit=unit, sent_at=at - timedelta(hours=5), placed_at=at, closed_at=at,
            outcome=Handover.Outcome.ANSWERED, told_again=number % 7 == 0 if number % 3 else None, question="",
        )
        for number, at in due
    )  # fmt: skip
    Promise.objects.bulk_create(
        Promise(
            handover=row, unit=unit, service=row.service, made_at=row.sent_at, due_at=at, settled_at=at,
            state=states[number % 10], attempts=number % 3,
        )
        for row, (number, at) in zip(handovers, due, strict=True)
    )  # fmt: skip


def _settle() -> None:
    """What autovacuum does in a database that lives on: indexes answer alone for pages that are known to be visible."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE) handover_promise")
        cursor.execute("VACUUM (ANALYZE) handover_handover")


def _check(unit: Unit, month: Month, expected: int) -> int:
    """The promises of the page; what it leaves out or counts twice ends the bench."""
    promised = _proof(unit, month)
    if promised != expected or promised != _raw(unit, month):
        raise SystemExit(f"the page counts {promised} promises, not {expected}")
    return promised


def _proof(unit: Unit, month: Month) -> int:
    from indgang.handover import proof

    return proof.of_month([unit], month, at=month.bounds[1]).total.promised


def _raw(unit: Unit, month: Month) -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(_RAW, [unit.pk, *month.bounds])
        (count,) = cursor.fetchone()
    return int(count)


def _p95(ask: Callable[[], object]) -> float:
    times = []
    for _again in range(TIMES):
        began = perf_counter()
        ask()
        times.append(1000 * (perf_counter() - began))
    return sorted(times)[int(0.95 * TIMES)]


def _figure(name: str, value: float, unit: str, goal: str) -> None:
    line = {"bench": "promises", "figure": name, "value": round(value, 2), "unit": unit, "goal": goal}
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()

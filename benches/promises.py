"""The month's proof of promises for a unit with many of them, and the limit: the same rows counted in SQL.

The promises lie in one month of one unit, about 20 services. Around them lie twice as many of the unit in other months,
and twice as many of another unit in the same month. Each is from a hand-over that has ended. `--promises` changes how
many the unit has.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, Any

from benches import _own, _rows

if TYPE_CHECKING:
    from indgang.catalogue.models import Service, Unit
    from indgang.handover.models import Handover
    from indgang.handover.proof import Month

SERVICES, TIMES = 20, 60

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
        _own.vacuum("handover_promise", "handover_handover")
        _figure("promises", _check(unit, month, chosen.promises), "promises", "none")
        for name, ask, goal in (("raw_count", _raw, "none"), ("proof", _proof, "<= 50")):
            times = _times(partial(ask, unit, month))
            _figure(f"{name}_p50_ms", times[TIMES // 2], "ms", "none")
            _figure(f"{name}_p95_ms", times[int(0.95 * TIMES)], "ms", goal)


def _fill(count: int, month: Month) -> Unit:
    """Write the unit with its promises and those around them."""
    from indgang.catalogue.models import Service, Unit

    root = Unit.objects.create(code="kk", kind=Unit.Kind.MUNICIPALITY, name="Kommunen", path="kk/")
    counted, around = (
        Unit.objects.create(code=code, kind=Unit.Kind.UNIT, name=code, parent=root, path=f"kk/{code}/")
        for code in ("counted", "around")
    )
    services = [
        Service.objects.create(code=f"s{number}", name=f"Ydelse {number}", unit=counted) for number in range(SERVICES)
    ]
    model = _one(counted, services[0], month.bounds[0])
    start, end = month.bounds
    for unit, begins, ends, rows in (
        (counted, start, end, count),
        (counted, start - timedelta(days=60), start, 2 * count),
        (around, start, end, 2 * count),
    ):
        _write(model, unit, services, begins, (ends - begins) / rows, rows)
    model.delete()  # the example itself is none of them
    return counted


def _one(unit: Unit, service: Service, at: datetime) -> Handover:
    """A hand-over that has ended, with its promise: the others are copies of it."""
    from indgang.enquiries.models import Channel, Enquiry, State
    from indgang.handover.models import Handover, Promise

    enquiry = Enquiry.objects.create(channel=Channel.PHONE, state=State.UNREGISTERED, arrived_at=at)
    handover = Handover.objects.create(
        number=1, code="123456", kind=Handover.Kind.TASK, state=Handover.State.CLOSED, enquiry=enquiry, service=service,
        unit=unit, sent_at=at, placed_at=at, closed_at=at, outcome=Handover.Outcome.ANSWERED, question="",
    )  # fmt: skip
    Promise.objects.create(
        handover=handover, unit=unit, service=service, made_at=at, due_at=at, state=Promise.State.KEPT, settled_at=at
    )
    return handover


def _write(model: Handover, unit: Unit, services: list[Service], begins: datetime, step: timedelta, rows: int) -> None:
    """`rows` copies, one each `step`: eight of ten promises are kept, and of two of three it is said whether the story
    had to be told again."""
    from django.db import connection
    from django.db.models import Max

    from indgang.handover.models import Handover, Promise

    first = (Handover.objects.aggregate(most=Max("number"))["most"] or 0) + 1
    keys: dict[str, Any] = {
        "begins": begins,
        "step": step,
        "unit": unit.pk,
        "model": model.pk,
        "rows": rows,
        "first": first,
    }
    keys["services"] = [service.pk for service in services]
    at = "%(begins)s::timestamptz + g * %(step)s::interval"
    handovers = {
        "id": "gen_random_uuid()", "number": "%(first)s + g", "unit_id": "%(unit)s", "closed_at": at, "sent_at": at,
        "service_id": "(%(services)s::int[])[1 + g %% 20]",
        "told_again": "CASE WHEN g %% 3 > 0 THEN g %% 7 = 0 END",
    }  # fmt: skip
    promises = {
        "handover_id": "h.id", "unit_id": "h.unit_id", "service_id": "h.service_id", "due_at": "h.closed_at",
        "attempts": "h.number %% 3",
        "state": "(ARRAY['kept','kept','kept','kept','kept','kept','kept','kept','late','moved'])[1 + h.number %% 10]",
    }  # fmt: skip
    with connection.cursor() as cursor:
        copied = "FROM handover_handover AS copied, generate_series(0, %(rows)s - 1) AS g WHERE copied.id = %(model)s"
        cursor.execute(_rows.copying(Handover, handovers, copied), keys)
        copied = (
            "FROM handover_promise AS copied, handover_handover AS h"
            " WHERE copied.handover_id = %(model)s AND h.number >= %(first)s"
        )
        cursor.execute(_rows.copying(Promise, promises, copied), keys)


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


def _times(ask: Callable[[], object]) -> list[float]:
    """Milliseconds, from the shortest to the longest."""
    times = []
    for _again in range(TIMES):
        began = perf_counter()
        ask()
        times.append(1000 * (perf_counter() - began))
    return sorted(times)


def _figure(name: str, value: float, unit: str, goal: str) -> None:
    line = {"bench": "promises", "figure": name, "value": round(value, 2), "unit": unit, "goal": goal}
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()

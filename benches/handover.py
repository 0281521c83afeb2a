"""Who of the second level can be asked about a service now: the pure engine alone, and the desk's search of targets.

A municipality of 5,000 people, 400 services in 80 units and 2,000 agreed windows; a third of the people are absent for
a part of the day, one in four has a substitute, and 500 are signed in. The engine is asked about every service in turn.
The desk is asked through the whole of Django by an agent, with words that find up to four services.

Processor time is measured too: it stays the same when others use the machine.

`--people` and `--windows` change the size.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from functools import partial
from itertools import cycle, islice
from time import perf_counter, process_time
from typing import TYPE_CHECKING

from benches import _own, _processor

if TYPE_CHECKING:
    from indgang.accounts.models import Person

SERVICES, UNITS, SIGNED_IN, ASKED = 400, 80, 500, 400
#: distinct words, so that a search finds some services and not all
WORDS = ("byggesag", "altan", "jord", "støj", "affald", "parkering", "fortov", "bevilling", "grave", "skilte")


def main() -> None:
    """Print the figures, one JSON object per line."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--people", type=int, default=5_000)
    options.add_argument("--windows", type=int, default=2_000)
    chosen = options.parse_args()
    with _own.product("handover"):
        from indgang.core.clock import COPENHAGEN

        at = datetime.combine(datetime.now(COPENHAGEN).date(), time(10, 30), COPENHAGEN)  # noqa: TID251  # a morning of this week; the product's clock is set to it
        at -= timedelta(days=max(at.weekday() - 4, 0))
        agent = _fill(chosen.people, chosen.windows, at)
        _figure("engine_p95_ms", _p95(_engine(at)), "<= 10")
        _figure("facts_and_engine_p95_ms", _p95(_facts(at)), "none")
        _own.analyse()
        _own.settle()
        _figure("desk_p95_ms", _p95(_desk(agent, at)), "<= 30")
        first, later = _processor_of_desk(agent, at)
        _figure("desk_first_processor_p95_ms", first, "none")
        _figure("desk_processor_p95_ms", later, "none")


def _fill(people: int, windows: int, at: datetime) -> Person:
    """Write the municipality; returns an agent."""
    from indgang.accounts.models import Person, RoleAssignment
    from indgang.catalogue.models import Service, Unit
    from indgang.entry.models import AgentState, Presence
    from indgang.workforce.day_line import DayKind
    from indgang.workforce.models import AvailabilityAgreement, DayNote, PromisedWindow, Substitute, WindowPerson

    root = Unit.objects.create(code="kk", kind=Unit.Kind.MUNICIPALITY, name="Kommunen", path="kk/")
    units = Unit.objects.bulk_create(
        Unit(code=f"u{n}", kind=Unit.Kind.UNIT, name=f"Enhed {n}", parent=root, path=f"kk/u{n}/") for n in range(UNITS)
    )
    words = cycle(WORDS)
    services = Service.objects.bulk_create(
        Service(code=f"s{n}", name=f"{next(words).capitalize()} {n}", unit=units[n % UNITS]) for n in range(SERVICES)
    )
    staff = Person.objects.bulk_create(Person(username=f"p{n}", name=f"Person {n}") for n in range(people))
    RoleAssignment.objects.create(person=staff[0], role="agent", unit=root)
    agreements = AvailabilityAgreement.objects.bulk_create(
        AvailabilityAgreement(
            unit=unit, contact=staff[1], coordinator=staff[2], contact_signed_at=at, coordinator_signed_at=at
        )
        for unit in units
    )
    lines = PromisedWindow.objects.bulk_create(
        PromisedWindow(
            agreement=agreements[n % UNITS], service=services[(n % UNITS) + UNITS * (n // UNITS % (SERVICES // UNITS))],
            weekdays="MTOTF--", opens=time(8 + n % 3), closes=time(12 + n % 4), is_back_up=n % 5 == 0,
        )
        for n in range(windows)
    )  # fmt: skip
    WindowPerson.objects.bulk_create(
        WindowPerson(window=line, person=staff[(n * 7 + place * 13) % people], place=place)
        for n, line in enumerate(lines)
        for place in range(4)
    )
    DayNote.objects.bulk_create(
        DayNote(
            person=person, kind=DayKind.MEETING, starts_at=at - timedelta(minutes=n % 90), noted_at=at,
            ends_at=at + timedelta(minutes=10 + n % 50), noted_by="bench",
        )
        for n, person in enumerate(staff[::3])
    )  # fmt: skip
    Substitute.objects.bulk_create(
        Substitute(person=staff[n], substitute=staff[(n + 1) % people]) for n in range(0, people, 4)
    )
    Presence.objects.bulk_create(
        Presence(person=person, state=AgentState.READY if n % 2 else AgentState.TALKING, since=at, signed_in_at=at)
        for n, person in enumerate(staff[:: max(1, people // SIGNED_IN)])
    )
    agent: Person = staff[0]
    return agent


def _engine(at: datetime) -> Iterator[Callable[[], object]]:
    """The engine alone: the facts of the whole municipality are known, as in the switchboard."""
    from indgang.routing.availability.reachability import who_can_take
    from indgang.routing.availability.windows import Medium
    from indgang.workforce import availability

    facts = availability.facts(at)
    for number in range(ASKED):
        moment = at + timedelta(seconds=number)
        yield partial(who_can_take, facts, f"s{number}", Medium.PHONE, moment)


def _facts(at: datetime) -> Iterator[Callable[[], object]]:
    """Facts and answer for four services, as a page asks."""
    from indgang.entry.team import second_level
    from indgang.routing.availability.windows import Medium

    for number in range(0, ASKED, 4):
        codes = [f"s{number + more}" for more in range(4)]
        yield partial(second_level.who_can_be_asked, codes, medium=Medium.PHONE, at=at)


def _desk(agent: Person, at: datetime) -> Iterator[Callable[[], object]]:
    """The search of transfer targets through the whole of Django."""
    from django.test import Client

    from indgang.core import clock

    client = Client()
    client.force_login(agent, backend="django.contrib.auth.backends.ModelBackend")
    with clock.frozen(at):
        for word in islice(cycle(WORDS), 100):
            yield partial(client.get, "/desk/targets/", {"q": word}, headers={"HX-Request": "true"})


def _processor_of_desk(agent: Person, at: datetime) -> tuple[float, float]:
    """Processor time of an answer, this process and PostgreSQL's together, which does not depend on what else the
    machine does: when nothing of its subjects is known to the process, as after a change, and when it is."""
    from django.db import connection

    from indgang.entry.team import kept_windows
    from indgang.workforce import agreed

    connection.ensure_connection()
    server = connection.connection.info.backend_pid
    first: list[float] = []
    later: list[float] = []
    for number, ask in enumerate(_desk(agent, at)):
        if number < len(WORDS):
            kept_windows.forget_shares()
            agreed.forget()
        began = process_time() + _processor.nanoseconds(server) / 1e9
        ask()
        taken = 1000 * (process_time() + _processor.nanoseconds(server) / 1e9 - began)
        (first if number < len(WORDS) else later).append(taken)
    return max(first), sorted(later)[int(0.95 * len(later))]


def _p95(asked: Iterator[Callable[[], object]]) -> float:
    times = []
    for ask in asked:
        began = perf_counter()
        ask()
        times.append(1000 * (perf_counter() - began))
    return sorted(times)[int(0.95 * len(times))]


def _figure(name: str, value: float, goal: str) -> None:
    print(
        json.dumps({"bench": "handover", "figure": name, "value": round(value, 2), "unit": "ms", "goal": goal}),
        flush=True,
    )


if __name__ == "__main__":
    main()

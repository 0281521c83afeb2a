"""The month's proof of promises: what counts as kept, and that page, rows and events agree."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from indgang.catalogue.models import Unit
from indgang.core.clock import COPENHAGEN
from indgang.core.refusals import RefusedChange
from indgang.handover import proof, work
from indgang.handover.models import Handover, Promise
from indgang.handover.promises import PromisedTime
from indgang.handover.proof import Month, Tally
from indgang.handover.recipients import Recipient
from tests import sample
from tests.handover import replayed
from tests.handover.sent import NOON, send
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
MARCH = Month(2026, 3)
AFTERNOON = NOON + timedelta(hours=2)


def counts(world: World, at: datetime = AFTERNOON) -> dict[str, int]:
    return {state: count for state, count in total(at).counts.items() if count}


def total(at: datetime = AFTERNOON, month: Month = MARCH) -> Tally:
    return proof.of_month(Unit.objects.all(), month, at=at).total


def test_every_end_of_a_promise_has_its_column(world: World) -> None:
    kept, late, missed, moved, cancelled = (send(world) for _each in range(5))
    work.close(kept, outcome="answered", told_again=True, by=world.david, at=MORNING)
    work.close(late, outcome="answered", told_again=False, by=world.david, at=AFTERNOON)
    work.close(missed, outcome="not_reached", by=world.david, at=AFTERNOON)
    work.promise(moved, PromisedTime(AFTERNOON + timedelta(hours=1)), by=world.david, at=MORNING)
    work.cancel(cancelled, by=None, at=MORNING)
    assert counts(world) == {"kept": 1, "late": 1, "missed": 1, "moved": 1, "cancelled": 1, "open": 1}
    assert total().kept_share == 1 / 3
    assert (total().asked, total().told_again) == (2, 1)


def test_an_open_promise_whose_time_has_passed_is_not_kept(world: World) -> None:
    send(world)
    assert counts(world, MORNING) == {"open": 1}
    assert total(MORNING).kept_share is None
    assert counts(world) == {"open": 1, "overdue": 1}
    assert total().kept_share == 0
    assert total().promised == 1


def test_a_call_in_time_is_not_overdue(world: World) -> None:
    sent = send(world, kind=Handover.Kind.CALLBACK, starts=NOON - timedelta(hours=1))
    work.attempt(sent, is_reached=False, by=world.david, at=NOON - timedelta(minutes=10))
    assert counts(world) == {"open": 1}
    assert total().attempts == 1


def test_no_promises_are_not_all_promises_kept(world: World) -> None:
    assert total().kept_share is None
    assert total().told_again_share is None
    assert proof.of_month(Unit.objects.all(), MARCH, at=NOON).lines == []


def test_a_promise_belongs_to_the_month_in_which_it_was_due(world: World) -> None:
    send(world, due=datetime(2026, 4, 1, 10, tzinfo=COPENHAGEN))
    assert total().promised == 0
    assert total(month=Month(2026, 4)).promised == 1
    assert Month(2026, 12).following == Month(2027, 1)
    start, end = MARCH.bounds
    assert end - start == timedelta(days=31) - timedelta(hours=1)  # the clock is put forward
    assert Month.of(date(2026, 3, 31)) == MARCH


def test_the_promise_counts_for_the_unit_that_has_it_now(world: World) -> None:
    sent = send(world)
    work.place(sent, to=Recipient(world.units["ctb-grav"]), why="not_ours", by=world.david, at=MORNING)
    [line] = proof.of_month(Unit.objects.all(), MARCH, at=MORNING).lines
    assert line.unit.code == "ctb-grav"
    assert proof.of_month([world.units["ctb-byliv"]], MARCH, at=MORNING).lines == []


def test_every_figure_opens_its_rows(world: World) -> None:
    kept, overdue = send(world), send(world)
    work.close(kept, outcome="answered", by=world.david, at=MORNING)
    units = [world.units["ctb-byliv"]]
    service = world.services["arrangement"].pk

    def numbers(state: str, of: int | None = service) -> list[int]:
        return [row.handover.number for row in proof.rows(units, MARCH, service=of, state=state, at=AFTERNOON)]

    assert numbers("kept") == [kept.number]
    assert numbers("overdue") == numbers("open") == [overdue.number]
    assert numbers("", None) == [kept.number, overdue.number]
    assert numbers("", 0) == []


_steps = st.lists(
    st.tuples(
        st.sampled_from(
            ["accept", "lay_down", "move", "attempt", "reach", "return", "byliv", "grav", "close", "give_up", "cancel"]
        ),
        st.integers(0, 2),
        st.integers(1, 90),
    ),
    max_size=14,
)


@settings(
    max_examples=sample.examples(40), deadline=None,
    suppress_health_check=sample.SUPPRESSED,
)  # fmt: skip
@given(_steps)
def test_page_rows_and_events_agree_after_anything_that_happens(
    world: World, steps: list[tuple[str, int, int]]
) -> None:
    with transaction.atomic():
        sent = [
            send(world),
            send(world, kind=Handover.Kind.CALLBACK, starts=NOON - timedelta(hours=1)),
            send(world, due=NOON + timedelta(days=1)),
        ]
        at = MORNING
        for step, number, minutes in steps:
            at += timedelta(minutes=minutes)
            _do(world, step, sent[number], at)
        _compare(at)
        transaction.set_rollback(True)


def _do(world: World, step: str, row: Handover, at: datetime) -> None:
    david: dict[str, Any] = {"by": world.david, "at": at}
    later = PromisedTime(NOON + timedelta(days=2))
    try:
        with transaction.atomic():
            match step:
                case "accept":
                    work.accept(row, **david)
                case "lay_down":
                    work.lay_down(row, **david)
                case "move":
                    work.promise(row, later, **david)
                case "attempt" | "reach":
                    work.attempt(row, is_reached=step == "reach", **david)
                case "return":
                    work.give_back(row, why="wrong_place", note="", **david)
                case "byliv" | "grav":
                    work.place(row, to=Recipient(world.units[f"ctb-{step}"]), by=world.eva, at=at)
                case "close" | "give_up":
                    work.close(row, outcome="answered" if step == "close" else "not_reached", **david)
                case "cancel":
                    work.cancel(row, by=None, at=at)
    except RefusedChange:
        pass  # what is not theirs or over: it changes nothing


def _compare(at: datetime) -> None:
    told = replayed.promises()
    rows = Promise.objects.select_related("unit", "service")
    stored = [(row.unit.code, row.service and row.service.code, row.due_at, row.state, row.attempts) for row in rows]
    assert sorted(stored) == sorted((one.unit, one.service, one.due, one.state, one.attempts) for one in told)
    start, end = MARCH.bounds
    expected = Counter((one.unit, one.state) for one in told if start <= one.due < end)
    page = proof.of_month(Unit.objects.all(), MARCH, at=at)
    shown: Counter[tuple[str, str]] = Counter()
    for line in page.lines:
        for state in Promise.State.values:
            shown[line.unit.code, state] += line.tally.counts[state]
    assert +shown == expected
    assert page.total.attempts == sum(one.attempts for one in told if start <= one.due < end)
    for state in Promise.State.values:
        behind = proof.rows(Unit.objects.all(), MARCH, service=None, state=state, at=at).count()
        assert behind == page.total.counts[state]

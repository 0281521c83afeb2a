from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from indgang.audit.models import Change
from indgang.enquiries import return_calls
from indgang.enquiries.models import Question, ReturnCall
from indgang.enquiries.return_calls import ReturnCallError
from indgang.entry import commands
from indgang.entry.models import Queue
from indgang.live.models import Mark
from tests.enquiries.told_calls import abandoned, talked
from tests.world import MORNING, World

LATER = MORNING + timedelta(minutes=10)
OTHER = "+4599990888"


@pytest.fixture
def switchboard(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Replace the switchboard by one that accepts every order. Returns the list of its orders."""
    orders: list[dict[str, Any]] = []

    def order(kind: str, *, by: Any, at: Any, **payload: Any) -> dict[str, Any]:
        orders.append({"kind": kind, "by": by.username, **payload})
        return {}

    monkeypatch.setattr(commands, "give_and_wait", order)
    return orders


def mine(world: World) -> list[Queue]:
    return [world.queues["tmf-byggeri"], world.queues["tmf-byliv"]]


def owed(start_minutes: float = 0, number: str = OTHER, queue: str = "tmf-byggeri") -> ReturnCall:
    enquiry = abandoned(number, queue, MORNING + timedelta(minutes=start_minutes))
    return ReturnCall.objects.get(enquiry=enquiry)


def test_repeat_calls_of_one_number_are_one_thing_to_do(world: World) -> None:
    first, again = owed(0), owed(5, queue="tmf-byliv")
    other = owed(2, number="+4599990889")
    listed = return_calls.to_ring(mine(world), by=world.anna)
    assert [(each.first.pk, each.times) for each in listed] == [(first.pk, 2), (other.pk, 1)]
    assert listed[0].latest.pk == again.pk


def test_withheld_numbers_are_not_one_caller(world: World) -> None:
    rows = [owed(minute, number="anonymous") for minute in (0, 1)]
    listed = return_calls.to_ring(mine(world), by=world.anna)
    assert [[row.pk for row in each.rows] for each in listed] == [[row.pk] for row in rows]


def test_other_centres_and_what_others_have_taken_are_left_out(world: World) -> None:
    owed(0, queue="bif-erhverv")
    return_calls.take(owed(1), by=world.bo, at=LATER)
    assert return_calls.to_ring(mine(world), by=world.anna) == []
    assert len(return_calls.to_ring(mine(world), by=world.bo)) == 1


def test_a_promised_call_comes_before_older_ones(world: World) -> None:
    owed(0)
    promised = owed(3, number="+4599990889")
    ReturnCall.objects.filter(pk=promised.pk).update(kind=ReturnCall.Kind.CALLBACK)
    assert return_calls.to_ring(mine(world), by=world.anna)[0].first.pk == promised.pk


def test_taking_takes_all_of_the_number_with_audit_and_marks(world: World) -> None:
    row, again = owed(0), owed(5)
    Mark.objects.all().delete()
    return_calls.take(row, by=world.anna, at=LATER)
    again.refresh_from_db()
    assert (again.taken_by, again.taken_at) == (world.anna, LATER)
    assert Change.objects.filter(action="return_call.take").count() == 2
    assert set(Mark.objects.values_list("part", flat=True)) == {
        f"person-{world.anna.pk}/lists",
        "centre-tmf/return-calls",
        "desks-tmf/return-calls",
    }
    return_calls.take(row, by=world.anna, at=LATER)
    assert Change.objects.filter(action="return_call.take").count() == 2


def test_what_another_has_taken_is_refused_by_name(world: World) -> None:
    row = owed()
    return_calls.take(row, by=world.bo, at=LATER)
    for act in (return_calls.take, return_calls.release):
        with pytest.raises(ReturnCallError, match=r"^taken$") as raised:
            act(row, by=world.anna, at=LATER)
        assert "Bo Bakkedal" in str(raised.value.message)


def test_releasing_puts_it_back_on_the_common_list(world: World) -> None:
    row = owed()
    return_calls.take(row, by=world.bo, at=LATER)
    return_calls.release(row, by=world.bo, at=LATER)
    assert len(return_calls.to_ring(mine(world), by=world.anna)) == 1


def test_closing_closes_all_of_the_number_once(world: World) -> None:
    row, again = owed(0), owed(5)
    return_calls.done(row, result="reached", by=world.anna, at=LATER)
    again.refresh_from_db()
    assert (again.done_by, again.done_at, again.result) == (world.anna, LATER, "reached")
    assert return_calls.to_ring(mine(world), by=world.anna) == []
    with pytest.raises(ReturnCallError, match=r"^done$"):
        return_calls.done(row, result="given_up", by=world.bo, at=LATER)


def test_ringing_takes_dials_and_counts_the_attempt(world: World, switchboard: list[dict[str, Any]]) -> None:
    row = owed()
    return_calls.ring(row, by=world.anna, at=LATER)
    row.refresh_from_db()
    assert switchboard == [
        {"kind": "dial", "by": "anna", "number": OTHER, "follows": str(row.enquiry_id), "return_call": row.pk,
         "asked_at": row.created_at.isoformat()}
    ]  # fmt: skip
    assert (row.taken_by, row.attempts, row.done_at) == (world.anna, 1, None)
    assert Change.objects.get(action="return_call.ring").after == {"attempts": 1}


def test_a_dial_the_switchboard_refuses_is_no_attempt(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise commands.Refused("no_switchboard")

    monkeypatch.setattr(commands, "give_and_wait", refuse)
    row = owed()
    with pytest.raises(commands.Refused):
        return_calls.ring(row, by=world.anna, at=LATER)
    row.refresh_from_db()
    assert (row.taken_by, row.attempts) == (world.anna, 0)


def test_a_withheld_number_cannot_be_rung(world: World, switchboard: list[dict[str, Any]]) -> None:
    with pytest.raises(ReturnCallError, match=r"^no_number$"):
        return_calls.ring(owed(number="anonymous"), by=world.anna, at=LATER)
    assert switchboard == []


@pytest.mark.django_db(transaction=True)
def test_of_two_agents_who_take_the_same_at_once_one_gets_it(transactional_world: World) -> None:
    world = transactional_world
    row, _again = owed(0), owed(5)
    start = threading.Barrier(2)
    got: list[Any] = []

    def grab(person: Any) -> None:
        start.wait()
        try:
            return_calls.take(row, by=person, at=LATER)
            got.append(person.pk)
        except ReturnCallError as refused:
            got.append(refused.code)
        finally:
            connection.close()

    people = [threading.Thread(target=grab, args=(person,)) for person in (world.anna, world.bo)]
    for each in people:
        each.start()
    for each in people:
        each.join()
    assert got.count("taken") == 1
    assert set(ReturnCall.objects.values_list("taken_by", flat=True)) == set(got) - {"taken"}


def test_the_list_knows_who_has_been_answered_since_and_what_it_is_about(
    world: World, django_assert_num_queries: Any
) -> None:
    first, again, other = owed(0), owed(5), owed(2, number="+4599990889")
    hidden = owed(3, number="anonymous")
    earlier = talked(world.bo, number="+4599990889", start=MORNING - timedelta(hours=1))
    since = talked(world.bo, number=OTHER, start=MORNING + timedelta(minutes=8))
    talked(world.bo, number="anonymous", start=MORNING + timedelta(minutes=8))
    question = {"service": world.services["affald"], "purpose": world.purposes["status"], "outcome": "callback"}
    Question.objects.create(enquiry=other.enquiry, order=0, character="general", registered_at=LATER, **question)
    listed = return_calls.to_ring(mine(world), by=world.anna)
    with django_assert_num_queries(1):
        known = return_calls.known_of(listed)
    assert earlier.answered_at is not None
    assert (known[first.pk].answered_at, known[first.pk].answered_by) == (since.answered_at, "Bo Bakkedal")
    assert (known[other.pk].answered_at, known[other.pk].about) == (None, "Byggeaffald")
    assert known[hidden.pk].answered_at is None
    assert again.pk not in known


def test_who_was_answered_before_the_last_time_they_gave_up_still_waits(world: World) -> None:
    first = owed(0)
    talked(world.bo, number=OTHER, start=MORNING + timedelta(minutes=2))
    owed(8)
    (line,) = return_calls.to_ring(mine(world), by=world.anna)
    assert return_calls.known_of([line])[first.pk].answered_at is None

"""Hand-overs as tasks at desks: what the switchboard is told of them, and what they learn from it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection

from indgang.config import jobs
from indgang.core.clock import day_of
from indgang.core.ranges import TimeRange
from indgang.core.refusals import RefusedChange
from indgang.entry.event_kinds import Kind
from indgang.entry.models import Command, LiveWork
from indgang.entry.switchboard.wakeup import parameters
from indgang.handover import climbing, ownership, pushing, recipients, stream, work
from indgang.handover.models import Handover
from indgang.handover.promises import PromisedTime
from indgang.handover.recipients import Recipient
from indgang.workforce import groups, own_day
from indgang.workforce.day_line import DayKind, DayPart
from indgang.workforce.models import Group, GroupMember
from tests.handover.sent import NOON, send
from tests.workforce import agreed
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
State = Handover.State
LATER = MORNING + timedelta(minutes=10)


def orders() -> list[tuple[str, dict[str, Any]]]:
    """The orders about tasks since the last call, each with its payload."""
    found = Command.objects.filter(kind__startswith="task_").order_by("pk")
    told = [(command.kind, command.payload) for command in found]
    found.delete()
    return told


def at_desk(handover: Handover, kind: Any, person: int, at: datetime = LATER) -> Handover:
    """What the switchboard writes when somebody does this with the task at their desk."""
    pushing.follow([kind.event(str(handover.enquiry_id), at, person=person, data={"task": str(handover.pk)})])
    handover.refresh_from_db()
    return handover


def test_a_task_for_a_person_is_offered_to_them_with_its_promise(world: World) -> None:
    handover = send(world)
    assert orders() == [
        ("task_offer", {
            "task": str(handover.pk), "enquiry": str(handover.enquiry_id), "subject": "arrangement",
            "people": [world.david.pk], "is_call": False, "due": NOON.isoformat(), "laid_down_by": None,
        }),
    ]  # fmt: skip


def test_a_task_for_a_unit_is_offered_to_who_is_in_a_window_and_one_for_a_group_to_its_members(world: World) -> None:
    unit = world.units["ctb-byliv"]
    send(world, to=Recipient(unit))
    ((_kind, payload),) = orders()
    assert (payload["subject"], payload["people"]) == ("arrangement", [])
    group = groups.add(unit, name="Events", by=world.ida, at=MORNING)
    groups.add_member(group, world.david, valid_from=day_of(MORNING), valid_to=None, by=world.ida, at=MORNING)
    send(world, to=recipients.of_group(group))
    assert orders()[0][1]["people"] == [world.david.pk]


@pytest.mark.parametrize("kind", [Handover.Kind.WARM, Handover.Kind.CALLBACK])
def test_what_goes_with_a_call_or_has_its_time_later_is_not_offered(world: World, kind: str) -> None:
    is_call = kind == Handover.Kind.CALLBACK
    send(world, kind=kind, due=NOON if is_call else None, starts=NOON - timedelta(hours=1) if is_call else None)
    assert orders() == []


def test_who_takes_it_at_the_desk_has_accepted_it_and_who_puts_it_back_has_laid_it_down(world: World) -> None:
    handover = send(world, to=Recipient(world.units["ctb-byliv"]))
    orders()
    at_desk(handover, Kind.TASK_ACCEPTED, world.david.pk)
    assert (handover.state, handover.person) == (State.ACCEPTED, world.david)
    assert orders() == [
        ("task_withdraw", {"task": str(handover.pk), "why": "accepted", "unless_held_by": world.david.pk}),
    ]  # fmt: skip
    at_desk(handover, Kind.TASK_PUT_BACK, world.david.pk)
    assert (handover.state, handover.person) == (State.WAITING, None)
    assert [kind for kind, _payload in orders()] == ["task_offer"]


def test_who_lays_it_down_on_its_card_is_named_to_the_switchboard_which_offers_it_to_others_first(world: World) -> None:
    handover = send(world, to=Recipient(world.units["ctb-byliv"]))
    work.accept(handover, by=world.david, at=LATER)
    orders()
    work.lay_down(handover, by=world.david, at=LATER)
    assert [(kind, payload["laid_down_by"]) for kind, payload in orders()] == [("task_offer", world.david.pk)]
    work.place(handover, to=Recipient(world.units["ctb-byliv"], person=world.bo), by=world.david, at=LATER)
    assert [(kind, payload["laid_down_by"]) for kind, payload in orders()] == [("task_offer", None)]


def test_what_is_accepted_without_the_desk_or_closed_is_withdrawn_there(world: World) -> None:
    handover = send(world)
    orders()
    work.accept(handover, by=world.david, at=LATER)
    assert orders()[0][1]["unless_held_by"] == world.david.pk
    work.close(handover, outcome=Handover.Outcome.ANSWERED, by=world.david, at=LATER)
    assert [(kind, payload["unless_held_by"]) for kind, payload in orders()] == [("task_withdraw", None)]


def test_what_was_closed_while_it_was_offered_is_taken_from_the_desk_again(world: World) -> None:
    handover = send(world)
    work.cancel(handover, by=None, at=MORNING)
    orders()
    at_desk(handover, Kind.TASK_ACCEPTED, world.david.pk)
    assert handover.state == State.CANCELLED
    assert [kind for kind, _payload in orders()] == ["task_withdraw"]
    at_desk(handover, Kind.TASK_PUT_BACK, world.david.pk)
    assert handover.state == State.CANCELLED


def test_a_delegated_task_is_offered_to_its_next_person(world: World) -> None:
    handover = send(world)
    orders()
    work.place(handover, to=Recipient(world.units["ctb-byliv"]), by=world.david, at=LATER)
    assert [payload["people"] for _kind, payload in orders()] == [[]]


def test_what_lies_with_nobody_in_particular_is_no_longer_offered_to_whom_it_was_for(world: World) -> None:
    handover = send(world)
    orders()
    work.place(handover, to=Recipient(world.units["ctb-grav"]), why="not_ours", by=world.david, at=LATER)
    assert [(kind, payload["unless_held_by"]) for kind, payload in orders()] == [("task_withdraw", None)]


def test_windows_of_another_unit_do_not_count_for_a_question_that_has_moved_on(world: World) -> None:
    handover = send(world, kind=Handover.Kind.CALLBACK, starts=NOON - timedelta(hours=1))
    agreement = agreed.draft(world)
    agreed.line(world, agreement, world.david, opens=9, closes=10)
    agreed.sign(agreement, world.david, world.ida)
    afternoon = PromisedTime(NOON + timedelta(hours=2), NOON + timedelta(hours=1))
    with pytest.raises(RefusedChange, match="træffetid"):
        work.promise(handover, afternoon, by=world.david, at=LATER)
    work.place(handover, to=Recipient(world.units["ctb-grav"]), why="not_ours", by=world.david, at=LATER)
    Handover.objects.update(person=world.david)
    assert work.promise(handover, afternoon, by=world.david, at=LATER).due_at == afternoon.due


def test_who_may_not_take_it_any_more_does_not_get_it_and_it_is_offered_to_those_who_may(world: World) -> None:
    handover = send(world, to=Recipient(world.units["ctb-byliv"]))
    orders()
    at_desk(handover, Kind.TASK_ACCEPTED, world.otto.pk)
    assert (handover.state, handover.person) == (State.WAITING, None)
    assert [(kind, payload["people"]) for kind, payload in orders()] == [("task_offer", [])]
    agreement = agreed.draft(world)
    agreed.line(world, agreement, world.otto)
    agreed.sign(agreement, world.david, world.ida)
    at_desk(handover, Kind.TASK_ACCEPTED, world.otto.pk)
    assert (handover.state, handover.person) == (State.ACCEPTED, world.otto)


def test_who_goes_home_is_still_its_person_and_nobody_else_is_told_of_it(world: World) -> None:
    handover = send(world)
    at_desk(handover, Kind.TASK_ACCEPTED, world.david.pk)
    orders()
    at_desk(handover, Kind.TASK_OVER, world.david.pk)
    assert (handover.state, handover.person, orders()) == (State.ACCEPTED, world.david, [])


@pytest.fixture
def events(world: World) -> Group:
    """A group of Byliv with David."""
    group = groups.add(world.units["ctb-byliv"], name="Events", by=world.ida, at=MORNING)
    groups.add_member(group, world.david, valid_from=day_of(MORNING), valid_to=None, by=world.ida, at=MORNING)
    return group


def switchboard_takes(handover: Handover) -> None:
    """The switchboard carries out the order for the task, and keeps it."""
    ((_kind, payload),) = orders()
    kept = {name: payload[name] for name in ("subject", "people", "due")} | {"kind": "task", "holder": None}
    LiveWork.objects.update_or_create(item=handover.pk, defaults={"since": MORNING, "kept": kept})


def test_a_task_of_a_group_follows_its_members_and_is_nobodys_when_it_has_none(world: World, events: Group) -> None:
    handover = send(world, to=recipients.of_group(events))
    switchboard_takes(handover)
    groups.add_member(events, world.otto, valid_from=day_of(MORNING), valid_to=None, by=world.ida, at=MORNING)
    assert [payload["people"] for _kind, payload in orders()] == [[world.david.pk, world.otto.pk]]
    GroupMember.objects.all().delete()
    pushing.restore(at=LATER)
    assert [kind for kind, _payload in orders()] == ["task_withdraw"], "not everybody in a window of the service"
    at_desk(handover, Kind.TASK_ACCEPTED, world.otto.pk)
    assert handover.state == State.WAITING


def test_a_membership_that_begins_or_ends_by_its_day_is_followed_within_minutes(world: World, events: Group) -> None:
    handover = send(world, to=recipients.of_group(events))
    switchboard_takes(handover)
    tomorrow = MORNING + timedelta(days=1)
    groups.add_member(events, world.otto, valid_from=day_of(tomorrow), valid_to=None, by=world.ida, at=MORNING)
    GroupMember.objects.filter(person=world.david).update(valid_to=day_of(tomorrow))
    assert (pushing.restore(at=LATER), orders()) == (0, [])
    assert pushing.restore(at=tomorrow) == 1
    assert pushing.restore(at=tomorrow) == 0, "the switchboard has the order, or will take it"
    assert [payload["people"] for _kind, payload in orders()] == [[world.otto.pk]]


def test_what_the_switchboard_has_lost_is_ordered_anew_and_what_somebody_has_is_left_alone(world: World) -> None:
    handover, theirs = send(world), send(world)
    orders()
    work.accept(theirs, by=world.david, at=LATER)
    orders()
    jobs.offer_handovers(0)
    ((kind, payload),) = orders()
    assert (kind, payload["task"]) == ("task_offer", str(handover.pk))


def test_only_the_hand_overs_of_a_changed_group_are_looked_at(
    world: World, events: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = groups.add(world.units["ctb-byliv"], name="Weddings", by=world.ida, at=MORNING)
    send(world, to=recipients.of_group(events))
    looked_at: list[Any] = []
    told = pushing._told

    def noting(rows: Any) -> Any:
        looked_at.extend(rows)
        return told(rows)

    monkeypatch.setattr(pushing, "_told", noting)
    orders()
    own_day.note(world.david, [DayPart(DayKind.SICK, TimeRange(LATER, None))], by=world.david, at=LATER)
    groups.add_member(other, world.otto, valid_from=day_of(MORNING), valid_to=None, by=world.ida, at=MORNING)
    assert looked_at == []
    groups.add_member(events, world.otto, valid_from=day_of(MORNING), valid_to=None, by=world.ida, at=MORNING)
    assert len(looked_at) == 1


def test_many_orders_are_given_over_several_minutes(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pushing, "MOST_ORDERS", 2)
    for _each in range(3):
        send(world)
    orders()
    assert [pushing.restore(at=LATER) for _minute in range(3)] == [2, 1, 0]


def test_a_fault_of_one_does_not_hold_up_the_others(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = send(world), send(world)
    orders()
    offer = pushing._offer

    def fails_once(handover: Handover, at: datetime) -> None:
        if handover.pk == first.pk:
            raise LookupError("broken")
        offer(handover, at)

    monkeypatch.setattr(pushing, "_offer", fails_once)
    with pytest.raises(LookupError):
        pushing.restore(at=LATER)
    assert [payload["task"] for _kind, payload in orders()] == [str(second.pk)]


@pytest.mark.django_db(transaction=True)
def test_a_turn_waits_for_nobody_and_holds_one_row_at_a_time(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    held = send(world)
    orders()
    world.david.roles.all().delete()
    with psycopg.connect(**parameters()) as other:
        _lock_free_ones(other)
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '2s'")
        assert (pushing.restore(at=LATER), ownership.restore(at=LATER), climbing.climb_all(at=NOON)) == (0, 0, 0)
        other.rollback()
        send(world)
        free: list[int] = []
        append = stream.append

        def counted(*of: Any, **data: Any) -> None:
            free.append(_lock_free_ones(other))
            other.rollback()
            append(*of, **data)

        monkeypatch.setattr(stream, "append", counted)
        assert ownership.restore(at=LATER) == 2
        assert free == [1, 1]
        orders()
        assert pushing.restore(at=LATER) == 2
    held.refresh_from_db()
    assert held.person is None


def _lock_free_ones(other: psycopg.Connection[Any]) -> int:
    """Lock the hand-overs that no other transaction has; returns how many."""
    return len(other.execute("SELECT id FROM handover_handover FOR UPDATE SKIP LOCKED").fetchall())


# --- promised calls -------------------------------------------------------------------------------

STARTS = NOON - timedelta(hours=1)


def promised_call(world: World, to: Recipient | None = None) -> Handover:
    """A call that Byliv owes between eleven and twelve, which nobody has been told of yet."""
    handover = send(world, kind=Handover.Kind.CALLBACK, starts=STARTS, to=to)
    assert orders() == []
    assert pushing.restore(at=STARTS - timedelta(minutes=1)) == 0
    return handover


def test_a_promised_call_is_offered_when_its_time_comes(world: World) -> None:
    handover = promised_call(world, Recipient(world.units["ctb-byliv"]))
    assert pushing.restore(at=STARTS) == 1
    ((kind, payload),) = orders()
    assert (kind, payload["task"], payload["subject"], payload["people"], payload["due"]) == (
        "task_offer", str(handover.pk), "arrangement", [], NOON.isoformat(),
    )  # fmt: skip
    assert payload["is_call"], "hours for chats alone promise nobody's call"
    work.place(handover, to=recipients.of_person(world.david, day_of(MORNING)), by=world.david, at=STARTS)
    assert [payload["people"] for _kind, payload in orders()] == [[world.david.pk]]


def test_another_time_takes_a_promised_call_from_the_desks_until_then(world: World) -> None:
    handover = promised_call(world)
    pushing.restore(at=STARTS)
    later = PromisedTime(NOON + timedelta(hours=2), NOON + timedelta(hours=1))
    work.promise(handover, later, by=world.david, at=STARTS)
    assert [kind for kind, _payload in orders()] == ["task_offer", "task_withdraw"]
    assert pushing.restore(at=NOON) == 0
    assert pushing.restore(at=NOON + timedelta(hours=1)) == 1


def test_a_call_that_was_accepted_before_its_time_is_offered_to_who_accepted_it_once(world: World) -> None:
    handover = promised_call(world, Recipient(world.units["ctb-byliv"]))
    work.accept(handover, by=world.david, at=LATER)
    assert orders() == []
    assert pushing.restore(at=STARTS) == 1
    assert [payload["people"] for _kind, payload in orders()] == [[world.david.pk]]
    keep(handover, holder=world.david.pk)
    assert pushing.restore(at=STARTS) == 0, "it is in hand"
    at_desk(handover, Kind.TASK_ACCEPTED, world.david.pk, STARTS)
    assert (handover.state, orders()) == (State.ACCEPTED, [])


def test_a_returned_call_is_offered_to_the_agents_and_the_promise_stays_one_and_the_same(world: World) -> None:
    handover = promised_call(world)
    promise = handover.promises.get()
    work.give_back(handover, why="not_ours", note="", by=world.david, at=LATER)
    assert orders() == []
    assert pushing.restore(at=STARTS) == 1
    ((_kind, payload),) = orders()
    assert {world.anna.pk, world.bo.pk} <= set(payload["people"])
    assert not {world.david.pk, world.otto.pk} & set(payload["people"])
    keep(handover, people=payload["people"])
    at_desk(handover, Kind.TASK_ACCEPTED, world.bo.pk, STARTS)
    assert (handover.state, handover.person) == (State.ACCEPTED, world.bo)
    assert [kind for kind, _payload in orders()] == ["task_withdraw"], "from the others"
    at_desk(handover, Kind.TASK_PUT_BACK, world.bo.pk, STARTS)
    assert (handover.state, handover.person) == (State.RETURNED, None), "not back to the unit that returned it"
    assert [kind for kind, _payload in orders()] == ["task_offer"]
    at_desk(handover, Kind.TASK_ACCEPTED, world.anna.pk, STARTS)
    work.attempt(handover, is_reached=True, by=world.anna, at=STARTS + timedelta(minutes=2))
    promise.refresh_from_db()
    assert (promise.state, promise.unit, handover.promises.count()) == ("kept", world.units["ctb-byliv"], 1)
    orders()
    assert pushing.restore(at=NOON) == 0


def test_a_returned_call_is_no_task_for_somebody_of_another_centre(world: World) -> None:
    handover = promised_call(world)
    work.give_back(handover, why="not_ours", note="", by=world.david, at=LATER)
    pushing.restore(at=STARTS)
    orders()
    at_desk(handover, Kind.TASK_ACCEPTED, world.otto.pk, STARTS)
    assert (handover.state, handover.person) == (State.RETURNED, None)


def keep(handover: Handover, *, holder: int | None = None, people: list[int] | None = None) -> None:
    """What the switchboard keeps of it."""
    data = {"subject": "arrangement", "people": people or [], "due": NOON.isoformat(), "holder": holder}
    LiveWork.objects.update_or_create(item=handover.pk, defaults={"since": MORNING, "kept": data})

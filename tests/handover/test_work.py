"""What people do with a hand-over, and that its rows always follow from its events."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest

from indgang.accounts.models import RoleAssignment
from indgang.core.clock import COPENHAGEN, day_of
from indgang.core.refusals import RefusedChange
from indgang.entry.models import Alert
from indgang.events.models import StoredEvent
from indgang.handover import history, recipients, work
from indgang.handover.models import Addition, Handover, Promise
from indgang.handover.promises import PromisedTime
from indgang.handover.recipients import Recipient
from indgang.knowledge.models import Task
from indgang.workforce.models import Group, GroupMember
from tests.handover.sent import NOON, send
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
LATER = MORNING + timedelta(minutes=20)
AFTERNOON = NOON + timedelta(hours=1)


def kinds(handover: Handover) -> list[str]:
    return list(StoredEvent.objects.filter(stream=handover.pk).order_by("number").values_list("kind", flat=True))


def settled(handover: Handover) -> list[str]:
    return list(Promise.objects.filter(handover=handover).order_by("pk").values_list("state", flat=True))


def test_a_task_is_taken_and_answered_in_time(world: World) -> None:
    sent = send(world)
    taken = work.accept(sent, by=world.david, at=LATER)
    assert (taken.state, taken.person, taken.accepted_at) == ("accepted", world.david, LATER)
    closed = work.close(sent, outcome="answered", note="Ja, til søndag kl. 20.", by=world.david, at=NOON)
    assert (closed.state, closed.closed_at) == ("closed", NOON)
    assert settled(sent) == ["kept"]
    assert kinds(sent)[2:] == ["handover_accepted", "promise_settled", "handover_closed"]
    assert Addition.objects.get().for_contact


def test_taking_it_twice_changes_nothing_and_two_cannot_have_it(world: World) -> None:
    sent = send(world, to=Recipient(world.units["ctb-byliv"]))
    work.accept(sent, by=world.david, at=LATER)
    assert work.accept(sent, by=world.david, at=LATER).events == 3
    sent.refresh_from_db()
    Handover.objects.update(person=world.anna)
    with pytest.raises(RefusedChange, match="Anna"):
        work.accept(sent, by=world.david, at=LATER)


def test_only_its_unit_acts_on_it(world: World) -> None:
    sent = send(world)
    for person in (world.anna, world.otto, world.ukendt):
        with pytest.raises(RefusedChange, match="anden enhed"):
            work.accept(sent, by=person, at=LATER)


def test_late_and_missed_are_told_apart(world: World) -> None:
    late, missed = send(world), send(world)
    work.close(late, outcome="answered", by=world.david, at=AFTERNOON)
    work.close(missed, outcome="not_reached", by=world.david, at=AFTERNOON)
    assert (settled(late), settled(missed)) == (["late"], ["missed"])


def test_it_comes_back_with_a_reason_and_goes_on_to_somebody_else(world: World) -> None:
    sent = send(world)
    back = work.give_back(sent, why="not_ours", note="Det er Grav.", by=world.david, at=LATER)
    assert (back.state, back.person, back.returns) == ("returned", None, 1)
    with pytest.raises(RefusedChange):
        work.close(sent, outcome="answered", by=world.david, at=LATER)
    onward = work.place(sent, to=Recipient(world.units["ctb-grav"]), by=world.anna, at=LATER)
    assert (onward.state, onward.unit.code) == ("waiting", "ctb-grav")
    assert Promise.objects.get(handover=sent).unit.code == "ctb-grav"
    assert settled(sent) == ["open"]


def test_after_five_returns_a_leader_is_asked_and_nobody_returns_it_again(world: World) -> None:
    sent, to = send(world), recipients.of_person(world.david, MORNING.date())
    for _again in range(work.MOST_RETURNS):
        work.give_back(sent, why="wrong_place", note="", by=world.david, at=LATER)
        work.place(sent, to=to, by=world.anna, at=LATER)
    assert Alert.objects.filter(code="handover_returned").count() == 1
    with pytest.raises(RefusedChange, match="fem gange"):
        work.give_back(sent, why="wrong_place", note="", by=world.david, at=LATER)


def test_units_that_send_it_to_each_other_say_why_and_end_with_a_leader(world: World) -> None:
    RoleAssignment.objects.create(person=world.bo, role="case_worker", unit=world.units["ctb-grav"])
    sent, units = send(world), [world.units["ctb-grav"], world.units["ctb-byliv"]]
    with pytest.raises(RefusedChange, match="hvorfor"):
        work.place(sent, to=Recipient(units[0]), by=world.david, at=LATER)
    for number in range(work.MOST_RETURNS):
        Handover.objects.filter(pk=sent.pk).update(step=3)
        by, at = (world.bo if number % 2 else world.david), LATER + timedelta(minutes=number)
        sent = work.place(sent, to=Recipient(units[number % 2]), why="not_ours", by=by, at=at)
        assert (sent.returns, sent.step, sent.placed_at) == (number + 1, 3 if number else 0, LATER)
    assert Alert.objects.filter(code="handover_returned").count() == 1
    with pytest.raises(RefusedChange, match="fem gange"):
        work.place(sent, to=Recipient(units[1]), why="not_ours", by=world.bo, at=NOON)
    with pytest.raises(RefusedChange, match="fem gange"):
        work.give_back(sent, why="not_ours", note="", by=world.bo, at=NOON)
    decided = work.place(sent, to=Recipient(units[1]), by=world.eva, at=NOON)
    assert (decided.unit, decided.step, decided.placed_at) == (units[1], 0, NOON)
    assert [line.text for line in history.lines(sent)].count("Sendt videre til Byliv: Ikke vores opgave") == 2


def test_a_call_in_time_keeps_the_promise_of_a_call(world: World) -> None:
    sent = send(world, kind=Handover.Kind.CALLBACK, starts=NOON - timedelta(hours=1))
    work.attempt(sent, is_reached=False, by=world.david, at=LATER)
    assert (Promise.objects.get(handover=sent).attempts, settled(sent)) == (1, ["open"])
    work.attempt(sent, is_reached=False, by=world.david, at=NOON - timedelta(minutes=30))
    work.close(sent, outcome="not_reached", by=world.david, at=AFTERNOON)
    assert settled(sent) == ["kept"]
    assert Promise.objects.get(handover=sent).attempts == 2


def test_reaching_the_contact_late_is_late(world: World) -> None:
    sent = send(world, kind=Handover.Kind.CALLBACK, starts=NOON - timedelta(hours=1))
    work.attempt(sent, is_reached=True, by=world.david, at=AFTERNOON)
    assert settled(sent) == ["late"]


def test_another_time_is_agreed_before_the_first_has_passed(world: World) -> None:
    sent = send(world)
    work.promise(sent, PromisedTime(AFTERNOON), by=world.david, at=LATER)
    assert settled(sent) == ["moved", "open"]
    work.promise(sent, PromisedTime(AFTERNOON + timedelta(hours=2)), by=world.david, at=AFTERNOON + timedelta(hours=1))
    assert settled(sent) == ["moved", "missed", "open"]


def test_the_contact_cancels_and_adds_without_an_account(world: World) -> None:
    sent = send(world)
    added = work.write(sent, text="Det er kun lørdag.", for_contact=False, by=None, at=LATER)
    assert added.for_contact
    assert added.by is None
    assert work.cancel(sent, by=None, at=LATER).state == "cancelled"
    assert work.cancel(sent, by=None, at=LATER).state == "cancelled"
    assert settled(sent) == ["cancelled"]
    with pytest.raises(RefusedChange):
        work.write(sent, text="Og søndag.", for_contact=False, by=None, at=LATER)


def test_what_the_first_level_could_have_answered_becomes_a_task_of_knowledge(world: World) -> None:
    sent = send(world)
    work.close(
        sent, outcome="answered", first_level=True, first_level_answer="Se reglerne for pladsen.", told_again=True,
        by=world.david, at=LATER,
    )  # fmt: skip
    task = Task.objects.get()
    assert "Se reglerne" in task.question
    assert task.unit == sent.unit
    sent.refresh_from_db()
    assert sent.told_again is True


def test_lists_hold_what_a_person_is_to_act_on(world: World) -> None:
    sent, other = send(world), send(world, to=Recipient(world.units["ctb-grav"]))
    assert list(Handover.objects.lying_with(world.david, MORNING)) == [sent]
    work.give_back(sent, why="lacks_information", note="Hvilken plads?", by=world.david, at=LATER)
    assert list(Handover.objects.lying_with(world.david, LATER)) == []
    assert list(Handover.objects.lying_with(world.anna, LATER)) == [sent]
    assert other in Handover.objects.unsettled()


def test_a_member_has_what_lies_with_the_group_from_midnight_in_copenhagen(world: World) -> None:
    unit, day = world.units["ctb-byliv"], day_of(MORNING) + timedelta(days=1)
    group = Group.objects.create(unit=unit, name="Events")
    GroupMember.objects.create(group=group, person=world.bo, valid_from=day)
    sent = send(world, to=recipients.of_group(group))
    midnight = datetime.combine(day, time(0), COPENHAGEN)
    assert list(Handover.objects.lying_with(world.bo, midnight)) == [sent]
    assert not Handover.objects.lying_with(world.bo, midnight - timedelta(minutes=1)).exists()

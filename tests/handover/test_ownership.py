"""Nothing is owned by nobody: people who leave or are away, groups without members, units that end."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from indgang.accounts import people
from indgang.accounts.access import may
from indgang.accounts.models import Person, RoleAssignment
from indgang.accounts.permissions import Permission
from indgang.audit.models import Change
from indgang.catalogue import changes
from indgang.catalogue.models import Unit
from indgang.config import jobs
from indgang.core import clock
from indgang.core.clock import COPENHAGEN, day_of
from indgang.core.refusals import RefusedChange
from indgang.desk.handover_lists import HandoverLists
from indgang.enquiries.models import Enquiry
from indgang.entry.event_kinds import Kind
from indgang.entry.models import Alert
from indgang.events.models import StoredEvent
from indgang.handover import ownership, pushing, reached, recipients, stream, windows, work
from indgang.handover.escalation import Rung
from indgang.handover.models import Handover, Promise
from indgang.handover.recipients import Recipient
from indgang.office.handovers import access
from indgang.workforce import groups, substitutes
from indgang.workforce.models import DayNote, Group, GroupMember, Substitute
from tests import sample
from tests.handover.sent import NOON, enquiry, send
from tests.workforce import agreed
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
TODAY = day_of(MORNING)
LATER = MORNING + timedelta(minutes=20)


@pytest.fixture
def frida(world: World) -> Person:
    """A second case worker of Byliv."""
    made: Person = Person.objects.create(username="frida", name="Frida Frost")
    RoleAssignment.objects.create(person=made, role="case_worker", unit=world.units["ctb-byliv"])
    return made


def where(handover: Handover) -> tuple[str, str | None, int | None]:
    handover.refresh_from_db()
    return (handover.unit.code, handover.person.username if handover.person else None, handover.group_id)


def why(handover: Handover) -> str:
    event = StoredEvent.objects.filter(stream=handover.pk, kind="handover_placed").order_by("-number").first()
    return str(event.data["why"]) if event else ""


def away(person: Person, until: datetime | None, since: datetime = MORNING - timedelta(hours=1)) -> None:
    DayNote.objects.create(person=person, kind="sick", starts_at=since, ends_at=until, noted_at=since, noted_by="x")


def test_what_lies_with_somebody_who_leaves_goes_to_the_unit_at_once(world: World, frida: Person) -> None:
    sent = send(world)
    work.accept(sent, by=world.david, at=MORNING)
    people.deactivate(world.david, by=world.finn, at=LATER)
    assert where(sent) == ("ctb-byliv", None, None)
    assert (sent.state, why(sent)) == ("waiting", "person_left")
    assert Alert.objects.get(code="handover_moved").text == f"Byliv: {sent.number}"
    assert Change.objects.filter(action="handover.place", by_id="system:hand-overs").count() == 1
    assert ownership.restore(at=LATER) == 0


def test_a_role_that_ends_or_moves_takes_the_hand_over_away(world: World, frida: Person) -> None:
    sent = send(world)
    role = world.david.roles.get()
    people.give_role(
        world.david, role="case_worker", unit=world.units["ctb-grav"], valid_from=TODAY, by=world.finn, at=MORNING
    )
    assert where(sent)[1] == "david"
    people.end_role(role, on=TODAY + timedelta(days=1), by=world.finn, at=MORNING)
    assert where(sent)[1] == "david"
    with clock.frozen(MORNING + timedelta(days=1)):
        jobs.follow_handovers(0)
    assert where(sent) == ("ctb-byliv", None, None)


def test_a_unit_that_ends_leaves_it_to_the_unit_above(world: World) -> None:
    sent = send(world)
    byliv = world.units["ctb-byliv"]
    changes.save(byliv, {"valid_to": TODAY + timedelta(days=1)}, by=world.finn, at=MORNING)
    assert where(sent)[0] == "ctb-byliv"
    tomorrow = MORNING + timedelta(days=1)
    ownership.restore(at=tomorrow)
    assert where(sent) == ("ctb", None, None)
    assert Promise.objects.get(handover=sent).unit.code == "ctb"
    assert sent.placed_at == tomorrow


def test_a_group_without_members_leaves_it_to_the_unit(world: World, frida: Person) -> None:
    group = groups.add(world.units["ctb-byliv"], name="Events", by=world.eva, at=MORNING)
    member = groups.add_member(group, frida, valid_from=TODAY, valid_to=None, by=world.eva, at=MORNING)
    sent = send(world, to=Recipient(world.units["ctb-byliv"], group=group))
    ownership.restore(at=MORNING)
    assert where(sent)[2] == group.pk
    groups.end_member(member, on=TODAY + timedelta(days=1), by=world.eva, at=MORNING)
    ownership.restore(at=MORNING + timedelta(days=1))
    assert where(sent) == ("ctb-byliv", None, None)
    assert why(sent) == "group_empty"


def test_who_is_away_past_the_deadline_gives_way_to_the_substitute(world: World, frida: Person) -> None:
    sent, later = send(world), send(world, due=NOON + timedelta(days=2))
    substitutes.add(world.david, frida, valid_from=TODAY, valid_to=None, by=world.eva, at=MORNING)
    away(world.david, datetime(2026, 3, 12, tzinfo=COPENHAGEN))
    ownership.restore(at=MORNING)
    assert where(sent)[1] == "frida"
    assert why(sent) == "substitute"
    assert where(later)[1] == "david"


def test_a_substitute_who_is_also_away_and_a_ring_leave_it_to_the_unit(world: World, frida: Person) -> None:
    sent = send(world)
    for one, other in ((world.david, frida), (frida, world.david)):
        Substitute.objects.create(person=one, substitute=other)
        away(one, None)
    ownership.restore(at=MORNING)
    assert where(sent) == ("ctb-byliv", None, None)
    assert why(sent) == "person_away"


def test_a_meeting_takes_nothing_away(world: World) -> None:
    sent = send(world)
    away(world.david, NOON + timedelta(hours=1))
    ownership.restore(at=NOON + timedelta(minutes=5))
    assert where(sent)[1] == "david"


def test_a_unit_with_nobody_is_said_as_long_as_it_lasts(world: World, frida: Person) -> None:
    sent = send(world, to=Recipient(world.units["ctb-grav"]))
    ownership.restore(at=MORNING)
    ownership.restore(at=LATER)
    alert = Alert.objects.get(code__startswith="handover_nobody ")
    assert (alert.text, alert.centre) == ("Gravetilladelser", sent.centre)
    assert alert.over_at is None
    assert ownership.without_anybody([sent], at=LATER) == {sent.pk}
    RoleAssignment.objects.create(person=frida, role="case_worker", unit=world.units["ctb-grav"])
    ownership.restore(at=LATER)
    alert.refresh_from_db()
    assert alert.over_at == LATER


def test_what_came_back_to_a_centre_without_anybody_goes_to_the_unit_again(world: World) -> None:
    sent = send(world)
    work.give_back(sent, why="wrong_place", note="", by=world.david, at=MORNING)
    people.deactivate(world.anna, by=world.finn, at=LATER)
    ownership.restore(at=LATER)
    sent.refresh_from_db()
    assert sent.state == "returned"  # Bo and Eva are there
    RoleAssignment.objects.exclude(person__in=[world.david, world.finn]).delete()
    RoleAssignment.objects.filter(person=world.finn).update(role="web_editor")
    ownership.restore(at=LATER)
    assert where(sent) == ("ctb-byliv", None, None)
    assert (sent.state, why(sent)) == ("waiting", "centre_empty")


def direct(world: World, **more: Any) -> Handover:
    """What came to David directly, and so to no centre; he sends it to Gravetilladelser, where Gerd is."""
    gerd = Person.objects.create(username="gerd", name="Gerd Grøn")
    RoleAssignment.objects.create(person=gerd, role="case_worker", unit=world.units["ctb-grav"])
    came = enquiry(world)
    Enquiry.objects.filter(pk=came.pk).update(centre=None, agent=world.david)
    came.refresh_from_db()
    sent = send(world, enquiry=came, to=Recipient(world.units["ctb-grav"]), by=world.david, **more)
    return work.give_back(sent, why="wrong_place", note="", by=gerd, at=MORNING)


def test_what_came_to_no_centre_comes_back_to_the_senders_unit_and_not_to_the_sender_alone(
    world: World, frida: Person
) -> None:
    sent = direct(world)
    assert ownership.restore(at=LATER) == 0, "it stays with the unit of the sender"
    sent.refresh_from_db()
    assert (sent.state, sent.from_unit) == ("returned", world.units["ctb-byliv"])
    assert recipients.may_act(frida, sent, TODAY)
    assert recipients.may_see(frida, sent, TODAY)
    assert [line.number for line in HandoverLists(frida, at=LATER)._returned()] == [sent.number]
    leader = Person.objects.create(username="lea", name="Lea Leder")
    RoleAssignment.objects.create(person=leader, role="team_leader", unit=world.units["ctb-byliv"])
    assert recipients.may_place(leader, sent, TODAY)
    assert reached.by_step(sent, Rung.OWNER, TODAY) == [world.david]
    assert reached.by_step(sent, Rung.LEADER, TODAY) == [leader]
    assert list(access.seen(leader)) == [sent]
    people.deactivate(world.david, by=world.finn, at=LATER)
    sent.refresh_from_db()
    assert sent.state == "returned"
    assert reached.by_step(sent, Rung.OWNER, TODAY) == [frida]
    assert work.place(sent, to=Recipient(world.units["ctb-byliv"], person=frida), by=frida, at=LATER).person == frida


def test_a_promised_call_that_came_back_to_no_centre_is_offered_to_the_senders_unit(
    world: World, frida: Person
) -> None:
    sent = direct(world, kind=Handover.Kind.CALLBACK, starts=MORNING + timedelta(minutes=30))
    row = Handover.objects.select_related("centre", "from_unit").get(pk=sent.pk)
    assert pushing._people([row], MORNING)[row.pk] == sorted((world.david.pk, frida.pk))


def test_what_came_back_to_a_senders_unit_without_anybody_goes_to_the_unit_again(world: World) -> None:
    sent = direct(world)
    people.deactivate(world.david, by=world.finn, at=LATER)
    RoleAssignment.objects.exclude(unit=world.units["ctb-grav"]).delete()
    ownership.restore(at=LATER)
    assert where(sent) == ("ctb-grav", None, None)
    assert (sent.state, why(sent)) == ("waiting", "centre_empty")


def test_who_answers_calls_in_the_senders_unit_is_nobody_for_what_came_to_no_centre(
    world: World, frida: Person
) -> None:
    sent = direct(world)
    people.deactivate(world.david, by=world.finn, at=LATER)
    RoleAssignment.objects.exclude(unit=world.units["ctb-grav"]).delete()
    RoleAssignment.objects.create(person=frida, role="agent", unit=world.units["ctb-byliv"])
    assert not recipients.may_act(frida, sent, TODAY)
    assert ownership.without_anybody([sent], at=LATER) == {sent.pk}
    ownership.restore(at=LATER)
    assert (where(sent), sent.state) == (("ctb-grav", None, None), "waiting")


def test_what_came_back_to_a_senders_unit_that_has_ended_is_with_the_unit_above(world: World, frida: Person) -> None:
    sent = direct(world)
    byliv = world.units["ctb-byliv"]
    people.deactivate(world.david, by=world.finn, at=LATER)
    RoleAssignment.objects.exclude(unit=world.units["ctb-grav"]).delete()
    above = Unit.objects.get(code=byliv.path.split("/")[-3])
    RoleAssignment.objects.create(person=frida, role="case_worker", unit=above)
    Unit.objects.filter(pk=byliv.pk).update(valid_to=TODAY)
    sent = Handover.objects.with_names().get(pk=sent.pk)
    assert recipients.sides(sent, TODAY) == (above,)
    ownership.restore(at=LATER)
    sent.refresh_from_db()
    assert sent.state == "returned"
    assert recipients.may_act(frida, sent, TODAY)
    assert reached.by_step(sent, Rung.OWNER, TODAY) == [frida]
    assert [line.number for line in HandoverLists(frida, at=LATER)._returned()] == [sent.number]
    RoleAssignment.objects.filter(person=frida).update(role="team_leader")
    led = Person.objects.get(pk=frida.pk)
    assert recipients.may_act(led, sent, TODAY)
    assert [line.number for line in HandoverLists(led, at=LATER)._returned()] == [sent.number], "leaders have it too"
    RoleAssignment.objects.filter(person=frida).update(unit=byliv)
    left = Person.objects.get(pk=frida.pk)
    assert not recipients.may_act(left, sent, TODAY)
    assert HandoverLists(left, at=LATER)._returned() == []


def test_members_of_its_group_may_act_on_it_wherever_they_work(world: World) -> None:
    group = Group.objects.create(unit=world.units["ctb-byliv"], name="Events")
    GroupMember.objects.create(group=group, person=world.bo, valid_from=date(2026, 1, 1))
    sent = send(world, to=Recipient(world.units["ctb-byliv"], group=group))
    assert list(Handover.objects.lying_with(world.bo, MORNING)) == [sent]
    assert work.accept(sent, by=world.bo, at=LATER).person == world.bo
    GroupMember.objects.all().update(valid_to=TODAY)
    other = send(world, to=Recipient(world.units["ctb-byliv"], group=group))
    with pytest.raises(RefusedChange):
        work.accept(other, by=world.bo, at=LATER)


def test_whom_the_agreement_names_keeps_it_whatever_unit_their_role_is_for(world: World, frida: Person) -> None:
    agreement = agreed.draft(world)
    agreed.line(world, agreement, frida)
    agreed.sign(agreement, world.david, world.ida)
    sent = send(world)
    frida.roles.update(unit=world.units["ctb-grav"])
    Handover.objects.update(person=frida)
    assert ownership.restore(at=LATER) == 0
    agreement.windows.all().delete()
    assert ownership.restore(at=LATER) == 1
    assert where(sent) == ("ctb-byliv", None, None)


@pytest.fixture
def stranger(world: World) -> Person:
    """A case worker of another unit, whom no agreement of Byliv names."""
    made: Person = Person.objects.create(username="sofie", name="Sofie Strand")
    RoleAssignment.objects.create(person=made, role="case_worker", unit=world.units["ctb-grav"])
    return made


def taken_at_desk(handover: Handover, person: Person) -> Handover:
    data = {"task": str(handover.pk)}
    pushing.follow([Kind.TASK_ACCEPTED.event(str(handover.enquiry_id), LATER, person=person.pk, data=data)])
    handover.refresh_from_db()
    return handover


def test_a_substitute_who_takes_it_keeps_it(world: World, frida: Person, stranger: Person) -> None:
    agreement = agreed.draft(world)
    agreed.line(world, agreement, frida)
    agreed.sign(agreement, world.david, world.ida)
    substitutes.add(frida, stranger, valid_from=TODAY, valid_to=None, by=world.eva, at=MORNING)
    sent = send(world, to=Recipient(world.units["ctb-byliv"]))
    assert taken_at_desk(sent, stranger).person == stranger
    assert ownership.restore(at=LATER) == 0
    Handover.objects.update(state="waiting")
    assert ownership.restore(at=LATER) == 0, "whom the windows lead to may have it in any state"
    Handover.objects.update(state="accepted")
    agreement.windows.all().delete()
    assert ownership.restore(at=LATER) == 0, "what they have accepted stays theirs when the agreement ends"
    assert where(sent)[1] == "sofie"
    people.deactivate(stranger, by=world.finn, at=LATER)
    assert where(sent)[1] is None


def test_the_agreement_of_a_unit_below_leads_to_its_people_too(world: World, stranger: Person) -> None:
    agreement = agreed.draft(world)
    agreed.line(world, agreement, stranger, service=world.services["arrangement"])
    agreed.sign(agreement, world.david, world.ida)
    sent = send(world, to=Recipient(world.units["ctb"]))
    assert taken_at_desk(sent, stranger).person == stranger
    assert ownership.restore(at=LATER) == 0
    RoleAssignment.objects.exclude(person=stranger).delete()
    assert ownership.without_anybody([sent], at=LATER) == set()


def test_what_is_placed_with_the_same_person_stays_accepted(world: World) -> None:
    group = Group.objects.create(unit=world.units["ctb-byliv"], name="Events")
    member = GroupMember.objects.create(group=group, person=world.bo, valid_from=TODAY)
    sent = send(world, to=Recipient(world.units["ctb-byliv"], group=group))
    work.accept(sent, by=world.bo, at=MORNING)
    member.delete()
    assert ownership.restore(at=LATER) == 1
    assert where(sent) == ("ctb-byliv", "bo", None)
    assert (sent.state, why(sent)) == ("accepted", "group_empty")


def test_a_fault_of_one_holds_up_neither_the_others_nor_the_alerts(
    world: World, frida: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = send(world), send(world)
    send(world, to=Recipient(world.units["ctb-grav"]))
    world.david.roles.all().delete()
    append = stream.append

    def fails_once(handover: Handover, *of: Any, **data: Any) -> None:
        if handover.pk == first.pk:
            raise LookupError("broken")
        append(handover, *of, **data)

    monkeypatch.setattr(stream, "append", fails_once)
    with pytest.raises(LookupError):
        ownership.restore(at=LATER)
    assert (where(first)[1], where(second)[1]) == ("david", None)
    assert Alert.objects.get(code="handover_moved").text == f"Byliv: {second.number}"
    assert Alert.objects.get(code__startswith="handover_nobody ").text == "Gravetilladelser"


def test_a_turn_reads_whom_the_windows_lead_to_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    send(world)
    read: list[int] = []
    people_of = windows.people_of

    def counted(rows: Any, at: datetime) -> Any:
        listed = list(rows)
        read.extend([len(listed)] if listed else [])
        return people_of(listed, at)

    monkeypatch.setattr(windows, "people_of", counted)
    ownership.restore(at=LATER)
    assert read == [1]


_changes = st.lists(
    st.tuples(
        st.sampled_from(
            ["leave", "return_person", "end_role", "give_role", "away", "home", "end_unit", "begin_unit", "empty_group",
             "fill_group", "substitute", "accept", "give_back", "place", "turn"]
        ),
        st.integers(0, 3),
        st.integers(0, 2),
    ),
    max_size=12,
)  # fmt: skip


@settings(
    max_examples=sample.examples(40), deadline=None,
    suppress_health_check=sample.SUPPRESSED,
)  # fmt: skip
@given(_changes)
def test_after_a_turn_somebody_can_act_on_everything_or_an_alert_says_that_nobody_can(
    world: World, frida: Person, steps: list[tuple[str, int, int]]
) -> None:
    with transaction.atomic():
        byliv = world.units["ctb-byliv"]
        group = Group.objects.create(unit=byliv, name="Events")
        GroupMember.objects.create(group=group, person=frida)
        came = enquiry(world)
        Enquiry.objects.filter(pk=came.pk).update(centre=None)
        came.refresh_from_db()
        sent = [
            send(world), send(world, to=Recipient(byliv, group=group)), send(world, to=Recipient(byliv)),
            send(world, to=Recipient(byliv), enquiry=came, by=frida),
        ]  # fmt: skip
        at = MORNING
        for name, first, second in steps:
            at += timedelta(minutes=7)
            _change(world, frida, group, name, sent[first], second, at)
        ownership.restore(at=at)
        rows = Handover.objects.unsettled().with_names().select_related("centre__owner", "centre__operator")
        without = {
            f"handover_nobody {row.unit_id} {row.centre_id or ''}" for row in rows if not _somebody_acts(row, at)
        }
        alerts = Alert.objects.filter(code__startswith="handover_nobody ", over_at=None)
        assert set(alerts.values_list("code", flat=True)) == without, "one alert for each unit and centre"
        for row in rows:
            if row.state != "returned":
                assert row.unit.valid_on(day_of(at))
                assert row.person is None or _can(row.person, row, at) or _keeps(row)
        assert ownership.restore(at=at) == 0
        transaction.set_rollback(True)


def _somebody_acts(row: Handover, at: datetime) -> bool:
    """Asked of every person in turn, with the product's own question of who may act."""
    everybody = Person.objects.filter(is_active=True)
    return any(recipients.may_act(person, row, day_of(at)) for person in everybody)


def _can(person: Person, row: Handover, at: datetime) -> bool:
    person = Person.objects.get(pk=person.pk)
    day = day_of(at)
    return person.is_active and (
        may(person, Permission.TAKE_HANDOVERS, row.unit, day)
        or may(person, Permission.TAKE_CALLS, on=day)
        or may(person, Permission.LEAD_TEAM, on=day)
        or GroupMember.objects.valid_on(day).filter(group=row.group_id, person=person).exists()
    )


def _keeps(row: Handover) -> bool:
    return row.state == "accepted" and row.person is not None and recipients.can_take(row.person, day_of(row.placed_at))


def _change(world: World, frida: Person, group: Group, name: str, row: Handover, number: int, at: datetime) -> None:
    workers = [world.david, frida, world.anna]
    person = Person.objects.get(pk=workers[number].pk)
    other = workers[(number + 1) % 3]
    byliv, day = Unit.objects.get(code="ctb-byliv"), day_of(at)
    do: dict[str, Any] = {
        "leave": lambda: people.deactivate(person, by=world.finn, at=at),
        "return_person": lambda: people.reactivate(person, by=world.finn, at=at),
        "end_role": lambda: RoleAssignment.objects.filter(person=person).delete(),
        "give_role": lambda: RoleAssignment.objects.create(
            person=person, role="case_worker", unit=world.units[["ctb-byliv", "ctb-grav", "ctb"][number]]
        ),
        "away": lambda: away(person, None if number else at + timedelta(days=3), since=at),
        "home": lambda: DayNote.objects.filter(person=person).delete(),
        "end_unit": lambda: changes.save(byliv, {"valid_to": day}, by=world.finn, at=at),
        "begin_unit": lambda: changes.save(byliv, {"valid_to": None}, by=world.finn, at=at),
        "empty_group": lambda: GroupMember.objects.all().delete(),
        "fill_group": lambda: GroupMember.objects.create(group=group, person=person, valid_from=day),
        "substitute": lambda: Substitute.objects.create(person=person, substitute=other),
        "accept": lambda: work.accept(row, by=person, at=at),
        "give_back": lambda: work.give_back(row, why="wrong_place", note="", by=person, at=at),
        "place": lambda: work.place(row, to=Recipient(byliv, person=person), by=world.eva, at=at),
        "turn": lambda: ownership.restore(at=at),
    }
    try:
        with transaction.atomic():
            do[name]()
    except (RefusedChange, IntegrityError):
        pass  # not theirs, or there already: it changes nothing

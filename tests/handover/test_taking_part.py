"""Who takes part in a hand-over, what they see and hear, and what is told of what the contact does."""

from __future__ import annotations

from datetime import date, timedelta
from importlib import import_module

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from indgang.accounts import people
from indgang.accounts.models import Person, RoleAssignment
from indgang.audit.models import Change
from indgang.core.refusals import RefusedChange
from indgang.desk.handover_lists import HandoverLists
from indgang.events.models import StoredEvent
from indgang.handover import history, recipients, taking_part, work
from indgang.handover.models import Handover, Participant
from indgang.handover.promises import PromisedTime
from indgang.handover.recipients import Recipient
from indgang.messaging.models import Mail
from indgang.workforce.models import Group, GroupMember
from tests.handover.sent import NOON, other_mails, send
from tests.workforce import agreed
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
SOON = MORNING + timedelta(minutes=5)
units_of_participants = import_module("indgang.handover.migrations.0008_units_of_participants")


@pytest.fixture(autouse=True)
def addresses(world: World) -> None:
    for person in (world.david, world.anna, world.bo):
        Person.objects.filter(pk=person.pk).update(email=f"{person.username}@kommune.example")


@pytest.fixture
def sent(world: World) -> Handover:
    row = send(world)
    Mail.objects.all().delete()
    return row


def mails() -> list[tuple[str, str]]:
    """Receiver and subject of the mails so far, but for those that say it has come; all are then forgotten."""
    rows = other_mails().order_by("pk")
    found = [(row.to.partition("@")[0], row.subject) for row in rows]
    Mail.objects.all().delete()
    return found


def lists_of(person: Person) -> dict[str, list[int]]:
    return {each.code: [line.number for line in each.lines] for each in HandoverLists(person, at=SOON).all}


def test_who_takes_part_has_it_in_their_list_until_they_leave(world: World, sent: Handover) -> None:
    assert "part" not in lists_of(world.bo)
    for _twice in range(2):
        taking_part.join(sent, by=world.bo, at=MORNING)
    assert lists_of(world.bo)["part"] == [sent.number]
    assert lists_of(world.david)["mine"] == [sent.number], "it stays with who has it"
    assert [line.text for line in history.lines(sent)][-1:] == ["Deltager nu"]
    for _twice in range(2):
        taking_part.leave(sent, by=world.bo, at=SOON)
    assert "part" not in lists_of(world.bo)
    kinds = StoredEvent.objects.filter(stream=sent.pk, kind__in=["handover_joined", "handover_left"])
    assert [(row.kind, row.person) for row in kinds.order_by("number")] == [
        ("handover_joined", world.bo.pk), ("handover_left", world.bo.pk),
    ]  # fmt: skip
    assert list(Change.objects.order_by("pk").values_list("action", flat=True))[-2:] == [
        "handover.join", "handover.leave",
    ]  # fmt: skip


def test_who_takes_part_is_told_what_others_do_and_nothing_of_what_it_is_about(world: World, sent: Handover) -> None:
    taking_part.join(sent, by=world.bo, at=MORNING)
    work.write(sent, text="Jeg spørger vejfolkene.", for_contact=False, by=world.david, at=MORNING)
    work.promise(sent, PromisedTime(NOON + timedelta(hours=1)), by=world.david, at=MORNING)
    work.give_back(sent, why="not_ours", note="", by=world.david, at=MORNING)
    work.write(sent, text="Jeg kender sagen.", for_contact=False, by=world.bo, at=SOON)
    text = Mail.objects.earliest("pk").text
    assert f"/desk/handovers/{sent.pk}/" in text
    assert sent.question not in text
    assert "vejfolkene" not in text
    about = f"opgave {sent.number}, som du deltager i"
    assert mails() == [
        ("bo", f"Der er skrevet noget nyt på {about}"), ("bo", f"Der er aftalt en ny tid for {about}"),
        ("bo", f"O{about[1:]}, er sendt tilbage"),
    ]  # fmt: skip
    work.close(sent, outcome="answered", by=world.anna, at=SOON)
    assert mails() == [("bo", f"O{about[1:]}, er afsluttet")]


def test_who_takes_part_reads_and_writes_wherever_it_goes_but_decides_nothing(world: World, sent: Handover) -> None:
    taking_part.join(sent, by=world.david, at=MORNING)
    work.place(sent, to=Recipient(world.units["ctb-grav"]), why="not_ours", by=world.david, at=MORNING)
    sent.refresh_from_db()
    day = MORNING.date()
    assert recipients.may_see(world.david, sent, day)
    assert not recipients.may_act(world.david, sent, day)
    work.write(sent, text="De ringer igen.", for_contact=False, by=world.david, at=SOON)
    with pytest.raises(RefusedChange):
        work.close(sent, outcome="answered", by=world.david, at=SOON)
    taking_part.leave(sent, by=world.david, at=SOON)
    assert not recipients.may_see(world.david, sent, day)
    with pytest.raises(RefusedChange):
        work.write(sent, text="En gang til.", for_contact=False, by=world.david, at=SOON)


def test_who_no_longer_works_for_the_unit_takes_part_no_more(world: World, sent: Handover) -> None:
    """Frida goes to another unit. She does not read on in the old one, wherever the hand-over goes."""
    frida = Person.objects.create(username="frida", name="Frida Frost", email="frida@example.dk")
    RoleAssignment.objects.create(person=frida, role="case_worker", unit=world.units["ctb-byliv"])
    taking_part.join(sent, by=frida, at=MORNING)
    RoleAssignment.objects.create(person=frida, role="case_worker", unit=world.units["ctb-grav"])
    day = MORNING.date()
    assert [line.number for line in HandoverLists(frida, at=MORNING)._taking_part()] == [sent.number]
    frida.roles.filter(unit=world.units["ctb-byliv"]).update(valid_to=day + timedelta(days=1))
    tomorrow = day + timedelta(days=1)
    frida = Person.objects.get(pk=frida.pk)
    assert recipients.may_see(frida, sent, day)
    assert not recipients.may_see(frida, sent, tomorrow)
    assert not recipients.may_write(frida, sent, tomorrow)
    later = MORNING + timedelta(days=1)
    assert HandoverLists(frida, at=later)._taking_part() == []
    work.write(sent, text="Jeg spørger.", for_contact=False, by=world.david, at=later)
    assert mails() == []


def test_who_joined_as_member_of_its_group_takes_part_while_they_are_that(world: World) -> None:
    """Bo works in another unit, so his role says nothing about this hand-over."""
    byliv = world.units["ctb-byliv"]
    group = Group.objects.create(unit=byliv, name="Events")
    GroupMember.objects.create(group=group, person=world.bo, valid_from=date(2026, 1, 1))
    RoleAssignment.objects.filter(person=world.bo).update(role="case_worker", unit=world.units["ctb-grav"])
    row = send(world, to=Recipient(byliv, group=group))
    day = MORNING.date()
    taking_part.join(row, by=bo(), at=MORNING)
    assert Participant.objects.get().unit is None
    assert recipients.takes_part(bo(), row, day)
    assert HandoverLists(bo(), at=SOON)._taking_part() == [], "it is in his list already"
    GroupMember.objects.update(valid_to=day)
    assert not recipients.may_see(bo(), row, day)
    assert not recipients.may_write(bo(), row, day)
    agreement = agreed.draft(world)
    agreed.line(world, agreement, world.bo)
    agreed.sign(agreement, world.david, world.ida)
    assert recipients.may_see(bo(), row, day), "promised windows lead to him"
    assert [line.number for line in HandoverLists(bo(), at=SOON)._taking_part()] == [row.number]


def bo() -> Person:
    """With the rights as they are now."""
    found: Person = Person.objects.get(username="bo")
    return found


def test_the_unit_of_who_took_part_before_it_was_stored_is_found_by_their_roles(world: World, sent: Handover) -> None:
    for person in (world.bo, world.david, world.otto):
        Participant.objects.create(handover=sent, person=person, since=MORNING)
    with connection.cursor() as cursor:
        cursor.execute(units_of_participants._UNITS)
    for row in Participant.objects.all():
        assert row.unit == recipients.joining_unit(row.person, sent, MORNING.date())
    assert Participant.objects.get(person=world.david).unit == world.units["ctb-byliv"]
    assert Participant.objects.get(person=world.otto).unit is None


def test_the_list_asks_as_often_for_many_as_for_one(world: World, sent: Handover) -> None:
    taking_part.join(sent, by=world.bo, at=MORNING)
    one = queries_of_list()
    for _number in range(4):
        taking_part.join(send(world), by=world.bo, at=MORNING)
    assert queries_of_list() == one
    assert len(HandoverLists(bo(), at=SOON)._taking_part()) == 5


def queries_of_list() -> int:
    person = bo()
    with CaptureQueriesContext(connection) as queries:
        HandoverLists(person, at=SOON)._taking_part()
    return len(queries)


def test_nobody_joins_what_they_may_not_read_or_what_is_over(world: World, sent: Handover) -> None:
    with pytest.raises(RefusedChange):
        taking_part.join(sent, by=world.otto, at=MORNING)
    work.close(sent, outcome="answered", by=world.david, at=MORNING)
    with pytest.raises(RefusedChange):
        taking_part.join(sent, by=world.bo, at=MORNING)
    assert not Participant.objects.exists()


def test_a_closed_account_gets_no_news(world: World, sent: Handover) -> None:
    taking_part.join(sent, by=world.bo, at=MORNING)
    people.deactivate(world.bo, by=world.eva, at=MORNING)
    work.write(sent, text="Jeg spørger.", for_contact=False, by=world.david, at=SOON)
    assert mails() == []


# --- what the contact does ------------------------------------------------------------------------


def contact_writes(sent: Handover, text: str, minutes: int) -> None:
    work.write(sent, text=text, for_contact=True, by=None, at=MORNING + timedelta(minutes=minutes))


def test_who_has_it_and_who_takes_part_hear_what_the_contact_adds(world: World, sent: Handover) -> None:
    taking_part.join(sent, by=world.bo, at=MORNING)
    said = f"Den, der spurgte, har tilføjet noget til opgave {sent.number}"
    contact_writes(sent, "Det er også om søndagen.", 1)
    assert mails() == [("david", said), ("bo", said)]
    contact_writes(sent, "Og om mandagen.", 10)
    assert mails() == [], "one mail for what is written at once"
    assert [line.has_news for line in HandoverLists(world.david, at=SOON).mine] == [True]
    contact_writes(sent, "Hører I mig?", 26)
    assert mails() == [("david", said), ("bo", said)]
    work.accept(sent, by=world.david, at=MORNING + timedelta(minutes=27))
    assert [line.has_news for line in HandoverLists(world.david, at=SOON).mine] == [False]
    contact_writes(sent, "Tak.", 28)
    assert mails() == [("david", said), ("bo", said)], "it is news again"


def test_a_unit_without_a_person_on_it_and_the_sender_after_a_return_hear_it(world: World) -> None:
    sent = send(world, to=Recipient(world.units["ctb-byliv"]))
    contact_writes(sent, "Det er også om søndagen.", 1)
    assert [receiver for receiver, _subject in mails()] == ["david"]
    work.give_back(sent, why="lacks_information", note="Hvornår?", by=world.david, at=SOON)
    contact_writes(sent, "Klokken ti.", 6)
    assert [receiver for receiver, _subject in mails()] == ["anna"]


def test_who_has_it_hears_that_the_contact_has_withdrawn_it(world: World, sent: Handover) -> None:
    work.cancel(sent, by=None, at=SOON)
    work.cancel(sent, by=None, at=SOON)
    assert mails() == [("david", f"Den, der spurgte, har trukket opgave {sent.number} tilbage")]

"""Who is told by mail that a hand-over has come to them, or come back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from indgang.accounts.models import Person
from indgang.desk.handover_lists import HandoverLists
from indgang.entry.models import AgentState, Presence
from indgang.handover import ownership, recipients, work
from indgang.handover.models import Handover
from indgang.handover.recipients import Recipient
from indgang.messaging.models import Mail
from indgang.workforce.models import Group, GroupMember
from tests.handover.sent import CARD, send
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
LATER = MORNING + timedelta(minutes=16)


def mails() -> list[tuple[str, str]]:
    """Receiver and subject of the mails so far, which are then forgotten."""
    found = [(row.to.partition("@")[0], row.subject) for row in Mail.objects.order_by("to")]
    Mail.objects.all().delete()
    return found


def came(name: str, sent: Handover) -> tuple[str, str]:
    return name, f"Opgave {sent.number} er kommet til dig eller din enhed"


def test_who_gets_one_is_told_which_and_nothing_of_what_it_is_about(world: World) -> None:
    sent = send(world)
    text = Mail.objects.get().text
    assert f"/desk/handovers/{sent.pk}/" in text
    assert CARD.question not in text
    assert mails() == [came("david", sent)]


def test_many_within_a_quarter_of_an_hour_are_one_mail(world: World) -> None:
    first = send(world)
    send(world, at=MORNING + timedelta(minutes=1))
    send(world, at=MORNING + timedelta(minutes=14))
    assert mails() == [came("david", first)]
    later = send(world, at=LATER)
    assert mails() == [came("david", later)]


@pytest.mark.parametrize(("state", "is_told"), [(AgentState.READY, False), (AgentState.PAUSED, False),
                                                (AgentState.SIGNED_OUT, True)])  # fmt: skip
def test_who_is_signed_in_at_a_desk_sees_it_there(world: World, state: str, is_told: bool) -> None:
    Presence.objects.create(person=world.david, state=state, since=MORNING)
    sent = send(world)
    assert mails() == ([came("david", sent)] if is_told else [])
    assert [line.pk for line in HandoverLists(world.david, at=MORNING).mine] == [sent.pk]


def test_what_goes_with_a_call_rings_and_is_no_mail(world: World) -> None:
    send(world, kind=Handover.Kind.WARM, due=None)
    assert mails() == []


def test_a_group_is_told_but_for_who_has_placed_it(world: World) -> None:
    group = Group.objects.create(unit=world.units["ctb-byliv"], name="Events")
    for person in (world.david, world.bo):
        GroupMember.objects.create(group=group, person=person, valid_from=MORNING.date())
    sent = send(world)
    mails()
    work.place(sent, to=recipients.of_group(group), by=world.david, at=LATER)
    assert mails() == [came("bo", sent)]


def test_the_sender_is_told_that_it_came_back_and_not_of_what_they_do_themselves(world: World) -> None:
    sent = send(world)
    mails()
    work.give_back(sent, why="lacks_information", note="", by=world.david, at=MORNING)
    assert mails() == [("anna", f"Opgave {sent.number} er kommet tilbage til kontaktcentret")]
    work.place(sent, to=Recipient(world.units["ctb-byliv"], person=world.david), by=world.anna, at=LATER)
    assert mails() == [came("david", sent)]


def test_who_has_what_a_colleague_left_behind_is_told(world: World) -> None:
    group = Group.objects.create(unit=world.units["ctb-byliv"], name="Events")
    for person in (world.david, world.bo):
        GroupMember.objects.create(group=group, person=person, valid_from=MORNING.date())
    sent = send(world, to=Recipient(world.units["ctb-byliv"], group, world.david))
    mails()
    Person.objects.filter(pk=world.david.pk).update(is_active=False)
    assert ownership.restore(at=LATER) == 1
    assert mails() == [came("bo", sent)]

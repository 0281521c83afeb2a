"""Who is told of follow-ups: by a mail on a working day, and by a number in the menu."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from indgang.accounts.models import Person, RoleAssignment
from indgang.feedback import answering
from indgang.feedback.follow_up_models import FollowUp
from indgang.feedback.follow_ups import following_up, menu_count, opening, telling
from indgang.feedback.models import Response, SurveyInvitation
from indgang.messaging.models import Mail
from tests.enquiries.told_calls import talked
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db

Invite = Callable[..., SurveyInvitation]
#: MORNING is a Wednesday; the deadline is the Wednesday after
THURSDAY, SATURDAY, DUE = MORNING + timedelta(days=1), MORNING + timedelta(days=3), MORNING + timedelta(days=8)


@pytest.fixture(autouse=True)
def counted_anew() -> Iterator[None]:
    menu_count.forget()
    yield
    menu_count.forget()


def opened(invitation: SurveyInvitation) -> FollowUp:
    overall = invitation.version.questions.asked_at(invitation.level).get(indicator="satisfaction")
    values, said = {overall.position: 1}, "Jeg måtte vente på Byliv"
    response = answering.answer(invitation, values=values, comment=said, complete=True, at=MORNING)
    assert response is not None
    found = opening.look_at(response, at=MORNING)
    assert found is not None
    return found


def told(at: datetime) -> list[tuple[str, str]]:
    """To whom a mail goes, and its subject."""
    telling.tell(at=at)
    found = [(row.to.partition("@")[0], row.subject.partition(": ")[2]) for row in Mail.objects.order_by("to")]
    Mail.objects.all().delete()
    return found


def test_leaders_are_told_once_of_what_is_new_and_each_day_of_what_is_overdue(world: World, invite: Invite) -> None:
    opened(invite())
    opened(invite(enquiry=talked(world.anna, "+4570102030")))
    assert told(SATURDAY) == []  # the centre is closed
    assert told(THURSDAY) == [("eva", "2 nye, som ingen har taget")]  # and not finn, who leads everywhere
    assert told(THURSDAY + timedelta(days=1)) == []
    first, second = FollowUp.objects.order_by("pk")
    following_up.take(first, by=world.finn, at=DUE)
    assert told(DUE) == [("eva", "1 har overskredet fristen"), ("finn", "1 har overskredet fristen")]
    assert told(DUE + timedelta(days=1)) == [
        ("eva", "1 har overskredet fristen"),
        ("finn", "1 har overskredet fristen"),
    ]
    following_up.take(second, by=world.finn, at=DUE)
    assert told(DUE) == [("finn", "2 har overskredet fristen")]


def test_the_nearest_head_of_a_unit_is_told_and_the_mail_says_nothing_of_the_answer(
    world: World, invite: Invite
) -> None:
    opened(invite(level=2, unit=world.units["ctb-byliv"], employee=world.david))
    telling.tell(at=THURSDAY)
    mail = Mail.objects.get()
    assert mail.to == world.people["hans"].email
    assert "/office/follow-ups/" in mail.text
    assert not [word for word in ("vente", "Byliv", "David") if word in mail.text]


@pytest.mark.parametrize("first", [2, None])
def test_in_one_unit_leaders_are_told_of_the_second_level_and_the_head_of_pages(
    world: World, invite: Invite, first: int | None
) -> None:
    unit = world.units["ctb-byliv"]
    RoleAssignment.objects.create(person=world.people["gerda"], role="team_leader", unit=unit)
    for level in (first, None if first else 2):
        row = opened(invite(enquiry=talked(world.anna, f"+457010203{level or 0}"), level=2, unit=unit))
        Response.objects.filter(pk=row.response_id).update(level=level)
    assert told(THURSDAY) == [("gerda", "1 ny, som ingen har taget"), ("hans", "1 ny, som ingen har taget")]


def test_what_no_mail_could_be_written_about_is_told_when_one_can(world: World, invite: Invite) -> None:
    row, address = opened(invite()), world.eva.email
    Person.objects.filter(pk=world.eva.pk).update(email="")
    assert told(THURSDAY) == []
    row.refresh_from_db()
    assert row.told_at is None
    Person.objects.filter(pk=world.eva.pk).update(email=address)
    assert told(THURSDAY) == [("eva", "1 ny, som ingen har taget")]
    row.refresh_from_db()
    assert row.told_at == THURSDAY


def test_the_menus_count_is_remembered_for_some_seconds(
    world: World, invite: Invite, django_assert_num_queries: Any
) -> None:
    opened(invite())
    assert menu_count.count(world.eva) == 1
    with django_assert_num_queries(0):
        assert menu_count.count(world.eva) == 1
    assert menu_count.count(world.people["hans"]) == 0


def test_the_menu_counts_what_waits_for_the_person(world: World, invite: Invite) -> None:
    row = opened(invite())

    def counted(name: str) -> bool:
        client = Client()
        client.force_login(world.people[name], backend="django.contrib.auth.backends.ModelBackend")
        return "menu-waiting" in client.get("/office/follow-ups/").content.decode()

    assert [counted(name) for name in ("eva", "hans", "finn")] == [True, False, False]
    following_up.take(row, by=world.finn, at=MORNING)
    assert [counted(name) for name in ("eva", "finn")] == [False, True]
    following_up.close(row, cause=None, done="Talt med Anna", called=False, by=world.finn, at=MORNING)
    assert not counted("finn")

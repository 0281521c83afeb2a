"""Who is told of follow-ups: by a mail on a working day, and by a number in the menu."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client

from indgang.feedback import answering
from indgang.feedback.follow_up_models import FollowUp
from indgang.feedback.follow_ups import following_up, opening, telling
from indgang.feedback.models import SurveyInvitation
from indgang.messaging.models import Mail
from tests.enquiries.told_calls import talked
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db

Invite = Callable[..., SurveyInvitation]
#: MORNING is a Wednesday; the deadline is the Wednesday after
THURSDAY, SATURDAY, DUE = MORNING + timedelta(days=1), MORNING + timedelta(days=3), MORNING + timedelta(days=8)


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

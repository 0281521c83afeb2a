"""What people answered about a unit's case workers: who reads it, and who does not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from indgang.accounts.models import RoleAssignment
from indgang.core import clock
from indgang.feedback import answering
from indgang.feedback.follow_up_models import FollowUp
from indgang.feedback.follow_ups import opening, telling
from indgang.feedback.models import SurveyInvitation
from indgang.messaging.models import Mail
from tests.enquiries.told_calls import talked
from tests.world import MORNING, World

NEXT_DAY = MORNING + timedelta(days=1)
SAID = "Det tog tre uger at få svar"


def page(world: World, name: str, path: str) -> str:
    client = Client()
    client.force_login(world.people[name], backend="django.contrib.auth.backends.ModelBackend")
    answer = client.get(path)
    return answer.content.decode() if answer.status_code == 200 else str(answer.status_code)


@pytest.mark.django_db
def test_case_workers_and_the_leader_of_their_unit_see_results_and_comments_and_the_centres_leader_does_not(
    world: World, invite: Callable[..., SurveyInvitation]
) -> None:
    unit, gerda = world.units["ctb-byliv"], world.people["gerda"]
    RoleAssignment.objects.create(person=gerda, role="team_leader", unit=unit)
    for number in range(5):
        about = {"enquiry": talked(world.anna, f"+45701020{number:02}"), "level": 2, "unit": unit}
        invitation = invite(**about, employee=world.david)
        asked = invitation.version.questions.asked_at(2).get(indicator="satisfaction")
        answering.answer(invitation, values={asked.position: 1}, comment=SAID, complete=True, at=MORNING)
    opening.look_at_streams(set(SurveyInvitation.objects.values_list("pk", flat=True)), at=MORNING)
    row = FollowUp.objects.latest("pk")
    with clock.frozen(NEXT_DAY):
        assert "5 svar, 0 til" in page(world, "david", "/desk/day/")
        people = {name: page(world, name, "/office/feedback/people/") for name in ("gerda", "eva", "hans", "finn")}
        assert {name for name, text in people.items() if "David Degnemark" in text} == {"gerda"}
        assert people["hans"] == "403"
        comments = {name: SAID in page(world, name, "/office/comments/") for name in ("gerda", "hans", "david", "eva")}
        assert comments == {"gerda": True, "hans": True, "david": True, "eva": False}
        shown = {name: page(world, name, f"/office/follow-ups/{row.pk}/") for name in ("gerda", "hans", "eva", "david")}
        assert {name for name, text in shown.items() if SAID in text} == {"gerda", "hans"}
        assert {name for name, text in shown.items() if "David Degnemark" in text} == {"gerda"}
        telling.tell(at=NEXT_DAY)
    assert [mail.to for mail in Mail.objects.all()] == [gerda.email]

"""An invitation about a call that anna has answered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from indgang.feedback import addresses, questionnaires
from indgang.feedback.models import QuestionnaireVersion, SurveyInvitation
from tests.enquiries.told_calls import BAKERY, talked
from tests.world import MORNING, World


@pytest.fixture
def asked(world: World) -> QuestionnaireVersion:
    """The questions after a call, by keys."""
    found = questionnaires.begin_with_all(by=world.finn, at=MORNING)
    return next(each for each in found if each.code == "after-call").versions.get()


@pytest.fixture
def invite(world: World, asked: QuestionnaireVersion) -> Callable[..., SurveyInvitation]:
    """Make an invitation that is being asked."""

    def made(**more: Any) -> SurveyInvitation:
        enquiry = more.pop("enquiry", None) or talked(world.anna)
        level = more.get("level", 1)
        return SurveyInvitation.objects.create(
            **{
                "part": f"{enquiry.pk}:{level}", "token": f"token-{enquiry.pk}"[:43], "version": asked,
                "enquiry": enquiry, "centre": world.centres["tmf"], "queue": world.queues["tmf-byggeri"],
                "employee": world.anna, "channel": "phone", "way": "robot", "address": BAKERY,
                "address_digest": addresses.digest(BAKERY), "state": "asking", "part_ended_at": MORNING,
                "planned_at": MORNING, "due_at": MORNING + timedelta(hours=72), **more,
            }
        )  # fmt: skip

    return made

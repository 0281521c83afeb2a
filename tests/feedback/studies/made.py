"""Studies as tests begin with them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from indgang.catalogue.models import Service
from indgang.feedback.studies import crowd, planning, progress
from indgang.feedback.studies.models import CrowdQuestion, Study, StudyParticipant
from tests.world import MORNING, World

TODAY = date(2026, 3, 11)
KEEP_UNTIL = MORNING + timedelta(days=200)


def plan(world: World, **values: Any) -> Study:
    wanted = {
        "title": "Rejsen til en tilladelse", "kind": "interview", "service": Service.objects.get(code="arrangement"),
        "unit": None, "sprint": "week", "target_group": "", "plan": "", "starts_on": TODAY,
        "ends_on": TODAY + timedelta(days=6),
    }  # fmt: skip
    return planning.plan(wanted | values, by=world.hans, at=MORNING)


def participant(study: Study, world: World, **values: Any) -> StudyParticipant:
    wanted = {"name": "", "consent": "", "delete_at": KEEP_UNTIL} | values
    return planning.add_participant(study, wanted, by=world.hans, at=MORNING)


def session(world: World, *, people: int = 2) -> tuple[Study, list[StudyParticipant], list[CrowdQuestion]]:
    """A session that has begun, with an open question and a poll in its guide, and `people` who take part."""
    study = plan(world, kind="crowdsourcing", title="Én indgang til byggeri")
    for person in (world.eva, world.ida):
        planning.add_member(study, person=person, role="session_leader", by=world.hans, at=MORNING)
    questions = [
        crowd.add_question(study, {"form": "open", "text": "Hvad fungerer?"}, by=world.eva, at=MORNING),
        crowd.add_question(
            study, {"form": "poll", "text": "Vil du bruge det?", "options": "Ja\nNej\nMåske"}, by=world.eva, at=MORNING
        ),
    ]
    invited = [participant(study, world, name=f"Deltager {number}") for number in range(people)]
    progress.move(study, to="running", by=world.hans, at=MORNING)
    crowd.begin(study, by=world.eva, at=MORNING)
    joined = [crowd.join(each, name="", at=MORNING) for each in invited]
    study.refresh_from_db()
    return study, joined, questions

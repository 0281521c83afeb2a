"""Recording purposes apply from a day, are never changed afterwards, and can be stopped at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from indgang.accounts.permissions import Permission
from indgang.accounts.roles import ROLES
from indgang.audit.models import Change
from indgang.core.clock import day_of
from indgang.core.refusals import RefusedChange
from indgang.entry.models import Command, RecordingPurpose
from indgang.entry.setup import recording_purposes
from indgang.entry.switchboard import plans
from tests.world import MORNING, World

TODAY = day_of(MORNING)
TRAINING = {
    "purpose": "oplæring", "basis": "consent", "keep_days": 30, "listeners": "team_leader",
    "question": "Må vi optage samtalen til oplæring? Tryk 1 for ja.", "question_en": "",
}  # fmt: skip


def decided(world: World, days: int = 0, **changed: Any) -> RecordingPurpose:
    queue = world.queues["tmf-byggeri"]
    day = TODAY + timedelta(days=days)
    return recording_purposes.decide(queue, TRAINING | changed, day=day, by=world.finn, at=MORNING)


def asked(days: int = 0) -> dict[str, int]:
    """Returns the recording purpose of each queue on a day, by the queue's code."""
    found = plans.recording_questions(TODAY + timedelta(days=days))
    return {queue: question.purpose for queue, question in found.items()}


def test_nothing_is_recorded_by_default(world: World) -> None:
    assert asked() == {}
    assert all(queue.recording is None for queue in plans.read(MORNING).queues.values())


def test_a_purpose_asks_from_its_day_on_with_its_own_words(world: World) -> None:
    made = decided(world, question_en="May we record this call? Press 1 for yes.")
    plan = plans.read(MORNING)
    asks = plan.queues["tmf-byggeri"].recording
    assert asks is not None
    assert (asks.purpose, asks.prompts) == (made.pk, (f"optagelse-{made.pk}",))
    assert {f"optagelse-{made.pk}.da", f"optagelse-{made.pk}.en"} <= plan.prompts
    assert plan.queues["tmf-byliv"].recording is None
    change = Change.objects.get(action="recording_purpose.decide")
    assert (change.by_label, change.after["recorded_for"]) == (world.finn.audit_label, "oplæring")
    assert Command.objects.filter(kind="reload").exists()


def test_another_purpose_follows_and_rewrites_nothing(world: World) -> None:
    first = decided(world)
    second = decided(world, days=10, purpose="dokumentation", keep_days=90)
    third = decided(world, days=5, keep_days=7)
    assert asked(4) == {"tmf-byggeri": first.pk}
    assert asked(5) == {"tmf-byggeri": third.pk}
    assert asked(10) == {"tmf-byggeri": second.pk}
    first.refresh_from_db()
    assert (first.purpose, first.keep_days) == ("oplæring", 30)


def test_it_is_stopped_at_once_and_a_planned_one_is_removed(world: World) -> None:
    made, later = decided(world), decided(world, days=10)
    recording_purposes.stop(later, by=world.finn, at=MORNING)
    assert not RecordingPurpose.objects.filter(pk=later.pk).exists()
    recording_purposes.stop(made, by=world.finn, at=MORNING)
    assert asked() == asked(1) == asked(20) == {}
    assert Change.objects.filter(action__in=("recording_purpose.stop", "recording_purpose.remove")).count() == 2
    with pytest.raises(RefusedChange):
        recording_purposes.stop(made, by=world.finn, at=MORNING)
    assert decided(world, days=1).pk in asked(1).values()


def test_one_that_another_person_has_just_removed_is_not_removed_twice(world: World) -> None:
    later = decided(world, days=10)
    seen_by_another = RecordingPurpose.objects.get(pk=later.pk)
    recording_purposes.stop(later, by=world.finn, at=MORNING)
    recording_purposes.stop(seen_by_another, by=world.gerda, at=MORNING)
    assert Change.objects.filter(action="recording_purpose.remove").count() == 1


def test_after_a_stop_of_what_began_today_another_one_begins_tomorrow(world: World) -> None:
    recording_purposes.stop(decided(world), by=world.finn, at=MORNING)
    with pytest.raises(RefusedChange) as refused:
        decided(world, purpose="andet")
    assert refused.value.reasons == {"valid_from": "Formålet er stoppet i dag. Et nyt kan begynde i morgen."}
    assert decided(world, days=1, purpose="andet").pk in asked(1).values()


def test_after_a_stop_of_what_began_earlier_another_one_begins_today(world: World) -> None:
    made = decided(world)
    at = MORNING + timedelta(days=2)
    recording_purposes.stop(made, by=world.finn, at=at)
    queue, day = world.queues["tmf-byggeri"], TODAY + timedelta(days=2)
    another = recording_purposes.decide(queue, TRAINING | {"purpose": "andet"}, day=day, by=world.finn, at=at)
    assert asked(2) == {"tmf-byggeri": another.pk}


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"purpose": " "}, "purpose"),
        ({"keep_days": 0}, "keep_days"),
        ({"keep_days": 366}, "keep_days"),
        ({"question": "Må vi optage?"}, "question"),
        ({"question": ""}, "question"),
        ({"question_en": "May we?"}, "question_en"),
        ({"listeners": "agent"}, "listeners"),
        ({"listeners": "administrator"}, "listeners"),
        ({"days": -1}, "valid_from"),
    ],
)
def test_what_makes_no_sense_is_refused_by_field(world: World, changed: dict[str, Any], field: str) -> None:
    with pytest.raises(RefusedChange) as refused:
        decided(world, **changed)
    assert set(refused.value.reasons) == {field}
    assert not RecordingPurpose.objects.exists()


def test_two_purposes_do_not_begin_on_one_day(world: World) -> None:
    decided(world)
    with pytest.raises(RefusedChange):
        decided(world, purpose="andet")


def test_who_sets_it_up_does_not_hear_it() -> None:
    assert {role.code for role in recording_purposes.listening_roles()} == {"team_leader", "subject_coordinator"}
    assert Permission.LISTEN_RECORDINGS not in ROLES["administrator"].permissions

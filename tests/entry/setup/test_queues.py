from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indgang.audit.models import Change
from indgang.core.refusals import RefusedChange
from indgang.entry.models import Command, Queue, QueueMessage
from indgang.entry.setup import queues
from indgang.entry.setup.queues import StoredRelaxation
from indgang.live.models import Mark
from indgang.routing.distribution.requirement import QueueRule, Requirement, RuleError
from indgang.routing.distribution.requirement import Relaxation as RuleStep
from tests.world import MORNING, World

SKILLS, QUEUES = ("a", "b"), ("q1", "q2")


def step(after: int, skills: dict[str, int] | None = None, also: list[str] | None = None) -> StoredRelaxation:
    return {"after": after, "skills": skills or {}, "also_queues": also or []}


steps = st.lists(
    st.builds(
        step,
        st.integers(0, 90),
        st.dictionaries(st.sampled_from(SKILLS), st.integers(1, 5)),
        st.lists(st.sampled_from(QUEUES), unique=True),
    ),
    min_size=1,
    max_size=3,
)


@given(steps)
def test_steps_are_refused_exactly_when_the_distributor_would_refuse_them(asked: list[StoredRelaxation]) -> None:
    try:
        QueueRule(
            "q",
            steps=tuple(
                RuleStep(each["after"], Requirement.of(each["skills"]), tuple(each["also_queues"])) for each in asked
            ),
        )
        runs = True
    except RuleError:
        runs = False
    assert (queues.step_problems(asked, skills=SKILLS, queues=QUEUES) == []) is runs


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ([], "mindst ét trin"),
        ([step(5)], "fra 0 sekunder"),
        ([step(0, {"a": 1}), step(0)], "senere end"),
        ([step(0, {"a": 1}), step(30, {"a": 2})], "kun lempe"),
        ([step(0), step(30, {"b": 1})], "kun lempe"),
        ([step(0, also=["q1"]), step(30)], "mangler køen"),
        ([step(0, {"zulu": 1})], "findes ikke"),
        ([step(0, {"a": 6})], "mellem 1 og 5"),
        ([step(0), step(4000)], "mellem 0 og 3600"),
    ],
)
def test_each_mistake_is_told_in_words(asked: list[StoredRelaxation], words: str) -> None:
    found = queues.step_problems(asked, skills=SKILLS, queues=QUEUES)
    assert any(words in text for _, text in found)


def test_a_changed_queue_is_in_the_trail_and_the_switchboard_is_told(world: World) -> None:
    queue = queues.save(world.queues["tmf-byggeri"], {"ring_seconds": 25}, by=world.finn, at=MORNING)
    assert Queue.objects.get(pk=queue.pk).ring_seconds == 25
    change = Change.objects.get(action="queue.change")
    assert (change.before, change.after) == ({"ring_seconds": 20}, {"ring_seconds": 25})
    assert Command.objects.get().kind == "reload"
    assert Mark.objects.filter(part="centre-tmf/queues").exists()


def test_a_new_queue_is_made_with_its_steps(world: World) -> None:
    fields: dict[str, Any] = {
        "name": "Natur", "centre": world.centres["tmf"], "steps": [step(0, {"byliv": 2}), step(45, {"byliv": 1})],
    }  # fmt: skip
    queue = queues.save(Queue(code="tmf-natur"), fields, by=world.finn, at=MORNING)
    assert Queue.objects.get(code="tmf-natur") == queue
    assert Change.objects.get(action="queue.create").after["name"] == "Natur"


def test_narrowing_steps_change_nothing(world: World) -> None:
    bad = [step(0), step(30, {"byggesag": 1})]
    with pytest.raises(RefusedChange) as refusal:
        queues.save(world.queues["tmf-byggeri"], {"steps": bad}, by=world.finn, at=MORNING)
    assert "Trin 2" in str(refusal.value.reasons["steps"])
    assert not Change.objects.exists()
    assert not Command.objects.exists()


def test_there_is_always_one_safe_queue(world: World) -> None:
    safe, other = world.queues["tmf-oevrige"], world.queues["tmf-byliv"]
    with pytest.raises(RefusedChange):
        queues.save(safe, {"is_safe": False}, by=world.finn, at=MORNING)
    queues.save(other, {"is_safe": True}, by=world.finn, at=MORNING)
    assert list(Queue.objects.filter(is_safe=True)) == [other]


def test_closing_and_opening_is_written_down_with_the_reason(world: World) -> None:
    closed = queues.close(world.queues["tmf-byggeri"], reason="Brandøvelse", by=world.eva, at=MORNING)
    assert (closed.closed_at, closed.closed_reason) == (MORNING, "Brandøvelse")
    with pytest.raises(RefusedChange, match="allerede lukket"):
        queues.close(closed, reason="igen", by=world.eva, at=MORNING)
    opened = queues.open_again(closed, by=world.eva, at=MORNING)
    assert opened.closed_at is None
    with pytest.raises(RefusedChange, match="allerede åben"):
        queues.open_again(opened, by=world.eva, at=MORNING)
    assert [change.action for change in Change.objects.order_by("id")] == ["queue.close", "queue.open"]
    assert Change.objects.get(action="queue.close").why == "Brandøvelse"


def test_the_safe_queue_cannot_be_closed(world: World) -> None:
    with pytest.raises(RefusedChange, match="sikre kø"):
        queues.close(world.queues["tmf-oevrige"], reason="", by=world.eva, at=MORNING)


def test_a_message_is_switched_and_must_have_been_written(world: World) -> None:
    message = QueueMessage.objects.get()
    assert queues.switch_message(message, on=False, by=world.eva, at=MORNING).active is False
    assert Mark.objects.filter(part="centre-tmf/messages").exists()
    with pytest.raises(RefusedChange, match="ingen tekst"):
        queues.save_message(message, {"prompt_code": "findes-ikke"}, by=world.eva, at=MORNING)
    queues.remove_message(QueueMessage.objects.get(), by=world.eva, at=MORNING)
    assert Change.objects.get(action="queuemessage.remove").before["prompt_code"] == "koe-hjemmeside"
    assert not QueueMessage.objects.exists()


def test_a_queue_that_is_closed_until_a_time_opens_by_itself(world: World) -> None:
    until = MORNING + timedelta(hours=2)
    closed = queues.close(world.queues["tmf-byggeri"], reason="Møde", until=until, by=world.eva, at=MORNING)
    assert closed.is_closed_at(until - timedelta(seconds=1))
    assert not closed.is_closed_at(until)
    with pytest.raises(RefusedChange, match="allerede åben"):
        queues.open_again(closed, by=world.eva, at=until)
    again = queues.close(closed, reason="Igen", by=world.eva, at=until)
    assert again.is_closed_at(until + timedelta(days=1))


def test_a_queue_cannot_be_closed_until_a_time_that_has_passed(world: World) -> None:
    with pytest.raises(RefusedChange) as refusal:
        queues.close(world.queues["tmf-byggeri"], reason="Møde", until=MORNING, by=world.eva, at=MORNING)
    assert set(refusal.value.reasons) == {"until"}

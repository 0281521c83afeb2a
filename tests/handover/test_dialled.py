"""Calls that are rung for a hand-over are its attempts."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from indgang.accounts.models import Person
from indgang.config import wiring
from indgang.core.ids import uuid7
from indgang.entry.event_kinds import Kind
from indgang.entry.journal import Batch
from indgang.events.models import StoredEvent
from indgang.handover import history, work
from indgang.handover.models import Handover, Promise
from tests.handover.sent import CARD, NOON, send
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
STARTS = NOON - timedelta(hours=1)


@pytest.fixture
def sent(world: World) -> Handover:
    return send(world, kind=Handover.Kind.CALLBACK, starts=STARTS)


def rings(
    sent: Handover, person: Person, kind: Any, at: datetime = STARTS, number: str = CARD.contact_number, **data: Any
) -> str:
    """A call from the card, as the switchboard writes it; it ends with an event of this kind."""
    enquiry = str(uuid7())
    story = {"number": number, "centre": "tmf", "follows": str(sent.enquiry_id)}
    events = [Kind.DIALLED.event(enquiry, at, "", person.pk, story), kind.event(enquiry, at, "", person.pk, data)]
    wiring.journal().write([Batch(at, events=events)])
    return enquiry


def results(sent: Handover) -> list[str]:
    rows = StoredEvent.objects.filter(stream=sent.pk, kind="handover_attempted").order_by("number")
    return [row.data["result"] for row in rows]


@pytest.mark.parametrize(("kind", "data", "result", "line"), [
    (Kind.ANSWERED, {"direction": "out"}, "answered", "Ringet op fra telefonen; der blev svaret"),
    (Kind.LEFT, {"why": "no_answer"}, "not_answered", "Ringet op fra telefonen; der blev ikke svaret"),
    (Kind.LEFT, {"why": "busy"}, "not_answered", "Ringet op fra telefonen; der blev ikke svaret"),
])  # fmt: skip
def test_a_call_from_the_card_is_an_attempt(
    world: World, sent: Handover, kind: Any, data: dict[str, Any], result: str, line: str
) -> None:
    rings(sent, world.david, kind, **data)
    promise = Promise.objects.get()
    assert (promise.attempts, promise.first_attempt_at, promise.state) == (1, STARTS, "open")
    assert results(sent) == [result]
    assert history.lines(sent)[-1].text == line


def test_the_button_says_how_that_call_went_and_is_not_one_more(world: World, sent: Handover) -> None:
    rings(sent, world.david, Kind.LEFT, why="no_answer")
    work.attempt(sent, is_reached=False, by=world.david, at=STARTS)
    assert Promise.objects.get().attempts == 1
    work.attempt(sent, is_reached=False, by=world.david, at=STARTS)
    assert Promise.objects.get().attempts == 2, "one from another telephone"
    rings(sent, world.david, Kind.ANSWERED, direction="out")
    work.attempt(sent, is_reached=True, by=world.david, at=STARTS)
    promise = Promise.objects.get()
    assert (promise.attempts, promise.state) == (3, "kept")
    assert results(sent) == ["not_answered", "not_reached", "not_reached", "answered", "reached"]


def test_other_calls_are_no_attempts(world: World, sent: Handover) -> None:
    rings(sent, world.david, Kind.LEFT, why="agent_gone")
    rings(sent, world.david, Kind.ANSWERED, number="+4571000002", direction="out")
    rings(sent, world.anna, Kind.ANSWERED, direction="out")
    answered = rings(sent, world.david, Kind.ANSWERED, direction="out")
    ended = Kind.ENDED.event(answered, STARTS, "", world.david.pk, {"by": "agent"})
    wiring.journal().write([Batch(STARTS, events=[ended])])
    assert results(sent) == ["answered"]
    work.close(sent, outcome="answered", by=world.david, at=STARTS)
    rings(sent, world.david, Kind.ANSWERED, direction="out")
    assert results(sent) == ["answered"]


def test_after_a_return_the_agent_who_rings_is_counted(world: World, sent: Handover) -> None:
    work.give_back(sent, why="not_ours", note="", by=world.david, at=MORNING)
    rings(sent, world.anna, Kind.ANSWERED, direction="out")
    assert results(sent) == ["answered"]

"""The people who serve a centre's queues, and their current state."""

from __future__ import annotations

from typing import Any

import pytest

from indgang.entry.models import AgentState, Presence, QueueMembership
from indgang.entry.team import on_duty
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db


def test_agents_are_listed_with_state_and_queues_those_signed_out_last(world: World) -> None:
    Presence.objects.create(person=world.bo, state=AgentState.READY, since=MORNING)
    QueueMembership.objects.filter(person=world.bo, queue=world.queues["tmf-byliv"]).update(active=False)
    agents = on_duty.agents_of(world.centres["tmf"], day=MORNING.date())
    assert [each.username for each in agents] == ["bo", "anna", "clara", "ida"]
    assert {queue.code: on for queue, on in agents[0].queues} == {
        "tmf-byggeri": True, "tmf-byliv": False, "tmf-oevrige": True,
    }  # fmt: skip
    states = on_duty.states_of(agents)
    assert states[AgentState.READY] == 1
    assert states[AgentState.SIGNED_OUT] == 3
    assert sum(states.values()) == len(agents)


def test_it_takes_two_queries(world: World, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(2):
        on_duty.agents_of(world.centres["tmf"], day=MORNING.date())

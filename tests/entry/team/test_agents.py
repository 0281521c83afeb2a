from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indgang.audit.models import Change
from indgang.entry import commands
from indgang.entry.models import AgentState, Command, QueueMembership
from indgang.entry.team import agents
from indgang.workforce import competence
from indgang.workforce.models import Competence
from tests import sample
from tests.world import MORNING, World

TODAY = MORNING.date()


def served(world: World, username: str) -> set[str]:
    rows = QueueMembership.objects.valid_on(TODAY).filter(person=world.people[username], active=True)
    return set(rows.values_list("queue__code", flat=True))


def test_queues_are_switched_for_one_centre_and_the_others_stay(world: World) -> None:
    agents.serve(world.clara, world.centres["tmf"], [world.queues["tmf-byggeri"]], day=TODAY, by=world.eva, at=MORNING)
    assert served(world, "clara") == {"tmf-byggeri", "bif-erhverv"}
    change = Change.objects.get(action="agent.queues")
    assert change.before["queues"] == ["tmf-byliv", "tmf-oevrige"]
    assert change.after["queues"] == ["tmf-byggeri"]
    assert Command.objects.get().kind == "reload"


def test_a_queue_switched_off_and_on_again_is_one_membership(world: World) -> None:
    centre, all_three = world.centres["tmf"], [q for code, q in world.queues.items() if code.startswith("tmf")]
    agents.serve(world.anna, centre, [], day=TODAY, by=world.eva, at=MORNING)
    assert served(world, "anna") == set()
    agents.serve(world.anna, centre, all_three, day=TODAY, by=world.eva, at=MORNING)
    assert served(world, "anna") == {"tmf-byggeri", "tmf-byliv", "tmf-oevrige"}
    assert QueueMembership.objects.filter(person=world.anna).count() == 3


def test_nothing_changed_is_nothing_written(world: World) -> None:
    queues = [world.queues[code] for code in ("tmf-byggeri", "tmf-byliv", "tmf-oevrige")]
    agents.serve(world.anna, world.centres["tmf"], queues, day=TODAY, by=world.eva, at=MORNING)
    assert not Change.objects.exists()
    assert not Command.objects.exists()


def test_a_level_for_today_is_gone_tomorrow(world: World) -> None:
    skill = world.skills["byggesag"]
    agents.set_level(
        world.bo, skill, 4, centre=world.centres["tmf"], day=TODAY, today_only=True, by=world.eva, at=MORNING
    )
    assert level(world, "bo", "byggesag", TODAY) == 4
    assert level(world, "bo", "byggesag", TODAY + timedelta(days=1)) == 1
    assert level(world, "bo", "byggesag", TODAY - timedelta(days=1)) == 1


def level(world: World, username: str, skill: str, day: date) -> int:
    rows = Competence.objects.valid_on(day).filter(person=world.people[username], skill__code=skill)
    levels = list(rows.values_list("level", flat=True))
    assert len(levels) <= 1, "one level a day"
    return levels[0] if levels else 0


changes = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 6), st.one_of(st.none(), st.integers(1, 6))), max_size=6)


@given(asked=changes)
@settings(max_examples=sample.examples(30), suppress_health_check=sample.SUPPRESSED)
def test_each_day_has_the_level_last_set_for_it(world: World, asked: list[Any]) -> None:
    Competence.objects.filter(person=world.bo).delete()
    expected = dict.fromkeys(range(20), 0)
    for number, start, length in asked:
        day = TODAY + timedelta(days=start)
        until = None if length is None else day + timedelta(days=length)
        competence.set_level(world.bo, world.skills["byliv"], number, day=day, until=until, by=world.eva, at=MORNING)
        for index in expected:
            if index >= start and (length is None or index < start + length):
                expected[index] = number
    for index, number in expected.items():
        assert level(world, "bo", "byliv", TODAY + timedelta(days=index)) == number


def test_a_level_outside_the_scale_or_an_empty_period_is_refused(world: World) -> None:
    skill = world.skills["byliv"]
    with pytest.raises(ValueError, match="0 to 5"):
        competence.set_level(world.bo, skill, 6, day=TODAY, until=None, by=world.eva, at=MORNING)
    with pytest.raises(ValueError, match="after day"):
        competence.set_level(world.bo, skill, 3, day=TODAY, until=TODAY, by=world.eva, at=MORNING)


@pytest.fixture
def switchboard(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    """Replace the switchboard by one that accepts every order. Returns the list of its orders."""
    asked: list[tuple[str, dict[str, Any]]] = []

    def give_and_wait(kind: str, *, by: Any, at: Any, **payload: Any) -> dict[str, Any]:
        asked.append((kind, payload))
        return {}

    monkeypatch.setattr(commands, "give_and_wait", give_and_wait)
    return asked


def test_an_agent_is_set_in_a_state_by_the_switchboard_and_it_is_written_down(
    world: World, switchboard: list[Any]
) -> None:
    agents.set_state(world.anna, AgentState.PAUSED, reason="moede", by=world.eva, at=MORNING)
    assert switchboard == [("set_state", {"person": world.anna.pk, "state": "paused", "reason": "moede"})]
    assert Change.objects.get().after == {"state": "paused", "reason": "moede"}
    with pytest.raises(ValueError, match="cannot set"):
        agents.set_state(world.anna, AgentState.TALKING, by=world.eva, at=MORNING)


def test_listening_is_written_down_also_when_it_fails(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any, **kwargs: Any) -> None:
        raise commands.Refused("no_call")

    monkeypatch.setattr(commands, "give_and_wait", refuse)
    with pytest.raises(commands.Refused):
        agents.supervise(world.anna, "listen", by=world.eva, at=MORNING)
    assert Change.objects.get(action="call.supervise").after == {"mode": "listen"}

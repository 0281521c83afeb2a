"""The phase of the roll-out by the day, and the facts of flow conditions in live calls and in trials."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from indgang.audit.models import Change
from indgang.core import clock
from indgang.core.clock import day_of
from indgang.core.refusals import RefusedChange
from indgang.enquiries.models import Enquiry
from indgang.entry.models import FlowVersion, RolloutPhase
from indgang.entry.setup import phases
from indgang.entry.switchboard import plans
from indgang.entry.wording import rehearsal
from indgang.routing import flows
from indgang.routing.centre.rehearsal import Scene
from tests.entry.running import running, told
from tests.world import MORNING, World

TODAY = day_of(MORNING)
LATER, LAST = TODAY + timedelta(days=7), TODAY + timedelta(days=30)


def begin(world: World, word: str, day: Any) -> RolloutPhase:
    return phases.begin(word, day=day, by=world.finn, at=MORNING)


@pytest.mark.django_db
def test_a_phase_holds_from_its_day_on_until_the_next(world: World) -> None:
    assert phases.on(TODAY) == ""
    begin(world, "3", LAST)
    begin(world, "1", TODAY)
    begin(world, "2", LATER)
    held = [phases.on(day) for day in (TODAY - timedelta(days=1), TODAY, LATER, LAST, LAST + timedelta(days=900))]
    assert held == ["", "1", "2", "3", "3"]
    assert plans.read(MORNING).phase == "1"
    assert plans.read(MORNING + timedelta(days=7)).phase == "2"
    assert Change.objects.filter(action="phase.begin").count() == 3


@pytest.mark.django_db
def test_a_planned_phase_can_be_called_off_and_one_that_has_begun_cannot(world: World) -> None:
    first, planned = begin(world, "1", TODAY), begin(world, "2", LATER)
    phases.call_off(planned, by=world.finn, at=MORNING)
    assert phases.on(LAST) == "1"
    with pytest.raises(RefusedChange):
        phases.call_off(first, by=world.finn, at=MORNING)


@pytest.mark.django_db
def test_what_cannot_be_is_refused_at_its_field(world: World) -> None:
    for word, day, where in (("", TODAY, "word"), ("1", TODAY - timedelta(days=1), "valid_from")):
        with pytest.raises(RefusedChange) as refused:
            begin(world, word, day)
        assert set(refused.value.reasons) == {where}
    begin(world, "1", TODAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        RolloutPhase.objects.create(word="2", valid_from=LATER)


_ENDS = [{"id": name, "kind": "hang_up", "prompts": ["farvel"]} for name in ("ja", "nej")]
_ASKS = {
    "start": "kendt",
    "steps": [
        {"id": "kendt", "kind": "condition", "all": [{"fact": "caller_known"}], "on_true": "fase", "on_false": "nej"},
        {
            "id": "fase", "kind": "condition", "all": [{"fact": "phase", "value": ["2"]}], "on_true": "koe",
            "on_false": "nej",
        },
        {"id": "koe", "kind": "queue", "queue": "tmf-byliv"},
        *_ENDS,
    ],
}  # fmt: skip


def _publish(world: World) -> None:
    FlowVersion.objects.filter(flow=world.flows["erhverv"]).update(definition=_ASKS)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("number", "phase", "waits"), [
    ("+4520304050", "2", True), ("+4520304050", "1", False), ("+4520999999", "2", False),
])  # fmt: skip
def test_conditions_on_the_number_and_the_phase_hold_live_as_when_tried_out(
    world: World, tmp_path: Path, number: str, phase: str, waits: bool
) -> None:
    """+4520304050 belongs to the bakery; the other number is unknown."""
    _publish(world)
    world.bakery.numbers.get_or_create(number="+4520304050")
    phases.begin(phase, day=clock.today(), by=world.finn, at=clock.now())

    async def story() -> None:
        async with running(tmp_path) as house:
            house.simulator.call(dialled="+4533661000", caller_number=number)
            await house.until(lambda: Enquiry.objects.exclude(state="in_menu").first())

    told(story())
    assert (Enquiry.objects.get().queue is not None) is waits
    flow = flows.parse({**_ASKS, "code": "erhverv", "version": 1, "title": "Erhverv"})
    given = rehearsal.Given(Scene(clock.now(), number), known=number == "+4520304050", phase=phase)
    assert (rehearsal.play(flow, given, []).state.queue != "") is waits


@pytest.mark.django_db
def test_a_tried_flow_meets_the_hours_barring_and_disturbances_that_a_call_would_meet(world: World) -> None:
    plan, tried = plans.read(MORNING), rehearsal.plan_of(rehearsal.Given(Scene(MORNING, "+4520304050"), phase="2"))
    assert tried.phase == "2"
    assert replace(tried, phase=plan.phase) == plan
    ended = rehearsal.play(plan.flows["erhverv"], rehearsal.Given(Scene(MORNING, "+4520304050")), [])
    assert not ended.state.has_ended

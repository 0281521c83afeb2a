from __future__ import annotations

from datetime import timedelta

import pytest

from indgang.audit.models import Change
from indgang.core.refusals import RefusedChange
from indgang.entry.models import Command, Disturbance
from indgang.entry.setup import disturbances
from indgang.live.models import Mark
from tests.world import MORNING, World

HOUR = timedelta(hours=1)


def test_a_disturbance_is_on_from_now_until_its_end_and_everybody_is_told(world: World) -> None:
    disturbance = disturbances.start(
        text="  Vi har tekniske problemer. ", centre=None, ends_at=MORNING + HOUR, by=world.eva, at=MORNING
    )
    assert disturbance.text == "Vi har tekniske problemer."
    assert Disturbance.objects.on_at(MORNING).get() == disturbance
    assert not Disturbance.objects.on_at(MORNING + HOUR).exists()
    assert Command.objects.get().kind == "reload"
    marks = set(Mark.objects.values_list("part", flat=True))
    assert {f"centre-{code}/messages" for code in world.centres} <= marks
    assert Change.objects.get().action == "disturbance.start"


def test_ending_it_early_says_who_did_and_only_once(world: World) -> None:
    disturbance = disturbances.start(
        text="Nede", centre=world.centres["tmf"], ends_at=MORNING + HOUR, by=world.eva, at=MORNING
    )
    ended = disturbances.end(disturbance, by=world.finn, at=MORNING + HOUR / 2)
    assert (ended.ends_at, ended.ended_by) == (MORNING + HOUR / 2, world.finn.audit_label)
    with pytest.raises(RefusedChange, match="allerede"):
        disturbances.end(ended, by=world.finn, at=MORNING + HOUR)


@pytest.mark.parametrize(
    ("text", "lasts", "field"),
    [("", HOUR, "text"), ("x" * 501, HOUR, "text"), ("Nede", -HOUR, "ends_at"), ("Nede", 400 * HOUR, "ends_at")],
)
def test_what_cannot_be_right_is_refused_at_its_field(world: World, text: str, lasts: timedelta, field: str) -> None:
    with pytest.raises(RefusedChange) as refusal:
        disturbances.start(text=text, centre=None, ends_at=MORNING + lasts, by=world.eva, at=MORNING)
    assert set(refusal.value.reasons) == {field}
    assert not Disturbance.objects.exists()

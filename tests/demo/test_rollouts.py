"""The rollout of the demo, made by the actions of the product."""

from __future__ import annotations

import pytest

from indgang.core.clock import day_of
from indgang.demo import rollouts
from indgang.programme.rollout import overview
from indgang.programme.rollout.models import RolloutPlan
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db


def test_the_demo_has_one_plan_with_a_stage_that_is_live(world: World) -> None:
    for _again in range(2):
        rollouts.seed(world.centres, world.units, world.people, at=MORNING)
    plan = RolloutPlan.objects.get()
    shown = overview.standing(plan, today=day_of(MORNING))
    assert [each.is_live for each in shown.stages] == [True, False]
    assert shown.stages[1].day > shown.today
    assert plan.reports.get().frozen_at == MORNING
    assert shown.counts()["done"] > 10

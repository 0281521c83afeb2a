"""What somebody has decided in the small municipality: a scenario, benefits, a rollout plan, a measure."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from indgang.analysis import gap_measures
from indgang.core.clock import day_of
from indgang.planning import bases, scenarios
from indgang.planning.scenarios import ScenarioOrigin
from indgang.planning.whatif import Changes
from indgang.programme.benefits import contracts
from indgang.programme.rollout import plans as rollouts
from tests.programme.benefits import made as made_benefits
from tests.world import MORNING, World


def everything(world: World) -> None:
    for decide in (scenario, benefits, rollout, measure):
        decide(world)


def scenario(world: World) -> None:
    """Save a what-if of Finn's."""
    base = bases.shipped(bases.ONE_NUMBER, {})
    scenarios.make(
        "Ét nummer", base, ScenarioOrigin(bases.ONE_NUMBER), centre=None, changes=Changes(), by=world.finn, at=MORNING
    )


def benefits(world: World) -> None:
    """Create a contract that Finn has signed, and one that he may sign."""
    why = "Trivsel måles hvert andet år."
    values: dict[str, Any] = {"way": "not", "not_measured": why, "change": -5.0, "owner": world.finn}
    made = made_benefits.contract(world, **values)
    contracts.sign(made, 1, by=world.finn, at=MORNING)
    made_benefits.contract(world, line="noise", **values)


def rollout(world: World) -> None:
    """Begin a plan with activities, milestones and risks."""
    rollouts.begin(
        world.centres["tmf"], name="Udrulning", granted_on=day_of(MORNING) - timedelta(days=100),
        first=world.units["cby"], by=world.finn, at=MORNING,
    )  # fmt: skip


def measure(world: World) -> None:
    """Decide on a page about balconies."""
    values = {"kind": "missing", "title": "Altaner", "service": world.services["byggetilladelse"], "owner": world.finn}
    gap_measures.decide(values, gap="", expected=None, reason="Mange spørger", by=world.finn, at=MORNING)

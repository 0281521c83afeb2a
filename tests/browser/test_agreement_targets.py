"""Targets, baselines and the workbench in a browser: accessible and fitting at every width."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from playwright.sync_api import Page, ViewportSize

from indgang.agreements import baselines, cooperation
from indgang.agreements.models import Baseline, CooperationAgreement
from indgang.core import clock
from tests.agreements.agreed import operator, target
from tests.agreements.measured import calls, weeks
from tests.browser.axe import faults_at
from tests.browser.conftest import DESKTOP, NARROW
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)

#: 1,280 px at 400 % zoom
NARROWEST = ViewportSize(width=320, height=640)


def measured(world: World, today: date) -> Baseline:
    """Three months, with one day left out, settled."""
    first, last = today - timedelta(days=140), today - timedelta(days=50)
    weeks(first, last, 6, 4)
    made = baselines.begin(world.centres["tmf"], first_day=first, last_day=last, by=world.hans, at=clock.now())
    baselines.exclude(made, day=first, reason="Strejke", by=world.hans, at=clock.now())
    return baselines.settle(made, by=world.hans, at=clock.now())


def agreed(world: World, today: date) -> CooperationAgreement:
    """A draft with targets that are kept, missed, and without a baseline, and a floor; last month has calls."""
    made = cooperation.draft(
        world.centres["tmf"], valid_from=today, owner=world.hans, operator=operator(world), by=world.hans,
        at=clock.now(),
    )  # fmt: skip
    baseline = measured(world, today)
    target(made, world.hans, level=0, aim="up", value=Decimal(10), baseline=baseline)
    target(made, world.hans, level=0, kpi="service_level_sl4", value=Decimal(95))
    target(made, world.hans, level=0, kpi="transfers", aim="down", value=Decimal(5))
    target(made, world.hans, level=0, service=world.services["byggetilladelse"], value=Decimal(70))
    target(made, world.hans, level=0, is_floor=True, value=Decimal(50))
    cooperation.save(made, {"price": Decimal(4_950_000)}, by=world.hans, at=clock.now())
    month = (today.replace(day=1) - timedelta(days=1)).replace(day=3)
    calls(month, 30, 12)
    calls(month + timedelta(days=1), 4, 9, service="affald")
    return made


def test_targets_baselines_and_variants_are_accessible_and_fit(new_page: Callable[..., Page], world: World) -> None:
    today = clock.today()
    made = agreed(world, today)
    month = f"{today.replace(day=1) - timedelta(days=1):%Y-%m}"
    page = new_page(person=world.hans)
    wrong: list[str] = []
    for address in (
        f"cooperation/{made.pk}/kept/?period={month}", "cooperation/centres/tmf/baselines/",
        f"cooperation/baselines/{Baseline.objects.get().pk}/", "cooperation/together/", "workbench/",
        f"department/?period={month}",
        f"workbench/tmf/?period={month}&limit=80", f"cooperation/{made.pk}/targets/new/",
    ):  # fmt: skip
        answer = page.goto(f"/office/{address}")
        assert answer is not None
        assert answer.status == 200, address
        wrong += faults_at(page, DESKTOP, NARROW, NARROWEST)
    assert not wrong, "\n".join(wrong)

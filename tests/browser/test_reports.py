"""Reports in a browser: accessible and fitting at every width."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from indgang.core import clock
from indgang.reports import making, sending
from indgang.reports.models import EarlyWarning, Report, ReportMilestone
from tests.browser.axe import faults_at
from tests.browser.conftest import DESKTOP, NARROW
from tests.reports.made import DUE, calls, template
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)


def test_every_page_of_reports_is_accessible_and_fits(new_page: Callable[..., Page], world: World) -> None:
    calls(30, 5)
    ReportMilestone.objects.create(centre=world.centres["tmf"], title="Nyt flow", planned=date(2026, 3, 1))
    for code in ("weekly-board", "management", "owner"):
        template(world, code, starts_on=date(2026, 2, 1))
    making.make_due(at=DUE)
    sending.send_due(at=DUE)
    warning = EarlyWarning.objects.create(
        centre=world.centres["tmf"], day=date(2026, 3, 10), figure="given_up", version=1, value=40, expected=5, low=-2,
        high=12, cause="Kø: Byggeri", raised_at=DUE,
    )  # fmt: skip
    page = new_page(person=world.eva)
    wrong: list[str] = []
    chosen = Report.objects.order_by("pk")
    addresses = [f"{each.pk}/{page}" for each in chosen for page in ("", "board/", "board/?theme=dark")]
    one = chosen[0].template
    block = one.blocks.all()[0]
    addresses += ["", "templates/", f"templates/{one.pk}/", f"templates/{one.pk}/blocks/new/"]
    addresses += [f"templates/{one.pk}/blocks/{block.pk}/", "milestones/tmf/", "warnings/"]
    addresses += [f"warnings/{warning.pk}/"]
    with clock.frozen(DUE):
        for address in addresses:
            answer = page.goto(f"/office/reports/{address}")
            assert answer is not None
            assert answer.status == 200, address
            wrong += faults_at(page, DESKTOP, NARROW)
    assert not wrong, "\n".join(wrong)


def test_the_numbers_behind_a_plot_open_with_the_keyboard(new_page: Callable[..., Page], world: World) -> None:
    calls(30)
    template(world)
    making.make_due(at=DUE)
    page = new_page(person=world.eva)
    page.goto(f"/office/reports/{Report.objects.get().pk}/")
    summary = page.get_by_text("Tallene bag figuren").first
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("rowheader", name="11.03.").first).to_be_visible()

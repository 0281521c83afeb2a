"""The early dip is held against imported satisfaction where nobody answered here before the first go-live."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

import pytest
from django.core.management import call_command

from indgang.audit.trail import System
from indgang.config import routines
from indgang.core.clock import FrozenTime
from indgang.entry.models import Alert
from indgang.feedback import answering
from indgang.feedback.models import SurveyInvitation
from indgang.history import value_importing, withdrawing
from indgang.history.mapping import choices
from indgang.history.mapping.fields import SourceKind
from indgang.history.models import HistoryImport
from indgang.office.operations.alert_sentences import alert_sentence
from indgang.programme.rollout import past_baseline, plans
from indgang.programme.rollout.models import RolloutPlan, RolloutRisk
from tests.feedback.conftest import asked, invite  # noqa: F401  # fixtures
from tests.office.conftest import SignIn
from tests.office.cooperation.test_cooperation_pages import text_of
from tests.office.rollout.test_pages import sent
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db

BY = System("indgang import")
SERIES = "Tilfredshed med telefonen"
Invite = Callable[..., SurveyInvitation]


def imported(rows: Sequence[str], *, unit: str = "", header: str = "Måned;Hvad;Værdi;Antal") -> HistoryImport:
    columns = dict(zip(("day", "subject", "value", "number"), header.split(";"), strict=False))
    mapping = choices.ColumnMapping.of({"kind": SourceKind.SATISFACTION.value, "columns": columns})
    file = io.BytesIO("\n".join([header, *rows]).encode())
    found = value_importing.run(file, mapping, name="tilfredshed.csv", by=BY, at=MORNING, unit=unit)
    assert (found.imported, found.rejected) == (len(rows), 0)
    return found


@pytest.fixture
def plan(world: World, morning: FrozenTime) -> RolloutPlan:
    """The first stage went live on the first of March."""
    made = plans.begin(
        world.centres["tmf"], name="Udrulning", granted_on=date(2025, 9, 1), first=world.units["cby"], by=world.hans,
        at=MORNING,
    )  # fmt: skip
    stage = made.stages.get(number=1)
    values = {"name": stage.name, "after_months": 6, "latest_months": None, "live_on": date(2026, 3, 1)}
    plans.change_stage(stage, values, why="", by=world.hans, at=MORNING)
    return made


def answers(world: World, invite: Invite, value: int, *, at: datetime) -> None:  # noqa: F811
    for _number in range(8):
        invitation = invite(service=world.services["byggetilladelse"])
        answering.answer(invitation, values={1: value}, complete=True, at=at)


def risk_page(plan: RolloutPlan) -> tuple[str, str, RolloutRisk]:
    risk = plan.risks.get(watched="satisfaction")
    listed = f"/office/rollout/{plan.pk}/risks/"
    return listed, f"{listed}{risk.pk}/", risk


def test_a_fall_from_imported_satisfaction_is_seen_and_its_source_named(
    world: World, as_person: SignIn, plan: RolloutPlan, invite: Invite  # noqa: F811
) -> None:  # fmt: skip
    listed, page, risk = risk_page(plan)
    hans = as_person("hans")
    assert "past_series" not in hans.get(page).context["form"].fields, "nothing is offered without an import"
    source = imported([
        f"2025-10;{SERIES};8,0;100", f"2025-11;{SERIES};8,4;300", "2025-11;Ventetid;2;90", f"2024-01;{SERIES};1;999",
    ], unit="tmf")  # fmt: skip
    assert sent(hans, page, past_series=SERIES) == 422, "its scale must be told"
    assert sent(hans, page, past_series=SERIES, past_scale="smileys_1_4") == 422, "8,4 is not on it"
    assert sent(hans, page, past_series=SERIES, past_scale="keys_1_9") == 302
    answers(world, invite, 3, at=MORNING - timedelta(days=1))
    shown = text_of(hans.get(listed))
    assert "Tilfredshed: 91,3 → 25,0" in shown, "8,3 of 9; January 2024 is too long ago"
    assert "Udgangspunktet er importeret: tilfredshed.csv, 1.10.2025 – 30.11.2025." in shown
    figure = next(each for each in hans.get(f"/api/rollouts/{plan.pk}/").json()["risks"] if each["title"] == risk.title)
    assert (figure["before"], figure["now"], figure["dip"]) == (91.2, 25.0, "certain")
    assert figure["imported"] == {"first": "2025-10-01", "last": "2025-11-30", "files": ["tilfredshed.csv"]}
    assert f"Tilfredshed er faldet mere, end risikoen tillader, og det er næppe tilfældigt: {risk.title}" in text_of(
        hans.get(f"/office/rollout/{plan.pk}/")
    )
    out = io.StringIO()
    call_command("rollout", str(plan.pk), stdout=out)
    assert f"{risk.title}: satisfaction 91.2 -> 25.0 (Dip)" in out.getvalue()
    follow = routines.ROUTINES["dips-are-told"].work
    follow(MORNING)
    follow(MORNING)
    alert = Alert.objects.get(code=f"rollout_dip {risk.pk}")
    assert (alert.centre, alert.text, alert.over_at) == (world.centres["tmf"], f"{plan.name}: {risk.title}", None)
    assert "næppe tilfældigt" in alert_sentence(alert)
    withdrawing.withdraw(source, why="Forkert", by=BY, at=MORNING)
    assert "Tilfredshed: – → 25,0" in text_of(hans.get(listed))
    assert "er faldet mere" not in text_of(hans.get(f"/office/rollout/{plan.pk}/"))
    follow(MORNING)
    alert.refresh_from_db()
    assert alert.over_at == MORNING


def test_answers_of_our_own_from_before_are_the_baseline(
    world: World, as_person: SignIn, plan: RolloutPlan, invite: Invite  # noqa: F811
) -> None:  # fmt: skip
    listed, page, _risk = risk_page(plan)
    imported([f"2025;{SERIES};9;500"])
    assert sent(as_person("hans"), page, past_series=SERIES, past_scale="keys_1_9") == 302
    answers(world, invite, 5, at=MORNING - timedelta(days=30))
    shown = text_of(as_person("hans").get(listed))
    assert "Tilfredshed: 50,0 → –" in shown
    assert "Udgangspunktet er importeret" not in shown


def test_without_numbers_of_answers_a_fall_may_be_chance(
    world: World, as_person: SignIn, plan: RolloutPlan, invite: Invite  # noqa: F811
) -> None:  # fmt: skip
    _listed, page, _risk = risk_page(plan)
    imported([f"2025;{SERIES};9"], header="Måned;Hvad;Værdi")
    assert sent(as_person("hans"), page, past_series=SERIES, past_scale="keys_1_9") == 302
    answers(world, invite, 1, at=MORNING - timedelta(days=1))
    risks = as_person("hans").get(f"/api/rollouts/{plan.pk}/").json()["risks"]
    figure = next(each for each in risks if each["watched"] == "satisfaction")
    assert (figure["before"], figure["now"], figure["dip"]) == (100.0, 0.0, "unsure")


@pytest.mark.parametrize(
    ("units", "expected"),
    [
        (["", "tmf", "cby", "bif"], (50.0, 50)),
        (["", "cby", "cmb", "cmb-jord"], (100.0, 130)),
        (["", "bif"], (0.0, 40)),
    ],
)
def test_only_the_nearest_units_that_have_values_are_the_baseline(
    world: World, plan: RolloutPlan, units: Sequence[str], expected: tuple[float, int]
) -> None:
    values = {"": (1, 40), "tmf": (5, 50), "cby": (9, 60), "cmb": (9, 70), "cmb-jord": (1, 80), "bif": (9, 90)}
    for unit in units:
        value, number = values[unit]
        imported([f"2025-10;{SERIES};{value};{number}"], unit=unit)
    risk = plan.risks.get(watched="satisfaction")
    risk.past_series, risk.past_scale = SERIES, "keys_1_9"
    found = past_baseline.before(plan, risk, date(2026, 3, 1))
    assert found is not None
    assert found.ratings is not None
    assert (found.index.mean, found.ratings.count) == expected

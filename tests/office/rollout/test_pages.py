"""The pages of a rollout plan: begun, moved with a reason, filtered, stated, reported; as JSON and as a command."""

from __future__ import annotations

import json
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from indgang.core.clock import FrozenTime
from indgang.programme.rollout import plans
from indgang.programme.rollout.models import RolloutPlan
from tests.office.conftest import SignIn
from tests.office.pages import form_at
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(world: World, morning: FrozenTime) -> RolloutPlan:
    return plans.begin(
        world.centres["tmf"], name="Udrulning", granted_on=date(2026, 1, 1), first=world.units["cby"], by=world.hans,
        at=MORNING,
    )  # fmt: skip


def text(client: Client, address: str, **query: str) -> str:
    answer = client.get(address, query)
    assert answer.status_code == 200, address
    return answer.content.decode()


def sent(client: Client, page: str, action: str = "", **typed: str | list[str]) -> int:
    """Fill the form of the page as a browser would, and send it."""
    form = form_at(client, page, action)
    data = {name: values for name, values in form.fields.items() if any(values)} | typed
    return client.post(form.action, data).status_code


def test_an_owner_begins_a_plan_and_moves_its_grant_with_a_reason(as_person: SignIn, world: World) -> None:
    hans = as_person("hans")
    typed = {"name": "Udrulning", "centre": str(world.centres["tmf"].pk), "granted_on": "2026-01-01",
             "first": str(world.units["cby"].pk)}  # fmt: skip
    assert sent(hans, "/office/rollout/new/", **typed) == 302
    made = RolloutPlan.objects.get()
    address = f"/office/rollout/{made.pk}/"
    shown = text(hans, address)
    assert "01.07.2026" in shown
    assert "01.09.2026" in shown
    assert "I dag: 11.03.2026" in shown, "the time line says what day it is"
    assert sent(hans, f"{address}edit/", granted_on="2026-02-01") == 422
    assert sent(hans, f"{address}edit/", granted_on="2026-02-01", why="Budgettet kom senere") == 302
    assert "01.08.2026" in text(hans, address)
    assert "Budgettet kom senere" in text(hans, f"{address}edit/")


def test_readers_see_a_plan_and_change_nothing(as_person: SignIn, plan: RolloutPlan) -> None:
    address = f"/office/rollout/{plan.pk}/"
    for page in ("", "activities/", "readiness/", "risks/", "communication/", "quarters/", "stages/1/"):
        assert 'method="post" action="/office/rollout' not in text(as_person("gerda"), address + page)
    for page in ("edit/", "stages/new/", "activities/new/", "risks/new/", "milestones/new/"):
        assert as_person("gerda").get(address + page).status_code == 403
    assert as_person("otto").get(address).status_code == 403
    assert as_person("anna").get(address).status_code == 403


def test_a_plan_of_another_administration_is_not_found(as_person: SignIn, world: World, plan: RolloutPlan) -> None:
    other = plans.begin(
        world.centres["bif"], name="KEH", granted_on=date(2026, 1, 1), first=None, by=world.finn, at=MORNING
    )
    assert as_person("hans").get(f"/office/rollout/{other.pk}/").status_code == 404
    assert as_person("finn").get(f"/office/rollout/{other.pk}/").status_code == 200
    row = other.activities.first()
    assert row is not None
    assert as_person("hans").get(f"/office/rollout/{plan.pk}/activities/{row.pk}/").status_code == 404


def test_activities_are_listed_by_track_and_filtered(as_person: SignIn, plan: RolloutPlan) -> None:
    hans, address = as_person("hans"), f"/office/rollout/{plan.pk}/activities/"
    assert "37 af 37 aktiviteter" in text(hans, address)
    assert "14 af 37" in text(hans, address, part_of="centre")
    chosen = text(hans, address, track="systems", part_of="centre")
    assert "3 af 37" in chosen
    assert "Kapabiliteter</h2>" not in chosen
    late = text(hans, address, only="late")
    assert "Skulle være begyndt" in late
    assert "0 af 37" in text(hans, address, only="mine")
    assert "37 af 37" in text(hans, address, track="nonsense")


def test_an_activity_is_moved_finished_and_given_to_somebody(
    as_person: SignIn, world: World, plan: RolloutPlan
) -> None:
    hans = as_person("hans")
    row = plan.activities.get(code="1k")
    address = f"/office/rollout/{plan.pk}/activities/{row.pk}/"
    assert "01.07.2026 følger af planen" in text(hans, address)
    assert sent(hans, address, ends_on="2026-08-01", person=str(world.eva.pk)) == 422
    assert sent(hans, address, ends_on="2026-08-01", person=str(world.eva.pk), why="Lejemål") == 302
    assert sent(hans, address, progress="done") == 302
    row.refresh_from_db()
    assert (row.ends_on, row.person, row.done_on) == (date(2026, 8, 1), world.eva, date(2026, 3, 11))
    history = text(hans, address)
    assert "Lejemål" in history
    assert "Hvor langt: Ikke begyndt → Færdig" in history


def test_a_unit_says_what_it_lacks_and_its_people_state_the_rest(
    as_person: SignIn, world: World, plan: RolloutPlan
) -> None:
    byliv = world.units["ctb-byliv"]
    address = f"/office/rollout/{plan.pk}/readiness/{byliv.pk}/"
    david = as_person("david")
    shown = text(david, address)
    assert "Ingen artikel om Arrangementstilladelser, Udendørsservering." in shown
    assert "Ingen træffetidsaftale gælder den dag." in shown
    assert sent(david, address, point="mentor", is_ready="yes", note="Anna følger de nye") == 302
    assert "Anna følger de nye" in text(david, address)
    assert sent(david, address, point="mentor", is_ready="yes", note="Anna følger de nye") == 422
    other = f"/office/rollout/{plan.pk}/readiness/{world.units['cby'].pk}/"
    assert david.post(other, {"point": "mentor", "is_ready": "yes"}).status_code == 404
    assert plan.statements.count() == 1, "only one's own unit"
    assert "På plads" in text(david, f"/office/rollout/{plan.pk}/readiness/")
    assert david.get(f"/office/rollout/{plan.pk}/readiness/{world.units['bif'].pk}/").status_code == 404


def test_a_unit_s_services_move_to_another_stage(as_person: SignIn, world: World, plan: RolloutPlan) -> None:
    hans, address = as_person("hans"), f"/office/rollout/{plan.pk}/stages/1/"
    assert sent(hans, address, f"{address}services/") == 422
    assert sent(hans, address, f"{address}services/", unit=str(world.units["ctb"].pk)) == 302
    assert "Gravetilladelser" in text(hans, address)
    moved = plan.services.get(service=world.services["gravetilladelse"])
    assert hans.post(f"{address}services/{moved.pk}/removal/").status_code == 302
    assert not plan.services.filter(pk=moved.pk).exists()


def test_old_numbers_have_a_place_and_somebody_who_removes_them(
    as_person: SignIn, plan: RolloutPlan
) -> None:  # fmt: skip
    hans, address = as_person("hans"), f"/office/rollout/{plan.pk}/"
    typed = {"old-kind": "sign", "old-place": "Skilt ved indgangen", "old-address": "Njalsgade 13",
             "old-old_contact": "33 66 52 00", "old-due_on": "2026-03-01"}  # fmt: skip
    assert sent(hans, f"{address}places/new/", **typed) == 302
    shown = text(hans, f"{address}communication/")
    assert "1 af 1 mangler" in shown
    assert "Forsinket" in shown
    row = plan.old_places.get()
    assert sent(hans, f"{address}places/{row.pk}/", **{"old-done_on": "2026-03-12"}) == 422
    assert sent(hans, f"{address}places/{row.pk}/", **{"old-done_on": "2026-03-10"}) == 302
    assert "0 af 1 mangler" in text(hans, f"{address}communication/")
    assert sent(hans, f"{address}messages/new/", told_to="staff", message="Vi flytter i juli") == 302
    assert "Vi flytter i juli" in text(hans, f"{address}communication/")


def test_a_quarter_is_written_frozen_and_stays(as_person: SignIn, plan: RolloutPlan, morning: FrozenTime) -> None:
    hans, address = as_person("hans"), f"/office/rollout/{plan.pk}/quarters/2026/1/"
    assert sent(hans, address, address, text="Vi er i gang.") == 302
    assert hans.post(f"{address}freezing/").status_code == 302
    assert plan.reports.get().frozen_at is None, "the quarter is not over"
    morning.move(timedelta(days=30))
    assert hans.post(f"{address}freezing/").status_code == 302
    milestone = plan.milestones.get(title="Samarbejdsaftale")
    assert sent(hans, f"/office/rollout/{plan.pk}/milestones/{milestone.pk}/", reached="2026-04-08") == 302
    frozen = text(as_person("gerda"), address)
    assert "Afsluttet 10.04.2026 af Hans Havreholm" in frozen
    assert "Nået 08.04.2026" not in frozen
    assert hans.post(address, {"text": "Nej"}).status_code == 404
    assert hans.get(f"/office/rollout/{plan.pk}/quarters/2026/9/").status_code == 404
    assert hans.get(f"/office/rollout/{plan.pk}/quarters/2031/1/").status_code == 404


def test_the_early_dip_has_its_figure(as_person: SignIn, plan: RolloutPlan) -> None:
    shown = text(as_person("hans"), f"/office/rollout/{plan.pk}/risks/")
    assert "Ingen etape er i drift endnu" in shown
    assert "Tilfredshed:" in shown
    assert sent(as_person("hans"), f"/office/rollout/{plan.pk}/risks/new/", title="Ny risiko") == 302
    stage = plan.stages.get(number=1)
    values = {"name": stage.name, "after_months": 6, "latest_months": None, "live_on": date(2026, 3, 1)}
    plans.change_stage(stage, values, why="", by=plan.created_by, at=MORNING)
    assert "For få svar til at sige noget" in text(as_person("hans"), f"/office/rollout/{plan.pk}/risks/")


def test_programs_read_plans(as_person: SignIn, plan: RolloutPlan) -> None:
    (listed,) = as_person("gerda").get("/api/rollouts/").json()["rollouts"]
    assert [each["day"] for each in listed["stages"]] == ["2026-07-01", "2026-09-01"]
    found = as_person("gerda").get(f"/api/rollouts/{plan.pk}/").json()
    assert len(found["activities"]) == 37
    assert as_person("anna").get("/api/rollouts/").status_code == 403
    assert as_person("gerda").get("/api/rollouts/999/").status_code == 404


def test_the_command_says_what_units_lack_and_the_same_as_the_address(as_person: SignIn, plan: RolloutPlan) -> None:
    out = StringIO()
    call_command("rollout", str(plan.pk), stdout=out)
    assert "Center for Bygninger: No article about Byggetegninger" in out.getvalue()
    assert "risk high" in out.getvalue() or "risk medium" in out.getvalue()
    out = StringIO()
    call_command("rollout", str(plan.pk), "--json", stdout=out)
    assert json.loads(out.getvalue()) == as_person("gerda").get(f"/api/rollouts/{plan.pk}/").json()
    out = StringIO()
    call_command("rollout", "--json", stdout=out)
    assert json.loads(out.getvalue())["rollouts"][0]["name"] == "Udrulning"
    with pytest.raises(CommandError, match="no plan"):
        call_command("rollout", str(10**30))

"""Assumptions through their pages."""

from __future__ import annotations

from datetime import timedelta

import pytest

from indgang.accounts.models import RoleAssignment
from indgang.planning.models import StaffingAssumption
from tests.office.conftest import SignIn
from tests.office.cooperation.test_cooperation_pages import text_of
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
ROOM = "/office/planning/assumptions/"
TODAY = MORNING.date()


def sent(value: str, **fields: str) -> dict[str, str]:
    return {"assumed": value, "source": "Målt i uge 9", "valid_from": f"{TODAY:%Y-%m-%d}", **fields}


def test_a_planner_assumes_for_the_centres_of_their_units_and_the_calculator_uses_what_holds_for_all(
    as_person: SignIn, world: World
) -> None:
    gerda, finn = as_person("gerda"), as_person("finn")
    assert gerda.post(f"{ROOM}phone_share/", sent("60")).status_code == 404, "she plans for TMF alone"
    assert gerda.post(f"{ROOM}phone_share/?centre=tmf", sent("60")).status_code == 302
    assert finn.post(f"{ROOM}talk/", sent("187,5")).status_code == 302
    assert "60 Målt i uge 9" in text_of(gerda.get(f"{ROOM}?centre=tmf"))
    shown = text_of(gerda.get("/office/planning/need/"))
    assert "Samtaletid (sekunder) 187,5 Målt i uge 9 (gælder fra" in shown
    assert "Telefontid af arbejdstiden (%) 70 Forundersøgelsen" in shown, "a centre's own says nothing about all"


def test_what_held_before_stays_in_the_list(as_person: SignIn) -> None:
    finn = as_person("finn")
    finn.post(f"{ROOM}talk/", sent("200"))
    later = TODAY + timedelta(days=40)
    finn.post(f"{ROOM}talk/", sent("180", valid_from=f"{later:%Y-%m-%d}"))
    assert [row.value for row in StaffingAssumption.objects.order_by("valid_from")] == [200, 180]
    shown = text_of(finn.get(f"{ROOM}talk/"))
    assert "200 Målt" in shown
    assert "180 Målt" in shown
    assert "Samtaletid (sekunder)" in text_of(finn.get("/office/audit/changes/"))


@pytest.mark.parametrize(
    ("code", "fields", "said"),
    [
        ("talk", sent("0"), "Skriv mindst 1"), ("talk", sent("NaN"), "Skriv et tal"),
        ("talk", sent("200", source=" "), "Udfyld feltet"),
        ("talk", sent("200", valid_from="2020-01-01"), "Dagen er passeret"),
        ("shrinkage", sent("99"), "Skriv højst 90"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_beside_its_field(
    as_person: SignIn, code: str, fields: dict[str, str], said: str
) -> None:
    answer = as_person("finn").post(f"{ROOM}{code}/", fields)
    assert answer.status_code == 422
    assert said in text_of(answer)


def test_who_only_signs_agreements_reads_assumptions(as_person: SignIn, world: World) -> None:
    RoleAssignment.objects.filter(person=world.hans).exclude(role="owner").delete()
    hans = as_person("hans")
    assert hans.get(ROOM).status_code == 200
    assert hans.post(f"{ROOM}talk/", sent("200")).status_code == 403
    assert as_person("finn").get(f"{ROOM}unknown/").status_code == 404

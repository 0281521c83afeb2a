"""The workbench through its pages: the published day in five variants, and adopting another."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from indgang.agreements import cooperation
from indgang.agreements.models import CooperationAgreement
from indgang.core import clock
from indgang.measures import definitions
from tests.agreements.agreed import draft, operator, target, written
from tests.measures.test_reading import published, write
from tests.office.conftest import SignIn
from tests.office.cooperation.test_cooperation_pages import able, text_of
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
ROOM = "/office/workbench/"
PAGE = f"{ROOM}tmf/"
LATER = MORNING + timedelta(days=1)


def in_force(world: World) -> CooperationAgreement:
    """An agreement on SL4 of at least 82.5 per cent."""
    return agreed_on(world, value=Decimal("82.5"))


def agreed_on(world: World, **what: object) -> CooperationAgreement:
    made = written(world)
    target(made, world.hans, **{"kpi": "service_level_sl4", "level": 0} | what)
    made.refresh_from_db()
    for person in (world.hans, operator(world)):
        made = cooperation.sign(made, revision=made.revision, by=person, at=MORNING)
    return made


def test_the_published_day_is_seen_in_all_five_variants(as_person: SignIn, world: World) -> None:
    in_force(world)
    write(*published())
    with clock.frozen(LATER):
        shown = text_of(as_person("hans").get(f"{PAGE}?thresholds=&limit="))
    for code, said in {
        "sl1": "83,0 % 1.060 Holdt 1 0 10", "sl2": "86,0 % 1.000 Holdt 1 0 10", "sl3": "81,1 % 1.060 Ikke holdt 0 1 10",
        "sl4": "82,7 % 1.040 Holdt 1 0 10", "sl5": "81,9 % 1.050 Ikke holdt 0 1 10",
    }.items():  # fmt: skip
        row = shown.partition(f"service_level_{code} v1")[2][:120]
        assert said in row, row
    assert "Målet er mindst 82,5 % for dem alle." in shown
    assert shown.count("Aftalt nu") == 1


def test_other_promises_are_columns_of_the_same_days(as_person: SignIn, world: World) -> None:
    write(*published())
    with clock.frozen(LATER):
        shown = text_of(as_person("hans").get(f"{PAGE}?thresholds=4%2C21&limit=90"))
    assert shown.count("svar inden for 21 sekunder") >= 5
    assert "96,2 %" in shown, "1000 of 1040 within 21 seconds by SL4"


def test_a_variant_opens_on_the_page_of_its_figure(as_person: SignIn, world: World) -> None:
    operator(world)
    write(*published())
    with clock.frozen(LATER):
        hans, karen = as_person("hans"), as_person("karen")
        addresses = re.findall(
            r'href="(/office/figures/\w+/\?[^"]+)"', hans.get(f"{PAGE}?thresholds=21").content.decode()
        )
        (address,) = [each for each in addresses if "sl4" in each and "within=21" in each]
        assert "96,2 %" in text_of(hans.get(html.unescape(address)))
        assert len(addresses) == 14
        assert karen.get(html.unescape(address)).status_code == 200, "the operator sees the centre too"


def test_the_clock_that_starts_at_the_first_ring_stands_beside_the_others(as_person: SignIn, world: World) -> None:
    in_force(world)
    write(*published())
    with clock.frozen(LATER):
        shown = text_of(as_person("hans").get(f"{PAGE}?thresholds=&limit="))
    assert "100,0 % 1.000 Holdt 1 0 10" in shown.partition("whole_wait_within_100_seconds v1")[2][:140]
    assert "82,7 % 1.040 Holdt 1 0 10" in shown.partition("answered_within_20_seconds v1")[2][:140]


def test_an_agreed_promise_is_compared_whatever_else_is(as_person: SignIn, world: World) -> None:
    agreed_on(world, within=30, value=Decimal(99))
    write(*published())
    with clock.frozen(LATER):
        shown = text_of(as_person("hans").get(f"{PAGE}?thresholds=20&limit="))
    assert shown.count("Aftalt nu") == 1
    assert "Aftalt nu" in shown.partition("SL4, svar inden for 30 sekunder")[2][:20]
    strict = shown.partition("SL4, svar inden for 20 sekunder")[2][:160]
    assert "82,7 % 1.040 Ikke holdt 0 1 10 0, og 0 ikke 0" in strict, "the agreed one was missed that day too"
    assert "86,0 % 1.000" in shown.partition("SL2, svar inden for 20 sekunder")[2][:160]


def test_the_agreed_version_stands_beside_a_later_one_and_only_the_later_is_adopted(
    as_person: SignIn, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_force(world)
    later = draft(world, date(2026, 6, 1))
    old = definitions.versioned("service_level_sl4", 1)
    new = replace(old, version=2, valid_from=date(2026, 3, 11), of=definitions.versioned("service_level_sl3", 1).of)
    monkeypatch.setattr(definitions, "DEFINITIONS", (*definitions.DEFINITIONS, new))
    write(*published())
    with clock.frozen(LATER):
        hans = as_person("hans")
        shown = text_of(hans.get(f"{PAGE}?thresholds=&limit="))
        hans.post(f"{PAGE}adoption/?thresholds=&level=0", {"variant": "service_level_sl4", "value": "80"})
    before, after = (shown.partition(f"service_level_sl4 v{version}")[2][:160] for version in (1, 2))
    assert "82,7 % 1.040 Holdt 1 0 10" in before
    assert "81,1 % 1.060 Ikke holdt 0 1 10 0, og 0 ikke -1" in after, "a day less than by what is agreed"
    assert [(row.kpi, row.version) for row in later.targets.filter(level=0)] == [("service_level_sl4", 2)]


def test_adopting_changes_the_draft_and_nothing_that_was(as_person: SignIn, world: World) -> None:
    first, hans = in_force(world), as_person("hans")
    assert "Opret en kladde først." in text_of(hans.get(PAGE))
    later = draft(world, date(2026, 6, 1))
    write(*published())
    fields = {"variant": "service_level_sl3-20", "value": "80"}
    answer = hans.post(f"{PAGE}adoption/?thresholds=20&level=0", fields)
    assert answer["Location"] == f"/office/cooperation/{later.pk}/"
    rows = later.targets.filter(kpi__startswith="service_level")
    found = [(row.kpi, row.version, row.within, row.value) for row in rows]
    assert found == [("service_level_sl3", 1, 20, Decimal(80))]
    assert [row.kpi for row in first.targets.filter(level=0)] == ["service_level_sl4"]
    said = text_of(hans.get(f"/office/cooperation/{later.pk}/"))
    assert "svar inden for 20 sekunder: mindst 80 %" in said
    with clock.frozen(LATER):
        kept = text_of(hans.get(f"/office/cooperation/{first.pk}/kept/"))
        assert "service_level_sl4 v1 mindst 82,5 % – 82,7 % 1.040 Holdt" in kept
        assert "81,1 % 1.060 Holdt" in text_of(hans.get(f"/office/cooperation/{later.pk}/kept/"))


@pytest.mark.parametrize("fields", [{"variant": "weather", "value": "80"}, {"variant": "service_level_sl1"}])
def test_what_is_no_variant_is_refused_on_the_page(as_person: SignIn, world: World, fields: dict[str, str]) -> None:
    draft(world)
    assert as_person("hans").post(f"{PAGE}adoption/", fields).status_code == 422


def test_an_impossible_value_is_refused_with_a_sentence(as_person: SignIn, world: World) -> None:
    draft(world)
    answer = as_person("hans").post(f"{PAGE}adoption/", {"variant": "service_level_sl1", "value": "180"})
    assert answer.status_code == 422
    assert "mellem 0 og 100 procent" in text_of(answer)


@pytest.mark.parametrize(
    "query", ["family=x", "thresholds=1,2,3,4,5,6,7", "thresholds=0", "thresholds=²", "limit=x", "level=9", "period=x"]
)
def test_odd_choices_are_told_or_left_out(as_person: SignIn, world: World, query: str) -> None:
    assert as_person("hans").get(f"{PAGE}?{query}").status_code == 200


@pytest.mark.parametrize("family", ["wait", "resolution", "written"])
def test_each_family_has_its_page(as_person: SignIn, world: World, family: str) -> None:
    write(*published())
    with clock.frozen(LATER):
        answer = as_person("gerda").get(f"{PAGE}?family={family}&limit=50")
    assert answer.status_code == 200
    assert "Skriv i kladden" not in text_of(answer)


def test_who_sees_figures_compares_and_who_signs_adopts(as_person: SignIn, world: World) -> None:
    assert able(as_person, world, PAGE) == {"eva", "finn", "gerda", "hans", "ida", "karen"}
    assert as_person("gerda").post(f"{PAGE}adoption/", {}).status_code in (403, 404)
    assert as_person("hans").get(f"{ROOM}nowhere/").status_code == 404

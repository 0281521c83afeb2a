"""What-ifs through their pages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from indgang.accounts.models import RoleAssignment
from indgang.core import clock
from indgang.entry.models import Flow, FlowVersion, QueueTerms
from indgang.office.planning import scenario_words
from indgang.planning import played_staffing, scenario_fits, scenarios
from indgang.planning.models import Scenario, ScenarioRun
from tests.measures.test_reading import published, write
from tests.office.conftest import SignIn
from tests.office.cooperation.test_cooperation_pages import text_of
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
ROOM = "/office/planning/scenarios/"
DAY = f"{MORNING.date():%Y-%m-%d}"
LATER = MORNING + timedelta(days=1)
CHANGES = {
    "volume": "0", "digital": "0", "talk": "0", "after_call": "0", "opens": "08:00", "closes": "17:00", "moved": "50",
    "staffing": "target", "agents": "", "shared": "0", "in_time": "80", "within": "20", "mean_wait": "",
    "abandoned": "", "accepts": "50",
}  # fmt: skip


@pytest.fixture(autouse=True)
def nothing_is_fitted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fitting the people of a measured scenario takes seconds; `tests/planning` tests it, and one test below."""
    monkeypatch.setattr(played_staffing, "MOST_CALLS", 0)


def made(client: Client, base: str = "one-number", **fields: str) -> Scenario:
    answer = client.post(f"{ROOM}new/", {"name": "Ét nummer", "base": base, **fields})
    assert answer.status_code == 302, text_of(answer)
    return Scenario.objects.get()


def run(client: Client, scenario: Scenario, **changes: Any) -> Any:
    return client.post(f"{ROOM}{scenario.pk}/runs/", CHANGES | changes)


def test_one_number_over_several_centres_is_a_scenario_that_is_there_to_begin_with(as_person: SignIn) -> None:
    gerda = as_person("gerda")
    scenario = made(gerda)
    shown = text_of(gerda.get(f"{ROOM}{scenario.pk}/"))
    assert "242.150 opkald om året i 7 køer" in shown
    assert "Alle betjener alle køer" in shown
    run_of = scenario.runs.get().result
    assert run_of["other"]["total"]["fte"]["value"] < run_of["today"]["total"]["fte"]["value"] - 5
    assert "Ét nummer" in text_of(gerda.get(ROOM))


def test_runs_are_kept_and_each_can_be_seen_and_taken_along(as_person: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scenarios, "REPLICATIONS", 2)
    gerda = as_person("gerda")
    scenario = made(gerda)
    assert run(gerda, scenario, volume="-20", staffing="number", agents="12", pooled="on").status_code == 302
    shown = text_of(gerda.get(f"{ROOM}{scenario.pk}/"))
    assert "Beregning 2 ved siden af i dag Opkald: −20,0" in shown
    assert "Pladser: et fast antal hele dagen (12)" in shown
    assert "Beregning 1 ved siden af i dag" in text_of(gerda.get(f"{ROOM}{scenario.pk}/?run=1"))
    assert gerda.get(f"{ROOM}{scenario.pk}/?run=3").status_code == 404
    file = b"".join(gerda.get(f"{ROOM}{scenario.pk}/file/?run=2")).decode("utf-8-sig").splitlines()
    assert file[0].startswith("Side;Kø;Opkald om året;Årsværk")
    assert [line.partition(";")[0] for line in file[1:]] == ["I dag"] * 8 + ["Med ændringerne"]
    gerda.post(f"{ROOM}{scenario.pk}/runs/2/simulation/")
    file = b"".join(gerda.get(f"{ROOM}{scenario.pk}/file/?run=2")).decode("utf-8-sig").splitlines()
    total, pooled = (dict(zip(file[0].split(";"), line.split(";"), strict=True)) for line in (file[1], file[-1]))
    assert total["Besvaret i tide (%), simuleret"]
    assert total["Besvaret i tide (%), simuleret, ±"]
    assert [line.partition(";")[0] for line in file[1:]] == ["I dag"] * 8 + ["Med ændringerne"] * 8
    assert (pooled["Årsværk"], bool(pooled["Ventetid (sekunder), simuleret"])) == ("", True), "in a pool"


def test_a_run_is_simulated_while_the_page_waits_when_it_is_short(as_person: SignIn) -> None:
    gerda = as_person("gerda")
    scenario = made(gerda, base="bc31")
    number = scenario.runs.get().number
    answer = gerda.post(f"{ROOM}{scenario.pk}/runs/{number}/simulation/", follow=True)
    assert scenario.runs.get().simulation == ScenarioRun.Simulation.DONE
    assert "Opkald på en dag 2" in text_of(answer)
    assert "±" in text_of(answer)


def test_what_was_measured_is_a_base_with_its_fit(as_person: SignIn, world: World) -> None:
    write(*published())
    with clock.frozen(LATER):
        gerda = as_person("gerda")
        scenario = made(gerda, base="centre:tmf", first=DAY, last=DAY)
        shown = text_of(gerda.get(f"{ROOM}{scenario.pk}/"))
    assert "Målt i " in shown
    assert "Målt, og hvad modellen siger" in shown
    assert "5,7 % 5,7 %" in shown.replace("\xa0", " "), "abandoned, seen and by the model"
    assert "de samme som i dag" in shown


def test_a_measured_scenario_is_compared_with_today_staffed_for_the_target(as_person: SignIn, world: World) -> None:
    write(*published())
    with clock.frozen(LATER):
        gerda = as_person("gerda")
        scenario = made(gerda, base="centre:tmf", first=DAY, last=DAY)
        first = text_of(gerda.get(f"{ROOM}{scenario.pk}/"))
        file = b"".join(gerda.get(f"{ROOM}{scenario.pk}/file/?run=1")).decode("utf-8-sig").splitlines()
        standing = {"opens": "09:30", "closes": "15:30", "within": "100"}
        run(gerda, scenario, digital="20", **standing)
        fewer = text_of(gerda.get(f"{ROOM}{scenario.pk}/"))
        run(gerda, scenario, staffing="today", **standing)
        as_today = text_of(gerda.get(f"{ROOM}{scenario.pk}/"))
        listed = text_of(gerda.get(ROOM))
        data = [gerda.get(f"/api/scenarios/{scenario.pk}/?run={each}").json() for each in (1, 2, 3)]
    assert "Intet er ændret" not in first
    assert "Pladser: så mange, som målet kræver i hver halve time" in first
    assert "Ændringerne alene giver hverken flere eller færre årsværk" in first
    assert [line.partition(";")[0] for line in file[1:]] == ["I dag", "I dag, bemandet efter målet", "Med ændringerne"]
    assert "Den forskel skyldes ikke ændringerne" in fewer
    assert "Ændringerne alene: −" in fewer
    assert "Beregning 3 ved siden af i dag Pladser: de samme som i dag" in as_today
    assert "bemandet efter målet" not in as_today
    assert "Ændringerne alene" in listed
    assert [each["fte_effect"] for each in data] == [0, data[1]["fte"] - data[1]["fte_reference"], 0]
    assert data[1]["fte_effect"] < 0
    assert [each["result"]["reference"] is None for each in data] == [False, False, True]


def test_a_centre_of_the_documents_with_nothing_changed_says_so_and_has_no_effect(
    as_person: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    gerda = as_person("gerda")
    scenario = made(gerda, base="bc31")
    shown = text_of(gerda.get(f"{ROOM}{scenario.pk}/"))
    assert "Intet er ændret" in shown
    assert "Ændringerne alene giver hverken flere eller færre årsværk" in shown
    found = scenario.runs.get().result
    assert found["today"] == found["other"]
    monkeypatch.setattr(scenarios, "MOST_CALLS", 0)
    refused = run(gerda, scenario, shared="50")
    assert (refused.status_code, scenario.runs.count()) == (422, 1), "no run is left by what cannot be simulated"
    assert "Så mange opkald kan ikke simuleres" in text_of(refused)
    run(gerda, scenario, opens="09:00", closes="16:00", within="60", mean_wait="", digital="10")
    shown = text_of(gerda.get(f"{ROOM}{scenario.pk}/")).replace("\xa0", " ")
    assert "Et andet mål: 80,0 % besvaret inden for 60 sekunder" in shown
    assert "Besvaret i tide er inden for 60 sekunder på begge sider." in shown


def test_the_simulation_of_today_is_shown_beside_the_measured_days(
    as_person: SignIn, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(*published())
    monkeypatch.setattr(played_staffing, "MOST_CALLS", 75_000)
    with clock.frozen(LATER):
        gerda = as_person("gerda")
        scenario = made(gerda, base="centre:tmf", first=DAY, last=DAY)
        assert "I dag, målt og simuleret" not in text_of(gerda.get(f"{ROOM}{scenario.pk}/"))
        answer = gerda.post(f"{ROOM}{scenario.pk}/runs/1/simulation/", follow=True)
    shown = text_of(answer).replace("\xa0", " ")
    assert "I dag, målt og simuleret Målt er gennemsnittet af 1 dag." in shown
    assert "følger en lognormal fordeling i 1 af 1 køer, tålmodigheden i 1." in shown, "all calls took two minutes"
    assert "Pauser, skriftligt arbejde og folk, der ringer igen, er ikke med." in shown
    assert "Bemandingen er fundet ved at spille de målte dage med 7 slags bemanding: " in shown
    assert "Et opkald ringer 15 sekunder, før det bliver taget." in shown
    computed = scenario.runs.get()
    played = computed.simulated
    assert played is not None
    assert scenario_fits.counts_as_measured(computed)
    computed.simulated = played | {"today": played["today"] | {"within_seconds": 60}}
    computed.result = {name: each for name, each in computed.result.items() if name != "counted_within"}
    assert not scenario_fits.counts_as_measured(computed), "an earlier release computed it, this one simulated it"
    lost = scenario_words.estimated("abandoned_share", played["today"]["all"]["abandoned_share"]).replace("\xa0", " ")
    assert "±" in lost
    assert f"Lægger på 5,7 % {lost} Kan ikke afgøres" in shown, "one day says nothing about its own error"
    told = gerda.get(f"/api/scenarios/{scenario.pk}/").json()
    fit = {each["figure"]: each for each in told["simulation_fit"]}
    assert list(fit) == ["service_level", "mean_wait", "abandoned_share"]
    assert fit["abandoned_share"]["simulated"] == played["today"]["all"]["abandoned_share"]
    assert (round(fit["abandoned_share"]["measured"]["mean"], 3), fit["abandoned_share"]["agrees"]) == (0.057, None)
    assert told["fits"] == scenario.fits
    assert told["fits"]["tmf-byggeri"]["seen_abandoned"] > 0


def test_queues_with_different_targets_are_asked_for_one(as_person: SignIn, world: World) -> None:
    write(*published())
    terms = QueueTerms.objects.filter(queue=world.queues["tmf-byggeri"])
    terms.update(service_level_percent=100, service_level_seconds=30)
    sent = {"name": "Målt", "base": "centre:tmf", "first": DAY, "last": DAY}
    with clock.frozen(LATER):
        gerda = as_person("gerda")
        refused = gerda.post(f"{ROOM}new/", sent)
        half = gerda.post(f"{ROOM}new/", sent | {"in_time": "70"})
        scenario = made(gerda, base="centre:tmf", first=DAY, last=DAY, in_time="70", within="40")
        shown = text_of(gerda.get(f"{ROOM}{scenario.pk}/"))
    assert "Køerne har ikke samme mål" in text_of(refused)
    assert "Skriv både procent og sekunder" in text_of(half)
    assert "70,0 % besvaret inden for 40 sekunder" in shown.replace("\xa0", " ")


def test_a_promise_of_100_percent_counts_as_99_and_the_scenario_says_so(as_person: SignIn, world: World) -> None:
    write(*published())
    QueueTerms.objects.filter(queue__centre__code="tmf").update(service_level_percent=100, service_level_seconds=20)
    said = (
        "Byggeri har målet 100 %. Intet antal medarbejdere kan besvare alle opkald i tide, så der er regnet med 99 %."
    )
    with clock.frozen(LATER):
        gerda = as_person("gerda")
        scenario = made(gerda, base="centre:tmf", first=DAY, last=DAY)
        shown = text_of(gerda.get(f"{ROOM}{scenario.pk}/"))
        run(gerda, scenario, in_time="90", opens="09:00", closes="10:00")
        changed = text_of(gerda.get(f"{ROOM}{scenario.pk}/"))
        told = [gerda.get(f"/api/scenarios/{scenario.pk}/?run={each}").json()["remarks"] for each in (1, 2)]
    assert said in shown
    assert "en andel af alle opkald, også dem, der bliver lagt på (SL3)" in shown
    assert "Et andet mål" in changed
    assert said not in changed
    assert (said in told[0], said in told[1]) == (True, False)


def test_a_measured_scenario_is_for_those_who_plan_for_its_centre(as_person: SignIn, world: World) -> None:
    write(*published())
    with clock.frozen(LATER):
        scenario = made(as_person("gerda"), base="centre:tmf", first=DAY, last=DAY)
        RoleAssignment.objects.create(person=world.ukendt, role="planner", unit=world.units["bif"])
        other = as_person("ukendt")
        assert other.get(f"{ROOM}{scenario.pk}/").status_code == 404
        assert "Ét nummer" not in text_of(other.get(ROOM))
        answer = other.post(f"{ROOM}new/", {"name": "x", "base": "centre:tmf", "first": DAY, "last": DAY})
        assert answer.status_code == 422, "not one of their centres"
        assert as_person("finn").get(f"{ROOM}{scenario.pk}/").status_code == 200


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"volume": "-100"}, "Der er ingen opkald tilbage"),
        ({"opens": "17:00", "closes": "09:00"}, "Der er ingen opkald tilbage"),
        ({"opens": "08:10"}, "hel eller halv time"),
        ({"staffing": "number"}, "hvor mange pladser"),
        ({"in_time": ""}, "mindst ét mål"),
        ({"in_time": "", "abandoned": "5"}, "Skriv også et mål"),
        ({"staffing": "today"}, "Marker en gyldig"),
        ({"volume": "1e9"}, "Skriv højst 500"),
    ],
)
def test_changes_without_an_answer_are_answered_in_words(as_person: SignIn, changes: dict[str, str], said: str) -> None:
    gerda = as_person("gerda")
    answer = run(gerda, scenario := made(gerda), **changes)
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert scenario.runs.count() == 1


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"first": DAY, "last": ""}, "både en første og en sidste"), ({"first": DAY, "last": DAY}, "der er forbi"),
        ({"first": "2026-03-09", "last": "2026-03-08"}, "må ikke ligge før"),
        ({"first": "2020-03-09", "last": "2026-03-08"}, "højst 400 dage"),
        ({"first": "2026-03-02", "last": "2026-03-08"}, "ingen opkald i de dage"),
    ],
)  # fmt: skip
def test_days_that_cannot_be_measured_are_refused(as_person: SignIn, fields: dict[str, str], said: str) -> None:
    answer = as_person("gerda").post(f"{ROOM}new/", {"name": "x", "base": "centre:tmf", **fields})
    assert answer.status_code == 422
    assert said in text_of(answer)


def test_only_the_owner_names_and_closes_and_a_closed_one_is_only_read(as_person: SignIn) -> None:
    gerda, finn = as_person("gerda"), as_person("finn")
    scenario = made(gerda)
    assert finn.get(f"{ROOM}{scenario.pk}/description/").status_code == 404
    assert gerda.post(f"{ROOM}{scenario.pk}/description/", {"name": "Nyt navn", "note": "Til mødet"}).status_code == 302
    assert "Til mødet" in text_of(finn.get(f"{ROOM}{scenario.pk}/"))
    assert finn.post(f"{ROOM}{scenario.pk}/closure/").status_code == 404
    assert gerda.post(f"{ROOM}{scenario.pk}/closure/").status_code == 302
    assert "Nyt navn" not in text_of(gerda.get(ROOM))
    assert run(gerda, scenario).status_code == 422
    assert "Regn ud og gem" not in text_of(gerda.get(f"{ROOM}{scenario.pk}/"))


# --- who takes a call --------------------------------------------------------------------------------------------


def test_overflow_priority_teaching_and_callbacks_are_simulated_at_once_and_said_in_words(as_person: SignIn) -> None:
    gerda = as_person("gerda")
    scenario = made(gerda)
    changes = {
        "overflow_after-0": "20", "overflow_to-0": "number-2", "priority-1": "4", "taught-2": "*",
        "taught_share-2": "25", "callback_after-3": "60", "accepts": "40", "pooled": "", "closes-4": "15:00",
    }  # fmt: skip
    assert run(gerda, scenario, **changes).status_code == 302
    shown = text_of(gerda.get(f"{ROOM}{scenario.pk}/")).replace("\xa0", " ")
    for said in (
        "Center for Miljøbeskyttelse: efter 20 sekunder kan medarbejderne i Center for Trafik og Byliv også tage",
        "Center for Trafik og Byliv: prioritet 4", "Sekretariat i Byens Anvendelse: 25,0 % af alle oplæres i køen",
        "Center for Bygninger: efter 60 sekunder et tilbud om at blive ringet op", "40,0 % siger ja",
        "TMF-ydelser i KEH: åbent til kl. 15.00, åbner som i dag", "Tallene her regner ikke med overløb",
    ):  # fmt: skip
        assert said in shown
    assert "2: TMF-ydelser i KEH: åbent til kl. 15.00, åbner som i dag, Center for Miljøbeskyttelse: efter 20" in shown
    assert "og 3 ændringer mere" in shown
    newest = scenario.runs.first()
    assert newest is not None
    assert newest.simulation in (ScenarioRun.Simulation.DONE, ScenarioRun.Simulation.WAITING)
    again = gerda.get(f"{ROOM}{scenario.pk}/").content.decode()
    assert 'value="20"' in again, "the next computation begins from it"


def test_a_short_day_shows_each_queue_beside_today(as_person: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scenarios, "REPLICATIONS", 2)
    gerda = as_person("gerda")
    scenario = made(gerda)
    run(gerda, scenario, **{"priority-1": "4", "pooled": "on"})
    shown = text_of(gerda.get(f"{ROOM}{scenario.pk}/"))
    assert "Kø for kø, simuleret" in shown
    assert "Taget af andre end køens egne" not in shown, "everybody serves everything"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"overflow_to-0": "number-99", "overflow_after-0": "5"}, "Marker en gyldig"),
        ({"callback_after-0": "2"}, "Skriv mindst 5"),
        ({"opens-0": "08:10"}, "hel eller halv time"),
        ({"opens-0": "16:00", "closes-0": "09:00"}, "lukker, før det åbner"),
        ({"priority-0": "9" * 30}, "højst 100"),
        ({"taught_share-0": "-1"}, "mindst 0"),
    ],
)
def test_routes_that_make_no_sense_are_refused_in_words(as_person: SignIn, changes: dict[str, str], said: str) -> None:
    gerda = as_person("gerda")
    answer = run(gerda, made(gerda), **changes)
    assert answer.status_code == 422
    assert said in text_of(answer)


def test_a_draft_of_a_flow_is_tried_on_what_was_measured(
    as_person: SignIn, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scenarios, "REPLICATIONS", 2)
    write(*published())
    with clock.frozen(LATER):
        gerda = as_person("gerda")
        scenario = made(gerda, base="centre:tmf", first=DAY, last=DAY)
        assert "Opkaldsforløb" not in text_of(gerda.get(f"{ROOM}{scenario.pk}/"))
        flow = _draft_of_a_flow(world)
        assert "kladden, version 2, i stedet for version 1" in text_of(gerda.get(f"{ROOM}{scenario.pk}/"))
        both = {"flow": flow.code, "callback_after-0": "30"}
        assert "Forløbet har sit eget tilbud" in text_of(run(gerda, scenario, **both))
        run(gerda, scenario, flow=flow.code)
        newest = scenario.runs.first()
        shown = text_of(gerda.get(f"{ROOM}{scenario.pk}/"))
        programs, body = f"/api/scenarios/{scenario.pk}/runs/", {"flow": "none"}
        without = gerda.post(programs, body, content_type="application/json").json()
        with_it = gerda.post(programs, {"flow": flow.code}, content_type="application/json").json()
        unknown = gerda.post(programs, {"flow": "andet"}, content_type="application/json")
    assert newest is not None
    assert newest.simulation == ScenarioRun.Simulation.DONE, newest.fault
    assert (without["changes"]["flow"], with_it["changes"]) == (None, newest.changes)
    assert f"flow er en af: {flow.code}" in unknown.json()["fields"]["flow"]
    assert newest.changes["flow"]["other"]["start"] == "first"
    assert "Tryk: kladden, version 2" in shown
    assert "Simuleringen har spillet onsdag (2)" in shown
    assert "som den var sidst" in shown


def _draft_of_a_flow(world: World) -> Flow:
    """In force callers go straight into the queue; in the draft they hear something first."""
    wait = {"id": "wait", "kind": "queue", "queue": "tmf-byggeri", "max_wait": 900, "on_max_wait": "bye"}
    bye = {"id": "bye", "kind": "hang_up"}
    first = {"id": "first", "kind": "condition", "all": [{"fact": "caller_known"}]}
    first |= dict.fromkeys(("on_true", "on_false"), "wait")
    flow = Flow.objects.create(code="tryk", name="Tryk", centre=world.centres["tmf"])
    about = {"code": "tryk", "title": "Tryk"}
    for number, start, steps, at in ((1, "wait", [wait, bye], MORNING), (2, "first", [first, wait, bye], None)):
        FlowVersion.objects.create(
            flow=flow, number=number, created_at=MORNING, created_by="x", published_at=at,
            published_by="x" if at else "", definition={**about, "version": number, "start": start, "steps": steps},
        )  # fmt: skip
    return flow


def test_a_simulation_that_runs_is_followed_on_its_page_and_cancelled(
    as_person: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scenarios, "MOST_AT_ONCE", 0)
    gerda = as_person("gerda")
    scenario = made(gerda)
    page = f"{ROOM}{scenario.pk}/"
    gerda.post(f"{page}runs/1/simulation/")
    shown = gerda.get(page).content.decode()
    assert f'hx-get="{page}runs/1/progress/"' in shown
    assert "venter på at begynde" in shown
    scenario.runs.update(played=10)
    going = gerda.get(f"{page}runs/1/progress/")
    assert "har spillet 10 af 40 dage" in text_of(going)
    assert "HX-Redirect" not in going
    assert gerda.post(f"{page}runs/1/cancellation/").status_code == 302
    over = gerda.get(f"{page}runs/1/progress/")
    assert over["HX-Redirect"] == f"{page}?run=1", "not the answer to a form"
    assert "hx-get" not in over.content.decode()
    assert "Simulér beregningen" in text_of(gerda.get(page))
    assert gerda.get(f"{page}runs/9/progress/").status_code == 404


def test_a_computation_is_handed_to_a_case_that_links_back(as_person: SignIn, world: World) -> None:
    gerda = as_person("gerda")
    scenario = made(gerda)
    page = f"{ROOM}{scenario.pk}/"
    assert "Brug tallene i et investeringsforslag" not in text_of(gerda.get(page)), "who plans edits no cases"
    assert gerda.post(f"{page}runs/1/case/").status_code == 403
    finn = as_person("finn")
    answer = finn.post(f"{page}runs/1/case/", {"target": ""}, follow=True)
    code = f"scenarie-{scenario.pk}-1"
    assert answer.redirect_chain[-1][0] == f"/office/cases/{code}/"
    assert "Tal fra Hvad nu hvis" in text_of(answer)
    assert f'href="{page}?run=1"' in answer.content.decode()
    assert f"{code} har tallene fra denne beregning siden version 1" in text_of(finn.get(page))
    run(gerda, scenario, volume="-20")
    for _again in range(2):
        answer = finn.post(f"{page}runs/2/case/", {"target": f"{code}.fte_today"}, follow=True)
    assert "Forslaget har allerede tallene fra den beregning" in text_of(answer)
    assert "siden version 2" in text_of(finn.get(f"/office/cases/{code}/"))
    for target in ("gone.fte", f"{code}.calls", "x\x00"):
        answer = finn.post(f"{page}runs/2/case/", {"target": target}, follow=True)
        assert "Vælg en anden" in text_of(answer)
    assert finn.post(f"{page}runs/9/case/").status_code == 404

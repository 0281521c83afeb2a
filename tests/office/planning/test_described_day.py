"""The pages of a described day and of the studies, beside API and command: three ways to the same figures."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from indgang.planning import described_day, simulations
from indgang.staffing.twin.presets import PRESETS
from tests.office.conftest import SignIn
from tests.office.cooperation.test_cooperation_pages import text_of

pytestmark = pytest.mark.django_db
PAGE, ADDRESS = "/office/planning/described-day/", "/api/described-day/"
INFLOW: dict[str, Any] = {"queue": "q", "arrivals": [12, 9], "talk": {"mean": 180}, "patience": {"mean": 120}}
CREW: dict[str, Any] = {
    "name": "all", "number": 2, "queues": ["q"], "attendances": [{"begins": 0, "ends": 3600, "breaks": [[600, 900]]}]
}  # fmt: skip
STAYS = [{"begins": at, "ends": at + 1} for at in range(11)]
OWN: dict[str, Any] = {
    "code": "day", "title": "Day", "queues": [{"queue": "q"}], "inflows": [INFLOW], "crews": [CREW]
}  # fmt: skip
ENTRY = {
    "code": "entry", "version": 1, "title": "Entry", "start": "wait",
    "steps": [{"id": "wait", "kind": "queue", "queue": "q"}],
}  # fmt: skip
QUERY = "calls=120&mails=40&chats=20&retry=30&break_minutes=30&passed_on=20&promised_hours=9"


def told(*arguments: str, scenario: str = "day") -> str:
    out = StringIO()
    call_command("simulate", scenario, *arguments, stdout=out, stderr=StringIO())
    return out.getvalue()


def test_page_api_and_command_show_the_same_day(as_person: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(described_day, "REPLICATIONS", 3)
    gerda = as_person("gerda")
    found = gerda.get(f"{ADDRESS}?{QUERY}").json()
    options = [word for each in QUERY.split("&") for word in ("--set", each)]
    assert json.loads(told(*options, "--json")) == found
    assert f"{100 * found['whole']['service_level']['mean']:.2f}" in told(*options)
    shown = text_of(gerda.get(f"{PAGE}?{QUERY}"))
    for side in ("alone", "whole"):
        assert f"{100 * found[side]['service_level']['mean']:.1f}".replace(".", ",") in shown
    assert "procentpoint" in shown
    assert "Dagen er spillet 3 gange" in shown
    reached = f"{100 * found['second_level']['reached_share']['mean']:.1f}".replace(".", ",")
    assert f"Kollegaen nås med det samme {reached}" in shown
    erlang = f"{100 * found['busiest'][2]['erlang_service_level']:.1f}".replace(".", ",")
    assert f"3 Valgt {100 * found['busiest'][2]['service_level']['mean']:.1f}".replace(".", ",") in shown
    assert f"{erlang} %" in shown.replace("\N{NO-BREAK SPACE}", " ")
    assert "Mails Kommer" in shown
    assert "Chats Kommer" in shown


def test_nothing_is_played_before_somebody_has_asked(as_person: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    def play(*_day: Any) -> None:
        raise AssertionError

    monkeypatch.setattr(described_day, "play", play)
    shown = as_person("gerda").get(PAGE)
    assert shown.status_code == 200
    assert "Opkaldene alene" not in text_of(shown)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("calls=0", "Skriv mindst 1"),
        ("hours=8.2", "Skriv hele eller halve timer"),
        ("hours=1.5&break_minutes=90", "Pausen skal være kortere end dagen"),
        ("calls=1000&mails=400&chats=400", "kan højst være 1500 tilsammen"),
    ],
)
def test_what_cannot_be_played_is_refused_in_words(query: str, said: str, as_person: SignIn) -> None:
    gerda = as_person("gerda")
    shown = gerda.get(f"{PAGE}?{query}")
    assert (shown.status_code, said in text_of(shown)) == (422, True)
    refused = gerda.get(f"{ADDRESS}?{query}")
    assert (refused.status_code, list(refused.json())) == (400, ["error"])
    with pytest.raises(CommandError) as error:
        told(*[word for each in query.split("&") for word in ("--set", each)])
    assert error.value.returncode == 2


@pytest.mark.parametrize("code", list(PRESETS))
def test_page_api_and_command_play_the_same_study(
    code: str, as_person: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(simulations, "REPLICATIONS", 2)
    gerda = as_person("gerda")
    found = gerda.get(f"/api/simulations/?preset={code}&replications=2").json()
    assert found == json.loads(told("--replications", "2", "--json", scenario=code))
    page = gerda.get(f"/office/planning/studies/{code}/")
    shown = text_of(page)
    for each in found["results"]:
        assert f"{100 * each['all']['service_level']['mean']:.1f}".replace(".", ",") in shown
    assert shown.count("±") >= 3 * len(found["results"])
    assert f"/office/planning/studies/{code}/" in gerda.get(PAGE).content.decode()
    assert code in [each["preset"] for each in gerda.get("/api/simulations/").json()["presets"]]


def test_a_file_of_the_command_is_played_by_the_api(as_person: SignIn, tmp_path: Path) -> None:
    file = tmp_path / "day.json"
    file.write_text(json.dumps({"scenarios": [OWN, OWN | {"code": "slow", "within": 60}]}))
    answer = as_person("gerda").post(
        "/api/simulations/?replications=3&seed=4", file.read_text(), content_type="application/json"
    )
    assert answer.json() == json.loads(told("--replications", "3", "--seed", "4", "--json", scenario=str(file)))
    assert [each["scenario"] for each in answer.json()["results"]] == ["day", "slow"]


UNPLAYABLE: list[tuple[str, str | None, str]] = [
    ("?preset=poling", None, "preset is one of pooling"),
    ("?preset=pooling&replications=101", None, "from 1 to 100"),
    ("?preset=pooling&replications=0", None, "from 1 to 100"),
    ("?preset=pooling&seed=-1", None, "seed is a whole number"),
    ("", "{", "this is no JSON"),
    ("", "[" * 100_000, "this is no JSON"),
    ("", json.dumps({"scenarios": []}), "no scenario"),
    ("", json.dumps(OWN | {"wihtin": 3}), "'wihtin' is not known"),
    ("", json.dumps(OWN | {"within": 10**400}), "a number that is too large"),
    ("", json.dumps(OWN | {"inflows": [INFLOW | {"day_spread": 1e200}]}), "is over 100"),
    ("", json.dumps(OWN | {"flows": [ENTRY]}), "flows are played by the command"),
    ("", json.dumps(OWN | {"crews": [CREW | {"number": 501}]}), "more than 500 people"),
    ("", json.dumps(OWN | {"inflows": [INFLOW | {"arrivals": [5_000.0]}]}), "more than 80,000 calls"),
    ("", json.dumps(OWN | {"crews": [CREW | {"number": 500, "attendances": STAYS}]}), "more than 100,000 stays"),
    ("?replications=100", json.dumps({"scenarios": [OWN] * 11}), "more than 1,000 days"),
    ("", json.dumps(OWN | {"inflows": [INFLOW | {"arrivals": [0.0] * 20_001}]}), "more than 20,000 intervals"),
]


@pytest.mark.parametrize(("query", "body", "said"), UNPLAYABLE, ids=[each[2] for each in UNPLAYABLE])
def test_what_an_answer_cannot_play_is_refused_in_words(
    query: str, body: str | None, said: str, as_person: SignIn
) -> None:
    gerda, address = as_person("gerda"), f"/api/simulations/{query}"
    answer = gerda.get(address) if body is None else gerda.post(address, body, content_type="application/json")
    assert answer.status_code == 400
    assert said in answer.json()["error"]


def test_there_is_no_page_of_another_study(as_person: SignIn) -> None:
    assert as_person("gerda").get("/office/planning/studies/other/").status_code == 404

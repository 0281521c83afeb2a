"""The page of a described day, beside the API and the command: three ways to the same figures."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from indgang.planning import described_day
from tests.office.conftest import SignIn
from tests.office.cooperation.test_cooperation_pages import text_of

pytestmark = pytest.mark.django_db
PAGE, ADDRESS = "/office/planning/described-day/", "/api/described-day/"
QUERY = "calls=120&mails=40&chats=20&retry=30&break_minutes=30&passed_on=20&promised_hours=9"


def told(*arguments: str) -> str:
    out = StringIO()
    call_command("simulate", "day", *arguments, stdout=out, stderr=StringIO())
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

"""The staffing calculator through its page."""

from __future__ import annotations

import pytest

from indgang.staffing.presets import PRESETS
from tests.office.conftest import SignIn
from tests.office.cooperation.test_cooperation_pages import text_of

pytestmark = pytest.mark.django_db
PAGE = "/office/planning/need/"


def test_the_documents_sizings_come_out_with_their_sources(as_person: SignIn) -> None:
    gerda = as_person("gerda")
    for code, fte in {"tmf-2020": "22,5", "bc31": "8,7", "concept-2006": "53,2"}.items():
        shown = text_of(gerda.get(f"{PAGE}?preset={code}"))
        assert f"Årsværk {fte} Hele stillinger" in shown
        assert "Tilpasset: står ikke i dokumenterne" in shown
    shown = text_of(gerda.get(PAGE))
    assert "Samtaletid (sekunder) 210 Forundersøgelsen, 2020, linje 1705" in shown
    assert "Pladser, der følger opkaldene 17,4" in shown
    assert "Dit eget tal" not in shown


def test_a_number_of_ones_own_changes_people_and_kroner_and_says_whose_it_is(as_person: SignIn) -> None:
    shown = text_of(as_person("gerda").get(f"{PAGE}?preset=tmf-2020&calls=100000&kroner=600000"))
    assert "Opkald om året 100000 Dit eget tal" in shown
    assert "Årsværk 13,5 Hele stillinger 14" in shown
    assert "8.089.893" in shown


def test_calls_by_interval_replace_those_of_a_year(as_person: SignIn) -> None:
    shown = text_of(as_person("gerda").get(f"{PAGE}?calls=&opens=09:00&closes=10:00&intervals=30+60,5+30+10"))
    assert "09.15" in shown
    assert "16,13 Erlang" in shown, "60.5 calls of 240 seconds in a quarter of an hour"


def test_whom_nobody_tells_that_callers_hang_up_is_told_that_it_does_not_count(as_person: SignIn) -> None:
    gerda = as_person("gerda")
    assert "Lægger på ikke regnet med" in text_of(gerda.get(PAGE))
    assert "Lægger på ikke regnet med" not in text_of(gerda.get(f"{PAGE}?patience=120"))


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("calls=-1", "Skriv mindst 0."),
        ("calls=", "Skriv opkald om året"),
        ("calls=100000000", "mere end 2.000 medarbejdere"),
        ("in_time=100&within=0", "Skriv højst 99"),
        ("mean_wait=", "Skriv mindst ét mål"),
        ("abandoned=5", "Skriv en tålmodighed"),
        ("patience=7200&calls=20000000", "Så tålmodige lægger ingen på"),
        ("opens=17:00&closes=08:00", "Centret skal lukke"),
        ("opens=08:10", "hel eller halv time"),
        ("opens=08:00&closes=08:30", "Så kort en dag"),
        ("holiday=2000", "kortere end arbejdstiden"),
        ("intervals=12+tolv", "Skriv tal med mellemrum"),
        ("intervals=0+0", "Mindst ét interval"),
        ("seats=round", "Marker en gyldig"),
        ("talk=NaN", "Skriv et tal."),
    ],
)
def test_input_without_an_answer_is_answered_in_words(as_person: SignIn, query: str, said: str) -> None:
    answer = as_person("gerda").get(f"{PAGE}?{query}")
    assert answer.status_code == 422
    assert said in text_of(answer)


def test_a_queue_with_one_call_a_week_needs_one_seat(as_person: SignIn) -> None:
    shown = text_of(as_person("gerda").get(f"{PAGE}?calls=52"))
    assert "Pladser i det travleste interval 1 " in shown


def test_an_unknown_start_is_the_first_one(as_person: SignIn) -> None:
    shown = text_of(as_person("gerda").get(f"{PAGE}?preset=nobody"))
    assert "siger 22 årsværk" in shown


def test_every_preset_has_a_name(as_person: SignIn) -> None:
    shown = as_person("gerda").get(PAGE).content.decode()
    assert all(f"?preset={code}" in shown for code in PRESETS)

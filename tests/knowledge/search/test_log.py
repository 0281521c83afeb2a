"""The search log stores no person, and shows the questions without an answer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indgang.knowledge.models import Search
from indgang.knowledge.search import log
from tests.knowledge.search.conftest import AT
from tests.world import World


def note(query: str, hits: int = 0, **how: object) -> Search:
    options: dict[str, object] = {"place": "site", "language": "da", "found": hits, "at": AT} | how
    return log.note(query, **options)  # type: ignore[arg-type]  # passed on


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("sag for 070761-4285", "sag for ******-****"),
        ("ring til 33 66 33 66 nu", "ring til **** nu"),
        ("+45 33663366", "****"),
        ("skriv til anna@eksempel.dk om støj", "skriv til **** om støj"),
        ("§ 19 i BR18 efter 14 dage", "§ 19 i BR18 efter 14 dage"),
    ],
)
def test_what_points_at_a_person_is_masked(query: str, kept: str) -> None:
    assert log.masked(query) == kept


@given(st.text(max_size=2000))
def test_at_most_200_characters_in_one_line_are_kept(query: str) -> None:
    kept = log.masked(query)
    assert len(kept) <= 200
    assert kept.split("\n")[0] == kept
    assert "\0" not in kept


@pytest.mark.django_db
def test_the_time_is_kept_to_the_minute() -> None:
    assert note("pas", at=AT + timedelta(seconds=31, microseconds=5)).at == AT


@pytest.mark.django_db
def test_gaps_are_what_found_nothing_and_what_nobody_opened() -> None:
    for query in ("Drone", "drone", "badebro"):
        note(query)
    note("pas", hits=3)
    log.chosen(note("altan", hits=3).pk, kind="article", key="altan")
    gaps = log.gaps(start=AT - timedelta(hours=1), end=AT + timedelta(hours=1))
    assert [(gap.asked, gap.times) for gap in gaps.without_hits] == [("drone", 2), ("badebro", 1)]
    assert [gap.asked for gap in gaps.not_opened] == ["pas"]
    assert gaps.searches == 5


@pytest.mark.django_db
def test_gaps_end_before_the_end() -> None:
    note("drone", at=AT)
    assert log.gaps(start=AT - timedelta(hours=1), end=AT).searches == 0


def test_gaps_of_a_unit_are_those_with_its_services_in_hand(world: World) -> None:
    service = next(each for each in world.services.values() if each.unit)
    note("drone", service=service)
    note("badebro")
    gaps = log.gaps(start=AT, end=AT + timedelta(hours=1), unit=service.unit)
    assert [gap.asked for gap in gaps.without_hits] == ["drone"]

"""The page that counts calls from other municipalities: each figure adds up to the events."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from indgang.core.ids import uuid7
from indgang.enquiries import elsewhere
from indgang.entry.event_kinds import Kind
from indgang.entry.models import EntryPoint
from tests.enquiries.told_calls import happen
from tests.office.conftest import SignIn
from tests.world import MORNING, World

PAGE = "/office/elsewhere/"
TODAY = MORNING.date()


def call(point: EntryPoint, *said: tuple[str, str], days: int = 0) -> None:
    """A call to this entry point, with what was noted of it: (municipality, what)."""
    arrived: dict[str, Any] = {"dialled": point.number, "entry_point": point.pk, "centre": point.centre.code}
    notes = [(Kind.ELSEWHERE, 5.0, {"municipality": name, "what": what}) for name, what in said]
    happen(str(uuid7()), (Kind.ARRIVED, 0.0, arrived), *notes, start=MORNING + timedelta(days=days))


def of_centre(code: str) -> EntryPoint:
    found: EntryPoint = EntryPoint.objects.select_related("centre").get(centre__code=code)
    return found


def test_calls_are_counted_by_day_entry_point_and_municipality(world: World) -> None:
    point = of_centre("tmf")
    call(point, ("Fjordby", "number"), ("Fjordby", "told"), ("Fjordby", "told"))
    call(point, ("Fjordby", "number"), ("Fjordby", "transferred"))
    call(point, ("", "menu"))
    call(point, ("Fjordby", "number"), days=-1)
    call(point)
    found = elsewhere.counts(TODAY - timedelta(days=1), TODAY, [point.pk])
    assert [(each.day, each.municipality, each.calls, each.by_menu, each.told, each.transferred) for each in found] == [
        (TODAY, "", 1, 1, 0, 0), (TODAY, "Fjordby", 2, 0, 1, 1), (TODAY - timedelta(days=1), "Fjordby", 1, 0, 0, 0),
    ]  # fmt: skip
    assert {each.entry_point for each in found} == {point.name}
    assert not elsewhere.counts(TODAY - timedelta(days=9), TODAY - timedelta(days=2), [point.pk])


def test_a_person_sees_the_entry_points_of_their_centres(world: World, as_person: SignIn) -> None:
    call(of_centre("tmf"), ("Fjordby", "number"))
    call(of_centre("bif"), ("Bakkerup", "number"))
    page = as_person("eva").get(PAGE).content.decode()
    assert "Fjordby" in page
    assert "Bakkerup" not in page
    assert "1 opkald i alt" in page
    assert as_person("anna").get(PAGE).status_code == 403
    assert "Bakkerup" in as_person("finn").get(PAGE).content.decode()


@pytest.mark.parametrize(
    "period", ["first=2026-03-12&last=2026-03-11", "first=2020-01-01&last=2026-03-11", "first=x&last=", "first="]
)
def test_an_odd_period_says_what_is_wrong(world: World, as_person: SignIn, period: str) -> None:
    assert as_person("eva").get(f"{PAGE}?{period}").status_code == 422

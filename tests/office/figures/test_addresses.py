"""The address of a figure's page: it shows the same value, and there is none where no page does."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from indgang.measures.definitions import versioned
from indgang.office.figures.addresses import FigureAddresses, ShownFigure
from tests.measures.test_reading import published, write
from tests.office.conftest import SignIn
from tests.office.figures.test_pages import words
from tests.world import World

pytestmark = pytest.mark.django_db
FIRST, LAST = date(2026, 3, 1), date(2026, 3, 31)
LEVEL = versioned("service_level_sl4", 1)
SHOWN = ShownFigure(LEVEL, FIRST, LAST, "tmf")


@pytest.mark.parametrize(
    ("more", "value"),
    [
        ({}, "82,7 %"), ({"within": 4}, "0,0 %"), ({"channel": "phone", "level": 1}, "82,7 %"),
        ({"service": "byggetilladelse"}, "ingen data"), ({"last": FIRST}, "ingen data"),
    ],
)  # fmt: skip
def test_the_page_shows_the_same_value(world: World, as_person: SignIn, more: dict[str, Any], value: str) -> None:
    write(*published())
    address = FigureAddresses(world.eva).of(replace(SHOWN, **more))
    assert value in words(as_person("eva").get(address))


@pytest.mark.parametrize(
    "more",
    [
        {"centre": "bif"}, {"centre": ""}, {"channel": "calls"}, {"last": FIRST + timedelta(days=2_000)},
        {"definition": replace(LEVEL, version=2)},
    ],
)  # fmt: skip
def test_there_is_none_where_no_page_shows_it(world: World, more: dict[str, Any]) -> None:
    assert FigureAddresses(world.eva).of(SHOWN)
    assert FigureAddresses(world.eva).of(replace(SHOWN, **more)) == ""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from indgang.core import clock
from indgang.portal import page_cache, stamp, visitors
from tests.portal.site import Site, make
from tests.world import MORNING, World


@pytest.fixture(autouse=True)
def nothing_is_kept() -> Iterator[None]:
    """Clears the caches before and after each test."""
    for each in (page_cache, stamp, visitors):
        each.forget()
    yield
    for each in (page_cache, stamp, visitors):
        each.forget()


@pytest.fixture
def morning() -> Iterator[clock.FrozenTime]:
    with clock.frozen(MORNING) as time:
        yield time


@pytest.fixture
def site(world: World, morning: clock.FrozenTime, standing: dict[str, Any]) -> Site:
    return standing.get("site") or make(world)

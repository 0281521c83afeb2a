"""People at the office, one morning."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.test import Client

from indgang.core import clock
from indgang.core.clock import FrozenTime
from tests.world import MORNING, World

SignIn = Callable[[str], Client]


@pytest.fixture
def morning() -> Iterator[FrozenTime]:
    """Five minutes into the day of the tests; the clock stands still until it is moved."""
    with clock.frozen(MORNING + timedelta(minutes=5)) as time:
        yield time


@pytest.fixture
def as_person(world: World, morning: FrozenTime) -> SignIn:
    """A client of its own for each person: `as_person("eva")`."""

    def sign_in(username: str) -> Client:
        client = Client()
        client.force_login(world.people[username], backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in

"""Signed-in people at the office on a fixed morning."""

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
    """Stops the clock five minutes into the day of the tests; tests move it themselves."""
    with clock.frozen(MORNING + timedelta(minutes=5)) as time:
        yield time


@pytest.fixture
def as_person(world: World, morning: FrozenTime) -> SignIn:
    """Returns a function that makes a client for each person: `as_person("eva")`."""

    def sign_in(username: str) -> Client:
        client = Client()
        client.force_login(world.people[username], backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in

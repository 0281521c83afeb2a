"""Remembering who asks for parts: fewer queries, and never somebody who has left."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from indgang.accounts import people, recognition
from indgang.audit.trail import System
from tests.world import MORNING

pytestmark = pytest.mark.django_db
PART = {"HX-Request": "true", "HX-Target": "part"}


class Clock:
    """Stands still, so that a slow machine forgets no sooner."""

    at = 1000.0

    def monotonic(self) -> float:
        return self.at


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    standing = Clock()
    monkeypatch.setattr(recognition, "SECONDS", 1.0)
    monkeypatch.setattr(recognition, "time", standing)
    return standing


@pytest.fixture
def anna(client: Client, world: Any, clock: Clock) -> Client:
    recognition.forget()
    client.force_login(world.anna)
    return client


def _part(client: Client) -> int:
    return client.get(reverse("password"), headers=PART).status_code


def test_a_second_part_asks_the_database_nothing_about_who_asks(anna: Client, django_assert_num_queries: Any) -> None:
    assert _part(anna) == 200
    with django_assert_num_queries(0):
        assert _part(anna) == 200


def test_a_page_always_asks(anna: Client, django_assert_max_num_queries: Any) -> None:
    _part(anna)
    with django_assert_max_num_queries(3) as queries:
        anna.get(reverse("password"))
    assert len(queries) >= 2


def test_whoever_signs_out_is_not_remembered(anna: Client) -> None:
    assert _part(anna) == 200
    key = anna.cookies["sessionid"].value
    anna.post(reverse("sign-out"))
    anna.cookies["sessionid"] = key
    assert _part(anna) == 401


def test_whoever_is_shut_out_is_not_remembered(anna: Client, world: Any) -> None:
    assert _part(anna) == 200
    people.deactivate(world.anna, by=System("test"), at=MORNING)
    assert _part(anna) == 401


def test_a_second_later_the_database_is_asked_again(
    anna: Client, clock: Clock, django_assert_max_num_queries: Any
) -> None:
    assert _part(anna) == 200
    clock.at += recognition.SECONDS
    # the session, the person, the roles, and whether the person counts
    with django_assert_max_num_queries(4) as queries:
        assert _part(anna) == 200
    assert len(queries) >= 2


def test_nobody_is_never_remembered(client: Client, world: Any) -> None:
    recognition.forget()
    assert _part(client) == 401
    client.force_login(world.anna)
    assert _part(client) == 200

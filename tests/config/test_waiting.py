"""While the database is away, pages say so and come back by themselves."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from indgang.accounts import views
from indgang.config import waiting
from indgang.config.waiting import WaitForDatabase
from tests.world import World


def _answer(exception: Exception, **headers: str) -> HttpResponse | None:
    middleware = WaitForDatabase(lambda request: HttpResponse())
    return middleware.process_exception(RequestFactory().get("/", headers=headers), exception)


@pytest.mark.parametrize(
    "lost", [OperationalError("server closed the connection"), InterfaceError("closed"), OperationalError()]
)
def test_a_page_says_so_and_tries_again(lost: Exception) -> None:
    answer = _answer(lost)
    assert answer is not None
    assert answer.status_code == 503
    page = answer.content.decode()
    assert "Siden prøver selv igen" in page
    assert 'http-equiv="refresh"' in page


def test_a_part_leaves_the_screen_as_it_is() -> None:
    answer = _answer(OperationalError("gone"), hx_request="true")
    assert answer is not None
    assert (answer.status_code, answer.content) == (503, b"")


def test_any_other_fault_is_not_covered_up() -> None:
    assert _answer(ValueError("ours")) is None


@pytest.mark.django_db
def test_the_product_uses_it(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*args: object, **kwargs: object) -> None:
        raise OperationalError("the database system is shutting down")

    monkeypatch.setattr(views, "_demo_people", away)
    assert client.get(reverse("sign-in")).status_code == 503


def _lost(*args: object, **kwargs: object) -> None:
    raise OperationalError("the database system is shutting down")


def _in_a_browser(world: World) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(world.anna, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["save", "load"])
def test_a_session_that_cannot_be_saved_or_read_is_answered_the_same_way(
    method: str, world: World, monkeypatch: pytest.MonkeyPatch, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.SESSION_SAVE_EVERY_REQUEST = True
    client = _in_a_browser(world)
    monkeypatch.setattr(SessionStore, method, _lost)
    answer = client.get(reverse("password"))
    assert answer.status_code == 503
    assert "Siden prøver selv igen" in answer.content.decode()
    lines = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert {line.getMessage() for line in lines} == {"the database is away: the database system is shutting down"}
    assert not any(line.exc_info for line in lines)


@pytest.mark.django_db
def test_a_part_whose_session_cannot_be_saved_leaves_the_screen_as_it_is(
    world: World, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.SESSION_SAVE_EVERY_REQUEST = True
    client = _in_a_browser(world)
    monkeypatch.setattr(SessionStore, "save", _lost)
    answer = client.get(reverse("password"), headers={"HX-Request": "true"})
    assert (answer.status_code, answer.content) == (503, b"")


@pytest.mark.django_db
def test_another_fault_in_middleware_is_an_ordinary_one(
    world: World, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    def ours(*args: object, **kwargs: object) -> None:
        raise ValueError("ours")

    settings.SESSION_SAVE_EVERY_REQUEST = True
    client = _in_a_browser(world)
    monkeypatch.setattr(SessionStore, "save", ours)
    assert client.get(reverse("password")).status_code == 500


def test_the_answer_is_never_kept() -> None:
    assert waiting.away(RequestFactory().get("/"))["Cache-Control"] == "no-store"

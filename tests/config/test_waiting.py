"""When the database is away, people are told and pages come back by themselves."""

from __future__ import annotations

import pytest
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from indgang.accounts import views
from indgang.config import waiting
from indgang.config.waiting import WaitForDatabase


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


def test_the_answer_is_never_kept() -> None:
    assert waiting.away(RequestFactory().get("/"))["Cache-Control"] == "no-store"

"""The frame of every page: part or page, menu by permission, security policy, live address."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.sessions.backends.cache import SessionStore
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.urls import reverse

from indgang.live import token
from indgang.ui import live_page, navigation, pages, protection


def _request(path: str = "/", **headers: str) -> HttpRequest:
    request = RequestFactory(headers=headers).get(path)
    request.user = AnonymousUser()
    request.session = SessionStore("a" * 32)
    request.__dict__["_messages"] = CookieStorage(request)
    return request


@pytest.fixture
def page_with_parts(settings: Any, tmp_path: Any) -> str:
    (tmp_path / "sample.html").write_text(
        "{% load partials %}<html><main>before{% partialdef list inline %}<ul>{{ word }}</ul>{% endpartialdef %}"
        "{% partialdef secret %}secret{% endpartialdef %}</main></html>"
    )
    changed = [dict(each) for each in settings.TEMPLATES]
    changed[0]["DIRS"] = [str(tmp_path)]
    settings.TEMPLATES = changed
    return "sample.html"


def _answer(template: str, **headers: str) -> Any:
    return pages.render_part_or_page(_request(**headers), template, {"word": "<ord>"}, parts={"the-list": "list"})


def test_a_page_load_gets_the_page(page_with_parts: str) -> None:
    answer = _answer(page_with_parts)
    assert b"<html>" in answer.content
    assert b"&lt;ord&gt;" in answer.content


def test_htmx_gets_the_part_whose_element_it_replaces(page_with_parts: str) -> None:
    answer = _answer(page_with_parts, **{"HX-Request": "true", "HX-Target": "the-list"})
    assert answer.content.decode() == "<ul>&lt;ord&gt;</ul>"


@pytest.mark.parametrize(
    "headers",
    [
        {"HX-Request": "true", "HX-Target": "secret"},
        {"HX-Request": "true"},
        {"HX-Target": "the-list"},
        {"HX-Request": "true", "HX-Target": "the-list", "HX-History-Restore-Request": "true"},
    ],
)
def test_no_header_brings_forth_a_part_the_view_did_not_offer(page_with_parts: str, headers: dict[str, str]) -> None:
    assert b"<html>" in _answer(page_with_parts, **headers).content


def test_caches_are_told_that_the_answer_depends_on_htmx(page_with_parts: str) -> None:
    assert {"HX-Request", "HX-Target"} <= set(_answer(page_with_parts).headers["Vary"].split(", "))


def test_messages_follow_a_part_out_of_band(page_with_parts: str) -> None:
    request = _request(**{"HX-Request": "true", "HX-Target": "the-list"})
    messages.success(request, "Gemt <her>")
    html = pages.render_part_or_page(request, page_with_parts, {}, parts={"the-list": "list"}).content.decode()
    assert 'hx-swap-oob="innerHTML"' in html
    assert "Gemt &lt;her&gt;" in html


def test_the_menu_shows_what_one_may_open_and_folds_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(navigation, "_links", {})
    navigation.register("Log ind", "sign-in", "a", order=20)
    navigation.register("Regler", "password-rules", "a", "b", order=10)
    navigation.register("Væk", "not-installed:page", "a")
    assert [group.links[0].label for group in navigation.groups_for({"a"}, "/")] == ["Regler", "Log ind"]
    assert [group.links[0].label for group in navigation.groups_for({"b"}, "/")] == ["Regler"]
    assert navigation.groups_for(set(), "/") == []
    assert navigation.groups_for({"b"}, reverse("password-rules"))[0].current


def test_a_link_that_would_be_alone_in_its_menu_is_in_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(navigation, "_links", {})
    navigation.register("Log ind", "sign-in", "a", order=10, group="Overblik")
    navigation.register("Regler", "password-rules", "a", "b", order=20, group="Udvikling", alone="Overblik")
    navigation.register("Ud", "sign-out", "b", order=30, group="Udvikling")
    assert [group.label for group in navigation.groups_for({"a"}, "/")] == ["Overblik"]
    assert [group.label for group in navigation.groups_for({"b"}, "/")] == ["Udvikling"]


@pytest.mark.django_db
def test_the_menu_marks_the_page_that_one_is_on_and_none_on_a_page_below(client: Client, world: Any) -> None:
    client.force_login(world.finn)
    people = reverse("office:people")
    for path, current in ((people, [people]), (f"{people}{world.anna.pk}/", []), (people, [people])):
        menu = client.get(path).content.decode().partition('<nav class="navigation"')[2].partition("</nav>")[0]
        assert f'href="{people}"' in menu
        assert re.findall(r'href="([^"]*)" aria-current="page"', menu) == current


@pytest.mark.django_db
def test_every_link_in_the_menu_leads_somewhere(client: Client, world: Any) -> None:
    assert navigation.registered()
    unknown = [link.url_name for link in navigation.registered() if navigation._url(link) is None]
    assert not unknown


@pytest.mark.django_db
def test_every_answer_carries_the_security_policy(client: Client) -> None:
    policy = client.get(reverse("sign-in")).headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe-eval" not in policy
    assert "connect-src 'self' http://testserver:8001 ws://127.0.0.1:8088" in policy


def test_the_stream_is_at_the_pages_own_host_unless_it_is_told_otherwise(settings: Any) -> None:
    settings.LIVE_ADDRESS = "0.0.0.0:8001"
    request = RequestFactory().get("/", headers={"host": "localhost:8000"})
    assert live_page.stream_origin(request) == "http://localhost:8001"
    settings.LIVE_URL = "https://live.kommune.example/indgang"
    assert live_page.stream_origin(request) == "https://live.kommune.example"
    assert "https://live.kommune.example" in protection.policy(request)


@pytest.mark.django_db
def test_a_page_may_hear_its_own_scopes_and_what_concerns_everybody(world: Any, client: Client) -> None:
    client.force_login(world.anna)
    request = _request()
    request.user = world.anna
    url = live_page.stream_url(request, ["person-1"])
    read = token.read(url.partition("token=")[2], now=time.time())
    assert read.scopes == {"person-1", "all"}
    assert read.person == world.anna.pk
    assert read.origin == "http://testserver"
    assert live_page.stream_url(_request(), ["person-1"]) == ""

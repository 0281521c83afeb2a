"""The client's address and scheme are read once, from as many proxies as are ours."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from indgang.config import proxies

_FORGED = "203.0.113.66, 198.51.100.7"
_FORWARDED = {"Host": "testserver", "X-Forwarded-Proto": "https", "X-Forwarded-For": "198.51.100.7"}


@pytest.mark.parametrize(
    ("count", "forwarded", "read"),
    [
        (0, _FORGED, "10.0.0.1"),
        (1, _FORGED, "198.51.100.7"),
        (1, "", "10.0.0.1"),
        (2, "203.0.113.66, 198.51.100.7, 10.0.0.2", "198.51.100.7"),
        (2, "198.51.100.7", "10.0.0.1"),
        (1, "198.51.100.7:4711", "198.51.100.7"),
        (1, "[2001:db8::7]:4711", "2001:db8::7"),
        (1, "2001:DB8::0:7", "2001:db8::7"),
        (1, "unknown", "10.0.0.1"),
    ],
)
def test_so_many_addresses_from_the_right_are_believed_as_there_are_proxies(
    count: int, forwarded: str, read: str
) -> None:
    assert proxies.address_of({"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": forwarded}, count) == read


@pytest.mark.parametrize(("count", "scheme"), [(0, "http"), (1, "https")])
def test_the_scheme_is_the_proxy_s_when_there_is_one(settings: Any, count: int, scheme: str) -> None:
    settings.PROXIES = count
    seen: list[HttpRequest] = []

    def note(request: HttpRequest) -> HttpResponse:
        seen.append(request)
        return HttpResponse()

    proxies.middleware(note)(RequestFactory().get("/", headers={"X-Forwarded-Proto": "https"}))
    assert seen[0].scheme == scheme
    assert "X-Forwarded-Proto" not in seen[0].headers, "nobody else is to read it"


@pytest.mark.django_db
def test_the_map_of_the_site_the_feed_and_the_page_s_own_address_say_https_behind_a_proxy(
    client: Client, world: Any, settings: Any
) -> None:
    settings.PROXIES = 1
    for address in ("/sitemap.xml", "/feed.xml", "/kontakt/"):
        page = client.get(address, headers=_FORWARDED)
        text = page.content.decode()
        assert page.status_code == 200, address
        assert "https://testserver/" in text
        assert "http://testserver/" not in text, address
        # who comes without TLS gets another page, not the one that was kept
        assert "http://testserver/" in client.get(address, headers={"Host": "testserver"}).content.decode()

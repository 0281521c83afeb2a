"""The product behind nginx with TLS, with the configuration of deploy/nginx.conf."""

from __future__ import annotations

import http.client
import re
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from indgang.live import token
from tests import nginx
from tests.nginx import NAME, Site
from tests.world import PASSWORD

pytestmark = [pytest.mark.proxy, pytest.mark.django_db(transaction=True)]

#: two clients: every address of 127.0.0.0/8 is ours on Linux
_STRANGER, _AGENT = "127.0.0.2", nginx.AGENT


@pytest.fixture
def site(world: Any, tmp_path: Path) -> Iterator[Site]:
    with nginx.product(tmp_path) as running:
        yield running


def _sign_in(site: Site, password: str, client: str, claims: str = "192.0.2.1") -> int:
    """The status of the answer; the client claims to be another one."""
    page = site.ask("/sign-in/", client=client)
    cookie = re.search(r"csrftoken=([^;]+)", page.headers["Set-Cookie"])
    hidden = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    assert cookie
    assert hidden
    form = {"username": "anna", "password": password, "csrfmiddlewaretoken": hidden[1]}
    more = {"X-Forwarded-For": claims, "Cookie": f"csrftoken={cookie[1]}", "Referer": f"https://{NAME}/sign-in/"}
    return site.ask("/sign-in/", form, client=client, headers=more).status


def test_everything_that_says_an_address_says_https_and_cookies_are_for_it_alone(site: Site) -> None:
    for path in ("/sitemap.xml", "/feed.xml", "/kontakt/", "/robots.txt"):
        page = site.ask(path)
        assert page.status == 200, path
        assert f"https://{NAME}/" in page.text, path
        assert f"http://{NAME}" not in page.text, path
    assert "Secure" in site.ask("/sign-in/").headers["Set-Cookie"]
    with closing(http.client.HTTPConnection("127.0.0.1", site.plain, timeout=nginx.PATIENCE)) as asking:
        asking.request("GET", "/kontakt/", headers={"Host": NAME})
        answer = asking.getresponse()
        assert (answer.status, answer.headers["Location"]) == (301, f"https://{NAME}/kontakt/")


def test_a_stranger_s_wrong_passwords_lock_the_stranger_out_and_nobody_else(site: Site) -> None:
    for number in range(8):
        # the client's own entries in the header stand left of nginx's entry, and are ignored
        status = _sign_in(site, "forkert", _STRANGER, claims=f"192.0.2.{number}")
    assert status == 429
    assert _sign_in(site, PASSWORD, _STRANGER) == 429
    assert _sign_in(site, PASSWORD, _AGENT, claims=_STRANGER) == 302


def test_while_the_pages_start_again_people_are_told_so(tmp_path: Path) -> None:
    with nginx.alone(tmp_path) as empty:
        page = empty.ask("/kontakt/")
    assert (page.status, page.headers["Retry-After"]) == (503, "5")
    assert "Et øjeblik" in page.text
    assert page.headers["Strict-Transport-Security"]


def test_no_number_and_code_and_no_token_is_written_down(tmp_path: Path) -> None:
    with nginx.alone(tmp_path) as empty:
        for path in ("/foelg/?nummer=1&kode=secret", "/en/foelg/?nummer=1&kode=secret", "/live/?token=secret"):
            assert empty.ask(path).status == 503
        with closing(http.client.HTTPConnection("127.0.0.1", empty.plain, timeout=nginx.PATIENCE)) as asking:
            asking.request("GET", "/foelg/?nummer=1&kode=secret", headers={"Host": NAME})
            assert asking.getresponse().status == 301
        assert empty.ask("/kontakt/").status == 503
    written = (tmp_path / "access.log").read_text() + (tmp_path / "error.log").read_text()
    assert "/kontakt/" in written
    assert "secret" not in written


def test_slow_clients_and_silent_ones_hold_nobody_up(site: Site) -> None:
    slow = [site.connect(_STRANGER) for _ in range(50)]
    silent = [socket.create_connection(("127.0.0.1", site.secure), timeout=nginx.PATIENCE) for _ in range(500)]
    try:
        head = f"POST /sign-in/ HTTP/1.1\r\nHost: {NAME}\r\nContent-Length: 1000\r\n\r\na"
        for each in slow:
            each.sendall(head.encode())
        for _round in range(2):
            for each in slow:
                each.sendall(b"a")
            assert site.ask("/sign-in/").status == 200
            assert site.ask("/kontakt/").status == 200
    finally:
        for closing_one in [*slow, *silent]:
            closing_one.close()


def test_a_large_upload_is_refused_before_it_is_read(site: Site) -> None:
    with closing(site.connect()) as stream:
        stream.sendall(f"POST /sign-in/ HTTP/1.1\r\nHost: {NAME}\r\nContent-Length: {150 << 20}\r\n\r\n".encode())
        assert stream.recv(1000).startswith(b"HTTP/1.1 413")


def test_live_pages_hear_at_once(site: Site, world: Any) -> None:
    text = token.make(person=world.anna.pk, session_key="x", scopes=frozenset({"all"}), origin=f"https://{NAME}")
    with closing(site.connect()) as stream:
        stream.sendall(f"GET /live/stream?token={text} HTTP/1.1\r\nHost: {NAME}\r\n\r\n".encode())
        heard = b""
        while b"retry: 1000" not in heard:
            chunk = stream.recv(4096)
            assert chunk, heard
            heard += chunk
    assert heard.startswith(b"HTTP/1.1 200")

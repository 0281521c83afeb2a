"""The product behind nginx with TLS, with the configuration of docs/nginx.conf."""

from __future__ import annotations

import http.client
import os
import re
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.db import connection

from indgang.live import token
from tests.nginx import NAME, configured
from tests.world import PASSWORD

pytestmark = [pytest.mark.proxy, pytest.mark.django_db(transaction=True)]

_LONGEST = 30.0
#: two clients: every address of 127.0.0.0/8 is ours on Linux
_STRANGER, _AGENT = "127.0.0.2", "127.0.0.3"


@dataclass(frozen=True)
class Site:
    plain: int
    secure: int
    live: int

    def connect(self, client: str = _AGENT) -> ssl.SSLSocket:
        """A TLS connection from the client's address."""
        raw = socket.create_connection(("127.0.0.1", self.secure), timeout=_LONGEST, source_address=(client, 0))
        return _tls().wrap_socket(raw, server_hostname=NAME)

    def ask(
        self,
        path: str,
        form: Mapping[str, str] | None = None,
        *,
        client: str = _AGENT,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        with closing(http.client.HTTPConnection("127.0.0.1", self.secure, timeout=_LONGEST)) as asking:
            asking.sock = self.connect(client)
            sent = {"Host": NAME, **(headers or {})}
            if form is not None:
                sent["Content-Type"] = "application/x-www-form-urlencoded"
            asking.request("GET" if form is None else "POST", path, None if form is None else urlencode(form), sent)
            answer = asking.getresponse()
            return Answer(answer.status, answer.headers, answer.read().decode())


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Any
    text: str


def _tls() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def _free_ports(count: int) -> list[int]:
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


@pytest.fixture
def site(world: Any, tmp_path: Path) -> Iterator[Site]:
    web, live, plain, secure = _free_ports(4)
    environment = os.environ | {
        "DATABASE_URL": _database_url(), "INDGANG_PROXIES": "1", "INDGANG_HOSTS": NAME, "INDGANG_WEB_WORKERS": "1",
        "INDGANG_ORIGINS": f"https://{NAME}", "INDGANG_SECURE_COOKIES": "true",
        "INDGANG_WEB_ADDRESS": f"127.0.0.1:{web}", "INDGANG_LIVE_ADDRESS": f"127.0.0.1:{live}",
        "INDGANG_LIVE_URL": f"https://{NAME}/live",
    }  # fmt: skip
    commands: list[list[str]] = [[sys.executable, "-m", "indgang", name] for name in ("web", "live")]
    commands.append(
        ["nginx", "-c", str(configured(tmp_path, web=web, live=live, plain=plain, secure=secure)), "-g", "daemon off;"]
    )
    running = [subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) for command in commands]
    try:
        found = Site(plain, secure, live)
        _wait_for(found, running)
        yield found
    finally:
        for process in reversed(running):
            process.terminate()
        for process in running:
            process.wait(_LONGEST)


def _database_url() -> str:
    database = connection.settings_dict
    host, port = database["HOST"], database["PORT"] or 5432
    where = f"?host={quote(host, safe='')}" if host.startswith("/") else ""
    place = "" if where else f"{host}:{port}"
    return f"postgresql://{database['USER']}:{database['PASSWORD']}@{place}/{database['NAME']}{where}"


def _wait_for(site: Site, running: list[subprocess.Popen[bytes]]) -> None:
    deadline = time.monotonic() + 3 * _LONGEST
    while time.monotonic() < deadline:
        assert all(process.poll() is None for process in running), "one of them has ended"
        try:
            if site.ask("/sign-in/").status == 200 and site.ask("/live/readiness").status == 200:
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise AssertionError("they did not start")


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
    with closing(http.client.HTTPConnection("127.0.0.1", site.plain, timeout=_LONGEST)) as asking:
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


def test_slow_clients_and_silent_ones_hold_nobody_up(site: Site) -> None:
    slow = [site.connect(_STRANGER) for _ in range(50)]
    silent = [socket.create_connection(("127.0.0.1", site.secure), timeout=_LONGEST) for _ in range(500)]
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

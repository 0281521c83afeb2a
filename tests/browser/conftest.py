"""Headless Chromium, a running product and signed-in people."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, Playwright, ViewportSize, expect, sync_playwright

from indgang.accounts.models import Person
from tests import chromium
from tests.browser import rest, static_files
from tests.processes import Started
from tests.server import database_url

if TYPE_CHECKING:
    from pytest_django.plugin import DjangoDbBlocker

    from tests.standing import Ground

# Playwright's synchronous API runs an event loop in this thread, in which Django would refuse database calls.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

static_files.keep()

DESKTOP = ViewportSize(width=1280, height=900)
NARROW = ViewportSize(width=400, height=860)

#: time limit for expected content of a page; five seconds are too few on a busy machine
expect.set_options(timeout=40_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="module")
def playwright_running(ground: Ground, django_db_blocker: DjangoDbBlocker) -> Iterator[Playwright]:
    """One per module: its event loop would be in the way of other modules' own loops.

    Within that loop Django has another connection, so the standing data of other tests is removed first.
    """
    with django_db_blocker.unblock():
        ground.lay(())
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="module")
def browser(playwright_running: Playwright) -> Iterator[Browser]:
    running = playwright_running.chromium.launch(executable_path=chromium.program(), args=chromium.ARGUMENTS)
    yield running
    running.close()


@pytest.fixture
def new_page(browser: Browser, live_server: Any, silent_stream: None) -> Iterator[Callable[..., Page]]:
    """Creates pages, each with its own cookies: `new_page(person=world.anna, viewport=NARROW)`.

    Without `stream_process` nobody answers the page's stream, so the page gets only the news that the test triggers.
    At the end the test fails if a script of a page failed or the security policy blocked something.
    """
    complaints: list[str] = []
    contexts = []

    def make(person: Person | None = None, viewport: ViewportSize = DESKTOP) -> Page:
        context = browser.new_context(
            base_url=live_server.url, viewport=viewport, locale="da-DK", timezone_id="Europe/Copenhagen",
            permissions=chromium.PERMISSIONS,
        )  # fmt: skip
        context.set_default_timeout(60_000)
        contexts.append(context)
        rest.watch(context)
        if person:
            context.add_cookies([_session_cookie(person, live_server.url)])
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        page.on("console", lambda message: complaints.extend(_policy_complaint(message.text)))
        return page

    yield make
    for context in contexts:
        context.close()
    _wait_until_served(live_server.url)
    assert not complaints, "\n".join(complaints)


def _wait_until_served(url: str, *, seconds: float = 15.0) -> None:
    """Wait until the last requests of the closed pages are answered: a page saves a draft as it closes.

    The tables are emptied next, which would deadlock with an unfinished request. The server accepts connections
    in the order of their arrival, so after it accepts a later one none of theirs is left waiting.
    """
    where = urlsplit(url)
    with socket.create_connection((where.hostname or "", where.port or 0), timeout=seconds) as last_in_line:
        last_in_line.shutdown(socket.SHUT_WR)
        last_in_line.recv(1)
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and any("process_request_thread" in each.name for each in threading.enumerate()):
        time.sleep(0.005)


@pytest.fixture
def silent_stream(settings: Any) -> Iterator[None]:
    """Have the pages' streams connected and never answered, unless the test has a stream.

    Playwright could hold these requests back (`route`), but would then switch off the browser's cache and stop at
    every request of every page.
    """
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(128)  # the system connects so many whom nobody accepts
        if not settings.LIVE_URL:
            settings.LIVE_URL = f"http://127.0.0.1:{silent.getsockname()[1]}"
        yield


@pytest.fixture
def no_stream(settings: Any) -> None:
    """Make the stream unreachable, so that pages poll for changes every ten seconds."""
    settings.LIVE_URL = "http://127.0.0.1:9"  # nobody listens at the discard port


@pytest.fixture(scope="module")
def stream_server(django_db_setup: None) -> Iterator[str]:
    """The address of a real stream process on the database of the tests; it takes seconds to start and to end."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    environment = os.environ | {"DATABASE_URL": database_url(), "INDGANG_LIVE_ADDRESS": address}
    process: Started[bytes] = Started([sys.executable, "-m", "indgang", "live"], env=environment)
    try:
        _wait_until_healthy(f"http://{address}/readiness", process)
        yield address
    finally:
        process.terminate()
        process.wait(15)


@pytest.fixture
def stream_process(settings: Any, live_server: Any, stream_server: str) -> str:
    """The address of the stream process, which the pages of the test use."""
    settings.LIVE_ADDRESS = stream_server
    settings.LIVE_URL = f"http://{stream_server}"
    return stream_server


def _wait_until_healthy(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert process.poll() is None, "the stream process has ended"
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.05)
    pytest.fail("the stream process did not come up")


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """A desktop page without a signed-in person."""
    return new_page()


def _session_cookie(person: Person, url: str) -> Any:
    client = Client()
    client.force_login(person)
    name = settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value, "url": url}


def _policy_complaint(text: str) -> list[str]:
    return [text] if "Content Security Policy" in text or "Content-Security-Policy" in text else []

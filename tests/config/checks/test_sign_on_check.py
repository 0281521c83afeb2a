"""What `indgang doctor` finds about sign-on."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, HTTPServer
from time import time
from typing import Any

import pytest

from indgang.accounts import break_glass
from indgang.accounts.providers import OpenIDProvider, SAMLProvider
from indgang.config.checks import sign_on
from indgang.core import clock
from indgang.health.finding import Level
from tests.accounts.saml_house import pair

pytestmark = pytest.mark.django_db


@contextmanager
def _provider(*, wrong: float = 0, issuer: str = "") -> Iterator[OpenIDProvider]:
    """Something that answers as a provider does, with its clock so many seconds wrong."""

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # named by the library
            said = (issuer or f"http://127.0.0.1:{self.server.server_port}").encode()  # type: ignore[attr-defined]
            self.send_response_only(200)
            self.send_header("Date", formatdate(time() + wrong, usegmt=True))
            self.end_headers()
            self.wfile.write(b'{"issuer": "' + said + b'"}')

        def log_message(self, *_said: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Answers) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield OpenIDProvider(
                id="prove", name="Prøvekommunen", issuer=f"http://127.0.0.1:{server.server_port}", client_id="a",
                client_secret="b",
            )  # fmt: skip
        finally:
            server.shutdown()
            thread.join()


def _found(settings: Any, *known: Any) -> list[tuple[Level, str]]:
    settings.SIGN_ON = known
    return [(finding.level, finding.text) for finding in sign_on.look()]


@pytest.mark.parametrize(("wrong", "level"), [(0, Level.OK), (120, Level.WARNING), (-600, Level.ERROR)])
def test_the_clock_of_a_provider_is_compared_with_ours(settings: Any, wrong: float, level: Level) -> None:
    with _provider(wrong=wrong) as known:
        assert _found(settings, known)[0][0] == level


def test_a_provider_that_is_down_or_calls_itself_something_else_is_an_error(settings: Any) -> None:
    with _provider(issuer="https://elsewhere.example") as known:
        level, text = _found(settings, known)[0]
        assert (level, "kalder sig noget andet" in text) == (Level.ERROR, True)
    level, text = _found(settings, known)[0]
    assert (level, "svarer ikke" in text) == (Level.ERROR, True)


@pytest.mark.parametrize(
    ("ends_in", "level"),
    [(timedelta(days=90), Level.OK), (timedelta(hours=5), Level.WARNING), (timedelta(hours=-1), Level.ERROR)],
)
def test_the_end_of_a_certificate_is_told_ahead(settings: Any, ends_in: timedelta, level: Level) -> None:
    known = SAMLProvider(
        id="adfs", name="Kommunen", entity_id="a", sso_url="http://127.0.0.1:9/sso", certificate=pair().certificate
    )
    assert _found(settings, replace(known, certificate=pair(ends_in).certificate))[0][0] == level


def test_without_a_break_glass_account_there_must_be_passwords(settings: Any, world: Any) -> None:
    settings.LOCAL_PASSWORDS = "break-glass"
    assert _found(settings)[-1][0] == Level.ERROR
    break_glass.make(username="noedkonto", name="Nødkonto", by=world.finn, at=clock.now())
    assert _found(settings)[-1][0] == Level.OK

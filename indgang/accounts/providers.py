"""The identity providers that people may sign in at: values read from the settings, no Django.

`INDGANG_SIGN_ON` is a text in TOML (docs/sign-on.md):

    [[oidc]]
    id = "entra"
    name = "Københavns Kommune"
    issuer = "https://login.example/v2.0"
    client_id = "indgang"
    client_secret_file = "/run/secrets/oidc"
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509 import load_pem_x509_certificate

#: people are warned this long before a certificate ends
CERTIFICATE_WARNING = timedelta(days=30)


class BadProviders(ValueError):
    """The setting cannot be used; the message says how to correct it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """The settings that every provider has.

    `id` is part of addresses and of stored identities, so it never changes. `groups` names the claim (or attribute)
    with a person's groups; a dot leads into an object. With `trusts_email`, a person who is known by e-mail alone is
    recognised at their first sign-in: set it only for a provider that verifies every address.
    """

    id: str
    name: str
    groups: str = "groups"
    trusts_email: bool = False

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z][a-z0-9-]{1,29}", self.id):
            raise BadProviders(f"id = {self.id!r}: write small letters, digits and hyphens, 2 to 30 of them")


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenIDProvider(Provider):
    """A provider of OpenID Connect. `sign_out` ends the session there too when somebody signs out here."""

    issuer: str
    client_id: str
    client_secret: str
    scopes: tuple[str, ...] = ("openid", "profile", "email")
    sign_out: bool = True

    def __post_init__(self) -> None:
        Provider.__post_init__(self)
        _check_address(self.id, "issuer", self.issuer)


@dataclass(frozen=True, slots=True, kw_only=True)
class SAMLProvider(Provider):
    """A provider of SAML 2.0. `certificate` (PEM) verifies its assertions.

    `subject` is the attribute that identifies a person permanently; empty: the NameID, which must not be transient.
    `own_certificate` and `own_key` (PEM) sign our requests, if the provider requires that.
    """

    entity_id: str
    sso_url: str
    certificate: str
    slo_url: str = ""
    subject: str = ""
    own_certificate: str = ""
    own_key: str = ""

    def __post_init__(self) -> None:
        Provider.__post_init__(self)
        _check_address(self.id, "sso_url", self.sso_url)
        if self.slo_url:
            _check_address(self.id, "slo_url", self.slo_url)
        self._check_own_key()
        self.certificate_ends()

    def _check_own_key(self) -> None:
        if bool(self.own_certificate) != bool(self.own_key):
            raise BadProviders(f"{self.id} needs both own_certificate and own_key, or neither")
        if not self.own_key:
            return
        try:
            own = load_pem_x509_certificate(self.own_certificate.encode()).public_key()
            key = load_pem_private_key(self.own_key.encode(), None).public_key()
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise BadProviders(f"own_certificate or own_key of {self.id} is none in PEM: {error}") from None
        if own != key:
            raise BadProviders(f"own_key of {self.id} does not belong to own_certificate")

    def certificate_ends(self) -> datetime:
        """When the provider's certificate ends. Raises `BadProviders` for one that cannot be read."""
        try:
            return load_pem_x509_certificate(self.certificate.encode()).not_valid_after_utc
        except ValueError:
            raise BadProviders(f"certificate of {self.id} is none in PEM: -----BEGIN CERTIFICATE-----") from None


def parse(text: str) -> tuple[Provider, ...]:
    """The providers in a TOML text, in its order. Raises `BadProviders`."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadProviders(f"it is not TOML: {error}") from None
    if unknown := tables.keys() - _KINDS:
        raise BadProviders(f"[[{min(unknown)}]] is unknown; write {' or '.join(f'[[{kind}]]' for kind in _KINDS)}")
    found = [_provider(kind, table) for kind, rows in tables.items() for table in _rows(kind, rows)]
    ids = [provider.id for provider in found]
    if doubled := {each for each in ids if ids.count(each) > 1}:
        raise BadProviders(f"two providers have id = {min(doubled)!r}")
    return tuple(found)


def find(known: Iterable[Provider], provider_id: str) -> Provider | None:
    return next((provider for provider in known if provider.id == provider_id), None)


_KINDS: Mapping[str, Callable[..., Provider]] = {"oidc": OpenIDProvider, "saml": SAMLProvider}


def _check_address(provider_id: str, name: str, address: str) -> None:
    """Require https and a host; http on this machine."""
    if not re.fullmatch(r"https://[\w\[]\S*|http://(127\.0\.0\.1|localhost)[:/]\S*", address):
        raise BadProviders(f"{name} of {provider_id} is {address!r}: it must begin with https:// and a host")


def _rows(kind: str, rows: Any) -> list[dict[str, Any]]:
    if not isinstance(rows, list):
        raise BadProviders(f"write [[{kind}]] with two brackets")
    return rows


def _provider(kind: str, table: dict[str, Any]) -> Provider:
    values = {key: tuple(value) if isinstance(value, list) else value for key, value in _with_files(table).items()}
    known = {each.name for each in fields(_KINDS[kind])}  # type: ignore[arg-type]  # they are dataclasses
    if unknown := values.keys() - known:
        raise BadProviders(f"{min(unknown)} in [[{kind}]] is unknown; known are {', '.join(sorted(known))}")
    try:
        return _KINDS[kind](**values)
    except TypeError as error:
        raise BadProviders(f"[[{kind}]] {table.get('id', '')}: {str(error).partition(' ')[2]}") from None


def _with_files(table: dict[str, Any]) -> dict[str, Any]:
    """Read values from files: NAME_file is the path of a file with the value of NAME."""
    values = dict(table)
    for key in [key for key in table if key.endswith("_file")]:
        try:
            values[key.removesuffix("_file")] = Path(values.pop(key)).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise BadProviders(f"{key} of {table.get('id', '')} cannot be read: {error}") from None
    return values

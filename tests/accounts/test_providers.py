"""The setting that names the identity providers, and what is wrong with it in words."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from indgang.accounts import providers
from indgang.accounts.claims import from_openid
from indgang.accounts.providers import BadProviders
from tests.accounts.saml_house import pair

SAML = """
[[saml]]
id = "adfs"
name = "Kommunen"
entity_id = "https://idp.example"
sso_url = "https://idp.example/sso"
"""
OIDC = """
[[oidc]]
id = "entra"
name = "Kommunen"
issuer = "https://login.example/v2.0"
client_id = "indgang"
client_secret = "hemmelig"
"""


def test_a_provider_is_read_with_its_secret_from_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hemmelig\n")
    text = OIDC.replace('client_secret = "hemmelig"', f'client_secret_file = "{secret}"\nscopes = ["openid"]')
    (found,) = providers.parse(text)
    assert isinstance(found, providers.OpenIDProvider)
    assert (found.client_secret, found.scopes, found.trusts_email) == ("hemmelig", ("openid",), False)


def test_a_saml_provider_is_read_with_the_end_of_its_certificate(tmp_path: Path) -> None:
    file = tmp_path / "idp.pem"
    file.write_text(pair().certificate)
    (found,) = providers.parse(SAML + f'certificate_file = "{file}"')
    assert isinstance(found, providers.SAMLProvider)
    assert found.certificate_ends() > datetime.fromtimestamp(time.time(), UTC) + timedelta(days=299)


def _own(**wrong: str) -> str:
    """A provider for which we have keys of our own."""
    own = vars(pair()) | wrong
    return "\n".join(
        f"{name} = '''{value}'''"
        for name, value in {
            "certificate": pair().certificate, "own_certificate": own["certificate"], "own_key": own["key"]
        }.items()
    )  # fmt: skip


def test_our_own_keys_are_read() -> None:
    (found,) = providers.parse(SAML + _own())
    assert isinstance(found, providers.SAMLProvider)
    assert found.own_key


@pytest.mark.parametrize(
    ("more", "what"),
    [
        ('certificate = "MIIC"', "none in PEM"),
        ('certificate = "MIIC"\nslo_url = "http://idp.example"', "slo_url of adfs"),
        ('certificate = "MIIC"\nslo_url = "https://"', "slo_url of adfs"),
        ('certificate = "MIIC"\nslo_url = "https://idp.example/ slo"', "slo_url of adfs"),
        ('certificate = "MIIC"\nown_key = "a"', "both own_certificate and own_key"),
        (lambda: _own(key="MIIE"), "own_certificate or own_key of adfs is none in PEM"),
        (lambda: _own(certificate="MIIC"), "own_certificate or own_key of adfs is none in PEM"),
        (lambda: _own(key=pair().key), "own_key of adfs does not belong"),
    ],
)
def test_what_is_wrong_with_a_saml_provider_is_said(more: str | Callable[[], str], what: str) -> None:
    more = more if isinstance(more, str) else more()
    with pytest.raises(BadProviders, match=what):
        providers.parse(SAML + more)


def test_nothing_is_no_provider() -> None:
    assert providers.parse("") == ()


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("id =", "not TOML"),
        ("[[ldap]]\nid='a'", r"\[\[ldap\]\] is unknown"),
        ("[oidc]\nid='aa'", "two brackets"),
        (OIDC + OIDC, "two providers have id = 'entra'"),
        (OIDC.replace("entra", "Entra ID"), "small letters"),
        (OIDC.replace("https://login", "http://login"), "must begin with https://"),
        (OIDC.replace("client_id", "clientid"), "clientid in .* is unknown"),
        (OIDC.replace('client_id = "indgang"\n', ""), "client_id"),
        (OIDC.replace('client_secret = "hemmelig"', 'client_secret_file = "/not/there"'), "cannot be read"),
    ],
)
def test_what_is_wrong_is_said(text: str, what: str) -> None:
    with pytest.raises(BadProviders, match=what):
        providers.parse(text)


def test_groups_may_lie_within_another_claim() -> None:
    said = {"sub": "1", "realm_access": {"roles": ["a", "b "]}}
    assert from_openid(said, {}, "realm_access.roles").groups == frozenset(("a", "b"))
    assert from_openid(said, {}, "groups").groups is None


def test_an_answer_about_somebody_else_is_no_answer() -> None:
    with pytest.raises(ValueError, match="somebody else"):
        from_openid({"sub": "1"}, {"sub": "2"}, "groups")

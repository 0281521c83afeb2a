"""What no browser sends to the pages of sign-in is answered, never with an error page."""

from __future__ import annotations

import json
from itertools import product
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from indgang.accounts import urls
from indgang.accounts.providers import OpenIDProvider, SAMLProvider
from indgang.config.sign_on import for_allauth
from tests.accounts import saml_house

pytestmark = pytest.mark.django_db

ODD = ("a\0", "http://[", "\ud800", "[]", "%%")
NAMES = (
    "username", "password", "next", "carried", "same", "code", "language", "name", "old", "new", "again", "state",
    "error", "SAMLResponse", "SAMLRequest", "RelayState", "Signature", "SigAlg", "logout_token", "form_token", "secret",
)  # fmt: skip

HOST = "testserver"
JSON = ("credential", "name", "carried")


@pytest.fixture
def addresses(settings: Any) -> list[str]:
    settings.SIGN_ON = (
        OpenIDProvider(id="prove", name="A", issuer="http://127.0.0.1:9", client_id="a", client_secret="b"),
        SAMLProvider(
            id="saml", name="B", entity_id="https://idp.example", sso_url="https://idp.example/sso",
            slo_url="https://idp.example/slo", certificate=saml_house.pair().certificate,
        ),
    )  # fmt: skip
    settings.SOCIALACCOUNT_PROVIDERS = for_allauth(settings.SIGN_ON)
    found = []
    for pattern in urls.urlpatterns:
        route = "/" + str(pattern.pattern)
        for provider in ("prove", "saml") if "<slug" in route else ("",):
            address = route.replace("<slug:provider_id>", provider).replace("<slug:organization_slug>", provider)
            found.append(address.replace("<int:pk>", "99999999999999999999"))
    assert "/sign-on/saml/acs/" in found
    return found


def _sent(client: Client, address: str, odd: str) -> dict[str, Any]:
    """The answers to the odd value in every place of a request, by the place."""
    value = odd.encode("utf-8", "surrogatepass")
    form = "&".join(f"{name}={quote(value)}" for name in NAMES)
    strict = Client(raise_request_exception=False, enforce_csrf_checks=True, HTTP_HOST=HOST)
    return {
        "query": client.get(f"{address}?{form}"),
        "form": client.post(address, form, content_type="application/x-www-form-urlencoded"),
        "body": client.post(address, value, content_type="application/json"),
        "json": client.post(address, json.dumps(dict.fromkeys(JSON, odd)), content_type="application/json"),
        "id": client.post(address, json.dumps({key: {"id": odd} for key in JSON}), content_type="application/json"),
        "referer": strict.post(address, headers={"referer": odd.encode("utf-8", "ignore").decode()}),
    }


def test_odd_values_are_answered(world: Any, addresses: list[str], settings: Any) -> None:
    settings.AXES_ENABLED = False
    wrong, client = [], Client(raise_request_exception=False, HTTP_HOST=HOST)
    for address, odd in product(addresses, ODD):
        if "/sign-" not in address and "_auth_user_id" not in client.session:
            client.force_login(world.anna, backend="django.contrib.auth.backends.ModelBackend")
        for place, answer in _sent(client, address, odd).items():
            if answer.status_code == 500:
                wrong.append((address, place, odd))
    assert not wrong

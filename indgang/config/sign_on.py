"""The identity providers as django-allauth wants them said."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from indgang.accounts.providers import OpenIDProvider, Provider


def for_allauth(known: Iterable[Provider]) -> dict[str, Any]:
    """The setting SOCIALACCOUNT_PROVIDERS: what stands in the environment, and nothing of it in the database."""
    openid = [_openid(provider) for provider in known if isinstance(provider, OpenIDProvider)]
    return {"openid_connect": {"APPS": openid, "OAUTH_PKCE_ENABLED": True}}


def _openid(provider: OpenIDProvider) -> dict[str, Any]:
    return {
        "provider_id": provider.id,
        "name": provider.name,
        "client_id": provider.client_id,
        "secret": provider.client_secret,
        "settings": {"server_url": provider.issuer.rstrip("/"), "scope": list(provider.scopes)},
    }

"""Converts the identity providers into django-allauth's settings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from indgang.accounts.providers import OpenIDProvider, Provider, SAMLProvider

_PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
_UNSPECIFIED = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"


def for_allauth(known: Iterable[Provider]) -> dict[str, Any]:
    """The setting SOCIALACCOUNT_PROVIDERS, from the environment alone; the database holds no provider."""
    found = list(known)
    openid = [_openid(provider) for provider in found if isinstance(provider, OpenIDProvider)]
    saml = [_saml(provider) for provider in found if isinstance(provider, SAMLProvider)]
    return {"openid_connect": {"APPS": openid, "OAUTH_PKCE_ENABLED": True}, "saml": {"APPS": saml}}


def _openid(provider: OpenIDProvider) -> dict[str, Any]:
    return {
        "provider_id": provider.id,
        "name": provider.name,
        "client_id": provider.client_id,
        "secret": provider.client_secret,
        "settings": {"server_url": provider.issuer.rstrip("/"), "scope": list(provider.scopes)},
    }


def _saml(provider: SAMLProvider) -> dict[str, Any]:
    """The settings of a SAML provider. Assertions must be signed, and answer a request of ours. An assertion without
    attributes is refused later, with a message."""
    idp = {"entity_id": provider.entity_id, "sso_url": provider.sso_url, "x509cert": provider.certificate}
    advanced: dict[str, Any] = {
        "want_assertion_signed": True,
        "want_attribute_statement": False,
        "reject_idp_initiated_sso": True,
        "allow_single_label_domains": True,  # as hosts inside the municipality have
        "name_id_format": _UNSPECIFIED if provider.subject else _PERSISTENT,
    }
    if provider.own_key:
        advanced |= {"x509cert": provider.own_certificate, "private_key": provider.own_key}
        advanced |= {"authn_request_signed": True, "metadata_signed": True}
        advanced |= {"logout_request_signed": True, "logout_response_signed": True}
    settings = {"idp": idp | ({"slo_url": provider.slo_url} if provider.slo_url else {}), "advanced": advanced}
    return {"provider_id": provider.id, "name": provider.name, "client_id": provider.id, "settings": settings}

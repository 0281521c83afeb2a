"""Single logout: the session here and the one at the provider end together, whichever ends first.

OpenID Connect: we lead the browser to the provider's logout page, and the provider tells us without a browser
(back-channel). SAML: each side sends the browser to the other with a signed message (HTTP-Redirect binding).
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.providers.saml.utils import build_saml_config, prepare_django_request
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.http import urlencode
from onelogin.saml2.auth import OneLogin_Saml2_Auth
from onelogin.saml2.utils import OneLogin_Saml2_Utils
from onelogin.saml2.xml_utils import OneLogin_Saml2_XML

from indgang.accounts import protocols, providers, sessions
from indgang.accounts.faults import Fault
from indgang.accounts.protocols import ID_TOKEN, PROVIDER_FAULTS, SAML_SESSION, BadProviderAnswer, OpenIDAdapter
from indgang.accounts.providers import OpenIDProvider, SAMLProvider
from indgang.accounts.sessions import SIGNED_IN_AT
from indgang.core import clock

_BACK_CHANNEL = "http://schemas.openid.net/event/backchannel-logout"
#: hexadecimal digits in small letters in a query, as ADFS writes and signs them
_SMALL_LETTERS = re.compile(r"%(?:[0-9][a-f]|[a-f][0-9a-f])")

_log = logging.getLogger(__name__)


def address_there(request: HttpRequest) -> str:
    """The address that ends the session at the provider too; empty when there is none. Call it before
    `sessions.end`."""
    provider = providers.find(settings.SIGN_ON, request.session.get(SIGNED_IN_AT, ""))
    try:
        if isinstance(provider, OpenIDProvider) and provider.sign_out:
            return _openid_address(request, provider)
        if isinstance(provider, SAMLProvider) and provider.slo_url:
            return _saml_address(request, provider)
    except PROVIDER_FAULTS:
        _log.warning("%s cannot be asked to sign out", provider and provider.id, exc_info=True)
    return ""


def who_signed_out_there(request: HttpRequest, provider: OpenIDProvider, token: str) -> str:
    """The subject of a logout token (OpenID Connect Back-Channel Logout). Raises OAuth2Error, PyJWTError and the
    exceptions in `PROVIDER_FAULTS`."""
    config = OpenIDAdapter(request, provider.id).openid_config
    with protocols.reading_an_answer():
        said = jwtkit.verify_and_decode(
            credential=token, keys_url=config["jwks_uri"], issuer=config["issuer"], audience=provider.client_id,
            lookup_kid=jwtkit.lookup_kid_jwk,
        )  # fmt: skip
        if _BACK_CHANNEL not in said["events"] or "nonce" in said:
            raise BadProviderAnswer("this is no logout token")
        return str(said["sub"])


def saml_message(request: HttpRequest, provider: SAMLProvider) -> HttpResponse:
    """The provider's request to sign somebody out, or its response to ours, in the query of the address.

    A request must be signed. It ends the sessions of the person and the SAML session that it names, in all browsers,
    and the answer goes back to the provider. A response only tells whether the session there has ended.
    """
    try:
        to = _carried_out(request, provider)
    except BadProviderAnswer:
        _log.warning("%s: no valid logout message", provider.id, exc_info=True)
        return protocols.fault_page(request, provider, _fault(request))
    return redirect(to or "sign-in")


def _openid_address(request: HttpRequest, provider: OpenIDProvider) -> str:
    address = OpenIDAdapter(request, provider.id).openid_config.get("end_session_endpoint", "")
    back = request.build_absolute_uri(resolve_url("sign-in"))
    said = {"client_id": provider.client_id, "post_logout_redirect_uri": back}
    said["id_token_hint"] = request.session.get(ID_TOKEN, "")
    return f"{address}{'&' if '?' in address else '?'}{urlencode(said)}" if address else ""


def _saml_address(request: HttpRequest, provider: SAMLProvider) -> str:
    kept = request.session.get(SAML_SESSION)
    return str(_auth(request, provider).logout(**kept)) if kept else ""


def _carried_out(request: HttpRequest, provider: SAMLProvider) -> str:
    """Act on the message. Return the address of the provider that waits for our answer; empty after a response. Raises
    BadProviderAnswer."""
    auth = _auth(request, provider)
    message = request.GET.get("SAMLRequest") or request.GET.get("SAMLResponse", "")
    with protocols.reading_an_answer():
        root = OneLogin_Saml2_XML.to_etree(OneLogin_Saml2_Utils.decode_base64_and_inflate(message, ignore_zip=True))
        to = auth.process_slo(keep_local_session=True)  # we end the sessions ourselves
        if auth.get_errors():
            raise BadProviderAnswer(f"{auth.get_errors()}: {auth.get_last_error_reason()}")
        if not to:
            return ""
        _check_age(root.get("IssueInstant"))
        kind = auth.logout_request_class
        name, indexes = kind.get_nameid(root, auth.get_settings().get_sp_key()), kind.get_session_indexes(root)
    sessions.end_where(lambda kept: _is_meant(kept, provider.id, name, indexes), at=clock.now())
    return str(to)


def _fault(request: HttpRequest) -> Fault:
    """An unconfirmed answer to our sign-out, or a message that signs nobody out. Anybody can open the address, so who
    is signed in here is never told that they are signed out."""
    answered = bool(request.GET.get("SAMLResponse")) and "SAMLRequest" not in request.GET
    is_out = answered and not request.user.is_authenticated
    return Fault.SIGN_OUT_UNCONFIRMED if is_out else Fault.SIGN_OUT_REFUSED


def _check_age(made: str) -> None:
    """Refuse a request that is sent again later: it names no end of its validity."""
    if abs(time.time() - datetime.fromisoformat(made).timestamp()) > protocols.CLOCK_TOLERANCE:
        raise BadProviderAnswer(f"it was made at {made}")


def _is_meant(kept: Mapping[str, Any], provider_id: str, name: str, indexes: Collection[str]) -> bool:
    """Whether the data of a session are those of the person at the provider, in one of these SAML sessions (none: in
    any)."""
    there = kept.get(SAML_SESSION) or {}
    if kept.get(SIGNED_IN_AT) != provider_id or there.get("name_id") != name:
        return False
    return not indexes or there.get("session_index") in indexes


def _auth(request: HttpRequest, provider: SAMLProvider) -> OneLogin_Saml2_Auth:
    """The library's view of a message, which must be signed. Assertions have their own signature, messages that sign
    out have no other."""
    known = get_adapter(request).get_provider(request, provider.id)
    config = build_saml_config(request, known.app.settings, provider.id)
    config["security"]["wantMessagesSigned"] = True
    asked = prepare_django_request(request)
    asked["lowercase_urlencoding"] = bool(_SMALL_LETTERS.search(request.META.get("QUERY_STRING", "")))
    return OneLogin_Saml2_Auth(asked, config)

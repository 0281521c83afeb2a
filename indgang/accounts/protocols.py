"""The border to django-allauth, which speaks with the providers. This module hands the claims of a person who arrives
to the product, and turns each error into one of the faults."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import jwt
import requests
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base.constants import AuthError
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from allauth.socialaccount.providers.saml import provider as saml
from allauth.socialaccount.providers.saml.views import FinishACSView
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from onelogin.saml2.errors import OneLogin_Saml2_Error, OneLogin_Saml2_ValidationError
from onelogin.saml2.utils import OneLogin_Saml2_Utils
from onelogin.saml2.xml_utils import OneLogin_Saml2_XML

from indgang.accounts import entrance, identities, providers
from indgang.accounts.claims import Claims, NoLastingName, from_openid, from_saml
from indgang.accounts.faults import SENTENCES, SIGN_OUT, Fault
from indgang.accounts.models import Person
from indgang.accounts.providers import OpenIDProvider, Provider, SAMLProvider
from indgang.accounts.sessions import SIGNED_IN_AT
from indgang.core import clock

#: how far the clocks of the product and a provider may differ, in seconds
CLOCK_TOLERANCE = 300
#: session keys of what names the session at the provider: the ID token, or what a SAML assertion said (the arguments of
#: python3-saml's `logout`)
ID_TOKEN, SAML_SESSION = "id_token", "saml_session"
#: what OpenID Connect Discovery requires of a provider and we use
_NEEDED = frozenset(("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri"))

#: the longest name of a person that allauth takes; it requires one, which nothing here uses
_LONGEST_UID = 100

_log = logging.getLogger(__name__)


class OtherIssuer(Exception):
    """The provider's issuer is not the one in the settings."""


class BadProviderAnswer(Exception):
    """The provider's answer is unreadable or incomplete."""


#: the errors of a provider that is unreachable, is another one, or sends no valid answer
PROVIDER_FAULTS = (requests.RequestException, OtherIssuer, BadProviderAnswer)
#: the errors that Python raises for an answer of another form than the protocol's
_UNREADABLE = (
    KeyError, ValueError, TypeError, AttributeError, SyntaxError, OneLogin_Saml2_Error, OneLogin_Saml2_ValidationError,
)  # fmt: skip


@contextmanager
def reading_an_answer() -> Iterator[None]:
    """Turn the errors of an unreadable answer into `BadProviderAnswer`. Enclose only what reads one, so that errors of
    our own stay errors."""
    try:
        yield
    except _UNREADABLE as error:
        raise BadProviderAnswer(repr(error)) from error


def check_readable(assertion: str) -> None:
    """Raise `BadProviderAnswer` for a SAML answer that is no XML, or that holds a document type or entities."""
    with reading_an_answer():
        OneLogin_Saml2_XML.to_etree(OneLogin_Saml2_Utils.b64decode(assertion))


class TokenProvider(OpenIDConnectProvider):  # type: ignore[misc]  # allauth has no types
    """Takes subjects of any length; `claims.from_openid` checks them."""

    def extract_uid(self, data: Any) -> str:
        return str(super().extract_uid(data))[:_LONGEST_UID]


class OpenIDAdapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]  # allauth has no types
    """Also checks that the issuer is the one in the settings, and verifies the signature of the ID token.
    django-allauth does not verify it, because the token comes over TLS."""

    @property
    def openid_config(self) -> dict[str, Any]:
        with reading_an_answer():
            found: dict[str, Any] = super().openid_config
            missing = _NEEDED - found.keys()
        if missing:
            raise BadProviderAnswer(f"no {', '.join(sorted(missing))}")
        ours = self.get_provider().app.settings["server_url"]
        if str(found["issuer"]).rstrip("/") != ours:
            raise OtherIssuer(f"{found['issuer']} instead of {ours}")
        return found

    def get_provider(self) -> Any:
        return TokenProvider(self.request, app=super().get_provider().app)

    def get_access_token_data(self, *args: Any, **more: Any) -> Any:
        with reading_an_answer():
            return super().get_access_token_data(*args, **more)

    def parse_token(self, data: Any) -> Any:
        with reading_an_answer():
            return super().parse_token(data)

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **more: Any) -> Any:
        self.did_fetch_access_token = False
        with reading_an_answer():
            found = super().complete_login(request, app, token, **more)
        found.id_token = more["response"].get("id_token", "")
        return found


class AssertionProvider(saml.SAMLProvider):  # type: ignore[misc]  # allauth has no types
    """Passes on the attributes of an assertion unchanged; `claims.from_saml` reads them."""

    def extract_extra_data(self, data: Any) -> dict[str, Any]:
        return {
            "attributes": data.get_attributes(),
            "name_id": data.get_nameid() or "",
            "name_id_format": data.get_nameid_format() or "",
            "session": {
                "name_id": data.get_nameid(),
                "name_id_format": data.get_nameid_format(),
                "nq": data.get_nameid_nq(),
                "spnq": data.get_nameid_spnq(),
                "session_index": data.get_session_index(),
            },
        }

    def extract_uid(self, data: Any) -> str:
        return (data.get_nameid() or "-")[:_LONGEST_UID]


class FinishView(FinishACSView):  # type: ignore[misc]  # allauth has no types
    """The second half of a SAML answer, in the browser's own session again."""

    def get_provider(self, organization_slug: str) -> AssertionProvider:
        return AssertionProvider(self.request, app=self.get_app(organization_slug))


class Adapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Takes over where the protocol ends."""

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> NoReturn:
        provider = providers.find(settings.SIGN_ON, sociallogin.account.provider)
        assert provider is not None, "allauth knows our providers alone"
        said = sociallogin.account.extra_data
        try:
            claims = _claims(provider, said)
        except NoLastingName:
            stop(request, provider, Fault.NO_LASTING_NAME)
        except _UNREADABLE:
            _log.warning("%s: unreadable claims", provider.id, exc_info=True)
            stop(request, provider, Fault.UNREADABLE)
        if _wrong_clock(said):
            stop(request, provider, Fault.CLOCK)
        arrived = identities.arrive(provider, claims, at=clock.now())
        if isinstance(arrived, Fault):
            stop(request, provider, arrived)
        _welcome(request, provider, arrived, sociallogin)

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, error: Any = None, exception: Any = None, extra_context: Any = None
    ) -> NoReturn:
        ours = providers.find(settings.SIGN_ON, provider.sub_id)
        assert ours is not None, "allauth knows our providers alone"
        told = (extra_context or {}).get("saml_last_error_reason") or request.GET.get("error", "")
        _log.warning("sign-in at %s: %s %r (%r)", ours.id, error, exception, told)
        is_saml = isinstance(ours, SAMLProvider)
        stop(request, ours, _fault_of_assertion(told) if is_saml else _fault(request, error, exception))


def stop(request: HttpRequest, provider: Provider, fault: Fault) -> NoReturn:
    """Answer with the page of the fault. Nobody is signed in."""
    raise ImmediateHttpResponse(fault_page(request, provider, fault))


def fault_page(request: HttpRequest, provider: Provider, fault: Fault) -> HttpResponse:
    what, todo = (str(sentence) % {"provider": provider.name} for sentence in SENTENCES[fault])
    context = {"what": what, "todo": todo, "provider": provider, "fault": fault, "at": clock.now()}
    context["is_sign_out"] = fault in SIGN_OUT
    return render(request, "accounts/fault.html", context, status=503 if fault == Fault.UNREACHABLE else 403)


def _claims(provider: Provider, said: dict[str, Any]) -> Claims:
    if isinstance(provider, SAMLProvider):
        return from_saml(
            said["attributes"], said["name_id"], said["name_id_format"],
            groups=provider.groups, subject=provider.subject,
        )  # fmt: skip
    return from_openid(said.get("id_token") or {}, said.get("userinfo") or {}, provider.groups)


def _welcome(request: HttpRequest, provider: Provider, person: Person, sociallogin: SocialLogin) -> NoReturn:
    kept = sociallogin.state.get("data") or {}
    entrance.begin_session(request, person)
    request.session[SIGNED_IN_AT] = provider.id
    if isinstance(provider, OpenIDProvider):
        request.session[ID_TOKEN] = sociallogin.id_token
    else:
        request.session[SAML_SESSION] = sociallogin.account.extra_data["session"]
    to = entrance.ours(request, sociallogin.state.get("next") or "")
    raise ImmediateHttpResponse(entrance.go_on(request, person, to=to, sealed=kept.get("carried", "")))


def _wrong_clock(said: dict[str, Any]) -> bool:
    """Whether a token that the provider has just made carries another time: one of the two clocks is wrong."""
    made = (said.get("id_token") or {}).get("iat")
    return isinstance(made, int | float) and abs(time.time() - made) > CLOCK_TOLERANCE


def _fault(request: HttpRequest, error: Any, exception: BaseException | None) -> Fault:
    if error == AuthError.CANCELLED:
        return Fault.CANCELLED
    if exception is None:
        return Fault.REFUSED_THERE if "error" in request.GET else Fault.STATE_LOST
    if isinstance(exception, requests.exceptions.SSLError):
        return Fault.CERTIFICATE_ENDED
    if isinstance(exception, requests.HTTPError):
        return Fault.REFUSED_US
    if isinstance(exception, requests.RequestException):
        return Fault.UNREACHABLE
    return _fault_of_token(exception)


def _fault_of_token(exception: BaseException) -> Fault:
    """What was wrong with an ID token. When there was no token, the token endpoint refused our request."""
    cause = exception.__cause__
    for kind, fault in _OF_TOKENS:
        if isinstance(cause, kind):
            return fault
    return Fault.BAD_SIGNATURE if "kid" in str(exception) else Fault.REFUSED_US


def _fault_of_assertion(told: str) -> Fault:
    """The fault by the message of python3-saml, which has no error codes. An empty message means that we had not asked
    for the answer."""
    for words, fault in _OF_ASSERTIONS:
        if re.search(words, told, re.IGNORECASE):
            return fault
    return Fault.UNREADABLE if told else Fault.STATE_LOST


_OF_ASSERTIONS: tuple[tuple[str, Fault], ...] = (
    (r"system clock|timestamp|is expired|not yet valid|session.*expired", Fault.CLOCK),
    (r"audience|received at|destination|SubjectConfirmation", Fault.NOT_FOR_US),
    (r"invalid issuer", Fault.OTHER_ISSUER),
    (r"signature|not signed|unsigned", Fault.BAD_SIGNATURE),
    (r"status code", Fault.REFUSED_THERE),
)

_OF_TOKENS: tuple[tuple[type[Exception], Fault], ...] = (
    (jwt.InvalidAudienceError, Fault.NOT_FOR_US),
    (jwt.InvalidIssuerError, Fault.OTHER_ISSUER),
    (jwt.ExpiredSignatureError, Fault.CLOCK),
    (jwt.ImmatureSignatureError, Fault.CLOCK),
    (jwt.InvalidSignatureError, Fault.BAD_SIGNATURE),
    (jwt.PyJWTError, Fault.UNREADABLE),
)

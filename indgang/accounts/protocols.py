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
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base.constants import AuthError
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from allauth.socialaccount.providers.saml import provider as saml
from allauth.socialaccount.providers.saml.views import FinishACSView
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.utils.http import urlencode

from indgang.accounts import entrance, identities, providers, sessions
from indgang.accounts.claims import Claims, NoLastingName, from_openid, from_saml
from indgang.accounts.faults import SENTENCES, Fault
from indgang.accounts.models import Person
from indgang.accounts.providers import OpenIDProvider, Provider, SAMLProvider
from indgang.core import clock

#: how far the clocks of the product and a provider may differ, in seconds
CLOCK_TOLERANCE = 300
#: session keys of a sign-in at a provider: the provider's id, and the token that names the session there
SIGNED_IN_AT, ID_TOKEN = "signed_in_at", "id_token"
#: what OpenID Connect Discovery requires of a provider and we use
_NEEDED = frozenset(("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri"))
_SIGNED_OUT = "http://schemas.openid.net/event/backchannel-logout"

_log = logging.getLogger(__name__)


class OtherIssuer(Exception):
    """The provider's issuer is not the one in the settings."""


class BadAnswer(Exception):
    """The provider's answer is unreadable or incomplete."""


#: the errors of a provider that is unreachable, is another one, or sends no valid answer
PROVIDER_FAULTS = (requests.RequestException, OtherIssuer, BadAnswer)


@contextmanager
def _reading_an_answer() -> Iterator[None]:
    """Turn the errors that Python raises for an unreadable answer into `BadAnswer`. Enclose only what reads one, so that
    errors of our own stay errors."""
    try:
        yield
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise BadAnswer(repr(error)) from error


class OpenIDAdapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]  # allauth has no types
    """Also checks that the issuer is the one in the settings, and verifies the signature of the ID token.
    django-allauth does not verify it, because the token comes over TLS."""

    @property
    def openid_config(self) -> dict[str, Any]:
        with _reading_an_answer():
            found: dict[str, Any] = super().openid_config
            missing = _NEEDED - found.keys()
        if missing:
            raise BadAnswer(f"no {', '.join(sorted(missing))}")
        ours = self.get_provider().app.settings["server_url"]
        if str(found["issuer"]).rstrip("/") != ours:
            raise OtherIssuer(f"{found['issuer']} instead of {ours}")
        return found

    def get_access_token_data(self, *args: Any, **more: Any) -> Any:
        with _reading_an_answer():
            return super().get_access_token_data(*args, **more)

    def parse_token(self, data: Any) -> Any:
        with _reading_an_answer():
            return super().parse_token(data)

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **more: Any) -> Any:
        self.did_fetch_access_token = False
        with _reading_an_answer():
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
        }

    def extract_uid(self, data: Any) -> str:
        return data.get_nameid() or "-"  # unused here, but allauth requires one


class Accounts(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """A session that a provider ends, ends like any other: the telephone is signed out too."""

    def logout(self, request: HttpRequest) -> None:
        sessions.end(request, at=clock.now())


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
        except (KeyError, ValueError):
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
        _log.warning("sign-in at %s: %s %r (%s)", ours.id, error, exception, told)
        is_saml = isinstance(ours, SAMLProvider)
        stop(request, ours, _fault_of_assertion(told) if is_saml else _fault(request, error, exception))


def stop(request: HttpRequest, provider: Provider, fault: Fault) -> NoReturn:
    """Answer with the page of the fault. Nobody is signed in."""
    raise ImmediateHttpResponse(fault_page(request, provider, fault))


def fault_page(request: HttpRequest, provider: Provider, fault: Fault) -> HttpResponse:
    what, todo = (str(sentence) % {"provider": provider.name} for sentence in SENTENCES[fault])
    context = {"what": what, "todo": todo, "provider": provider, "fault": fault, "at": clock.now()}
    return render(request, "accounts/fault.html", context, status=503 if fault == Fault.UNREACHABLE else 403)


def sign_out_there(request: HttpRequest) -> str:
    """The address that ends the session at the provider too; empty when there is none. Call it before `end`."""
    provider = providers.find(settings.SIGN_ON, request.session.get(SIGNED_IN_AT, ""))
    if not isinstance(provider, OpenIDProvider) or not provider.sign_out:
        return ""
    try:
        address = OpenIDAdapter(request, provider.id).openid_config.get("end_session_endpoint", "")
    except PROVIDER_FAULTS:
        _log.warning("%s cannot be asked to sign out", provider.id, exc_info=True)
        return ""
    back = request.build_absolute_uri(resolve_url("sign-in"))
    said = {"client_id": provider.client_id, "post_logout_redirect_uri": back}
    said["id_token_hint"] = request.session.get(ID_TOKEN, "")
    return f"{address}?{urlencode(said)}" if address else ""


def who_signed_out_there(request: HttpRequest, provider: OpenIDProvider, token: str) -> str:
    """The subject of a logout token (OpenID Connect Back-Channel Logout). Raises OAuth2Error, PyJWTError and the
    exceptions in `PROVIDER_FAULTS`."""
    config = OpenIDAdapter(request, provider.id).openid_config
    with _reading_an_answer():
        said = jwtkit.verify_and_decode(
            credential=token, keys_url=config["jwks_uri"], issuer=config["issuer"], audience=provider.client_id,
            lookup_kid=jwtkit.lookup_kid_jwk,
        )  # fmt: skip
        if _SIGNED_OUT not in said["events"] or "nonce" in said:
            raise BadAnswer("this is no logout token")
        return str(said["sub"])


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

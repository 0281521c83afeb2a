"""Signing in at an identity provider: the redirect to it, and the return."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

import jwt
import requests
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.saml.views import acs, metadata
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from indgang.accounts import carried, entrance, protocols, providers, sessions, single_logout
from indgang.accounts.faults import Fault
from indgang.accounts.gate import public
from indgang.accounts.models import Identity
from indgang.accounts.protocols import PROVIDER_FAULTS, BadProviderAnswer, FinishView, OpenIDAdapter, OtherIssuer
from indgang.accounts.providers import OpenIDProvider, Provider, SAMLProvider
from indgang.accounts.submission import own_transactions
from indgang.core import clock

_log = logging.getLogger(__name__)


@public
@own_transactions
@never_cache
@require_POST
def go_to_provider(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """Redirect to the provider's sign-in page, and store what recognises its answer.

    The redirect goes through a page of ours, because our Content-Security-Policy forbids a form to lead to another
    site, or to the sites that one redirects to.
    """
    provider = _provider(provider_id)
    if isinstance(provider, SAMLProvider) and provider.certificate_ends().timestamp() <= time.time():
        return protocols.fault_page(request, provider, Fault.CERTIFICATE_ENDED)
    typed = carried.short(request.POST.get(carried.FIELD, ""))
    kept = {"carried": typed} if typed else {}

    def ask() -> HttpResponseBase:
        known = get_adapter(request).get_provider(request, provider_id)
        known.oauth2_adapter_class = OpenIDAdapter
        going = known.redirect(request, AuthProcess.LOGIN, next_url=entrance.wanted(request), data=kept)
        page = render(request, "accounts/to_provider.html", {"to": going["Location"], "provider": provider})
        page.headers["Refresh"] = f"0; url={going['Location']}"
        return page

    return _asked(request, provider, ask)


@public
@own_transactions
@never_cache
@require_GET
def back_from_openid(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """The return from OpenID Connect: with a code, which is exchanged for an ID token, or with an error."""
    provider = _provider(provider_id)
    view = OAuth2CallbackView.adapter_view(OpenIDAdapter(request, provider_id))
    return _asked(request, provider, lambda: view(request))


@public
@own_transactions
@csrf_exempt
@never_cache
@require_POST
def signed_out_there(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """The provider reports, without a browser, that somebody has signed out there: all their sessions here end."""
    provider = _provider(provider_id)
    if not isinstance(provider, OpenIDProvider):
        raise Http404
    try:
        subject = single_logout.who_signed_out_there(request, provider, request.POST.get("logout_token", ""))
    except (OAuth2Error, jwt.PyJWTError, *PROVIDER_FAULTS):
        _log.warning("%s: no logout token", provider.id, exc_info=True)
        return HttpResponseBadRequest()
    for identity in Identity.objects.filter(provider=provider.id, subject=subject).select_related("person"):
        sessions.end_all(identity.person, at=clock.now())
    return HttpResponse()


@public
@own_transactions
@csrf_exempt
@never_cache
@require_POST
def saml_answer(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """The POST from a SAML provider's page. The browser sends no cookie of ours with it, so the answer is stored for
    the next request."""
    provider = _provider(provider_id)

    def store() -> HttpResponseBase:
        protocols.check_readable(request.POST.get("SAMLResponse", ""))
        answer: HttpResponseBase = acs(request, organization_slug=provider_id)
        return answer

    return _asked(request, provider, store)


@public
@own_transactions
@never_cache
@require_GET
def back_from_saml(request: HttpRequest, organization_slug: str) -> HttpResponseBase:
    """The second request of a SAML answer: it has the stored answer and the cookie. django-allauth sets the argument's
    name."""
    provider = _provider(organization_slug)
    return _asked(request, provider, lambda: FinishView.as_view()(request, organization_slug=organization_slug))


@public
@own_transactions
@never_cache
@require_GET
def saml_sign_out(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """The provider asks us to sign somebody out, or says that it has done so. 404 when no address for it is in the
    settings, because the provider waits for an answer there."""
    provider = _provider(provider_id)
    if not isinstance(provider, SAMLProvider) or not provider.slo_url:
        raise Http404
    return single_logout.saml_message(request, provider)


@public
@require_GET
def saml_metadata(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """Our metadata for the provider: who we are and where its answers go."""
    provider = _provider(provider_id)
    return _asked(request, provider, lambda: metadata(request, organization_slug=provider_id))


def _asked(request: HttpRequest, provider: Provider, ask: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """The result of `ask`; when the provider cannot be asked, the page that says so."""
    try:
        answer = ask()
    except ImmediateHttpResponse as found:
        answer = found.response
    except PermissionDenied:
        answer = protocols.fault_page(request, provider, Fault.STATE_LOST)
    except PROVIDER_FAULTS as error:
        _log.warning("%s cannot be asked", provider.id, exc_info=True)
        answer = protocols.fault_page(request, provider, _fault(error))
    return answer


def _fault(error: Exception) -> Fault:
    if isinstance(error, requests.exceptions.SSLError):
        return Fault.CERTIFICATE_ENDED
    if isinstance(error, OtherIssuer):
        return Fault.OTHER_ISSUER
    return Fault.UNREADABLE if isinstance(error, BadProviderAnswer) else Fault.UNREACHABLE


def _provider(provider_id: str) -> Provider:
    """The provider with that id. Raises Http404."""
    provider = providers.find(settings.SIGN_ON, provider_id)
    if provider is None:
        raise Http404
    return provider

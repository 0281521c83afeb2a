"""Signing in at an identity provider: going there, and coming back."""

from __future__ import annotations

import logging
from collections.abc import Callable

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.conf import settings
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from indgang.accounts import carried, entrance, protocols, providers
from indgang.accounts.faults import Fault
from indgang.accounts.gate import public
from indgang.accounts.protocols import UNREACHABLE, OpenIDAdapter, OtherIssuer
from indgang.accounts.providers import Provider
from indgang.accounts.submission import own_transactions

#: a form longer than this is not kept in the session on the way to the provider and back
_LONGEST_CARRIED = 200_000

_log = logging.getLogger(__name__)


@public
@own_transactions
@never_cache
@require_POST
def go_to_provider(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """To the provider's own page, with what is needed to recognise the answer.

    By a page of ours: browsers forbid a form of ours to lead to another site, and to wherever that site leads.
    """
    provider = _provider(provider_id)
    typed = request.POST.get(carried.FIELD, "")
    kept = {"carried": typed} if typed and len(typed) <= _LONGEST_CARRIED else {}

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
    """With a code, which is exchanged for an ID token; or with what went wrong."""
    provider = _provider(provider_id)
    view = OAuth2CallbackView.adapter_view(OpenIDAdapter(request, provider_id))
    return _asked(request, provider, lambda: view(request))


def _asked(request: HttpRequest, provider: Provider, ask: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """What comes of asking the provider; when it cannot be asked, the page that says so."""
    try:
        answer = ask()
    except ImmediateHttpResponse as found:
        answer = found.response
    except OtherIssuer as error:
        _log.warning("%s: %s", provider.id, error)
        answer = protocols.fault_page(request, provider, Fault.OTHER_ISSUER)
    except UNREACHABLE as error:
        _log.warning("%s cannot be asked: %r", provider.id, error)
        answer = protocols.fault_page(request, provider, Fault.UNREACHABLE)
    return answer


def _provider(provider_id: str) -> Provider:
    """Raises Http404."""
    provider = providers.find(settings.SIGN_ON, provider_id)
    if provider is None:
        raise Http404
    return provider

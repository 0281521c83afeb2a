"""One's own sign-in: where one is signed in, and how."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from indgang.accounts import providers
from indgang.accounts.gate import person_of, requires


@requires()
@never_cache
@require_GET
def account(request: HttpRequest) -> HttpResponse:
    return _page(request)


def _page(request: HttpRequest, status: int = 200, **more: Any) -> HttpResponse:
    person = person_of(request)
    used = [providers.find(settings.SIGN_ON, identity.provider) for identity in person.identities.all()]
    context = {"providers": [provider for provider in used if provider]}
    return render(request, "accounts/account.html", context | more, status=status)

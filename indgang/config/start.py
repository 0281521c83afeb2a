"""The first page after sign-in: each to the front where the work is."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from indgang.accounts.access import permissions_of
from indgang.accounts.gate import requires
from indgang.accounts.permissions import Permission as P

#: the first permission a person has decides
STARTS = [
    (P.EDIT_FLOWS, "office:flows"),
    (P.LEAD_TEAM, "office:wallboards"),
    (P.TAKE_CALLS, "desk:home"),
    (P.TAKE_HANDOVERS, "desk:home"),
    (P.SEE_WALLBOARD, "office:wallboards"),
]


@requires()
@require_GET
def start(request: HttpRequest) -> HttpResponse:
    permissions = permissions_of(request.user)
    for permission, url_name in STARTS:
        if permission in permissions:
            return redirect(url_name)
    return render(request, "accounts/no_role.html")

"""The first page after sign-in: each person starts in the front of their work."""

from __future__ import annotations

from collections.abc import Collection
from itertools import chain

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from indgang.accounts.access import permissions_of
from indgang.accounts.gate import requires
from indgang.accounts.permissions import Permission as P
from indgang.office.getting_started import milestones
from indgang.ui import navigation

#: the first of these permissions that a person has decides; without any, they get the first page of their menu
STARTS = [
    (P.EDIT_FLOWS, "office:flows"),
    (P.LEAD_TEAM, "office:wallboards"),
    (P.TAKE_CALLS, "desk:home"),
    (P.TAKE_HANDOVERS, "desk:home"),
    (P.APPROVE_KNOWLEDGE, "office:knowledge-inbox"),
    (P.SEE_WALLBOARD, "office:wallboards"),
    (P.SIGN_COOPERATION, "office:cooperations"),
]

#: the first page of administrators until the centre goes live
_FIRST = "office:getting-started"


@requires()
@require_GET
def start(request: HttpRequest) -> HttpResponse:
    permissions = permissions_of(request.user)
    page = _FIRST if P.EDIT_FLOWS in permissions and milestones.is_starting() else _page_for(permissions)
    return redirect(page) if page else render(request, "accounts/no_role.html")


def _page_for(permissions: Collection[P]) -> str:
    """The URL name of the page; empty for somebody who may open no page at all."""
    opened = (url_name for permission, url_name in STARTS if permission in permissions)
    in_menu = (link.url_name for link in navigation.registered() if not link.permissions.isdisjoint(permissions))
    return next(chain(opened, in_menu), "")

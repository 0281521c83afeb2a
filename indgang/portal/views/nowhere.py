"""The 404 page: visitors get the site's page with a search, staff the page of their front.

For a deleted object, staff see who deleted it and when, and get their typed text back.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

from indgang.accounts import carried
from indgang.audit.models import Change
from indgang.core import clock
from indgang.core.clock import day_of
from indgang.portal.doorway import is_public
from indgang.portal.pages import missing
from indgang.ui.missing import Deleted


def nowhere(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """The response, with status 404."""
    if is_public(request.path_info) and request.headers.get("HX-Request") != "true":
        return missing(request)
    context = _deletion(request, exception.change) if isinstance(exception, Deleted) else {}
    return render(request, "404.html", context, status=404)


def _deletion(request: HttpRequest, change: Change) -> dict[str, Any]:
    form = carried.of(request)
    is_theirs = form is not None and form.person == request.user.pk
    typed = form.context("deleted")["typed"] if form and is_theirs else []
    return {"deletion": change, "is_today": day_of(change.at) == clock.today(), "typed": typed}

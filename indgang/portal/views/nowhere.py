"""An address that nothing stands at: visitors get the site's page with a search, staff the page of their front."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

from indgang.portal.doorway import is_public
from indgang.portal.pages import missing


def nowhere(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """Status 404."""
    if is_public(request.path_info) and request.headers.get("HX-Request") != "true":
        return missing(request)
    return render(request, "404.html", status=404)

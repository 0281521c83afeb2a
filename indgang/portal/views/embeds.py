"""Boxes for other websites: search, opening hours and an article in a frame, without any tracking."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from indgang.accounts.gate import public
from indgang.core import clock
from indgang.knowledge.models import Search
from indgang.portal import access, page_cache
from indgang.portal.lines import line_of
from indgang.portal.pages import View, language, protected, show
from indgang.portal.views import chats
from indgang.portal.views.articles import shown
from indgang.portal.views.search import results

_SCRIPT = Path(__file__).parents[1] / "static" / "portal" / "embed.js"


def box(seconds: float, *, live: bool = False) -> Callable[[View], View]:
    """A page that the sites in INDGANG_EMBED_ON may frame."""

    def decorate(view: View) -> View:
        @public
        @xframe_options_exempt
        @require_safe
        @wraps(view)
        def framed(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                response: HttpResponseBase = view(request, *args, **kwargs)
            except Http404:
                response = show(request, "portal/embed_missing.html", status=404)
            if seconds:
                request.META[page_cache.WISH] = page_cache.CachePolicy(seconds, live)
            return protected(response, settings.EMBED_ON)

        return framed

    return decorate


@box(0)
def search(request: HttpRequest) -> HttpResponse:
    """The search box. Results open on the site itself and replace the surrounding page."""
    response = show(request, "portal/embed_search.html", results(request, place=Search.Place.EMBED))
    response.headers["Cache-Control"] = "no-cache"
    return response


@box(5, live=True)
def opening_hours(request: HttpRequest, centre: str) -> HttpResponse:
    at = clock.now()
    return show(request, "portal/embed_hours.html", {"line": line_of(access.centre(centre, at), at)})


@box(5, live=True)
def chat(request: HttpRequest) -> HttpResponse:
    """Whether one can chat now. The form and the conversation follow in the box (`views.chats`)."""
    return chats.box_page(request)


@box(30)
def article(request: HttpRequest, slug: str) -> HttpResponse:
    at = clock.now()
    found = access.article(slug, at)
    return show(request, "portal/embed_article.html", shown(request, found, access.version(found, language(), at)))


@public
@require_safe
def script(request: HttpRequest) -> HttpResponse:
    """The script that inserts the boxes and sets their height."""
    response = HttpResponse(_script(), content_type="text/javascript; charset=utf-8")
    response.headers["Cache-Control"] = "public, max-age=3600"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@lru_cache(maxsize=1)
def _script() -> str:
    return _SCRIPT.read_text(encoding="utf-8")

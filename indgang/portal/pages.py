"""Common parts of all public pages: open to everybody, with a language, and with links to continue."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from indgang.accounts.gate import public
from indgang.core import clock
from indgang.portal import access, page_cache, visits
from indgang.ui import maps

View = Callable[..., HttpResponseBase]

#: query parameters that mean the same in both languages
_KEPT_IN_SWITCH = ("q", "type", "vej", "emne")
_LONGEST_KEPT = 500

_POLICY = {
    "default-src": "'self'",
    "img-src": "'self' data:",
    "style-src-attr": "'unsafe-inline'",  # heights of bars in figures
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
}


def page(seconds: float = 30, *, live: bool = False, keep: bool = True) -> Callable[[View], View]:
    """A public page for reading, in the `page_cache` for `seconds` or until a change; a 404 gets an explanation."""

    def decorate(view: View) -> View:
        @public
        @require_safe
        @wraps(view)
        def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                response = view(request, *args, **kwargs)
            except Http404:
                return missing(request)
            if keep:
                request.META[page_cache.WISH] = page_cache.CachePolicy(seconds, live)
            return protected(response)

        return shown

    return decorate


def protected(response: HttpResponseBase, ancestors: str = "'none'") -> HttpResponseBase:
    """Set the security policy: the page loads only our own content, and only `ancestors` may frame it."""
    pictures = " ".join((_POLICY["img-src"], *maps.origins()))
    all_rules = {**_POLICY, "img-src": pictures, "frame-ancestors": ancestors}
    rules = [f"{name} {value}" for name, value in all_rules.items()]
    response.headers.setdefault("Content-Security-Policy", "; ".join(rules))
    return response


def unkept(response: HttpResponse) -> HttpResponse:
    """A page about one person: it is neither stored nor found by search engines, and its address is told to nobody."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    protected(response)
    return response


def language() -> str:
    """The language of the page that is being rendered: da or en."""
    return "en" if get_language() == "en" else "da"


def address(request: HttpRequest, name: str, *args: Any, to: str | None = None) -> str:
    """The path of the public page `name` in the language of this one, or in language `to`."""
    app = {"da": "portal", "en": "portal-en"}[to] if to else getattr(request, "current_app", "portal")
    return reverse(f"portal:{name}", args=args, current_app=app)


def show(
    request: HttpRequest, template: str, context: Mapping[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """Render the page with the common content: disturbance messages, the other language, and its own address."""
    at = clock.now()
    alternates = _alternates(request)
    shared = {
        "disturbances": SimpleLazyObject(lambda: access.disturbances(language(), at)),
        "site": SimpleLazyObject(lambda: access.site(language())),
        "alternates": alternates,
        "switches": {code: address + _kept_query(request) for code, address in alternates.items()},
        "demo_texts": settings.DEMO,
        "keeps_visit": SimpleLazyObject(lambda: _is_visited(request) and visits.are_kept(at=at)),
    }
    return render(request, template, shared | dict(context or {}), status=status)


def _is_visited(request: HttpRequest) -> bool:
    """Whether the page is one that may go with an answer: no address with the key of one visitor."""
    match = request.resolver_match
    return match is not None and match.url_name in visits.PAGES


def _kept_query(request: HttpRequest) -> str:
    """The query for the page in the other language: the search text, the path through a guide, the subject."""
    kept = {name: request.GET[name][:_LONGEST_KEPT] for name in _KEPT_IN_SWITCH if request.GET.get(name)}
    return f"?{urlencode(kept)}" if kept else ""


def missing(request: HttpRequest) -> HttpResponseBase:
    """404 with a search for the words of the address, because often only the address is wrong."""
    words = " ".join(request.path_info.removeprefix("/en").replace("-", " ").replace("/", " ").split()[1:])[:100]
    fronts = {code: request.build_absolute_uri(address(request, "front", to=code)) for code in ("da", "en")}
    return protected(
        show(request, "portal/missing.html", {"words": words, "alternates": fronts, "switches": fronts}, status=404)
    )


def _alternates(request: HttpRequest) -> dict[str, str]:
    """The full addresses of this page in each language; a missing page gives the front page."""
    match = request.resolver_match
    found = {}
    for code in ("da", "en"):
        try:
            name = match.url_name if match and match.url_name else "front"
            path = reverse(
                f"portal:{name}", args=match.args if match else (), kwargs=match.kwargs if match else {},
                current_app="portal-en" if code == "en" else "portal",
            )  # fmt: skip
        except NoReverseMatch:
            path = address(request, "front", to=code)
        found[code] = request.build_absolute_uri(path)
    return found

"""The outermost middleware: answers public pages from the cache and sets no cookies for the public.

Every address that belongs to no other front is public. The language is in the address, so the middleware reads neither
session nor cookie. Everything that depends on the person comes after this middleware.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLResolver, get_resolver

from indgang.portal import page_cache, stamp

Handler = Callable[[HttpRequest], HttpResponse]


def middleware(get_response: Handler) -> Handler:
    def respond(request: HttpRequest) -> HttpResponse:
        key = page_cache.key_of(request)
        if key is not None and (page := page_cache.find(key)) is not None:
            return page.answer(request.META, request)
        if not is_public(request.path_info):
            return get_response(request)
        return _fresh(request, key, get_response)

    return respond


def _fresh(request: HttpRequest, key: page_cache.Key | None, get_response: Handler) -> HttpResponse:
    language = language_of(request.path_info)
    request.fixed_language = language  # type: ignore[attr-defined]  # for accounts.language
    request.current_app = "portal-en" if language == "en" else "portal"  # for {% url %}
    known = stamp.current()
    response = get_response(request)
    if response.status_code == 503 and key is not None and (page := page_cache.last_known(key)) is not None:
        return page.answer(request.META, request)
    wish = request.META.get(page_cache.WISH)
    if wish is None or response.status_code != 200 or response.streaming:
        return response
    return page_cache.keep(key, wish, known, response).answer(request.META, request)


def is_public(path: str) -> bool:
    """Whether the address belongs to the public site or to no front."""
    return path.lstrip("/").partition("/")[0] not in _staff_segments()


def language_of(path: str) -> str:
    return "en" if path == "/en" or path.startswith("/en/") else "da"


@lru_cache(maxsize=1)
def _staff_segments() -> frozenset[str]:
    """The first segments of all addresses outside the portal."""
    return frozenset(_firsts(get_resolver().url_patterns)) - {""}


def _firsts(patterns: Iterable[Any]) -> Iterable[str]:
    for pattern in patterns:
        first = str(pattern.pattern).partition("/")[0]
        if isinstance(pattern, URLResolver) and pattern.app_name == "portal":
            continue
        if isinstance(pattern, URLResolver) and not first:
            yield from _firsts(pattern.url_patterns)
        else:
            yield first

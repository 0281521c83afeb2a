"""The address of the stream process for a page, and the scopes it may receive."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from indgang.live import token


def middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Record when the request began: everything on the page was read after that."""

    def respond(request: HttpRequest) -> HttpResponse:
        request.began = time.time()  # type: ignore[attr-defined]  # requests carry attributes
        return get_response(request)

    return respond


def stream_origin(request: HttpRequest) -> str:
    """scheme://host:port where this browser reaches the stream: INDGANG_LIVE_URL, or our host at the stream's port."""
    if settings.LIVE_URL:
        parts = urlsplit(settings.LIVE_URL)
        return f"{parts.scheme}://{parts.netloc}"
    host = request.get_host().rsplit(":", 1)[0] if not request.get_host().endswith("]") else request.get_host()
    return f"{request.scheme}://{host}:{settings.LIVE_ADDRESS.rsplit(':', 1)[1]}"


def visitor_stream_url(request: HttpRequest, key: str, scopes: Iterable[str]) -> str:
    """The address of the stream for a page of a visitor who is not signed in: `scopes` alone, and nothing that staff
    receive. `key` is the secret by which the page knows the visitor; the token contains a digest of it."""
    text = token.make(
        person=token.NOBODY,
        session_key=key,
        scopes=frozenset(scopes),
        origin=f"{request.scheme}://{request.get_host()}",
        made=getattr(request, "began", None),
    )
    return f"{settings.LIVE_URL.rstrip('/') or stream_origin(request)}/stream?token={text}"


def stream_url(request: HttpRequest, scopes: Iterable[str]) -> str:
    """The address of the stream for this page with `scopes` and `all`, which everybody receives.

    Empty when signed out.
    """
    if not request.user.is_authenticated or not request.session.session_key:
        return ""
    text = token.make(
        person=request.user.pk,
        session_key=request.session.session_key,
        scopes=frozenset([*scopes, "all"]),
        origin=f"{request.scheme}://{request.get_host()}",
        made=getattr(request, "began", None),
    )
    return f"{settings.LIVE_URL.rstrip('/') or stream_origin(request)}/stream?token={text}"

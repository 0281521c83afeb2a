"""The Content-Security-Policy: scripts and styles come only from our own files, and none are inline."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from indgang.ui import maps
from indgang.ui.live_page import stream_origin


def middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    def respond(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", policy(request))
        return response

    return respond


def policy(request: HttpRequest) -> str:
    """The browser may also talk to the stream process and to the exchange's websocket (the browser phone)."""
    connect = ["'self'", stream_origin(request), *_phone_origins(request)]
    rules = {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "style-src-attr": ["'unsafe-inline'"],  # widths of bars in figures
        "img-src": ["'self'", "data:", *maps.origins()],
        "media-src": ["'self'", "blob:"],
        "connect-src": connect,
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
    return "; ".join(f"{name} {' '.join(sources)}" for name, sources in rules.items())


def _phone_origins(request: HttpRequest) -> list[str]:
    """scheme://host:port of the exchange's websocket, without a path, because a path in a policy must match exactly.

    In a demo an exchange may be started at any port of the machine (`make exchange`).
    """
    address = settings.SIP_WEBSOCKET_URL
    origins = ["/".join(address.split("/")[:3])] if address else []
    if settings.DEMO:
        host = request.get_host().rsplit(":", 1)[0]
        origins += [f"ws://{name}:*" for name in sorted({host, "127.0.0.1"})]
    return origins

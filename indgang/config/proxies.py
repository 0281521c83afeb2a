"""The client's address and scheme, read once for all later code.

INDGANG_PROXIES is the number of our proxies before the web process. Each adds the address that it sees to the right of
X-Forwarded-For, so the client's address is that many entries from the right; a client may have made up the entries left
of it. Without proxies neither header is trusted.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

_FORWARDED_FOR, _FORWARDED_PROTO = "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO"


def middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """The outermost middleware: all later code reads REMOTE_ADDR and the scheme, and no header."""

    def respond(request: HttpRequest) -> HttpResponse:
        meta = request.META
        meta["REMOTE_ADDR"] = address_of(meta, settings.PROXIES)
        if settings.PROXIES:
            meta["wsgi.url_scheme"] = scheme_of(meta)
        meta.pop(_FORWARDED_FOR, None)
        meta.pop(_FORWARDED_PROTO, None)
        return get_response(request)

    return respond


def address_of(meta: Mapping[str, Any], proxies: int) -> str:
    """The client's address: the one that our outermost proxy saw, else that of the connection.

    Entries with a port, or with brackets around IPv6, are understood.
    """
    seen = [each.strip() for each in str(meta.get(_FORWARDED_FOR, "")).split(",") if each.strip()]
    if proxies and len(seen) >= proxies:
        found = _plain(seen[-proxies])
        if found is not None:
            return found
    return str(meta.get("REMOTE_ADDR", ""))


def scheme_of(meta: Mapping[str, Any]) -> str:
    """http or https, as the nearest proxy reports it."""
    told = str(meta.get(_FORWARDED_PROTO, "")).rpartition(",")[2].strip().lower()
    return told if told in ("http", "https") else str(meta.get("wsgi.url_scheme", "http"))


def _plain(text: str) -> str | None:
    """The address in Python's notation; None for an invalid one."""
    candidates = [text, text.partition("]")[0].lstrip("["), text.rpartition(":")[0]]
    for candidate in candidates:
        try:
            return str(ipaddress.ip_address(candidate))
        except ValueError:
            continue
    return None

"""A cache of public pages in the process, with validators for other caches.

The key of a page is its host, path and scheme; pages with a query are not cached. An entry expires when public content
has changed (`stamp`) or its time is over, whichever comes first. While the database is down, expired pages are still
shown.
"""

from __future__ import annotations

import gzip
import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date

from indgang.portal import stamp

#: the most pages cached by one process: each about 10 kB, compressed and uncompressed
MOST = 2000
#: for browsers and front caches: after this short time they revalidate
CACHE_CONTROL = "public, max-age=2, stale-if-error=86400"
#: where a view stores its cache policy in request.META
WISH = "indgang.portal.keep"
_NOT_KEPT = {"content-length", "etag", "last-modified", "content-encoding", "cache-control", "vary"}

Parameters = ParamSpec("Parameters")
Value = TypeVar("Value")
Key = tuple[str | None, str, str]


@dataclass(frozen=True, slots=True)
class CachePolicy:
    """Cache the page for at most `seconds`. A `live` page changes by itself, so it gets no Last-Modified header."""

    seconds: float
    live: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    plain: bytes
    packed: bytes
    plain_headers: dict[str, str]
    packed_headers: dict[str, str]
    etag: str
    modified: int | None
    number: int
    until: float

    def answer(self, meta: dict[str, Any], request: HttpRequest) -> HttpResponse:
        """The page, compressed for clients that accept it; 304 without content for a client that already has it."""
        if "gzip" in meta.get("HTTP_ACCEPT_ENCODING", ""):
            response = HttpResponse(self.packed, headers=self.packed_headers)
        else:
            response = HttpResponse(self.plain, headers=self.plain_headers)
        if "HTTP_IF_NONE_MATCH" in meta or "HTTP_IF_MODIFIED_SINCE" in meta:
            return _conditional(request, self, response)
        return response


def _conditional(request: HttpRequest, page: Page, response: HttpResponse) -> HttpResponse:
    found = get_conditional_response(request, etag=page.etag, last_modified=page.modified, response=response)
    assert isinstance(found, HttpResponse)
    return found


_pages: OrderedDict[Key, Page] = OrderedDict()
_writing = threading.Lock()


def key_of(request: HttpRequest) -> Key | None:
    """The cache key for the response to `request`; None when it is not cacheable."""
    meta = request.META
    if request.method not in ("GET", "HEAD") or meta.get("QUERY_STRING"):
        return None
    return meta.get("HTTP_HOST"), request.path_info, meta.get("wsgi.url_scheme", "")


def find(key: Key) -> Page | None:
    """The cached page if it is still valid."""
    page = _pages.get(key)
    if page is None or page.number != stamp.current().number or time.monotonic() > page.until:
        return None
    return page


def last_known(key: Key) -> Page | None:
    """The cached page, valid or not: an old page is better than none while the database is down."""
    return _pages.get(key)


def keep(key: Key | None, wish: CachePolicy, known: stamp.Stamp, response: HttpResponse) -> Page:
    """Turn the response into a page and cache it under `key`. `known` is the stamp from before it was rendered."""
    changed_at = None if wish.live else known.changed_at
    page = _page(response, changed_at, known.number, time.monotonic() + wish.seconds)
    if key is not None:
        with _writing:
            _pages[key] = page
            _pages.move_to_end(key)
            while len(_pages) > MOST:
                _pages.popitem(last=False)
    return page


def forget() -> None:
    """Empty the cache."""
    with _writing:
        _pages.clear()
        _values.clear()


def _page(response: HttpResponse, changed_at: datetime | None, number: int, until: float) -> Page:
    plain = bytes(response.content)
    packed = gzip.compress(plain, 6, mtime=0)
    etag = f'W/"{hashlib.blake2b(plain, digest_size=12).hexdigest()}"'
    modified = int(changed_at.timestamp()) if changed_at else None
    common = {name: value for name, value in response.headers.items() if name.lower() not in _NOT_KEPT}
    common |= {"ETag": etag, "Cache-Control": CACHE_CONTROL, "Vary": "Accept-Encoding"}
    if modified is not None:
        common["Last-Modified"] = http_date(modified)
    return Page(
        plain=plain,
        packed=packed,
        plain_headers=common | {"Content-Length": str(len(plain))},
        packed_headers=common | {"Content-Length": str(len(packed)), "Content-Encoding": "gzip"},
        etag=etag,
        modified=modified,
        number=number,
        until=until,
    )


_values: dict[Any, tuple[float, int, Any]] = {}


def for_seconds(
    seconds: float, *, changes: bool = False
) -> Callable[[Callable[Parameters, Value]], Callable[Parameters, Value]]:
    """Cache a function's result for its arguments; with `changes` only until public content changes.

    For figures that are expensive to compute and may be some minutes old. The moment `at` is not part of the key.
    """

    def decorate(function: Callable[Parameters, Value]) -> Callable[Parameters, Value]:
        @wraps(function)
        def remembered(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Value:
            asked = (function, args, tuple(sorted((name, each) for name, each in kwargs.items() if name != "at")))
            number = stamp.current().number if changes else 0
            known = _values.get(asked)
            if known and time.monotonic() < known[0] and known[1] == number:
                return known[2]  # type: ignore[no-any-return]  # kept under this very function
            value = function(*args, **kwargs)
            _values[asked] = (time.monotonic() + seconds, number, value)
            return value

        return remembered

    return decorate

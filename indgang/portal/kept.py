"""Public pages as they were last written, kept in the process, with the validators that let other caches answer too.

A page is kept under its host, path and scheme (pages with a query are written afresh). It is given up when something
public has changed (`stamp`) or its time is over, whichever comes first; while the database is away it goes on being
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

#: the most pages kept by one process: of some 10 kB each, compressed and not
MOST = 2000
#: for browsers and front caches: a moment, then they ask with the validator
CACHE_CONTROL = "public, max-age=2, stale-if-error=86400"
#: where a view leaves its wish to be kept, in request.META
WISH = "indgang.portal.keep"
_NOT_KEPT = {"content-length", "etag", "last-modified", "content-encoding", "cache-control", "vary"}

Parameters = ParamSpec("Parameters")
Value = TypeVar("Value")
Key = tuple[str | None, str, str]


@dataclass(frozen=True, slots=True)
class CachePolicy:
    """Keep the page for at most `seconds`. A `live` page changes by itself, so no date of change is told."""

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
        """The page, compressed for who can read that; 304 without content for who has it already."""
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
    """Under what the answer to `request` would be kept; None when it would not."""
    meta = request.META
    if request.method not in ("GET", "HEAD") or meta.get("QUERY_STRING"):
        return None
    return meta.get("HTTP_HOST"), request.path_info, meta.get("wsgi.url_scheme", "")


def find(key: Key) -> Page | None:
    """The kept page if it still holds."""
    page = _pages.get(key)
    if page is None or page.number != stamp.current().number or time.monotonic() > page.until:
        return None
    return page


def last_known(key: Key) -> Page | None:
    """The kept page whether or not it still holds: better than none while the database is away."""
    return _pages.get(key)


def keep(key: Key | None, wish: CachePolicy, known: stamp.Stamp, response: HttpResponse) -> Page:
    """Make a page of the answer, and keep it under `key`. `known` is what was known before it was written."""
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
    """Keep nothing."""
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
    """Remember what a function gave for these arguments; with `changes` only until something public changes.

    For figures that are dear to compute and that may be some minutes old. The moment `at` is no part of what is asked.
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

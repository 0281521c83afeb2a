"""Parts of pages that many people watch at once: rendered once, shared briefly, and not sent again when unchanged.

A hundred wallboards of one centre request the same part within a second. The first request renders it; the others get a
copy at most `SHARED_SECONDS` old. A page that must not miss the last change asks once more after that time (`{%
live_part … pace=700 %}` does).
"""

from __future__ import annotations

import hashlib
import re
import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified

#: together with the page's own pace (0.7 seconds) the total delay stays below a second
SHARED_SECONDS = 0.25

#: counters tick in the browser, so their text at rendering time does not count as a difference
_TICKING = re.compile(rb'(role="timer"[^>]*>)[^<]*')


@dataclass(frozen=True, slots=True)
class Fragment:
    body: bytes
    tag: str
    made: float


class Shared:
    """Fragments by key; one is rendered at a time for each key, and other requests wait for it."""

    def __init__(self, seconds: float = SHARED_SECONDS, now: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._now = now
        self._fragments: dict[Hashable, Fragment] = {}
        self._locks: dict[Hashable, threading.Lock] = {}
        self._guard = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], str]) -> Fragment:
        fragment = self._fragments.get(key)
        if fragment is not None and self._is_young(fragment):
            return fragment
        with self._lock(key):
            fragment = self._fragments.get(key)
            if fragment is None or not self._is_young(fragment):
                # the age counts from before rendering, because later commits may be missing
                started = self._now()
                body = make().encode()
                fragment = self._fragments[key] = Fragment(body, _tag(body), started)
            return fragment

    def forget(self) -> None:
        self._fragments.clear()

    def _is_young(self, fragment: Fragment) -> bool:
        return self._now() - fragment.made < self._seconds

    def _lock(self, key: Hashable) -> threading.Lock:
        with self._guard:
            return self._locks.setdefault(key, threading.Lock())


def answer(request: HttpRequest, fragment: Fragment) -> HttpResponse:
    """The fragment, or 304 when the browser already has it."""
    response: HttpResponse
    if request.headers.get("If-None-Match") == fragment.tag:
        response = HttpResponseNotModified()
    else:
        response = HttpResponse(fragment.body)
    response["ETag"] = fragment.tag
    response["Cache-Control"] = "private, no-cache"
    response["Vary"] = "HX-Request, HX-Target, Cookie"
    return response


def _tag(body: bytes) -> str:
    digest = hashlib.blake2b(_TICKING.sub(rb"\1", body), digest_size=12).hexdigest()
    return f'"{digest}"'

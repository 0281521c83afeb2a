"""Rate limits for each visitor, without identity and without a cookie.

Visitors are told apart by a keyed hash of their address. The key exists only in the process, and nothing is stored.
Each process counts for itself, so with two processes a visitor may act up to twice as often.
"""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections import OrderedDict

from django.http import HttpRequest

from indgang.core.client_addresses import counted_as

_key = os.urandom(32)
_lock = threading.Lock()
#: visitors remembered for one limit; the oldest are dropped first
_REMEMBERED = 20_000


class Allowance:
    """A number of actions in a number of seconds for each visitor, or for each visitor and object."""

    def __init__(self, most: int, seconds: float) -> None:
        self.most, self.seconds = most, seconds
        self._seen: OrderedDict[bytes, list[float]] = OrderedDict()
        _all.append(self)

    def take(self, request: HttpRequest, thing: object = "") -> bool:
        """Whether the visitor may act once more; if so, the action is counted."""
        who = f"{counted_as(request.META.get('REMOTE_ADDR', ''))} {thing}"
        digest = hashlib.blake2b(who.encode(), key=_key, digest_size=12).digest()
        with _lock:
            now = time.monotonic()
            times = [each for each in self._seen.pop(digest, []) if now - each < self.seconds]
            allowed = len(times) < self.most
            self._seen[digest] = [*times, now] if allowed else times
            while len(self._seen) > _REMEMBERED:
                self._seen.popitem(last=False)
        return allowed

    def forget(self) -> None:
        with _lock:
            self._seen.clear()


_all: list[Allowance] = []


def forget() -> None:
    """Reset all counts."""
    for each in _all:
        each.forget()

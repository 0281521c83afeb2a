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
    """A number of actions in a number of seconds for each visitor, for each visitor and object, or for each object."""

    def __init__(self, most: int, seconds: float) -> None:
        self.most, self.seconds = most, seconds
        self._seen: OrderedDict[bytes, list[float]] = OrderedDict()
        _all.append(self)

    def take(self, request: HttpRequest, thing: object = "") -> bool:
        """Whether the visitor may act once more; if so, the action is counted."""
        return self._act(f"{counted_as(request.META.get('REMOTE_ADDR', ''))} {thing}")

    def take_for(self, thing: object) -> bool:
        """Whether anybody may act on the thing once more; if so, the action is counted."""
        return self._act(f"- {thing}")

    def has_room(self, thing: object) -> bool:
        """Whether `take_for` would say yes. Nothing is counted."""
        with _lock:
            return len(self._lately(self._seen.get(_digest(f"- {thing}"), []))) < self.most

    def _act(self, who: str) -> bool:
        digest = _digest(who)
        with _lock:
            times = self._lately(self._seen.pop(digest, []))
            allowed = len(times) < self.most
            self._seen[digest] = [*times, time.monotonic()] if allowed else times
            while len(self._seen) > _REMEMBERED:
                self._seen.popitem(last=False)
        return allowed

    def _lately(self, times: list[float]) -> list[float]:
        now = time.monotonic()
        return [each for each in times if now - each < self.seconds]

    def forget(self) -> None:
        with _lock:
            self._seen.clear()


def _digest(who: str) -> bytes:
    return hashlib.blake2b(who.encode("utf-8", "replace"), key=_key, digest_size=12).digest()


_all: list[Allowance] = []


def forget() -> None:
    """Reset all counts."""
    for each in _all:
        each.forget()

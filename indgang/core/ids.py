"""Identifiers that sort by the time they were made (UUID version 7, RFC 9562 section 5.7).

Rows made one after another lie beside each other in an index, and an id can be made before anything is stored.
"""

from __future__ import annotations

import os
import threading
from uuid import UUID

from indgang.core import clock

_RANDOM_BITS = 74
#: a clock that is set back by more than this is trusted; with smaller steps the order of ids takes precedence
_BELIEVED_JUMP_MS = 10_000

_lock = threading.Lock()
_last_ms = 0
_last_random = 0


def uuid7() -> UUID:
    """A new id, larger than every earlier id of this process (unless the clock was set back by over ten seconds)."""
    ms, random = _next(int(clock.now().timestamp() * 1000))
    high = random >> 62
    low = random & ((1 << 62) - 1)
    return UUID(int=(ms << 80) | (0x7 << 76) | (high << 64) | (0b10 << 62) | low)


def _next(ms: int) -> tuple[int, int]:
    global _last_ms, _last_random
    with _lock:
        if _last_ms - _BELIEVED_JUMP_MS <= ms <= _last_ms:
            ms, random = _last_ms, _last_random + 1
            if random >> _RANDOM_BITS:
                ms, random = ms + 1, _random()
        else:
            random = _random()
        _last_ms, _last_random = ms, random
        return ms, random


def _random() -> int:
    # the top bit is 0, so that counting up within a millisecond cannot overflow
    return int.from_bytes(os.urandom(10), "big") >> (80 - _RANDOM_BITS + 1)

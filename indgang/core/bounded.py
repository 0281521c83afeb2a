"""Reads an answer that comes in pieces, within a limit of bytes and of time."""

from __future__ import annotations

import time
from collections.abc import Iterable

#: bytes of a piece, for those who can choose
PIECE = 65_536


class BodyTooLarge(Exception):
    """The body has more bytes than allowed."""


class BodyTooSlow(Exception):
    """The body took longer than allowed."""


def body(pieces: Iterable[bytes], *, largest: int, seconds: float, began: float) -> bytes:
    """The whole body. `began` is when it was asked for, by `time.monotonic`. Raises BodyTooLarge and BodyTooSlow."""
    kept, size = [], 0
    for piece in pieces:
        kept.append(piece)
        size += len(piece)
        if size > largest:
            raise BodyTooLarge
        if time.monotonic() - began > seconds:
            raise BodyTooSlow
    return b"".join(kept)

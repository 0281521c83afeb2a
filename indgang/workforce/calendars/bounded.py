"""Reads the body of an HTTP answer within a limit of bytes and of time."""

from __future__ import annotations

import time

import requests

_PIECE = 65_536


class BodyTooLarge(Exception):
    """The body has more bytes than allowed."""


class BodyTooSlow(Exception):
    """The body took longer than allowed."""


def body(answer: requests.Response, *, largest: int, seconds: float, began: float) -> bytes:
    """The whole body. `began` is when it was asked for, by `time.monotonic`. Raises BodyTooLarge and BodyTooSlow."""
    pieces, size = [], 0
    for piece in answer.iter_content(_PIECE):
        pieces.append(piece)
        size += len(piece)
        if size > largest:
            raise BodyTooLarge
        if time.monotonic() - began > seconds:
            raise BodyTooSlow
    return b"".join(pieces)

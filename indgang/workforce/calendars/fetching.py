"""Fetches a calendar file over HTTP, from addresses that the settings allow alone.

The server asks in the name of whoever types the address, so an address elsewhere (a neighbour inside the network, say)
is refused, and redirects are not followed.
"""

from __future__ import annotations

import time
from enum import StrEnum

import requests
from django.conf import settings

from indgang.core import bounded
from indgang.core.allowed_addresses import lies_below
from indgang.workforce.calendars.reading import LARGEST

_SCHEMES = frozenset(("http", "https"))
#: seconds until the server answers, and until the whole file is there
ANSWER_SECONDS, WHOLE_SECONDS = 5.0, 20.0


class FeedFault(StrEnum):
    """Why a calendar could not be read; also what is stored with the feed."""

    NOT_ALLOWED = "not_allowed"
    UNREACHABLE = "unreachable"
    SLOW = "slow"
    REFUSED = "refused"
    GONE = "gone"
    TOO_LARGE = "too_large"
    NO_CALENDAR = "no_calendar"
    UNKNOWN_ZONE = "unknown_zone"


class FeedError(Exception):
    """The calendar could not be read."""

    def __init__(self, fault: FeedFault) -> None:
        super().__init__(fault)
        self.fault = fault


def is_allowed(address: str) -> bool:
    """Whether the address lies below one of `CALENDAR_ADDRESSES`."""
    return lies_below(address, settings.CALENDAR_ADDRESSES, schemes=_SCHEMES)


def fetch(address: str) -> bytes:
    """The file at the address. Raises FeedError."""
    if not is_allowed(address):
        raise FeedError(FeedFault.NOT_ALLOWED)
    began = time.monotonic()
    try:
        with requests.get(address, stream=True, timeout=ANSWER_SECONDS, allow_redirects=False) as answer:
            _refuse_status(answer.status_code)
            return _body(answer, began)
    except requests.Timeout as error:
        raise FeedError(FeedFault.SLOW) from error
    except requests.RequestException as error:
        raise FeedError(FeedFault.UNREACHABLE) from error


def _refuse_status(status: int) -> None:
    if status in (401, 403):
        raise FeedError(FeedFault.REFUSED)
    if status in (404, 410):
        raise FeedError(FeedFault.GONE)
    if status != 200:
        raise FeedError(FeedFault.UNREACHABLE)


def _body(answer: requests.Response, began: float) -> bytes:
    """The whole answer, as long as it is neither too large nor too slow."""
    try:
        return bounded.body(answer.iter_content(bounded.PIECE), largest=LARGEST, seconds=WHOLE_SECONDS, began=began)
    except bounded.BodyTooLarge:
        raise FeedError(FeedFault.TOO_LARGE) from None
    except bounded.BodyTooSlow:
        raise FeedError(FeedFault.SLOW) from None

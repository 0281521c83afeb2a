"""Asks Microsoft Graph for the free and busy times of people: signs in as an application, and calls `getSchedule`.

Sources: https://learn.microsoft.com/graph/api/calendar-getschedule, https://learn.microsoft.com/graph/throttling and
https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow. The application needs the
permission `Calendars.ReadBasic`.

Answers are neither logged nor part of errors: they hold what people do.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from threading import Lock
from typing import Any
from urllib.parse import quote

import requests
from django.conf import settings

from indgang.workforce.calendars import bounded, schedules

#: the most people that one call may ask about
MOST_SCHEDULES = 20
#: a larger answer is refused, in bytes; twenty people with ten entries a day for two weeks take 1 MB
LARGEST = 5_000_000
#: seconds until the answer begins, and until it is whole
ANSWER_SECONDS, WHOLE_SECONDS = 20.0, 30.0
#: seconds to wait when the service says that it is asked too often, but not how long; and the longest wait
USUAL_WAIT, LONGEST_WAIT = 60, 3600
#: a token is renewed this many seconds before it ends
_MARGIN = 120


class GraphFault(StrEnum):
    """Why nobody's times could be read."""

    UNREACHABLE = "unreachable"
    SLOW = "slow"
    THROTTLED = "throttled"
    TENANT_UNKNOWN = "tenant_unknown"
    APP_UNKNOWN = "app_unknown"
    SECRET_WRONG = "secret_wrong"  # noqa: S105  # the name of a fault
    SECRET_EXPIRED = "secret_expired"  # noqa: S105  # the name of a fault
    SIGN_IN_REFUSED = "sign_in_refused"
    TOKEN_REFUSED = "token_refused"  # noqa: S105  # the name of a fault
    NOT_PERMITTED = "not_permitted"
    TOO_LARGE = "too_large"
    UNREADABLE = "unreadable"


class GraphError(Exception):
    """Nobody could be read. `wait` is how many seconds the service wants to be left alone."""

    def __init__(self, fault: GraphFault, wait: int = 0) -> None:
        super().__init__(fault)
        self.fault, self.wait = fault, wait


class UnknownMailbox(Exception):
    """The person in whose name the call was made has no mailbox there."""


@dataclass(frozen=True, slots=True)
class Application:
    """The application that the product is at Microsoft, as the settings describe it."""

    tenant: str
    client: str
    secret: str = field(repr=False)
    sign_in_address: str
    address: str


#: error numbers of the sign-in, by what they mean here
_SIGN_IN_FAULTS = {
    7000222: GraphFault.SECRET_EXPIRED,
    7000215: GraphFault.SECRET_WRONG,
    700016: GraphFault.APP_UNKNOWN,
    90002: GraphFault.TENANT_UNKNOWN,
    900023: GraphFault.TENANT_UNKNOWN,
}
_tokens: dict[Application, tuple[str, float]] = {}
_lock = Lock()


def application() -> Application | None:
    """The application of the settings; None unless tenant, client and secret are set."""
    known = (settings.GRAPH_TENANT, settings.GRAPH_CLIENT_ID, settings.GRAPH_CLIENT_SECRET)
    return Application(*known, settings.GRAPH_SIGN_IN_ADDRESS, settings.GRAPH_ADDRESS) if all(known) else None


def ask(of: Application, addresses: Sequence[str], start: datetime, end: datetime) -> bytes:
    """The answer about at most twenty e-mail addresses. Raises GraphError, and UnknownMailbox for the first address."""
    try:
        return _schedules(of, addresses, start, end)
    except GraphError as error:
        if error.fault is not GraphFault.TOKEN_REFUSED:
            raise
    # a token may be withdrawn before it ends: a new one is tried once
    _forget_token(of)
    return _schedules(of, addresses, start, end)


def sign_in(of: Application) -> tuple[str, int]:
    """A new token, and for how many seconds it is valid. Raises GraphError."""
    form = {
        "client_id": of.client, "client_secret": of.secret, "scope": "https://graph.microsoft.com/.default",
        "grant_type": "client_credentials",
    }  # fmt: skip
    url = f"{of.sign_in_address}/{quote(of.tenant, safe='')}/oauth2/v2.0/token"
    status, headers, body = _posted(url, data=form)
    given = _object(body)
    if status == 200:
        try:
            return str(given["access_token"]), int(given["expires_in"])
        except (KeyError, ValueError, TypeError):
            raise GraphError(GraphFault.UNREADABLE) from None
    _refuse_service(status, headers)
    raise GraphError(_sign_in_fault(given))


def _sign_in_fault(given: dict[str, Any]) -> GraphFault:
    codes = given.get("error_codes")
    known = (_SIGN_IN_FAULTS.get(code) for code in (codes if isinstance(codes, list) else ()) if isinstance(code, int))
    return next((fault for fault in known if fault), GraphFault.SIGN_IN_REFUSED)


def _token(of: Application) -> str:
    with _lock:
        token, ends = _tokens.get(of, ("", 0.0))
        if time.monotonic() >= ends:
            token, seconds = sign_in(of)
            _tokens[of] = token, time.monotonic() + max(seconds - _MARGIN, 0)
        return token


def _forget_token(of: Application) -> None:
    with _lock:
        _tokens.pop(of, None)


def _schedules(of: Application, addresses: Sequence[str], start: datetime, end: datetime) -> bytes:
    wanted = {
        "schedules": list(addresses), "startTime": _written(start), "endTime": _written(end),
        "availabilityViewInterval": int(schedules.SLOT.total_seconds()) // 60,
    }  # fmt: skip
    headers = {"Authorization": f"Bearer {_token(of)}", "Prefer": 'outlook.timezone="UTC"'}
    url = f"{of.address}/v1.0/users/{quote(addresses[0], safe='@')}/calendar/getSchedule"
    status, answered, body = _posted(url, json=wanted, headers=headers)
    if status == 404:
        raise UnknownMailbox
    _refuse_service(status, answered)
    if status != 200:
        raise GraphError(_STATUSES.get(status, GraphFault.UNREADABLE))
    return body


_STATUSES = {401: GraphFault.TOKEN_REFUSED, 403: GraphFault.NOT_PERMITTED}


def _written(moment: datetime) -> dict[str, str]:
    return {"dateTime": moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds"), "timeZone": "UTC"}


def _posted(url: str, **sent: Any) -> tuple[int, Any, bytes]:
    """Status, headers and body of the answer. Redirects are not followed: the secret goes to the set address alone."""
    began = time.monotonic()
    try:
        with requests.post(url, stream=True, timeout=ANSWER_SECONDS, allow_redirects=False, **sent) as answer:
            body = bounded.body(answer, largest=LARGEST, seconds=WHOLE_SECONDS, began=began)
            return answer.status_code, answer.headers, body
    except (requests.Timeout, bounded.BodyTooSlow):
        raise GraphError(GraphFault.SLOW) from None
    except bounded.BodyTooLarge:
        raise GraphError(GraphFault.TOO_LARGE) from None
    except requests.RequestException:
        raise GraphError(GraphFault.UNREACHABLE) from None


def _refuse_service(status: int, headers: Any) -> None:
    """Raise GraphError when the service cannot answer anybody now."""
    if status == 429 or (status == 503 and "Retry-After" in headers):
        raise GraphError(GraphFault.THROTTLED, _wait(headers.get("Retry-After", "")))
    if status >= 500 or 300 <= status < 400:
        raise GraphError(GraphFault.UNREACHABLE)


def _wait(written: str) -> int:
    """Seconds of a Retry-After header: a number, or a date of HTTP."""
    try:
        seconds = int(written)
    except ValueError:
        try:
            seconds = round((parsedate_to_datetime(written) - datetime.now(UTC)).total_seconds())  # noqa: TID251  # the server's clock, not the product's
        except (ValueError, TypeError):
            seconds = USUAL_WAIT
    return min(max(seconds, 1), LONGEST_WAIT)


def _object(body: bytes) -> dict[str, Any]:
    try:
        given = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return given if isinstance(given, dict) else {}

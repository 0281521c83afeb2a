"""Signs the product in at the Microsoft identity platform as an application, and posts to services behind it.

Sources: https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow and
https://learn.microsoft.com/graph/throttling. Answers are neither logged nor part of errors.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from threading import Lock
from typing import Any
from urllib.parse import quote

import requests

from indgang.core import bounded

#: a larger answer is refused, in bytes
LARGEST = 5_000_000
#: seconds until an answer begins, and until it is whole
ANSWER_SECONDS, WHOLE_SECONDS = 20.0, 30.0
#: seconds to wait when the service says that it is asked too often, but not how long; and the longest wait
USUAL_WAIT, LONGEST_WAIT = 60, 3600
#: a token is renewed this many seconds before it ends
_MARGIN = 120


class MicrosoftFault(StrEnum):
    """Why there is no answer, or no token."""

    UNREACHABLE = "unreachable"
    SLOW = "slow"
    THROTTLED = "throttled"
    TENANT_UNKNOWN = "tenant_unknown"
    APP_UNKNOWN = "app_unknown"
    SECRET_WRONG = "secret_wrong"  # noqa: S105  # the name of a fault
    SECRET_EXPIRED = "secret_expired"  # noqa: S105  # the name of a fault
    SIGN_IN_REFUSED = "sign_in_refused"
    TOO_LARGE = "too_large"
    UNREADABLE = "unreadable"


class MicrosoftError(Exception):
    """There is no answer. `wait` is how many seconds the service wants to be left alone."""

    def __init__(self, fault: MicrosoftFault, wait: int = 0) -> None:
        super().__init__(fault)
        self.fault, self.wait = fault, wait


@dataclass(frozen=True, slots=True)
class MicrosoftApplication:
    """The application that the product is at Microsoft. `sign_in_address` is without the tenant."""

    tenant: str
    client: str
    secret: str = field(repr=False)
    sign_in_address: str


#: error numbers of the sign-in, by what they mean here
_SIGN_IN_FAULTS = {
    7000222: MicrosoftFault.SECRET_EXPIRED,
    7000215: MicrosoftFault.SECRET_WRONG,
    700016: MicrosoftFault.APP_UNKNOWN,
    90002: MicrosoftFault.TENANT_UNKNOWN,
    900023: MicrosoftFault.TENANT_UNKNOWN,
}
_Key = tuple[MicrosoftApplication, str]
_tokens: dict[_Key, tuple[str, float]] = {}
#: one lock for each application and scope, so that a slow sign-in delays nobody else
_locks: dict[_Key, Lock] = {}


def token(of: MicrosoftApplication, scope: str) -> str:
    """A token for the scope, kept until shortly before it ends. Raises MicrosoftError."""
    key = of, scope
    with _locks.setdefault(key, Lock()):
        known, ends = _tokens.get(key, ("", 0.0))
        if time.monotonic() >= ends:
            known, seconds = sign_in(of, scope)
            _tokens[key] = known, time.monotonic() + max(seconds - _MARGIN, 0)
        return known


def forget_token(of: MicrosoftApplication, scope: str) -> None:
    """Have the next `token` sign in anew: a token may be withdrawn before it ends."""
    _tokens.pop((of, scope), None)


def sign_in(of: MicrosoftApplication, scope: str) -> tuple[str, int]:
    """A new token, and for how many seconds it is valid. Raises MicrosoftError."""
    form = {
        "client_id": of.client, "client_secret": of.secret, "scope": scope, "grant_type": "client_credentials",
    }  # fmt: skip
    url = f"{of.sign_in_address}/{quote(of.tenant, safe='')}/oauth2/v2.0/token"
    status, headers, answer = posted(url, seconds=ANSWER_SECONDS, data=form)
    given = _object(answer)
    if status == 200:
        try:
            return str(given["access_token"]), int(given["expires_in"])
        except (KeyError, ValueError, TypeError):
            raise MicrosoftError(MicrosoftFault.UNREADABLE) from None
    refuse_service(status, headers)
    raise MicrosoftError(_sign_in_fault(given))


def posted(url: str, *, seconds: float, **sent: Any) -> tuple[int, Any, bytes]:
    """Status, headers and body of the answer, which begins within the seconds. Redirects are not followed: the secret
    goes to the set address alone. Raises MicrosoftError."""
    began = time.monotonic()
    try:
        with requests.post(url, stream=True, timeout=seconds, allow_redirects=False, **sent) as answer:
            pieces = answer.iter_content(bounded.PIECE)
            body = bounded.body(pieces, largest=LARGEST, seconds=WHOLE_SECONDS, began=began)
            return answer.status_code, answer.headers, body
    except (requests.Timeout, bounded.BodyTooSlow):
        raise MicrosoftError(MicrosoftFault.SLOW) from None
    except bounded.BodyTooLarge:
        raise MicrosoftError(MicrosoftFault.TOO_LARGE) from None
    except requests.RequestException:
        raise MicrosoftError(MicrosoftFault.UNREACHABLE) from None


def refuse_service(status: int, headers: Any) -> None:
    """Raise MicrosoftError when the service cannot answer anybody now."""
    if status == 429 or (status == 503 and "Retry-After" in headers):
        raise MicrosoftError(MicrosoftFault.THROTTLED, _wait(headers.get("Retry-After", "")))
    if status >= 500 or 300 <= status < 400:
        raise MicrosoftError(MicrosoftFault.UNREACHABLE)


def _sign_in_fault(given: dict[str, Any]) -> MicrosoftFault:
    codes = given.get("error_codes")
    known = (_SIGN_IN_FAULTS.get(code) for code in (codes if isinstance(codes, list) else ()) if isinstance(code, int))
    return next((fault for fault in known if fault), MicrosoftFault.SIGN_IN_REFUSED)


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

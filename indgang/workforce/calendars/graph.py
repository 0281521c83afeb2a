"""Asks Microsoft Graph for the free and busy times of people: signs in as an application, and calls `getSchedule`.

Source: https://learn.microsoft.com/graph/api/calendar-getschedule. The application needs the permission
`Calendars.ReadBasic`.

Answers are neither logged nor part of errors: they hold what people do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from urllib.parse import quote

from django.conf import settings

from indgang.accounts import microsoft
from indgang.accounts.microsoft import MicrosoftError
from indgang.workforce.calendars import schedules

#: the most people that one call may ask about
MOST_SCHEDULES = 20
#: seconds until the answer begins
ANSWER_SECONDS = 20.0
_SCOPE = "https://graph.microsoft.com/.default"


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

    signs_in_as: microsoft.MicrosoftApplication
    address: str


def application() -> Application | None:
    """The application of the settings; None unless tenant, client and secret are set."""
    known = (settings.GRAPH_TENANT, settings.GRAPH_CLIENT_ID, settings.GRAPH_CLIENT_SECRET)
    if not all(known):
        return None
    return Application(microsoft.MicrosoftApplication(*known, settings.GRAPH_SIGN_IN_ADDRESS), settings.GRAPH_ADDRESS)


def ask(of: Application, addresses: Sequence[str], start: datetime, end: datetime) -> bytes:
    """The answer about at most twenty e-mail addresses. Raises GraphError, and UnknownMailbox for the first address."""
    try:
        return _schedules(of, addresses, start, end)
    except GraphError as error:
        if error.fault is not GraphFault.TOKEN_REFUSED:
            raise
    # a token may be withdrawn before it ends: a new one is tried once
    microsoft.forget_token(of.signs_in_as, _SCOPE)
    return _schedules(of, addresses, start, end)


def sign_in(of: Application) -> None:
    """Sign in anew, to see that it works. Raises GraphError."""
    with _faults():
        microsoft.sign_in(of.signs_in_as, _SCOPE)


@contextmanager
def _faults() -> Iterator[None]:
    try:
        yield
    except MicrosoftError as error:
        raise GraphError(GraphFault(error.fault.value), error.wait) from None


def _schedules(of: Application, addresses: Sequence[str], start: datetime, end: datetime) -> bytes:
    wanted = {
        "schedules": list(addresses), "startTime": _written(start), "endTime": _written(end),
        "availabilityViewInterval": int(schedules.SLOT.total_seconds()) // 60,
    }  # fmt: skip
    url = f"{of.address}/v1.0/users/{quote(addresses[0], safe='@')}/calendar/getSchedule"
    with _faults():
        token = microsoft.token(of.signs_in_as, _SCOPE)
        headers = {"Authorization": f"Bearer {token}", "Prefer": 'outlook.timezone="UTC"'}
        status, answered, body = microsoft.posted(url, seconds=ANSWER_SECONDS, json=wanted, headers=headers)
        if status == 404:
            raise UnknownMailbox
        microsoft.refuse_service(status, answered)
    if status != 200:
        raise GraphError(_STATUSES.get(status, GraphFault.UNREADABLE))
    return body


_STATUSES = {401: GraphFault.TOKEN_REFUSED, 403: GraphFault.NOT_PERMITTED}


def _written(moment: datetime) -> dict[str, str]:
    return {"dateTime": moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds"), "timeZone": "UTC"}

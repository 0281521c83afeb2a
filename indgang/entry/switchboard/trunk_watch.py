"""Watches the lines to the telephone network: stores their state for the operations page and raises alerts.

`turns`, which is pure, decides which alerts begin or end; `keep` writes them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from indgang.entry.models import TrunkStatus
from indgang.entry.team import alerts
from indgang.live import stale
from indgang.telephony.contract import TrialCall, TrunkState

#: grace period: a line that registers again, or misses one OPTIONS request, is not down yet
DOWN_AFTER = timedelta(seconds=12)
#: how long before the end of a certificate the alert begins
CERTIFICATE_NOTICE = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Seen:
    """The known state of a line: up or down since when, and whether an alert about it is active."""

    up: bool
    since: datetime


@dataclass(frozen=True, slots=True)
class AlertTurn:
    """An alert that begins, or (`over`) ends."""

    code: str
    text: str
    over: bool


def seen_now(before: Seen | None, state: TrunkState, at: datetime) -> Seen:
    """The known state of the line after this check."""
    if before is not None and before.up == state.is_up:
        return before
    return Seen(state.is_up, at)


def turns(known: Mapping[str, Seen], states: Sequence[TrunkState], at: datetime) -> Iterator[AlertTurn]:
    """The alerts that begin or end with these states; a continuing alert is returned again and stays the same one."""
    for state in states:
        now = known[state.name]
        if now.up:
            yield AlertTurn(down_code(state.name), state.name, over=True)
        elif at - now.since >= DOWN_AFTER:
            yield AlertTurn(down_code(state.name), _what(state), over=False)
        ends = state.certificate_ends
        is_near = ends is not None and ends - at < CERTIFICATE_NOTICE
        text = f"{state.name}, {ends:%Y-%m-%d}" if ends else ""
        yield AlertTurn(certificate_code(state.name), text, over=not is_near)


def down_code(trunk: str) -> str:
    return f"trunk_{trunk}"


def certificate_code(trunk: str) -> str:
    return f"certificate_{trunk}"


def _what(state: TrunkState) -> str:
    return f"{state.name}, SIP {state.sip}" if state.sip else state.name


@transaction.atomic
def keep(exchange: str, states: Sequence[TrunkState], at: datetime) -> None:
    """Write the states of one exchange's lines, and begin and end the alerts about them.

    A few queries for any number of lines: calls are written in the same thread and wait meanwhile.
    """
    rows = {row.name: row for row in TrunkStatus.objects.select_for_update().filter(exchange=exchange)}
    known = {state.name: seen_now(_seen(rows.get(state.name)), state, at) for state in states}
    _write([_row(exchange, state, known[state.name], at) for state in states], rows)
    gone = rows.keys() - known.keys()
    TrunkStatus.objects.filter(exchange=exchange, name__in=gone).delete()
    begun = list(turns(known, states, at))
    over = [turn.code for turn in begun if turn.over]
    over += [code(name) for name in gone for code in (down_code, certificate_code)]
    alerts.settle({turn.code: turn.text for turn in begun if not turn.over}, over, at=at)


@transaction.atomic
def keep_trial(exchange: str, trunk: str, number: str, trial: TrialCall, by: str, at: datetime) -> None:
    """Store the outcome of a test call."""
    TrunkStatus.objects.filter(exchange=exchange, name=trunk).update(
        trial_at=at, trial_by=by, trial_number=number, trial_outcome=trial.outcome, trial_sip=trial.sip
    )
    stale.mark("all/exchange")


def _seen(row: TrunkStatus | None) -> Seen | None:
    return Seen(row.up, row.since) if row is not None else None


def _row(exchange: str, state: TrunkState, now: Seen, at: datetime) -> TrunkStatus:
    return TrunkStatus(
        exchange=exchange, name=state.name, up=now.up, since=now.since, heartbeat=at, registered=state.registered,
        reachable=state.reachable, calls=state.calls, sip=state.sip, failed_at=state.failed_at,
        certificate_ends=state.certificate_ends, test_number=state.test_number,
    )  # fmt: skip


def _write(rows: Sequence[TrunkStatus], before: Mapping[str, TrunkStatus]) -> None:
    """Insert or update the rows; what a test call has left on them stays."""
    TrunkStatus.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["exchange", "name"], update_fields=_WATCHED
    )
    if any(_shown(row) != _shown(before.get(row.name)) for row in rows):
        stale.mark("all/exchange")


def _shown(row: TrunkStatus | None) -> tuple[object, ...]:
    return () if row is None else tuple(getattr(row, name) for name in _WATCHED if name not in _ALWAYS_NEW)


_WATCHED = (
    "up", "since", "heartbeat", "registered", "reachable", "calls", "sip", "failed_at", "certificate_ends",
    "test_number",
)  # fmt: skip
_ALWAYS_NEW = frozenset(("heartbeat", "failed_at"))

"""Watches the lines to the telephone network: stores their state for the operations page and raises alerts.

`turns`, which is pure, decides which alerts begin or end; `keep` writes them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from indgang.core.clock import day_of
from indgang.entry.models import Alert, ExchangeStatus, TrunkStatus
from indgang.entry.team import alerts
from indgang.live import stale
from indgang.telephony.contract import TrialCall, TrunkState

#: grace period: a line that registers again, or misses one OPTIONS request, is not down yet
DOWN_AFTER = timedelta(seconds=12)
#: how long before the end of a certificate the alert begins
CERTIFICATE_NOTICE = timedelta(days=14)
#: after this long without a heartbeat, an exchange that no switchboard connects to is out of use
FORGOTTEN_AFTER = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Seen:
    """The known state of a line: whether it is up, and since when."""

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
        yield from _certificate_turns(state, at)


def _certificate_turns(state: TrunkState, at: datetime) -> Iterator[AlertTurn]:
    """One alert before the end of the certificate, and another from then on."""
    ends = state.certificate_ends
    has_expired = ends is not None and ends <= at
    expires_soon = ends is not None and not has_expired and ends - at < CERTIFICATE_NOTICE
    text = f"{state.name}, {day_of(ends)}" if ends else ""
    yield AlertTurn(certificate_code(state.name), text, over=not expires_soon)
    yield AlertTurn(expired_certificate_code(state.name), text, over=not has_expired)


def down_code(trunk: str) -> str:
    return f"trunk_{trunk}"


def certificate_code(trunk: str) -> str:
    return f"certificate_{trunk}"


def expired_certificate_code(trunk: str) -> str:
    return f"expired_certificate_{trunk}"


def _what(state: TrunkState) -> str:
    return f"{state.name}, SIP {state.sip}" if state.sip else state.name


@transaction.atomic
def keep(exchange: str, states: Sequence[TrunkState], at: datetime) -> None:
    """Write the states of one exchange's lines, and begin and end the alerts about them.

    Three statements while nothing changes: an exchange may have hundreds of lines, and callers wait for the same
    processor.
    """
    rows = {row.name: row for row in TrunkStatus.objects.select_for_update().filter(exchange=exchange)}
    known = {state.name: seen_now(_seen(rows.get(state.name)), state, at) for state in states}
    for state in states:
        _put(rows.get(state.name) or TrunkStatus(exchange=exchange, name=state.name), state, known[state.name], at)
    TrunkStatus.objects.filter(exchange=exchange, name__in=known.keys() & rows.keys()).update(heartbeat=at)
    gone = rows.keys() - known.keys()
    if gone:
        TrunkStatus.objects.filter(exchange=exchange, name__in=gone).delete()
    _turn_alerts([*_turns_of_gone(gone), *turns(known, states, at)], at)


def _turns_of_gone(names: Collection[str]) -> Iterator[AlertTurn]:
    for name in names:
        for code in (down_code(name), certificate_code(name), expired_certificate_code(name)):
            yield AlertTurn(code, name, over=True)


def _turn_alerts(found: Sequence[AlertTurn], at: datetime) -> None:
    """Begin and end alerts; of those that end most had never begun."""
    on = set(Alert.objects.filter(over_at=None).values_list("code", flat=True))
    for turn in found:
        if not turn.over:
            alerts.begin(turn.code, turn.text, at=at)
        elif turn.code in on:
            alerts.end(turn.code, at=at)


def forget_exchanges(known: Collection[str], at: datetime) -> None:
    """Remove what is stored of exchanges that are out of use: other than `known`, and unheard of for a while. They may
    have been taken out of the settings while no switchboard ran."""
    gone = ExchangeStatus.objects.exclude(name__in=known).filter(heartbeat__lt=at - FORGOTTEN_AFTER)
    for name in gone.values_list("name", flat=True):
        with transaction.atomic():
            keep(name, (), at)
            for code in (f"exchange_{name}", f"exchange_ended_{name}"):
                alerts.end(code, at=at)
            ExchangeStatus.objects.filter(name=name).delete()
            stale.mark("all/exchange")


@transaction.atomic
def keep_trial(exchange: str, trunk: str, number: str, trial: TrialCall, by: str, at: datetime) -> None:
    """Store the outcome of a test call."""
    TrunkStatus.objects.filter(exchange=exchange, name=trunk).update(
        trial_at=at, trial_by=by, trial_number=number, trial_outcome=trial.outcome, trial_sip=trial.sip
    )
    stale.mark("all/exchange")


def _seen(row: TrunkStatus | None) -> Seen | None:
    return Seen(row.up, row.since) if row is not None else None


def _put(row: TrunkStatus, state: TrunkState, now: Seen, at: datetime) -> None:
    """Save the line if it has changed; the heartbeat of the others is written for all together."""
    before, shown = _facts(row), (row.up, row.registered, row.reachable, row.calls, row.sip)
    row.up, row.since, row.heartbeat = now.up, now.since, at
    row.registered, row.reachable, row.calls = state.registered, state.reachable, state.calls
    row.sip, row.failed_at = state.sip, state.failed_at
    row.certificate_ends, row.test_number = state.certificate_ends, state.test_number
    if row.pk is None or before != _facts(row):
        row.save()
    if shown != (row.up, row.registered, row.reachable, row.calls, row.sip):
        stale.mark("all/exchange")


def _facts(row: TrunkStatus) -> tuple[object, ...]:
    return (
        row.up, row.since, row.registered, row.reachable, row.calls, row.sip, row.failed_at, row.certificate_ends,
        row.test_number,
    )  # fmt: skip

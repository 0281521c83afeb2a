"""What gateways report goes to the packages that want it: receipts, and messages from telephones.

Subscribers run in the transaction of the caller. When one fails, the report has not been taken, and the gateway sends
it again.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from indgang.messaging.sms.contract import IncomingSms, SmsReceipt

Report = SmsReceipt | IncomingSms
Listener = Callable[[Report, datetime], None]
_listeners: list[Listener] = []


def subscribe(listener: Listener) -> None:
    """Have `listener(report, at)` called for each report. Adding it twice counts once."""
    if listener not in _listeners:
        _listeners.append(listener)


@transaction.atomic
def take(report: Report, *, at: datetime) -> None:
    """Give a report to everybody who wants it, in one transaction."""
    for listener in _listeners:
        listener(report, at)

"""Listens to the gateway: receipts, and messages from telephones."""

from __future__ import annotations

from datetime import datetime

from indgang.correspondence.sms import receipts, receiving
from indgang.messaging.sms.arrivals import Report
from indgang.messaging.sms.contract import SmsReceipt


def take(report: Report, at: datetime) -> None:
    """Listener of `messaging.sms.arrivals`."""
    if isinstance(report, SmsReceipt):
        receipts.note(report, at=at)
    else:
        receiving.receive(report, at=at)

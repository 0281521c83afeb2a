"""The gateway of the demo: messages go to simulated telephones, whose page shows them and answers them.

Receipts come from a job some seconds later, as those of a real gateway do. The last digits of a number say what goes
wrong there, so that each fault can be seen: see `FAULTS`.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from procrastinate.contrib.django import app

from indgang.core import clock
from indgang.messaging.models import SimulatedSms
from indgang.messaging.sms import arrivals
from indgang.messaging.sms.contract import (
    IncomingSms,
    OutgoingSms,
    ReceiptState,
    SmsAccepted,
    SmsAnswer,
    SmsDoubt,
    SmsReceipt,
    SmsRefused,
)

TASK = "messaging.simulated_sms_receipt"
RECEIPT_SECONDS = 3
#: the number of the contact centre in this network
OWN_NUMBER = "1204"

REFUSED, UNDELIVERABLE, NO_ANSWER = "refused", "undeliverable", "no_answer"
#: what happens to messages to numbers that end like this
FAULTS = {"0001": REFUSED, "0002": UNDELIVERABLE, "0003": NO_ANSWER}


class SimulatedSmsGateway:
    def send(self, message: OutgoingSms) -> SmsAnswer:
        fault = FAULTS.get(message.to[-4:])
        if fault == REFUSED:
            return SmsRefused("the simulated network does not know the number", for_good=True)
        if fault == NO_ANSWER:
            return SmsDoubt("the simulated gateway has cut the connection")
        return SmsAccepted(str(self._deliver(message, arrives=fault != UNDELIVERABLE).pk))

    @transaction.atomic
    def _deliver(self, message: OutgoingSms, *, arrives: bool) -> SimulatedSms:
        row = SimulatedSms.objects.create(
            reference=message.reference, number=message.to, text=message.text, at=clock.now(), arrives=arrives
        )
        report.configure(schedule_in={"seconds": RECEIPT_SECONDS}).defer(sms=row.pk)
        return row


@transaction.atomic
def write(*, number: str, text: str, at: datetime) -> SimulatedSms:
    """Send a message from a simulated telephone to the contact centre."""
    row = SimulatedSms.objects.create(number=number, text=text, at=at, from_telephone=True)
    arrivals.take(IncomingSms(f"simulated-{row.pk}", number, OWN_NUMBER, text, at), at=at)
    return row


@app.task(name=TASK, queue="mail")
def report(*, sms: int) -> None:
    """Report what became of a message."""
    row = SimulatedSms.objects.filter(pk=sms).first()
    if row is None:
        return
    state = ReceiptState.DELIVERED if row.arrives else ReceiptState.FAILED
    at = clock.now()
    arrivals.take(SmsReceipt(row.reference, str(row.pk), state, at, "" if row.arrives else "UNDELIVERABLE"), at=at)

"""The shared mailboxes of the demo with their queue and the people who answer, and the mails that come to them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

from indgang.accounts.models import Person
from indgang.catalogue.models import ContactCentre
from indgang.correspondence.mail.accounts import account_of
from indgang.correspondence.models import Mailbox
from indgang.demo import letters, people
from indgang.demo.letters import DayOfMails
from indgang.demo.rows import Added, add
from indgang.entry.models import Queue, QueueMembership
from indgang.entry.setup import queue_terms
from indgang.messaging.mailbox.contract import SimulatedAccount
from indgang.messaging.mailbox.simulator import SimulatedMailbox

CENTRE, QUEUE, SECURE = "tmf", "tmf-mails", "tmf-digital-post"
#: the municipality's number in the company register
_CVR = "64942212"
#: answered within two hours of opening time (the concept of 2006)
_TARGET_SECONDS = 2 * 60 * 60
_VISITORS = ("anna", "bo", "clara", "ida")
_RECEIPT = "Tak for din mail. Vi svarer hurtigst muligt og senest i løbet af to timer i vores åbningstid."


def seed(centres: Added[ContactCentre], everybody: Added[Person]) -> None:
    """Add the queue and the mailboxes that are missing; people's changes stay."""
    centre = centres[CENTRE]
    made = add(
        [
            Queue(
                code=QUEUE, work=Queue.Work.WRITTEN, name="Mails til TMF", name_en="Mails", centre=centre,
                steps=[{"after": 0, "skills": {}}], ring_seconds=30,
            )
        ]
    )  # fmt: skip
    queue_terms.first([made[code] for code in made.new], service_level_seconds=_TARGET_SECONDS, wrap_up_seconds=0)
    colleagues = [people.colleague(CENTRE, number) for number in range(1, people.COLLEAGUES + 1)]
    QueueMembership.objects.bulk_create(
        QueueMembership(person=everybody[name], queue=made[QUEUE])
        for name in (*_VISITORS, *colleagues)
        if name in everybody.new or QUEUE in made.new
    )
    add(
        [
            Mailbox(
                code=each.code, name=each.name, address=each.address, centre=centre, queue=made[QUEUE],
                adapter=Mailbox.Adapter.SIMULATED, sender_name="Københavns Kommune", receipt=_RECEIPT,
            )
            for each in letters.mailboxes()
        ]
    )  # fmt: skip
    add(
        [
            Mailbox(
                code=SECURE, name="TMF i Digital Post", centre=centre, queue=made[QUEUE],
                adapter=Mailbox.Adapter.SIMULATED_POST, cvr=_CVR, sender_name="Københavns Kommune",
            )
        ]
    )  # fmt: skip


async def run_mails(day: DayOfMails, now: Callable[[], datetime]) -> None:
    """Deliver the mails of the day to the simulated mailboxes until cancelled."""
    for mail in day.mails(now()):
        await asyncio.sleep(max(0.0, (mail.at - now()).total_seconds()))
        await asyncio.to_thread(_deliver, mail.mailbox, mail.raw)


def _deliver(code: str, raw: bytes) -> None:
    mailbox = Mailbox.objects.filter(code=code).first()
    account = account_of(mailbox) if mailbox else None
    if isinstance(account, SimulatedAccount):  # else an administrator has connected another one
        SimulatedMailbox(account.folder).deliver(raw)

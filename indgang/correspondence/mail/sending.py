"""Carries our mails to the mail servers, each at most once.

A worker writes SENDING and commits before it submits, and what became of it afterwards. While it does, it holds a lock
of its database session: a mail that is SENDING without that lock was left by a worker that was killed. The server's
folder of sent mails may prove that it has left; else it is in doubt, and a person decides. Mails that a server does not
take now are tried again for a day.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from procrastinate.contrib.django import app

from indgang.accounts.sealing import Unsealable
from indgang.core import clock
from indgang.correspondence import answers
from indgang.correspondence.mail import accounts, answering
from indgang.correspondence.models import Mailbox, MailboxState, ThreadMessage
from indgang.messaging.mailbox import opening
from indgang.messaging.mailbox.contract import Doubt, Envelope, MailboxError, MailboxFault, Rejected, Sent

logger = logging.getLogger(__name__)

State = ThreadMessage.State
#: how long a mail of a worker that is gone is left alone: it may still be on its way to the folder of sent mails
LEFT_ALONE = timedelta(minutes=2)
#: minutes until the next attempt after each failure; afterwards the last one
_PAUSES = (1, 2, 5, 15, 30, 60)
#: how long a mail that no server takes is tried
_LONGEST = timedelta(hours=24)
#: mails of one run
_AT_ONCE = 200
#: the first key of the advisory locks of mails that are being sent
_LOCKS = 20_741


@app.task(name=answering.SEND_JOB, queue="mail")
def send_later(*, message: str) -> None:
    """Send one mail whose time to undo is over. The run of each minute takes what this one misses."""
    send_one(UUID(message))


def send_due(*, at: datetime) -> int:
    """Send what is due, and settle what a killed worker has left. Returns how many mails were taken up."""
    _settle_left(at)
    due = ThreadMessage.objects.filter(state=State.HELD, send_after__lte=at, mailbox__isnull=False)
    due = due.order_by("send_after")
    return sum(send_one(pk) for pk in due.values_list("pk", flat=True)[:_AT_ONCE])


def send_one(pk: UUID) -> bool:
    """Send this mail if it is due; returns whether it was taken up here. Must not run inside a transaction: that the
    mail is being sent is committed before it is."""
    with _lock_of(pk) as is_ours:
        message = _take_up(pk, clock.now()) if is_ours else None
        if message is None:
            return False
        _carry(message)
    return True


def _take_up(pk: UUID, at: datetime) -> ThreadMessage | None:
    with transaction.atomic():
        rows = ThreadMessage.objects.filter(pk=pk, state=State.HELD, send_after__lte=at)
        row = rows.select_for_update(of=("self",), skip_locked=True).select_related("mailbox", "source").first()
        if row is not None:
            row.state, row.state_at = State.SENDING, at
            row.attempts = min(row.attempts + 1, 1000)
            row.save(update_fields=["state", "state_at", "attempts"])
    return row


def _carry(message: ThreadMessage) -> None:
    box, raw = message.mailbox, bytes(message.source.raw)
    assert box is not None
    envelope = Envelope("" if message.automatic else box.address, (*message.to, *message.cc))
    try:
        result = opening.submit(accounts.account_of(box), raw, envelope)
    except (MailboxError, Unsealable) as error:
        fault = error.fault if isinstance(error, MailboxError) else MailboxFault.SECRET_WRONG
        logger.warning("mailbox %s: mail %s waits: %s", box.code, message.pk, fault)
        _note_health(box, fault.value)
        _try_later(message, fault.value)
        return
    except ValueError as error:
        logger.warning("mail %s cannot be sent: %s", message.pk, error)
        answers.failed(message, fault=str(error), at=clock.now())
        return
    _note_health(box, "")
    _write_down(message, result)
    if isinstance(result, Sent):
        _keep_copy(box, raw, message)


def _write_down(message: ThreadMessage, result: Sent | Rejected | Doubt) -> None:
    at = clock.now()
    match result:
        case Sent():
            answers.sent(message, at=at)
        case Doubt():
            answers.doubt(message, at=at)
        case Rejected(code, for_good, _recipient, words):
            fault = f"{code} {words}".strip()
            if for_good:
                answers.failed(message, fault=fault, at=at)
            else:
                _try_later(message, fault)


def _try_later(message: ThreadMessage, fault: str) -> None:
    """Nothing has left: hold the mail for a while, and give it back to its author after a day."""
    at = clock.now()
    if at - message.at > _LONGEST:
        answers.failed(message, fault=fault, at=at)
        return
    minutes = _PAUSES[min(message.attempts, len(_PAUSES)) - 1]
    ThreadMessage.objects.filter(pk=message.pk, state=State.SENDING).update(
        state=State.HELD, state_at=at, send_after=at + timedelta(minutes=minutes), fault=fault[:300]
    )


def _keep_copy(box: Mailbox, raw: bytes, message: ThreadMessage) -> None:
    """The copy in the folder of sent mails; the mail has left, so a failure is only noted."""
    try:
        opening.keep_copy(accounts.account_of(box), raw, message_id=message.message_id)
    except MailboxError as error:
        logger.warning("mailbox %s: no copy of mail %s: %s", box.code, message.pk, error)


def _note_health(box: Mailbox, fault: str) -> None:
    at = clock.now()
    state, _made = MailboxState.objects.get_or_create(mailbox=box)
    if state.send_fault == fault:
        return
    state.send_fault, state.send_down_since = fault, (state.send_down_since or at) if fault else None
    state.save(update_fields=["send_fault", "send_down_since"])


# --- what a killed worker has left ----------------------------------------------------------------


def _settle_left(at: datetime) -> None:
    left = ThreadMessage.objects.filter(state=State.SENDING, state_at__lte=at - LEFT_ALONE, mailbox__isnull=False)
    for message in left.select_related("mailbox").order_by("state_at")[:_AT_ONCE]:
        with _lock_of(message.pk) as is_ours:
            if is_ours:
                _settle(message, at)


def _settle(message: ThreadMessage, at: datetime) -> None:
    message.refresh_from_db(fields=["state"])
    if message.state != State.SENDING:
        return
    if _has_left(message):
        answers.sent(message, at=at)
    else:
        logger.warning("mail %s: nobody knows whether it was sent", message.pk)
        answers.doubt(message, at=at)


def _has_left(message: ThreadMessage) -> bool:
    assert message.mailbox is not None
    try:
        return opening.find_sent(accounts.account_of(message.mailbox), message_id=message.message_id)
    except (MailboxError, Unsealable):
        return False


@contextmanager
def _lock_of(pk: UUID) -> Iterator[bool]:
    """Whether this session is the one that may send the mail; the lock ends with the session at the latest."""
    key = pk.int & 0x7FFFFFFF
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_LOCKS, key])
        (is_ours,) = cursor.fetchone() or (False,)
    try:
        yield bool(is_ours)
    finally:
        if is_ours:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_LOCKS, key])

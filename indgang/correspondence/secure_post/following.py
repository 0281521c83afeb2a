"""Follows the mailboxes of secure post: stores what comes, confirms it afterwards, and notes receipts.

A process that is killed between storing and confirming is given the message again, recognises it, and confirms it. One
message that makes trouble does not keep the others back.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import datetime

from django.conf import settings
from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from indgang.core import clock
from indgang.core.clock import day_of
from indgang.correspondence.models import Mailbox, MailboxState, SecurePost
from indgang.correspondence.secure_post import mailboxes, receipts, receiving
from indgang.live import stale
from indgang.messaging.secure_post.contract import SecurePostError, SecurePostFault, SecurePostService

logger = logging.getLogger(__name__)

#: the name of the job that looks into all of them (`config.jobs`)
JOB = "config.fetch_secure_post"
#: pages of messages of one look, and failures after which the service is left alone until the next
_MOST_PAGES, _MOST_FAILURES = 10, 3


def fetch_soon() -> None:
    """Have the mailboxes looked into at once, if and when the transaction commits."""
    with suppress(AlreadyEnqueued), transaction.atomic():
        app.configure_task(JOB, queue="mail", queueing_lock=JOB, lock=JOB).defer(timestamp=0)


def fetch_all(*, at: datetime) -> int:
    """Look into each mailbox of today; returns how many messages were stored."""
    rows = Mailbox.objects.for_secure_post().valid_on(day_of(at))
    return sum(_look(mailbox) for mailbox in rows.select_related("centre__schedule", "queue__centre__schedule"))


def _look(mailbox: Mailbox) -> int:
    stored, fault = 0, ""
    try:
        service = mailboxes.service_of(mailbox)
        _note_receipts(mailbox, service)
        stored = _take_what_waits(mailbox, service)
    except SecurePostError as error:
        logger.warning("mailbox %s: %s", mailbox.code, error)
        fault = error.fault.value
    _note(mailbox, fault, has_stored=stored > 0)
    return stored


def _take_what_waits(mailbox: Mailbox, service: SecurePostService) -> int:
    """Raises the last SecurePostError when one message or more could not be taken."""
    stored, failures, last = 0, 0, None
    for uuid in _waiting(mailbox, service):
        try:
            stored += _take(mailbox, service, uuid)
        except SecurePostError as error:
            failures, last = failures + 1, error
            if failures >= _MOST_FAILURES:
                break
    if last is not None:
        raise last
    return stored


def _waiting(mailbox: Mailbox, service: SecurePostService) -> list[str]:
    """What is to be fetched or confirmed: what was too large is left there, for somebody to read it where it is."""
    found: list[str] = []
    for page in range(_MOST_PAGES):
        uuids = service.waiting(page)
        found += uuids
        if not uuids:
            break
    left = SecurePost.objects.filter(mailbox=mailbox, uuid__in=found, message__size=0, is_readable=False)
    too_large = {str(uuid) for uuid in left.values_list("uuid", flat=True)}
    return [uuid for uuid in dict.fromkeys(found) if uuid not in too_large]


def _take(mailbox: Mailbox, service: SecurePostService, uuid: str) -> bool:
    """Store the message and confirm it; returns whether it was new."""
    there = SecurePost.objects.filter(mailbox=mailbox, uuid=uuid, state=SecurePost.State.RECEIVED).first()
    is_new = there is None
    if there is None:
        content = service.fetch(uuid, largest=settings.MAILBOX_LARGEST).content
        there = _stored(mailbox, uuid, content)
        if content is None:
            return True
    service.confirm(uuid, is_readable=there.is_readable, at=clock.now())
    SecurePost.objects.filter(pk=there.pk, confirmed_at=None).update(confirmed_at=clock.now())
    return is_new


def _stored(mailbox: Mailbox, uuid: str, content: bytes | None) -> SecurePost:
    try:
        return receiving.receive(mailbox, uuid, content, at=clock.now())
    except Exception as error:
        # the message stays at the service, and the others are taken
        logger.exception("mailbox %s: a message could not be stored", mailbox.code)
        raise SecurePostError(SecurePostFault.NOT_STORED) from error


def _note_receipts(mailbox: Mailbox, service: SecurePostService) -> None:
    for listed in service.receipts():
        if listed.receipt is None:
            logger.warning("mailbox %s: a receipt cannot be understood", mailbox.code)
        else:
            receipts.note(mailbox, listed.receipt, at=clock.now())
        service.take_off(listed.key)


def _note(mailbox: Mailbox, fault: str, *, has_stored: bool) -> None:
    at = clock.now()
    state, _made = MailboxState.objects.get_or_create(mailbox=mailbox)
    state.checked_at = at
    state.fault, state.down_since = fault, (state.down_since or at) if fault else None
    if has_stored:
        state.received_at = at
    state.save(update_fields=["checked_at", "fault", "down_since", "received_at"])
    stale.mark("all/mailboxes")

"""Follows the shared mailboxes: stores what comes in, with the position up to which each has been read."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction

from indgang.accounts.sealing import Unsealable
from indgang.core import clock
from indgang.core.clock import day_of
from indgang.correspondence.mail import accounts, receiving
from indgang.correspondence.models import Mailbox, MailboxState
from indgang.live import stale
from indgang.messaging.mailbox.contract import Extent, FetchedBatch, FetchedMail, FetchPosition
from indgang.messaging.mailbox.keeping import MailboxHealth
from indgang.messaging.mailbox.opening import AnyAccount

logger = logging.getLogger(__name__)

#: a receipt that comes later says nothing any more, after days without the mail server for example
_RECEIPT_WITHIN = timedelta(days=1)
#: what lay in the mailbox for longer counts as coming now
_OLDEST = timedelta(days=7)


class SharedMailboxes:
    """The mailboxes of today, as the owner of `messaging.mailbox.keeping`. They are named by their codes."""

    def accounts(self) -> Mapping[str, AnyAccount]:
        found: dict[str, AnyAccount] = {}
        for mailbox in Mailbox.objects.for_mail().valid_on(day_of(clock.now())):
            try:
                found[mailbox.code] = accounts.account_of(mailbox)
            except Unsealable:
                logger.error("the secret of the mailbox %s was sealed with another key", mailbox.code)
        return found

    def position(self, name: str) -> FetchPosition | None:
        return _position(MailboxState.objects.filter(mailbox__code=name).first())

    def store(self, name: str, batch: FetchedBatch) -> bool:
        """Each mail in a transaction of its own, with its position: a thread that a mail joins is locked, and the
        switchboard must not wait for the rest of the batch."""
        mailboxes = Mailbox.objects.select_related("centre__schedule", "queue__schedule", "queue__centre__schedule")
        mailbox, after = mailboxes.get(code=name), batch.after
        for mail in batch.mails:
            reached = FetchPosition(batch.position.uid_validity, mail.uid)
            if not _advance(mailbox, after, reached, mail):
                return False
            after = reached
        return after == batch.position or _advance(mailbox, after, batch.position)

    def note(self, name: str, health: MailboxHealth) -> None:
        known = {"received_at": health.last_mail} if health.last_mail else {}
        MailboxState.objects.update_or_create(
            mailbox=Mailbox.objects.get(code=name),
            defaults={
                "checked_at": clock.now(), "down_since": None if health.is_up else health.since,
                "fault": health.fault.value if health.fault else "", **known,
            },
        )  # fmt: skip
        stale.mark("all/mailboxes")


@transaction.atomic
def _advance(
    mailbox: Mailbox, after: FetchPosition | None, reached: FetchPosition, mail: FetchedMail | None = None
) -> bool:
    """Store the mail and the position; False when the mailbox has been read further by somebody else."""
    state, _made = MailboxState.objects.select_for_update().get_or_create(mailbox=mailbox)
    if _position(state) != after:
        return False
    if mail is not None:
        now = clock.now()
        at, is_whole = _came_at(mail.arrived, now), mail.extent is Extent.WHOLE
        is_old = now - mail.arrived > _RECEIPT_WITHIN
        receiving.receive(mailbox, mail.content, at=at, size=mail.size, whole=is_whole, is_old=is_old)
    state.uid_validity, state.last_uid = reached.uid_validity, reached.uid
    state.save(update_fields=["uid_validity", "last_uid"])
    return True


def _came_at(arrived: datetime, now: datetime) -> datetime:
    """When the mail came to us: to the server, but for old mails of a mailbox that is connected late. They wait from
    now on, and the log has no place for events of years ago."""
    return arrived if now - _OLDEST < arrived <= now else now


def _position(state: MailboxState | None) -> FetchPosition | None:
    if state is None or state.uid_validity is None:
        return None
    return FetchPosition(state.uid_validity, state.last_uid)

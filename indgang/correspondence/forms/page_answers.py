"""Answers to those who gave no mail address: they are read on the status page, with number and code.

With an address the answer is a mail (`mail.answering`), which the status page shows as well.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.core.refusals import RefusedChange
from indgang.correspondence import answers, drafts
from indgang.correspondence.locking import locked
from indgang.correspondence.models import FormSubmission, Thread, ThreadMessage
from indgang.correspondence.texts import gaps


def is_for(thread: Thread) -> bool:
    """Whether the sender can be answered on the status page only."""
    return thread.mailbox_id is None and FormSubmission.objects.filter(pk=thread.pk).exists()


@transaction.atomic
def reply(thread: Thread, *, text: str, closes: bool, by: Person, at: datetime) -> ThreadMessage:
    """Put the answer on the status page; with `closes` the thread ends. The same answer again within some minutes gives
    the same row. Raises RefusedChange by field."""
    text = text.strip()
    if not text:
        raise RefusedChange({"text": _("Skriv et svar.")})
    if len(text) > drafts.MOST:
        raise RefusedChange({"text": _("Svaret er for langt. Kort teksten ned.")})
    gaps.refuse(text)
    thread = locked(thread.pk)
    again = answers.repeated(thread, (), at, author=by, text=text)
    if again is not None:
        return again
    answers.refuse_stranger(thread, by)
    if not is_for(thread):
        raise RefusedChange({"": _("Den, der skrev, har givet en mailadresse. Send svaret som mail.")})
    message = ThreadMessage.objects.create(
        thread=thread, direction=ThreadMessage.Direction.OUT, author=by, at=at, subject=thread.subject, text=text,
        state=ThreadMessage.State.HELD, state_at=at, size=len(text.encode()),
    )  # fmt: skip
    answers.sent(message, at=at)
    thread.refresh_from_db()
    if closes:
        answers.end(thread, Thread.Ending.ANSWERED, by=by, at=at)
    drafts.discard(thread, by=by)
    trail.record(by=by, at=at, action="onlineform.reply", target=thread.enquiry, after={"closes": closes})
    return message

"""How a written enquiry is answered: by mail, SMS, secure post, or on the page of an online form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from indgang.accounts.models import Person
from indgang.correspondence import drafts
from indgang.correspondence.forms import page_answers
from indgang.correspondence.mail import answering
from indgang.correspondence.models import SecurePost, Thread, ThreadMessage
from indgang.correspondence.outgoing import OutgoingFile
from indgang.correspondence.secure_post import answering as secure_answering
from indgang.correspondence.sms import answering as sms_answering
from indgang.enquiries.models import Channel


def answer(
    thread: Thread,
    typed: Mapping[str, Any],
    files: Sequence[OutgoingFile] = (),
    *,
    closes: bool,
    by: Person,
    at: datetime,
) -> None:
    """Answer in the way that the thread and what was typed say: `text`, and where the way has them `subject`, `to`,
    `cc`, `way`, `number`, and `seen`, the newest message that the page showed. Raises RefusedChange by field."""
    typed = {"cc": [], "way": "", "number": "", "seen": None, **typed}
    known: dict[str, Any] = {"text": typed["text"], "closes": closes, "by": by, "at": at}
    if thread.channel == Channel.SMS:
        sms_answering.reply(thread, **known, seen=typed["seen"])
    elif goes_by_secure_post(thread, typed):
        secure_answering.reply(
            thread, **known, subject=typed["subject"], number=typed["number"], attachments=files, seen=typed["seen"]
        )
    elif page_answers.is_for(thread):
        page_answers.reply(thread, **known)
    else:
        secure_answering.refuse_plain(thread, typed["text"], way=typed["way"], by=by, at=at)
        mail = {name: typed[name] for name in ("to", "cc", "subject", "seen")}
        answering.reply(thread, **known, **mail, attachments=files)


def goes_by_secure_post(thread: Thread, typed: Mapping[str, Any]) -> bool:
    return thread.channel == Channel.SECURE_POST or typed.get("way") == drafts.SECURE_POST


def settle(message: ThreadMessage, *, was_sent: bool, by: Person, at: datetime) -> None:
    """Settle an answer in doubt, in the way it was sent. Raises RefusedChange."""
    if SecurePost.objects.filter(message=message).exists():
        secure_answering.settle(message, was_sent=was_sent, by=by, at=at)
    elif message.thread.channel == Channel.SMS:
        sms_answering.settle(message, was_sent=was_sent, by=by, at=at)
    else:
        answering.settle(message, was_sent=was_sent, by=by, at=at)

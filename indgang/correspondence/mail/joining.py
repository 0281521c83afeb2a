"""Which thread a mail goes on with: by the Message-IDs that it answers, or by the token of the thread.

Message-IDs come first: a token may be quoted in any text. A mail that claims to answer one of ours is believed whoever
sent it, because colleagues and assistants answer for each other; the thread shows who wrote what. What somebody sends
on, who had no part in the thread, begins a thread that follows it: Outlook gives it the References of what is sent on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.db.models import Q, QuerySet

from indgang.correspondence.models import Mailbox, Thread, ThreadMessage
from indgang.correspondence.tokens import LETTERS
from indgang.messaging.reading import MailReading
from indgang.prepared.query import Query

_TOKEN = re.compile(rf"(?<![{LETTERS}])[{LETTERS}]{{4}}-?[{LETTERS}]{{4}}(?![{LETTERS}])")
#: how mail programs begin the subject of what is sent on, in Danish, Swedish, Norwegian, English and German
_FORWARD = re.compile(r"\s*(?:vs|vb|fw|fwd|wg)\s*:", re.IGNORECASE)
#: the most Message-IDs of one mail that are looked for, the nearest first
_MOST_IDS = 30


def thread_of(mail: MailReading, mailbox: Mailbox) -> Thread | None:
    """The thread that the mail belongs to; None when it begins one."""
    thread = related(mail, mailbox)
    if thread is None or _is_between_units(mail, mailbox, thread) or _is_sent_on(mail, thread):
        return None
    return thread


def related(mail: MailReading, mailbox: Mailbox) -> Thread | None:
    """The thread that the mail refers to, whether it belongs to it or begins one of its own."""
    return _by_ids(_answered_ids(mail), mailbox) or _by_token(_tokens(mail, mailbox))


def written_in(mail: MailReading) -> Thread | None:
    """The thread in which we wrote this mail ourselves, from another mailbox."""
    rows = _WRITTEN.models(message_id=mail.message_id) if mail.message_id else []
    return _whole(rows[0].thread) if rows else None


def _written(message_id: str) -> QuerySet[ThreadMessage]:
    rows = ThreadMessage.objects.filter(direction=ThreadMessage.Direction.OUT, message_id=message_id)
    return rows.exclude(message_id="").select_related("thread").order_by("at", "id")[:1]


_WRITTEN = Query(_written, message_id=str)


def answers_ours(mail: MailReading, mailbox: Mailbox) -> bool:
    """Whether it refers to a mail of ours, or has the token of a thread."""
    ours = ThreadMessage.objects.filter(direction=ThreadMessage.Direction.OUT, message_id__in=_answered_ids(mail))
    return ours.exclude(message_id="").exists() or _by_token(_tokens(mail, mailbox)) is not None


def _is_between_units(mail: MailReading, mailbox: Mailbox, thread: Thread) -> bool:
    """Whether one of our other mailboxes wrote it in a thread of its own, which is another unit's."""
    sender = mail.sender.address.lower() if mail.sender else ""
    if thread.mailbox_id == mailbox.pk or not sender or sender == mailbox.address.lower():
        return False
    return Mailbox.objects.filter(address__iexact=sender).exists()


def _is_sent_on(mail: MailReading, thread: Thread) -> bool:
    """Whether somebody who had no part in the thread forwards a mail of it."""
    if not mail.sender or not _FORWARD.match(mail.subject):
        return False
    return mail.sender.address.lower() not in _people_of(thread)


def _people_of(thread: Thread) -> set[str]:
    """The addresses of everybody who wrote in the thread, or was written to."""
    rows = ThreadMessage.objects.filter(Q(thread=thread) | Q(thread__merged_into=thread))
    found = {thread.contact_address.lower()}
    for sender, to, cc in rows.values_list("sender_address", "to", "cc"):
        found |= {str(each).lower() for each in (sender, *to, *cc)}
    return found


def _answered_ids(mail: MailReading) -> list[str]:
    nearest_first = [*mail.in_reply_to, *reversed(mail.references), *([mail.about] if mail.about else [])]
    return list(dict.fromkeys(nearest_first))[:_MOST_IDS]


def _by_ids(ids: list[str], mailbox: Mailbox) -> Thread | None:
    """The thread of the nearest mail that is answered: one of ours, or one that came to this mailbox. What somebody
    wrote to another mailbox, with a copy to this one, is another unit's."""
    is_known = Q(direction=ThreadMessage.Direction.OUT) | Q(mailbox=mailbox)
    rows = ThreadMessage.objects.filter(is_known, message_id__in=ids).exclude(message_id="").select_related("thread")
    found = {row.message_id: row for row in rows.order_by("at")}
    nearest = next((found[each] for each in ids if each in found), None)
    return _whole(nearest.thread) if nearest else None


def _tokens(mail: MailReading, mailbox: Mailbox) -> list[str]:
    """The tokens in the subject, in brackets, and after a plus in an address of the mailbox."""
    local, _at, domain = mailbox.address.lower().partition("@")
    plus = re.compile(rf"{re.escape(local)}\+(\w+)@{re.escape(domain)}")
    said = re.findall(r"\[#([\w-]{8,9})\]", mail.subject.upper())
    said += [found[1].upper() for each in (*mail.to, *mail.cc) if (found := plus.fullmatch(each.address.lower()))]
    return [each.replace("-", "") for each in said if _TOKEN.fullmatch(each)]


def _by_token(tokens: Iterable[str]) -> Thread | None:
    for token in tokens:
        found = Thread.objects.filter(token=token).first()
        if found is not None:
            return _whole(found)
    return None


def _whole(thread: Thread) -> Thread:
    """The thread, or the one that it was merged into."""
    seen = set()
    while thread.merged_into_id and thread.pk not in seen:
        seen.add(thread.pk)
        thread = Thread.objects.get(pk=thread.merged_into_id)
    return thread

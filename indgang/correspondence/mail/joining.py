"""Which thread a mail goes on with: by the Message-IDs that it answers, or by the token of the thread.

Message-IDs come first: a token may be quoted in any text. A mail that claims to answer one of ours is believed whoever
sent it, because colleagues and assistants answer for each other; the thread shows who wrote what.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.db.models import Q

from indgang.correspondence.models import Mailbox, Thread, ThreadMessage
from indgang.messaging.reading import MailReading

#: letters and digits that are not mistaken for each other, in the token of a thread
TOKEN_LETTERS = "23456789BCDFGHJKMNPQRSTVWXZ"  # noqa: S105  # no password
TOKEN_LENGTH = 8
_TOKEN = re.compile(rf"(?<![{TOKEN_LETTERS}])[{TOKEN_LETTERS}]{{4}}-?[{TOKEN_LETTERS}]{{4}}(?![{TOKEN_LETTERS}])")
#: the most Message-IDs of one mail that are looked for, the nearest first
_MOST_IDS = 30


def thread_of(mail: MailReading, mailbox: Mailbox) -> Thread | None:
    """The thread that the mail belongs to; None when it begins one."""
    return _by_ids(_answered_ids(mail), mailbox) or _by_token(_tokens(mail, mailbox))


def shown_token(token: str) -> str:
    """The token as it stands in subjects, in square brackets."""
    return f"[#{token[:4]}-{token[4:]}]"


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

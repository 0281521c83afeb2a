"""Makes the bytes of a mail of ours: once, and what is sent is these bytes for ever."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from indgang.core.clock import COPENHAGEN
from indgang.core.masking import mask_cpr
from indgang.correspondence import tokens
from indgang.correspondence.models import Mailbox, Thread, ThreadMessage
from indgang.correspondence.outgoing import OutgoingFile, one_line, storable

#: references of one mail: the first, and the nearest ones
_MOST_REFERENCES = 20
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_PREFIX = re.compile(r"^\s*(?:(?:sv|re|vs|aw|fw|fwd)\s*:\s*)+", re.IGNORECASE)
_TOKEN = re.compile(r"\s*\[#[\w-]{8,9}\]")
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,250}>")


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A mail before it has bytes. `text` is whole, with signature and quoted text; `html` says the same."""

    mailbox: Mailbox
    to: Sequence[str]
    cc: Sequence[str]
    subject: str
    text: str
    message_id: str
    references: Sequence[str]
    at: datetime
    attachments: Sequence[OutgoingFile] = ()
    html: str = ""
    is_automatic: bool = False


def as_bytes(mail: Outgoing) -> bytes:
    """The mail with lines that end in CRLF."""
    message = EmailMessage(policy=SMTP)
    box = mail.mailbox
    message["From"] = Address(one_line(box.sender_name or box.name), addr_spec=box.address)
    message["To"] = [Address(addr_spec=each) for each in mail.to]
    if mail.cc:
        message["Cc"] = [Address(addr_spec=each) for each in mail.cc]
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(mail.at.astimezone(COPENHAGEN))
    message["Message-ID"] = mail.message_id
    if mail.is_automatic:
        message["Auto-Submitted"] = "auto-replied"
        message["X-Auto-Response-Suppress"] = "All"
    message.set_content(storable(mail.text), charset="utf-8", cte="quoted-printable")
    if mail.html:
        message.add_alternative(storable(mail.html), subtype="html", charset="utf-8", cte="quoted-printable")
    for each in mail.attachments:
        main, _slash, sub = each.kind.partition("/")
        message.add_attachment(each.content, maintype=main, subtype=sub, filename=one_line(each.name)[:150])
    return _thread_headers(mail.references) + message.as_bytes()


def _thread_headers(references: Sequence[str]) -> bytes:
    """In-Reply-To and References, one id on each line. The library would make an encoded word of an id that does not
    fit on a line, as those of Exchange are, and no mail program finds its thread by that."""
    if not references:
        return b""
    lines = [f"In-Reply-To: {references[-1]}", f"References: {references[0]}", *(f" {each}" for each in references[1:])]
    return "".join(f"{line}\r\n" for line in lines).encode("ascii")


def new_message_id(mailbox: Mailbox) -> str:
    return f"<{secrets.token_hex(16)}@{mailbox.address.rpartition('@')[2]}>"


def references_to(answered: ThreadMessage | None) -> list[str]:
    """The Message-IDs that an answer to this mail refers to, the mail itself last; without those that are none."""
    if answered is None:
        return []
    known = [each for each in (*answered.references, answered.message_id) if _MESSAGE_ID.fullmatch(each)]
    found = list(dict.fromkeys(reversed(known)))[::-1]
    return found if len(found) <= _MOST_REFERENCES else [found[0], *found[1 - _MOST_REFERENCES :]]


def answer_subject(thread: Thread, subject: str = "") -> str:
    """The subject of an answer: one prefix, no CPR number in the clear, and the token that leads an answer to it back
    here."""
    plain = mask_cpr(plain_subject(subject or thread.subject))
    prefix, token = "Re:" if thread.language == "en" else "SV:", tokens.shown(thread.token)
    return f"{prefix} {plain}"[: 250 - len(token) - 1].rstrip() + f" {token}"


def plain_subject(subject: str) -> str:
    """The subject on one line, without prefixes and tokens."""
    return _PREFIX.sub("", _TOKEN.sub("", one_line(subject))).strip()


def quoted(answered: ThreadMessage | None, language: str) -> str:
    """The mail that is answered, as it stands below the answer. CPR numbers in it are masked: a mail is not sealed."""
    if answered is None:
        return ""
    with translation.override("en" if language == "en" else "da"):
        local = answered.at.astimezone(COPENHAGEN)
        when = date_format(local, "j. F Y") if language != "en" else f"{local:%d %B %Y}"
        who = mask_cpr(f"{answered.sender_name} <{answered.sender_address}>".strip())
        line = _("Den %(day)s kl. %(time)s skrev %(who)s:") % {"day": when, "time": f"{local:%H.%M}", "who": who}
    return "\n".join([line, *(f"> {each}".rstrip() for each in mask_cpr(answered.text).rstrip().splitlines())])

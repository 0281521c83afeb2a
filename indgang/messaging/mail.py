"""Mails: queued with the change that causes them, and sent by a worker.

The job holds only the id of a row, so that procrastinate's logs and rows contain no personal data. A mail is handed to
the mail server at least once, and exactly once unless the worker dies between the server's answer and the commit. The
copy then has the same Message-ID, so mail programs recognise it.
"""

from __future__ import annotations

import logging
import re
import secrets
import smtplib
from collections.abc import Iterable
from dataclasses import dataclass
from email.utils import parseaddr

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import BigIntegerField, Exists, OuterRef
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.types import JSONDict

from indgang.messaging.models import Mail
from indgang.messaging.patience import MAIL, Hopeless, Patience

logger = logging.getLogger(__name__)

TASK = "messaging.mail"
LONGEST_SUBJECT = 250
#: bulk mail waits for mail that a person is waiting for
_BULK_PRIORITY = -10
#: rows per insert when many mails are queued
_BATCH = 500

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_URL = re.compile(r"https?://[!-;=?-~]+")


class BadAddress(ValueError):
    """The address cannot receive mail."""


class NotSent(Exception):
    """The mail server did not accept the mail; the text says why without the recipient."""


class MailRefused(NotSent, Hopeless):
    """The mail server refuses the mail for good."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail before it is queued; always with plain text, and optionally with HTML."""

    to: str
    subject: str
    text: str
    html: str = ""
    unsubscribe_url: str = ""


def send(*, to: str, subject: str, text: str, html: str = "", unsubscribe_url: str = "") -> str:
    """Queue a mail in the caller's transaction: it is sent if and when that commits.

    `to` is one address without a name. `unsubscribe_url`, for newsletters, takes a POST without sign-in or cookie (RFC
    8058). Returns the Message-ID. Raises BadAddress, and ValueError for an `unsubscribe_url` that is not a URL.
    """
    return send_all([Letter(to, subject, text, html, unsubscribe_url)])[0]


def send_all(letters: Iterable[Letter]) -> list[str]:
    """Queue many mails at once, all or none; as `send`."""
    rows = [_row(letter) for letter in letters]
    with transaction.atomic():
        Mail.objects.bulk_create(rows, batch_size=_BATCH)
        for bulk in (False, True):
            jobs: list[JSONDict] = [{"mail": row.pk} for row in rows if bool(row.unsubscribe_url) is bulk]
            deferrer = deliver.configure(priority=_BULK_PRIORITY if bulk else 0)
            for start in range(0, len(jobs), _BATCH):
                deferrer.batch_defer(*jobs[start : start + _BATCH])
    return [row.message_id for row in rows]


def withdraw(*, unsubscribe_url: str) -> int:
    """Delete queued mails with this link to unsubscribe; returns how many."""
    if not unsubscribe_url:
        raise ValueError("mails without a link to unsubscribe cannot be told apart")
    return Mail.objects.filter(unsubscribe_url=unsubscribe_url).delete()[0]


def forget_failed() -> int:
    """Delete mails that were given up and whose job has been deleted; returns how many."""
    jobs = ProcrastinateJob.objects.filter(task_name=TASK)
    jobs = jobs.annotate(mail=Cast(KeyTextTransform("mail", "args"), BigIntegerField()))
    return Mail.objects.filter(~Exists(jobs.filter(mail=OuterRef("pk")))).delete()[0]


def checked_address(address: str) -> str:
    """The address, checked. Raises BadAddress when it cannot receive mail."""
    try:
        if len(address) > 254 or _CONTROL.search(address):
            raise BadAddress("an address is at most 254 characters without line breaks")
        validate_email(address)
    except ValidationError as error:
        raise BadAddress("this is no mail address") from error
    return address


@app.task(name=TASK, queue="mail", retry=Patience(MAIL))
def deliver(*, mail: int) -> None:
    """Hand one mail to the mail server. A second worker with the same mail waits and then finds that it is gone."""
    with transaction.atomic():
        row = Mail.objects.select_for_update().filter(pk=mail).first()
        if row is None:
            return
        failure = _hand_over(row)
        if failure is None:
            row.delete()
    if failure is not None:
        logger.warning("mail %s: %s", mail, failure)
        raise failure
    logger.info("mail %s is sent", mail)


def _row(letter: Letter) -> Mail:
    if letter.unsubscribe_url and not _URL.fullmatch(letter.unsubscribe_url):
        raise ValueError("unsubscribe_url must be an address that begins with http:// or https://")
    return Mail(
        to=checked_address(letter.to),
        subject=_one_line(letter.subject),
        text=_storable(letter.text),
        html=_storable(letter.html),
        unsubscribe_url=letter.unsubscribe_url,
        message_id=f"<{secrets.token_hex(16)}@{_own_domain()}>",
    )


def _one_line(subject: str) -> str:
    """The subject on one line; a line break would allow header injection."""
    return _CONTROL.sub("", " ".join(_storable(subject).split()))[:LONGEST_SUBJECT]


def _storable(text: str) -> str:
    """The text without zero bytes and lone surrogates, which the database and UTF-8 do not accept."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def _own_domain() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"


def _hand_over(row: Mail) -> NotSent | None:
    """Give the mail to the server; returns why it failed. The original error names addresses, so its text is not
    kept."""
    try:
        _message(row).send()
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _words in error.recipients.values()]
        return _failure(max(codes, default=0), for_good=all(code >= 500 for code in codes))
    except smtplib.SMTPDataError as error:
        return _failure(error.smtp_code, for_good=error.smtp_code >= 500)
    except smtplib.SMTPResponseException as error:
        return _failure(error.smtp_code, for_good=False)
    except (smtplib.SMTPException, OSError) as error:
        return NotSent(f"the mail server cannot be used ({type(error).__name__})")
    return None


def _failure(code: int, *, for_good: bool) -> NotSent:
    kind = MailRefused if for_good else NotSent
    return kind(f"the mail server answered {code}")


def _message(row: Mail) -> EmailMultiAlternatives:
    headers = {"Message-ID": row.message_id, "Auto-Submitted": "auto-generated"}
    if row.unsubscribe_url:
        headers["List-Unsubscribe"] = f"<{row.unsubscribe_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message = EmailMultiAlternatives(row.subject, row.text, to=[row.to], headers=headers)
    if row.html:
        message.attach_alternative(row.html, "text/html")
    return message

"""Mails: put in the queue with the change that causes them, sent by a worker.

The job holds the number of a row alone: what procrastinate logs and keeps about jobs is then never personal. A mail is
handed to the mail server at least once, and exactly once unless the worker dies between the server's answer and the
commit; the copy then has the same Message-ID, by which mail programs know it.
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
#: what is sent to many waits for what somebody is waiting for
_BULK_PRIORITY = -10
#: rows written at a time when many mails are put in the queue
_BATCH = 500

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_URL = re.compile(r"https?://[!-;=?-~]+")


class BadAddress(ValueError):
    """No mail can be sent to such an address."""


class NotSent(Exception):
    """The mail server did not take it; says why without saying whose it is."""


class MailRefused(NotSent, Hopeless):
    """The mail server will not take it, however often it is asked."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail before it is put in the queue; plain text always, HTML when there is any."""

    to: str
    subject: str
    text: str
    html: str = ""
    unsubscribe_url: str = ""


def send(*, to: str, subject: str, text: str, html: str = "", unsubscribe_url: str = "") -> str:
    """Put a mail in the queue, in the caller's transaction: it is sent if and when that commits.

    `to` is one address without a name. `unsubscribe_url`, for newsletters, takes a POST without sign-in or cookie
    (RFC 8058). Returns the Message-ID. Raises BadAddress, and ValueError for an `unsubscribe_url` that is no URL.
    """
    return send_all([Letter(to, subject, text, html, unsubscribe_url)])[0]


def send_all(letters: Iterable[Letter]) -> list[str]:
    """Put many mails in the queue at once, all or none; as `send`."""
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
    """Take back what waits in the queue with this link to unsubscribe; returns how many mails."""
    if not unsubscribe_url:
        raise ValueError("mails without a link to unsubscribe cannot be told apart")
    return Mail.objects.filter(unsubscribe_url=unsubscribe_url).delete()[0]


def forget_failed() -> int:
    """Delete mails that were given up and whose job has been forgotten; returns how many."""
    jobs = ProcrastinateJob.objects.filter(task_name=TASK)
    jobs = jobs.annotate(mail=Cast(KeyTextTransform("mail", "args"), BigIntegerField()))
    return Mail.objects.filter(~Exists(jobs.filter(mail=OuterRef("pk")))).delete()[0]


def checked_address(address: str) -> str:
    """The address, when mail can be sent there. Raises BadAddress."""
    try:
        if len(address) > 254 or _CONTROL.search(address):
            raise BadAddress("an address is at most 254 characters without line breaks")
        validate_email(address)
    except ValidationError as error:
        raise BadAddress("this is no mail address") from error
    return address


@app.task(name=TASK, queue="mail", retry=Patience(MAIL))
def deliver(*, mail: int) -> None:
    """Hand one mail to the mail server. A second worker with the same mail waits and then finds it gone."""
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
    """A header cannot be broken out of without a line break."""
    return _CONTROL.sub("", " ".join(_storable(subject).split()))[:LONGEST_SUBJECT]


def _storable(text: str) -> str:
    """What the database and UTF-8 take: no zero bytes, no halves of characters."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def _own_domain() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"


def _hand_over(row: Mail) -> NotSent | None:
    """Give it to the mail server; returns why not. Errors name addresses, so their own words go no further."""
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

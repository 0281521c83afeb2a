"""Mails and SMS to the contact about a hand-over, for those who asked for them, queued with the change they tell of.

They say what happens now, and how to follow it. What the question is about, and who asks, is not in them. A contact
without a mail address gets an SMS, by the channel that is connected (`connect_sms`).
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Protocol
from urllib.parse import urlencode

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.core.refusals import RefusedChange
from indgang.enquiries.models import Enquiry
from indgang.handover import contact_words
from indgang.handover.models import Handover
from indgang.messaging import mail

#: the page of the public site; a test compares it with the site's own list
FOLLOW_PATH = "/foelg/"


class SmsSender(Protocol):
    """Queues an SMS. Raises RefusedChange with the reason why the number cannot have one."""

    def __call__(self, *, number: str, text: str, enquiry: Enquiry, by: Person, at: datetime) -> object: ...


class Occasion(StrEnum):
    """What the contact is told of."""

    SENT = "sent"
    MOVED = "moved"
    NEEDS_INFORMATION = "needs_information"
    ENDED = "ended"


_sms: list[SmsSender] = []


def connect_sms(sender: SmsSender) -> None:
    """Have this send the SMS."""
    _sms[:] = [sender]


def tell(handover: Handover, occasion: Occasion, *, by: Person, at: datetime) -> str:
    """Queue the mail or the SMS, if the contact wants to be told; returns why it cannot be sent, else empty."""
    if not handover.tells_contact:
        return ""
    language = "en" if handover.enquiry.language == "en" else "da"
    with translation.override(language):
        if handover.contact_email:
            mail.send(
                to=handover.contact_email, subject=_subject(handover, occasion), text=_mail(handover, occasion, at)
            )
            return ""
        said = " ".join(
            (contact_words.what_happens(handover, at), contact_words.reference(handover), address(handover))
        )
    return _by_sms(handover, said, by, at)


def _by_sms(handover: Handover, text: str, by: Person, at: datetime) -> str:
    for send in _sms:
        try:
            with transaction.atomic():
                send(number=handover.contact_number, text=text, enquiry=handover.enquiry, by=by, at=at)
        except RefusedChange as refused:
            return str(refused)
    return ""


def _subject(handover: Handover, occasion: Occasion) -> str:
    subject = {
        Occasion.SENT: _("Vi har sendt dit spørgsmål videre (%(number)s)"),
        Occasion.MOVED: _("Der er aftalt en ny tid for dit spørgsmål (%(number)s)"),
        Occasion.NEEDS_INFORMATION: _("Vi mangler oplysninger til dit spørgsmål (%(number)s)"),
        Occasion.ENDED: _("Dit spørgsmål er afsluttet (%(number)s)"),
    }[occasion]
    return subject % {"number": handover.number}


def _mail(handover: Handover, occasion: Occasion, at: datetime) -> str:
    lines = [
        _("Hej"),
        contact_words.what_happens(handover, at),
        contact_words.reference(handover),
        _what_the_page_is_for(occasion) + "\n" + address(handover),
    ]
    return "\n\n".join(lines) + "\n"


def _what_the_page_is_for(occasion: Occasion) -> str:
    """What the contact can do there; when it has ended, nothing more can be added or withdrawn."""
    if occasion is Occasion.ENDED:
        return _("Her kan du se, hvad der er sket:")
    return _("Her kan du følge spørgsmålet, tilføje noget eller trække det tilbage:")


def address(handover: Handover) -> str:
    """The page on which the contact follows it, in the active language; number and code are filled in there."""
    query = urlencode({"nummer": handover.number, "kode": handover.code})
    return f"{settings.PUBLIC_URL}{'/en' if get_language() == 'en' else ''}{FOLLOW_PATH}?{query}"

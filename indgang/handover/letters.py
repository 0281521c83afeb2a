"""Mails to the contact about a hand-over, for those who asked for them. A mail is queued with the change it tells of.

It says what happens now, and how to follow it. What the question is about, and who asks, is not in it.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from urllib.parse import urlencode

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from indgang.handover import contact_words
from indgang.handover.models import Handover
from indgang.messaging import mail

#: the page of the public site; a test compares it with the site's own list
FOLLOW_PATH = "/foelg/"


class Occasion(StrEnum):
    """What the contact is told of."""

    SENT = "sent"
    MOVED = "moved"
    NEEDS_INFORMATION = "needs_information"
    ENDED = "ended"


def tell(handover: Handover, occasion: Occasion, *, at: datetime) -> None:
    """Queue the mail, if the contact wants to be told."""
    if not handover.tells_contact or not handover.contact_email:
        return
    language = "en" if handover.enquiry.language == "en" else "da"
    with translation.override(language):
        number = {"number": handover.number}
        subject = {
            Occasion.SENT: _("Vi har sendt dit spørgsmål videre (%(number)s)"),
            Occasion.MOVED: _("Der er aftalt en ny tid for dit spørgsmål (%(number)s)"),
            Occasion.NEEDS_INFORMATION: _("Vi mangler oplysninger til dit spørgsmål (%(number)s)"),
            Occasion.ENDED: _("Dit spørgsmål er afsluttet (%(number)s)"),
        }[occasion] % number
        text = [
            _("Hej"),
            contact_words.what_happens(handover, at),
            contact_words.reference(handover),
            _what_the_page_is_for(occasion) + "\n" + address(handover, language),
        ]
    mail.send(to=handover.contact_email, subject=subject, text="\n\n".join(text) + "\n")


def _what_the_page_is_for(occasion: Occasion) -> str:
    """What the contact can do there; when it has ended, nothing more can be added or withdrawn."""
    if occasion is Occasion.ENDED:
        return _("Her kan du se, hvad der er sket:")
    return _("Her kan du følge spørgsmålet, tilføje noget eller trække det tilbage:")


def address(handover: Handover, language: str) -> str:
    """The page on which the contact follows it; number and code are filled in there."""
    query = urlencode({"nummer": handover.number, "kode": handover.code})
    return f"{settings.PUBLIC_URL}{'/en' if language == 'en' else ''}{FOLLOW_PATH}?{query}"

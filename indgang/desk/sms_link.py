"""The SMS with a link to what the agent has in view: which links there are, and the words around one."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from indgang.core.phone_numbers import can_receive_sms, for_people
from indgang.correspondence.models import SmsMessage
from indgang.correspondence.sms import fault_words
from indgang.correspondence.sms.sending import STOPPED
from indgang.desk.reading import Reading
from indgang.enquiries.models import Enquiry
from indgang.messaging.sms.parts import Division, SmsEncoding, divide, with_plain_signs


@dataclass(frozen=True, slots=True)
class SmsLink:
    title: str
    url: str


def links_of(reading: Reading) -> list[SmsLink]:
    """The article on the public site, when it is public, then the links that it names."""
    own = reading.path_for_everybody
    links = [SmsLink(reading.version.title, settings.PUBLIC_URL + own)] if own else []
    return links + [SmsLink(str(link.get("title") or ""), str(link["url"])) for link in reading.links]


def text_of(link: SmsLink, enquiry: Enquiry, language: str) -> str:
    """The text, in the language of the article and without signs that would double its price."""
    sender = enquiry.centre.name if enquiry.centre else ""
    with translation.override("en" if language == "en" else "da"):
        words = {"title": with_plain_signs(link.title).strip(), "url": link.url, "sender": with_plain_signs(sender)}
        text = _("Her er linket, vi talte om: %(title)s\n%(url)s\nVenlig hilsen %(sender)s") % words
    return text.strip()


def number_of(enquiry: Enquiry) -> str:
    """The caller's number, when it may be a mobile telephone; otherwise empty."""
    return enquiry.caller_number if can_receive_sms(enquiry.caller_number) else ""


@dataclass(frozen=True, slots=True)
class Counted:
    """How many SMS the text is, in words; `warning` says which characters make it longer."""

    division: Division

    @property
    def text(self) -> str:
        count = self.division.count
        if count == 1:
            return _("1 sms, %(left)s tegn tilbage") % {"left": self.division.left}
        return _("%(count)s sms'er, %(left)s tegn tilbage i den sidste") % {"count": count, "left": self.division.left}

    @property
    def warning(self) -> str:
        if self.division.encoding is SmsEncoding.GSM or self.division.count <= self.division.without:
            return ""
        signs = " ".join(self.division.forcing[:8])
        said = {"signs": signs, "count": self.division.count, "without": self.division.without}
        return _("%(signs)s gør, at teksten fylder %(count)s sms'er i stedet for %(without)s.") % said


def counted(text: str) -> Counted:
    return Counted(divide(text))


def sentence_of(message: SmsMessage) -> str:
    """What became of the message."""
    said = {"number": for_people(message.number), "reason": fault_words.words(message.reason)}
    match message.state:
        case SmsMessage.State.ACCEPTED:
            return _("Sms'en til %(number)s er sendt.") % said
        case SmsMessage.State.DELIVERED:
            return _("Sms'en til %(number)s er leveret.") % said
        case SmsMessage.State.DOUBT:
            return _("Måske er sms'en til %(number)s sendt. Spørg, om den er kommet, før du sender den igen.") % said
        case SmsMessage.State.FAILED if message.reason == STOPPED:
            return _("Sms'en til %(number)s blev ikke sendt: nummeret har svaret STOP.") % said
        case SmsMessage.State.FAILED:
            return _("Sms'en til %(number)s kom ikke frem. %(reason)s") % said
        case _ if message.attempts > 1 or (message.attempts and message.state == SmsMessage.State.QUEUED):
            return _("Sms'en til %(number)s er ikke sendt endnu. Vi prøver igen.") % said
        case _:
            return _("Sms'en til %(number)s bliver sendt nu.") % said

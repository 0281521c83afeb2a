"""The values of the fields for one written enquiry and whoever answers it."""

from __future__ import annotations

from datetime import datetime

from django.utils import translation
from django.utils.formats import date_format

from indgang.accounts.models import Person
from indgang.catalogue.models import ContactCentre
from indgang.core import phone_numbers
from indgang.core.clock import COPENHAGEN
from indgang.correspondence.models import CentreSignature, Thread
from indgang.enquiries.models import Channel, Enquiry

Naming = CentreSignature.Naming


def of_thread(thread: Thread, *, by: Person, at: datetime, language: str) -> dict[str, str]:
    """The values by Danish field name for a text in a language, without those that nobody knows."""
    centre = centre_of(thread)
    name = thread.contact_name.strip()
    known = {
        "navn": name,
        "fornavn": name.partition(" ")[0],
        "nummer": f"{thread.token[:4]}-{thread.token[4:]}",
        "ydelse": _service(thread.enquiry, language),
        "center": centre.name if centre else "",
        "telefon": phone_of(centre) if centre else "",
        "dato": _day(at, language),
    }
    signed = signed_name(by, centre, channel=thread.channel)  # empty where the centre's rule is to sign without a name
    return {field: value for field, value in known.items() if value} | {"medarbejder": signed}


def centre_of(thread: Thread) -> ContactCentre | None:
    """The centre that answers: that of the mailbox, else of the queue, else of the enquiry."""
    box = thread.mailbox
    return box.centre if box else thread.queue.centre if thread.queue else thread.enquiry.centre


def phone_of(centre: ContactCentre) -> str:
    """The number of the unit that owns the centre, as people write it; empty without one."""
    if not centre.owner.phone:
        return ""
    try:
        return phone_numbers.for_people(phone_numbers.normalise(centre.owner.phone))
    except phone_numbers.NumberError:
        return centre.owner.phone


def signed_name(person: Person, centre: ContactCentre | None, *, channel: str) -> str:
    """The name that a person signs with, as their centre says. In a chat it is the first name alone."""
    naming = CentreSignature.objects.filter(centre=centre).values_list("naming", flat=True).first() or Naming.FULL
    if naming == Naming.NONE:
        return ""
    return person.name.partition(" ")[0] if naming == Naming.FIRST or channel == Channel.CHAT else person.name


def _service(enquiry: Enquiry, language: str) -> str:
    """The service that the enquiry is registered with last, as citizens know it."""
    question = enquiry.questions.select_related("service").order_by("-order").first()
    return question.service.for_public(language) if question else ""


def _day(at: datetime, language: str) -> str:
    local = at.astimezone(COPENHAGEN)
    with translation.override("en" if language == "en" else "da"):
        return date_format(local, "j. F Y" if language != "en" else "j F Y")

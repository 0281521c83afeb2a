"""The number and mail address of the service itself that the public site shows. The value is `phone|mail|end`, where
the end is the first day without it."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from indgang.catalogue import service_contacts
from indgang.catalogue.models import ServiceContact
from indgang.core import phone_numbers
from indgang.programme.switchover.parts.place import Switcher, SwitchPlace


def present(name: str, place: SwitchPlace) -> str:
    row = service_contacts.on(place.service, place.day)
    return f"{row.phone}|{row.email}|{row.valid_to or ''}" if row else ""


def on_day(value: str, place: SwitchPlace) -> str:
    """The value; "" once its last day is over."""
    ends = value.split("|")[2] if value else ""
    return "" if ends and date.fromisoformat(ends) <= place.day else value


def lock(name: str) -> None:
    """Let nobody change it until the transaction ends."""
    list(ServiceContact.objects.select_for_update().filter(service__code=name))


def put(name: str, value: str, place: SwitchPlace, who: Switcher) -> None:
    """Show this from the day on; "" shows the contact centre. Raises RefusedChange."""
    if not value:
        service_contacts.end(place.service, by=who.by, at=place.at)
        return
    phone, email, ends = value.split("|")
    valid_to = date.fromisoformat(ends) if ends else None
    service_contacts.show(place.service, phone=phone, email=email, valid_to=valid_to, by=who.by, at=place.at)


def words(name: str, value: str, place: SwitchPlace) -> str:
    if not value:
        return _("Kontaktcentrets linje")
    phone, email, _ends = value.split("|")
    return ", ".join(filter(None, (phone_numbers.for_people(phone) if phone else "", email)))

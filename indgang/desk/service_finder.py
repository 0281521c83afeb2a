"""Finds services by a few letters, best match first."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from indgang.catalogue import offering
from indgang.catalogue.models import Service
from indgang.core.text import ID_DIGITS, sort_key, whole_number

#: the number that fits below the field without scrolling
MOST_SHOWN = 8


def find(text: str, *, on: date, unit: int | None = None) -> list[Service]:
    """At most `MOST_SHOWN` services in force on a day. Without letters: those of the queue's unit."""
    if not text.strip():
        found = Service.objects.valid_on(on).filter(unit=unit) if unit else Service.objects.none()
        return list(found[:MOST_SHOWN])
    return ranked(offering.search(text[:100].replace("\x00", ""), on=on), text, unit=unit)[:MOST_SHOWN]


def ranked(services: Iterable[Service], text: str, *, unit: int | None = None) -> list[Service]:
    """Rank by the place of the text: start of the name, start of a word in it, start of a keyword, anywhere else.

    Within a rank the services of `unit` come first, then Danish alphabetical order.
    """
    wanted = text.strip().lower()

    def place(service: Service) -> tuple[int, bool, str]:
        return _rank(service, wanted), service.unit_id != unit, sort_key(service.name)

    return sorted(services, key=place)


def _rank(service: Service, wanted: str) -> int:
    name = service.name.lower()
    if name.startswith(wanted):
        return 0
    if any(word.startswith(wanted) for word in name.split()):
        return 1
    if any(word.strip().lower().startswith(wanted) for word in service.keywords.split(",")):
        return 2
    return 3


def by_key(key: str, *, on: date) -> Service | None:
    """The service with this id as text, if it is in force."""
    number = whole_number(key, ID_DIGITS)
    if number is None:
        return None
    found: Service | None = Service.objects.valid_on(on).filter(pk=number).first()
    return found

"""Whether the service's targets in the centre's agreement count from a day of their own. The value is + or ""."""

from __future__ import annotations

from django.utils.translation import gettext as _

from indgang.agreements import service_starts
from indgang.agreements.models import ServiceStart
from indgang.programme.switchover.parts.place import Switcher, SwitchPlace

STARTED = "+"


def present(name: str, place: SwitchPlace) -> str:
    return STARTED if service_starts.of(place.centre, place.service) else ""


def lock(name: str) -> None:
    """Let nobody change it until the transaction ends."""
    list(ServiceStart.objects.select_for_update().filter(centre__code=name))


def put(name: str, value: str, place: SwitchPlace, who: Switcher) -> None:
    """Let them count from the day on; "" lets them count as if there had been no switch. Raises RefusedChange."""
    if value:
        service_starts.begin(place.centre, place.service, first_day=place.day, by=who.by, at=place.at)
    else:
        service_starts.remove(place.centre, place.service, by=who.by, at=place.at)


def words(name: str, value: str, place: SwitchPlace) -> str:
    if not value:
        return _("Tæller i hele perioden")
    start = service_starts.of(place.centre, place.service)
    return _("Tæller fra %(day)s") % {"day": f"{(start.first_day if start else place.day):%d.%m.%Y}"}

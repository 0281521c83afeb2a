"""The context of a look-up: the enquiry, its service, and the search."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self
from uuid import UUID

from django.http import Http404, HttpRequest

from indgang.accounts.access import may
from indgang.accounts.gate import person_of
from indgang.accounts.permissions import Permission
from indgang.catalogue.models import Service
from indgang.core import clock
from indgang.core.text import ID_DIGITS, whole_number
from indgang.desk import access, service_finder
from indgang.enquiries.models import Enquiry

#: the longest search text that a page may send
_LONGEST = 5_000


@dataclass(frozen=True, slots=True)
class Lookup:
    """`service` is the one chosen in the registration, otherwise the one from the call's menu. `search` is its id."""

    enquiry: Enquiry | None
    service: Service | None
    asked: str
    search: int | None

    @classmethod
    def of(cls, request: HttpRequest) -> Self:
        """The context of the request. An enquiry of somebody else counts as none."""
        enquiry = _enquiry(request, _sent(request, "enquiry"))
        chosen = service_finder.by_key(_sent(request, "service"), on=clock.today())
        return cls(
            enquiry=enquiry,
            service=chosen or (_of_menu(enquiry) if enquiry else None),
            asked=_sent(request, "q").replace("\x00", "")[:_LONGEST],
            search=whole_number(_sent(request, "search"), ID_DIGITS),
        )


def _sent(request: HttpRequest, name: str) -> str:
    return str(request.POST.get(name) or request.GET.get(name, ""))


def _enquiry(request: HttpRequest, key: str) -> Enquiry | None:
    if not key or not may(person_of(request), Permission.REGISTER_ENQUIRIES):
        return None
    try:
        return access.enquiry_for(request, UUID(key))
    except (ValueError, Http404):
        return None


def _of_menu(enquiry: Enquiry) -> Service | None:
    """The only service of the queue's unit that matches the caller's last menu choice; None with none or several."""
    unit = enquiry.queue.unit_id if enquiry.queue else None
    if unit is None:
        return None
    services: list[Service] = list(Service.objects.valid_on(clock.today()).filter(unit=unit)[:50])
    if len(services) == 1:
        return services[0]
    choice = enquiry.menu.rpartition("›")[2].strip().lower()
    named = [service for service in services if choice and choice in f"{service.name} {service.keywords}".lower()]
    return named[0] if len(named) == 1 else None

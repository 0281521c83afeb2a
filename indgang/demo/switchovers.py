"""A switch of the demo that is being prepared: building permits leave their own number, 5200, for the one number."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from indgang.accounts.models import Person
from indgang.catalogue import service_contacts
from indgang.catalogue.models import ContactCentre, Service
from indgang.core.clock import COPENHAGEN, day_of
from indgang.correspondence import former_addresses
from indgang.correspondence.models import FormerAddress, Mailbox
from indgang.entry.models import EntryPoint
from indgang.programme.switchover import setting_up
from indgang.programme.switchover.models import Switchover

_SERVICE, _CENTRE, _OLD, _NEW = "byggetilladelse", "tmf", "+4533665200", "+4533665300"
_ADDRESS, _MAILBOX = "arrangementer@kommune.example", "byliv"
_DAYS_AHEAD = 14


def seed(
    services: Mapping[str, Service], centres: Mapping[str, ContactCentre], people: Mapping[str, Person], *, at: datetime
) -> None:
    """Make it once."""
    by, leads_to = people.get("finn"), EntryPoint.objects.filter(number=_NEW).first()
    if by is None or leads_to is None or Switchover.objects.exists():
        return
    service_contacts.show(services[_SERVICE], phone=_OLD, email="5200@kommune.example", by=by, at=at)
    planned = datetime.combine(_working_day(at), time(7), COPENHAGEN)
    values = {
        "service": services[_SERVICE], "centre": centres[_CENTRE], "planned_at": planned, "flow": None,
        "numbers": [_OLD], "leads_to": leads_to, "addresses": [], "mail_to": None, "versions": [],
        "ends_contact": True, "questionnaire": None,
        "way": "robot", "share": 100, "starts_targets": True,
    }  # fmt: skip
    setting_up.make(values, by=by, at=at)
    mailbox = Mailbox.objects.filter(code=_MAILBOX).first()
    if mailbox is not None:
        old = {
            "address": _ADDRESS, "name": "Arrangementer", "forwards_to": mailbox,
            "valid_from": day_of(at) - timedelta(days=60),
        }  # fmt: skip
        former_addresses.save(FormerAddress(), old, by=by, at=at)


def _working_day(at: datetime) -> date:
    day = day_of(at) + timedelta(days=_DAYS_AHEAD)
    return day + timedelta(days=(7 - day.weekday()) % 7 if day.weekday() > 4 else 0)

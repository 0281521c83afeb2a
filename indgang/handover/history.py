"""What has happened to a hand-over: its events and what people wrote, in order, as people read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.catalogue.models import Unit
from indgang.core.clock import COPENHAGEN
from indgang.events.models import StoredEvent
from indgang.handover.event_kinds import HandoverKind as Kind
from indgang.handover.models import Handover, Promise
from indgang.workforce.models import Group

_ATTEMPTS = {
    "reached": gettext_lazy("Ringet op og fik kontakt"),
    "not_reached": gettext_lazy("Ringet op uden at få kontakt"),
    "answered": gettext_lazy("Ringet op fra telefonen; der blev svaret"),
    "not_answered": gettext_lazy("Ringet op fra telefonen; der blev ikke svaret"),
}


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """What happened, by whom (empty for the contact or the system), with what was written."""

    at: datetime
    text: str
    by: str = ""
    written: str = ""
    for_contact: bool = False


@transaction.atomic
def look(handover: Handover, *, by: Person, at: datetime) -> None:
    """Record that somebody saw the card."""
    trail.looks(by=by, at=at, subjects=[handover], page="desk.handover")


def lines(handover: Handover) -> list[HistoryLine]:
    """The history, oldest first."""
    events = list(StoredEvent.objects.filter(stream=handover.pk).order_by("number"))
    names = _Names(events)
    told = [(event, _sentence(event.kind, event.event.data, names)) for event in events]
    found = [HistoryLine(event.at, text, names.person(event.person)) for event, text in told if text]
    return sorted([*found, *_written(handover)], key=lambda line: line.at)


def _written(handover: Handover) -> list[HistoryLine]:
    rows = handover.additions.select_related("by")
    return [
        HistoryLine(row.at, _wrote(row.by, row.for_contact), row.by.name if row.by else "", row.text, row.for_contact)
        for row in rows
    ]


def _wrote(by: Person | None, for_contact: bool) -> str:
    if by is None:
        return _("Tilføjet af den, der spurgte")
    return _("Skrevet til den, der spurgte") if for_contact else _("Skrevet til kolleger")


class _Names:
    """The names of what the events mention: units by code, groups and people by id."""

    def __init__(self, events: list[StoredEvent]) -> None:
        data = [event.event.data for event in events]
        people = {event.person for event in events} | {each.get("recipient") for each in data}
        self._people = dict(Person.objects.filter(pk__in=people - {None}).values_list("pk", "name"))
        units = {each["unit"] for each in data if each.get("unit")}
        self._units = dict(Unit.objects.filter(code__in=units).values_list("code", "name"))
        groups = {each["group"] for each in data if each.get("group")}
        self._groups = dict(Group.objects.filter(pk__in=groups).values_list("pk", "name"))

    def person(self, pk: int | None) -> str:
        return self._people.get(pk, "") if pk else ""

    def place(self, data: Mapping[str, Any]) -> str:
        first = self.person(data.get("recipient")) or self._groups.get(data.get("group"), "")
        unit = self._units.get(data.get("unit", ""), data.get("unit", ""))
        return ", ".join(filter(None, (first, unit)))


def _sentence(kind: str, data: Mapping[str, Any], names: _Names) -> str:
    match kind:
        case Kind.HANDED_OVER:
            return _("Sendt til %(place)s (%(kind)s)") % {"kind": _kind(data).lower(), "place": names.place(data)}
        case Kind.PLACED:
            return _sent_on(names.place(data), data.get("why"))
        case Kind.ACCEPTED:
            return _("Taget")
        case Kind.LAID_DOWN:
            return _laid_down(names.place(data))
        case Kind.RETURNED:
            return _("Sendt tilbage: %(why)s") % {"why": _label(Handover.Return, data.get("why"))}
        case Kind.ATTEMPTED:
            return str(_ATTEMPTS.get(str(data.get("result")), _ATTEMPTS["not_reached"]))
        case Kind.CLIMBED:
            return _("Rykket for svar")
        case Kind.CLOSED:
            return _("Afsluttet: %(outcome)s") % {"outcome": _label(Handover.Outcome, data.get("outcome"))}
        case Kind.CANCELLED:
            return _("Trukket tilbage")
        case _:
            return str(_TAKING_PART[kind]) if kind in _TAKING_PART else _about_promise(kind, data)


_TAKING_PART = {
    str(Kind.JOINED): gettext_lazy("Deltager nu"),
    str(Kind.LEFT): gettext_lazy("Deltager ikke længere"),
}


def _sent_on(place: str, why: object) -> str:
    """With the reason of the second level, when that sent it to another unit."""
    if not why:
        return _("Sendt videre til %(place)s") % {"place": place}
    return _("Sendt videre til %(place)s: %(why)s") % {"place": place, "why": _label(Handover.Return, why)}


def _laid_down(place: str) -> str:
    """On the list of a unit, or of the contact centre when it had come back there."""
    if not place:
        return _("Lagt tilbage på kontaktcentrets liste")
    return _("Lagt tilbage på listen hos %(place)s") % {"place": place}


def _about_promise(kind: str, data: Mapping[str, Any]) -> str:
    """The dates are written out: the lines also go to the case file, where "today" would mean another day."""
    if kind == Kind.SETTLED:
        return _("Løftet: %(state)s") % {"state": _label(Promise.State, data.get("state")).lower()}
    if kind != Kind.PROMISED:
        return ""
    due = _local(data["due"])
    if data.get("starts"):
        starts = _local(data["starts"])
        words = {"day": f"{starts:%d.%m.%Y}", "start": f"{starts:%H.%M}", "end": f"{due:%H.%M}"}
        return _("Lovet opkald %(day)s kl. %(start)s–%(end)s") % words
    return _("Lovet svar senest %(day)s kl. %(time)s") % {"day": f"{due:%d.%m.%Y}", "time": f"{due:%H.%M}"}


def _local(moment: object) -> datetime:
    return datetime.fromisoformat(str(moment)).astimezone(COPENHAGEN)


def _kind(data: Mapping[str, Any]) -> str:
    return _label(Handover.Kind, data.get("how"))


def _label(choices: Any, value: object) -> str:
    return str(dict(choices.choices).get(value, ""))

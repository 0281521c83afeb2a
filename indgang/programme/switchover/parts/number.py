"""An old number that we answer: the flow and the centre that it leads to, and what the list of old numbers says of it.

The value is `flow centre listed`, for example `erhverv tmf {"entry_point": 12}`: the last part holds where the list
says that the number leads and what to tell the caller (JSON); it is `-` for a number that is not listed.
"""

from __future__ import annotations

import json
from typing import Any

from django.utils.translation import gettext as _

from indgang.catalogue import changes
from indgang.catalogue.models import ContactCentre, Unit
from indgang.core import phone_numbers
from indgang.core.refusals import RefusedChange
from indgang.entry.models import EntryPoint, Flow, FormerNumber, Queue
from indgang.entry.models.former_numbers import LEADS_TO
from indgang.entry.setup import diverting, former_numbers
from indgang.programme.switchover.parts.place import Switcher, SwitchPlace

_NOT_LISTED = "-"
_PLACES: dict[str, Any] = {"entry_point": EntryPoint, "queue": Queue, "unit": Unit}


def wanted(number: str, place: SwitchPlace) -> str:
    """As the new number, and listed as leading there."""
    assert place.leads_to is not None
    row = _listed(number, place)
    leads_there = row is not None and row.entry_point_id == place.leads_to.pk
    listed = _said(row) if leads_there else json.dumps({"entry_point": place.leads_to.pk})
    return f"{place.leads_to.flow.code} {place.leads_to.centre.code} {listed}"


def present(number: str, place: SwitchPlace) -> str:
    """ "" for a number that is none of ours."""
    point = _point(number, place)
    if point is None:
        return ""
    return f"{point.flow.code} {point.centre.code} {_said(_listed(number, place))}"


def centre_of(value: str) -> str:
    """The code of the centre that the number leads to."""
    return value.split(" ")[1]


def lock(number: str) -> None:
    """Let nobody lead the number elsewhere, or list it otherwise, until the transaction ends."""
    list(EntryPoint.objects.select_for_update(of=("self",)).filter(number=number))
    list(FormerNumber.objects.select_for_update(of=("self",)).filter(number=number))


def put(number: str, value: str, place: SwitchPlace, who: Switcher) -> None:
    """Lead the number there from the day on, and list it so or not. Raises RefusedChange."""
    point = _point(number, place)
    if point is None:
        raise RefusedChange({"": _("Nummeret %(number)s er ikke vores mere.") % {"number": shown(number)}})
    code, centre, listed = value.split(" ", 2)
    diverting.lead(
        point, flow=Flow.objects.get(code=code), centre=ContactCentre.objects.get(code=centre), by=who.by, at=place.at
    )
    row = _listed(number, place)
    if listed == _said(row):
        return
    if listed != _NOT_LISTED:
        _list(row or FormerNumber(number=number, name=point.name, valid_from=place.day), listed, place, who)
    elif row is not None:
        _unlist(row, place, who)


def words(number: str, value: str, place: SwitchPlace) -> str:
    if not value:
        return _("Ikke vores nummer")
    code, centre, listed = value.split(" ", 2)
    names = {"flow": Flow.objects.get(code=code).name, "centre": ContactCentre.objects.get(code=centre).name}
    if listed != _NOT_LISTED:
        names["listed"] = _place_words(listed)
        return _("Fører til %(flow)s hos %(centre)s, på listen over gamle numre: %(listed)s") % names
    return _("Fører til %(flow)s hos %(centre)s") % names


def shown(number: str) -> str:
    return phone_numbers.for_people(number)


def _said(row: FormerNumber | None) -> str:
    """What the list says of the number."""
    if row is None:
        return _NOT_LISTED
    said = {name: getattr(row, f"{name}_id") for name in LEADS_TO} | {"text": row.text}
    return json.dumps({name: value for name, value in said.items() if value}, sort_keys=True)


def _place_words(listed: str) -> str:
    said = json.loads(listed)
    found = [_PLACES[name].objects.filter(pk=said[name]).first() for name in LEADS_TO if name in said]
    return ", ".join(
        filter(None, [*(each.name if each else _("et sted, der er væk") for each in found), said.get("text")])
    )


def _point(number: str, place: SwitchPlace) -> EntryPoint | None:
    rows = EntryPoint.objects.valid_on(place.day).select_related("flow", "centre")
    found: EntryPoint | None = rows.filter(number=number).first()
    return found


def _listed(number: str, place: SwitchPlace) -> FormerNumber | None:
    found: FormerNumber | None = FormerNumber.objects.valid_on(place.day).filter(number=number).first()
    return found


def _list(row: FormerNumber, listed: str, place: SwitchPlace, who: Switcher) -> None:
    """Let the list say this from the day on; what it said on earlier days stays."""
    said, ends = json.loads(listed), row.valid_to
    leads = {name: _found(name, said[name]) if name in said else None for name in LEADS_TO}
    if row.valid_from < place.day:
        changes.save(row, {"valid_to": place.day}, by=who.by, at=place.at)
        row = FormerNumber(number=row.number, name=row.name, valid_from=place.day, valid_to=ends)
    values = {"number": row.number, "name": row.name, "valid_from": row.valid_from, "text": said.get("text", "")}
    former_numbers.save(row, by=who.by, at=place.at, **values, **leads)


def _found(name: str, key: int) -> Any:
    found = _PLACES[name].objects.filter(pk=key).first()
    if found is None:
        raise RefusedChange({"": _("Det sted, som listen over gamle numre nævnte, findes ikke mere.")})
    return found


def _unlist(row: FormerNumber, place: SwitchPlace, who: Switcher) -> None:
    if row.valid_from < place.day:
        changes.save(row, {"valid_to": place.day}, by=who.by, at=place.at)
        return
    before = {"number": row.number, "name": row.name}
    changes.record_change("formernumber.remove", row, before=before, by=who.by, at=place.at)
    row.delete()

"""An old number that we answer: the flow and the centre that it leads to, and whether it is listed as an old number.

The value is `flow centre old`, for example `erhverv tmf +`: the last sign is + when the number is listed.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from indgang.catalogue import changes
from indgang.catalogue.models import ContactCentre
from indgang.core import phone_numbers
from indgang.core.refusals import RefusedChange
from indgang.entry.models import EntryPoint, Flow, FormerNumber
from indgang.entry.setup import diverting, former_numbers
from indgang.programme.switchover.parts.place import Switcher, SwitchPlace

_LISTED, _NOT_LISTED = "+", "-"


def wanted(number: str, place: SwitchPlace) -> str:
    """As the new number."""
    assert place.leads_to is not None
    return _value(place.leads_to.flow.code, place.leads_to.centre.code, is_listed=True)


def present(number: str, place: SwitchPlace) -> str:
    """ "" for a number that is none of ours."""
    point = _point(number, place)
    if point is None:
        return ""
    return _value(point.flow.code, point.centre.code, is_listed=_listed(number, place) is not None)


def lock(number: str) -> None:
    """Let nobody lead the number elsewhere until the transaction ends."""
    list(EntryPoint.objects.select_for_update(of=("self",)).filter(number=number))


def put(number: str, value: str, place: SwitchPlace, who: Switcher) -> None:
    """Lead the number there from the day on, and list it or not. Raises RefusedChange."""
    point = _point(number, place)
    if point is None:
        raise RefusedChange({"": _("Nummeret %(number)s er ikke vores mere.") % {"number": shown(number)}})
    code, centre, listed = value.split(" ")
    diverting.lead(
        point, flow=Flow.objects.get(code=code), centre=ContactCentre.objects.get(code=centre), by=who.by, at=place.at
    )
    row = _listed(number, place)
    if listed == _LISTED and row is None:
        former_numbers.save(
            FormerNumber(), number=number, name=point.name, entry_point=place.leads_to, valid_from=place.day,
            by=who.by, at=place.at,
        )  # fmt: skip
    elif listed == _NOT_LISTED and row is not None:
        _unlist(row, place, who)


def words(number: str, value: str, place: SwitchPlace) -> str:
    if not value:
        return _("Ikke vores nummer")
    code, centre, listed = value.split(" ")
    names = {"flow": Flow.objects.get(code=code).name, "centre": ContactCentre.objects.get(code=centre).name}
    if listed == _LISTED:
        return _("Fører til %(flow)s hos %(centre)s, som gammelt nummer") % names
    return _("Fører til %(flow)s hos %(centre)s") % names


def shown(number: str) -> str:
    return phone_numbers.for_people(number)


def _value(flow: str, centre: str, *, is_listed: bool) -> str:
    return f"{flow} {centre} {_LISTED if is_listed else _NOT_LISTED}"


def _point(number: str, place: SwitchPlace) -> EntryPoint | None:
    rows = EntryPoint.objects.valid_on(place.day).select_related("flow", "centre")
    found: EntryPoint | None = rows.filter(number=number).first()
    return found


def _listed(number: str, place: SwitchPlace) -> FormerNumber | None:
    found: FormerNumber | None = FormerNumber.objects.valid_on(place.day).filter(number=number).first()
    return found


def _unlist(row: FormerNumber, place: SwitchPlace, who: Switcher) -> None:
    if row.valid_from < place.day:
        changes.save(row, {"valid_to": place.day}, by=who.by, at=place.at)
        return
    before = {"number": row.number, "name": row.name}
    changes.record_change("formernumber.remove", row, before=before, by=who.by, at=place.at)
    row.delete()

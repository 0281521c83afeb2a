"""Availability agreements of the demo: when the case workers of a few units can be asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time

from indgang.accounts.models import Person
from indgang.catalogue.models import Unit
from indgang.core.clock import day_of
from indgang.demo import people as demo_people
from indgang.workforce import agreements, groups, substitutes
from indgang.workforce.models import AvailabilityAgreement, Group, PromisedWindow, Substitute


@dataclass(frozen=True, slots=True)
class AgreedLine:
    """Weekdays and hours, and the user names of those who are asked; `group` is asked after them."""

    weekdays: str
    opens: time
    closes: time
    people: tuple[str, ...]
    group: str = ""
    by_chat: bool = False
    is_back_up: bool = False


@dataclass(frozen=True, slots=True)
class Agreed:
    unit: str
    contact: str
    coordinator: str
    procedure: str
    lines: tuple[AgreedLine, ...]
    #: the others wait for their signatures
    signed: bool = True


_TMF = tuple(demo_people.colleague("tmf", number) for number in range(1, 5))
_AGREED = (
    Agreed(
        "ctb-byliv", "david", "ida",
        "Spørg først, hvor og hvornår arrangementet er. Fortæl sagsbehandleren, hvad du har sagt. "
        "Svarer ingen, så tag en besked med navn, nummer og sagsnummer.",
        (
            AgreedLine("MTOT---", time(9), time(14), ("david",), by_chat=True),
            AgreedLine("----F--", time(9), time(12), ("david",), group="Arrangementer"),
            AgreedLine("MTOTF--", time(9), time(15), ("eva",), is_back_up=True),
        ),
    ),
    Agreed(
        "ctb-grav", "eva", "ida", "Find adressen og ledningsejeren, før du stiller om.",
        (AgreedLine("MTOTF--", time(10), time(14), _TMF[:2]), AgreedLine("MTOTF--", time(8), time(10), _TMF[2:])),
    ),
    Agreed(
        "cby", "eva", "ida", "Find sagsnummeret, før du stiller om.",
        (AgreedLine("MT-TF--", time(9), time(12), ("ida",)),), signed=False,
    ),
)  # fmt: skip
#: of Byliv
_GROUP, _MEMBERS = "Arrangementer", ("david", "bo")


def seed(units: Mapping[str, Unit], people: Mapping[str, Person], *, at: datetime) -> None:
    """Add the agreements of units that have none, and their group and substitute."""
    missing = [each for each in _AGREED if not AvailabilityAgreement.objects.filter(unit=units[each.unit]).exists()]
    group = _group(units["ctb-byliv"], people, at)
    for each in missing:
        _agree(each, units[each.unit], people, group, at)
    david, bo = people["david"], people["bo"]
    if not Substitute.objects.filter(person=david).exists():
        substitutes.add(david, bo, valid_from=day_of(at), valid_to=None, by=people["ida"], at=at)


def _group(unit: Unit, people: Mapping[str, Person], at: datetime) -> Group:
    there: Group | None = Group.objects.filter(unit=unit, name=_GROUP).first()
    if there is not None:
        return there
    made = groups.add(unit, name=_GROUP, by=people["ida"], at=at)
    for name in _MEMBERS:
        groups.add_member(made, people[name], valid_from=day_of(at), valid_to=None, by=people["ida"], at=at)
    return made


def _agree(agreed: Agreed, unit: Unit, people: Mapping[str, Person], group: Group, at: datetime) -> None:
    contact, coordinator = people[agreed.contact], people[agreed.coordinator]
    agreement = agreements.draft(
        unit, valid_from=day_of(at), contact=contact, coordinator=coordinator, by=coordinator, at=at
    )
    agreement = agreements.save(agreement, {"procedure": agreed.procedure}, by=coordinator, at=at)
    for line in agreed.lines:
        values = {
            "weekdays": line.weekdays, "opens": line.opens, "closes": line.closes, "by_chat": line.by_chat,
            "is_back_up": line.is_back_up, "group": group if line.group else None,
        }  # fmt: skip
        named = [people[name] for name in line.people]
        agreements.save_window(PromisedWindow(agreement=agreement), values, named, by=coordinator, at=at)
    agreement.refresh_from_db()
    for person in (contact, coordinator) if agreed.signed else ():
        agreement = agreements.sign(agreement, revision=agreement.revision, by=person, at=at)

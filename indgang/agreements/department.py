"""What the contact centres did for a department: contacts about its services, who answered them, what they asked and
what they cost by the agreements of the centres that answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from indgang.accounts import two_parties
from indgang.agreements.models import CooperationAgreement
from indgang.agreements.words import price_of
from indgang.catalogue.models import ContactCentre, Purpose, Service, Unit
from indgang.core.ranges import DateRange
from indgang.measures.definitions import Figure, hidden_groups
from indgang.measures.period import Period
from indgang.measures.rollups import reading
from indgang.measures.rollups.reading import GroupBy
from indgang.measures.totals import Totals


@dataclass(frozen=True, slots=True)
class DepartmentPart:
    """How many contacts of a part there were; None where they are too few to show."""

    name: str
    contacts: int | None


@dataclass(frozen=True, slots=True)
class CentreCost:
    """What the contacts of one centre cost: its price of the days, shared by all contacts that it answered."""

    name: str
    contacts: int | None
    kroner: Decimal | None


@dataclass(frozen=True, slots=True)
class DepartmentView:
    """The totals of contacts about the unit's services, by level, and their parts."""

    by_level: Mapping[str, Totals]
    purposes: list[DepartmentPart]
    services: list[DepartmentPart]
    costs: list[CentreCost]

    @property
    def whole(self) -> Totals:
        return sum(self.by_level.values(), Totals())

    def level(self, number: int) -> Totals:
        return self.by_level.get(str(number), Totals())

    @property
    def cost(self) -> Decimal | None:
        """What is known of it; None when nothing is."""
        known = [each.kroner for each in self.costs if each.kroner is not None]
        return sum(known, Decimal(0)) if known else None


def of_unit(unit: Unit, days: DateRange) -> DepartmentView:
    """The days are over; both ends are known."""
    assert days.start is not None
    assert days.end is not None
    period = Period.days(days.start, days.end - timedelta(days=1))
    names = dict(Service.objects.filter(unit__path__startswith=unit.path).values_list("code", "name"))
    only = {"service": list(names)}
    return DepartmentView(
        by_level=reading.totals(period, by=GroupBy.LEVEL, only=only),
        purposes=_parts(reading.totals(period, by=GroupBy.PURPOSE, only=only), _purposes()),
        services=_parts(reading.totals(period, by=GroupBy.SERVICE, only=only), names),
        costs=list(_costs(reading.totals(period, by=GroupBy.CENTRE, only=only), period, days)),
    )


def _purposes() -> dict[str, str]:
    return dict(Purpose.objects.values_list("code", "name"))


def _parts(groups: Mapping[str, Totals], names: Mapping[str, str]) -> list[DepartmentPart]:
    """The most asked first; those that are hidden last."""
    counts = {code: totals.contacts.registered for code, totals in groups.items() if totals.contacts.registered}
    hidden = hidden_groups({code: Figure(None, count) for code, count in counts.items()}, is_part=True)
    shown = [DepartmentPart(names.get(code, code), None if code in hidden else count) for code, count in counts.items()]
    return sorted(shown, key=lambda each: (each.contacts is None, -(each.contacts or 0), each.name))


def _costs(groups: Mapping[str, Totals], period: Period, days: DateRange) -> Iterable[CentreCost]:
    counts = {code: totals.contacts.answered for code, totals in groups.items() if totals.contacts.answered}
    hidden = hidden_groups({code: Figure(None, count) for code, count in counts.items()}, is_part=True)
    centres = {row.code: row for row in ContactCentre.objects.filter(code__in=counts)}
    answered = reading.totals(period, by=GroupBy.CENTRE, only={"centre": list(counts)})
    for code, count in sorted(counts.items()):
        name = centres[code].name if code in centres else code
        if code in hidden:
            yield CentreCost(name, None, None)
        else:
            all_of_it = answered[code].contacts.answered
            yield CentreCost(name, count, _share(centres.get(code), days, count, all_of_it))


def _share(centre: ContactCentre | None, days: DateRange, contacts: int, of: int) -> Decimal | None:
    """The agreement of the last day says the price."""
    assert days.start is not None
    assert days.end is not None
    last = days.end - timedelta(days=1)
    agreement = two_parties.in_force(CooperationAgreement, centre, last) if centre else None
    if agreement is None or agreement.price is None or not of:
        return None
    price = price_of(agreement).of_days(agreement.valid_from, days.start, days.end)
    return (price * contacts / of).quantize(Decimal("0.01"))

"""What the contact centres did for a department: contacts about its services, who answered them, what they asked and
what they cost by the agreements of the centres that answered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import cache, partial

from indgang.accounts import two_parties
from indgang.agreements.models import CooperationAgreement
from indgang.agreements.words import price_of
from indgang.catalogue import service_units
from indgang.catalogue.models import ContactCentre, Purpose, Unit
from indgang.catalogue.service_units import ServiceMove
from indgang.core.ranges import DateRange
from indgang.measures.definitions import Figure, hidden_groups
from indgang.measures.period import Period
from indgang.measures.rollups import reading
from indgang.measures.rollups.reading import GroupBy
from indgang.measures.totals import Totals

#: services (codes) with the days on which they are the department's
ServiceSpans = Sequence[tuple[DateRange, Sequence[str]]]


@dataclass(frozen=True, slots=True)
class DepartmentPart:
    """How many contacts of a part there were; None where they are too few to show."""

    name: str
    contacts: int | None


@dataclass(frozen=True, slots=True)
class CentreCost:
    """What the contacts of one centre cost: its agreed price of the days, shared by all contacts that it answered on
    them. `kroner` is None for the contacts of days without an agreed price, and where the contacts are too few."""

    name: str
    contacts: int | None
    kroner: Decimal | None


@dataclass(frozen=True, slots=True)
class DepartmentView:
    """The totals of contacts about the unit's services, by level, and their parts; `moves` are the services that came
    to the unit in the period, or left it."""

    by_level: Mapping[str, Totals]
    purposes: list[DepartmentPart]
    services: list[DepartmentPart]
    costs: list[CentreCost]
    moves: list[ServiceMove]

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


def of_unit(unit: Unit, days: DateRange, *, as_now: bool = False) -> DepartmentView:
    """The days are over; both ends are known. Each service counts on the days on which it was the unit's; `as_now`: the
    services of today on all days."""
    spans = [(days, service_units.now_of(unit))] if as_now else service_units.spans_of(unit, days)
    return DepartmentView(
        by_level=_totals(spans, days, GroupBy.LEVEL),
        purposes=_parts(_totals(spans, days, GroupBy.PURPOSE), _purposes()),
        services=_parts(_totals(spans, days, GroupBy.SERVICE), service_units.names_of(spans)),
        costs=list(_costs(spans, days)),
        moves=service_units.moves(unit, days),
    )


def _totals(spans: ServiceSpans, days: DateRange, by: GroupBy) -> dict[str, Totals]:
    """Of these services in those of their days that lie within `days`, by group. Only levels have times."""
    found: dict[str, Totals] = {}
    for span, services in spans:
        common = span.intersection(days)
        if common is not None:
            rows = reading.totals(_period(common), by=by, only={"service": services}, times=by is GroupBy.LEVEL)
            for group, totals in rows.items():
                found[group] = found.get(group, Totals()) + totals
    return found


def _period(days: DateRange) -> Period:
    assert days.start is not None
    assert days.end is not None
    return Period.days(days.start, days.end - timedelta(days=1))


def _purposes() -> dict[str, str]:
    return dict(Purpose.objects.values_list("code", "name"))


def _parts(groups: Mapping[str, Totals], names: Mapping[str, str]) -> list[DepartmentPart]:
    """The most asked first; those that are hidden last."""
    counts = {code: totals.contacts.registered for code, totals in groups.items() if totals.contacts.registered}
    hidden = hidden_groups({code: Figure(None, count) for code, count in counts.items()}, is_part=True)
    shown = [DepartmentPart(names.get(code, code), None if code in hidden else count) for code, count in counts.items()]
    return sorted(shown, key=lambda each: (each.contacts is None, -(each.contacts or 0), each.name))


@dataclass(frozen=True, slots=True)
class _AgreedCost:
    """Kroner by the agreements of a centre on the days on which they hold, and what was answered on those days: about
    the department's services, and all of it."""

    kroner: Decimal
    contacts: int
    of: int


def _costs(spans: ServiceSpans, days: DateRange) -> Iterable[CentreCost]:
    """Each centre with its contacts of the days that have an agreed price, and beside them those of the other days."""
    groups = _totals(spans, days, GroupBy.CENTRE)
    counts = {code: totals.contacts.answered for code, totals in groups.items() if totals.contacts.answered}
    centres = {row.code: row for row in ContactCentre.objects.filter(code__in=counts)}
    answered = cache(partial(_answered, spans, tuple(centres)))
    agreed = {code: _agreed(row, days, answered) for code, row in centres.items()}
    parts: dict[str, tuple[str, _AgreedCost | None, int]] = {}
    for code, count in sorted(counts.items()):
        cost = agreed.get(code)
        priced = cost.contacts if cost else 0
        parts |= {f"{code} 1": (code, cost, priced)} if priced else {}
        parts |= {f"{code} 2": (code, None, count - priced)} if count > priced else {}
    hidden = hidden_groups({part: Figure(None, count) for part, (_code, _cost, count) in parts.items()}, is_part=True)
    for part, (code, cost, count) in parts.items():
        name = centres[code].name if code in centres else code
        is_hidden = part in hidden
        kroner = (cost.kroner * count / cost.of).quantize(Decimal("0.01")) if cost and cost.of else None
        yield CentreCost(name, None if is_hidden else count, None if is_hidden else kroner)


def _agreed(
    centre: ContactCentre, days: DateRange, answered: Callable[[DateRange], Mapping[str, tuple[int, int]]]
) -> _AgreedCost:
    """By all agreements with a price in the period, each for its own days."""
    kroner, contacts, of = Decimal(0), 0, 0
    for agreement, held in two_parties.in_force_within(CooperationAgreement, centre, days):
        if agreement.price is None or held.start is None or held.end is None:
            continue
        kroner += price_of(agreement).of_days(agreement.price_began, held.start, held.end)
        own, whole = answered(held)[centre.code]
        contacts += own
        of += whole
    return _AgreedCost(kroner, contacts, of)


def _answered(spans: ServiceSpans, centres: Sequence[str], days: DateRange) -> dict[str, tuple[int, int]]:
    """Of each of these centres (codes) what it answered on these days: about the services, and all of it."""
    own = _totals(spans, days, GroupBy.CENTRE)
    whole = reading.totals(_period(days), by=GroupBy.CENTRE, only={"centre": centres}, times=False, entered=())
    none = Totals()
    return {code: (own.get(code, none).contacts.answered, whole.get(code, none).contacts.answered) for code in centres}

"""Benefits of the demo: the municipality's own case, four contracts about it, and the months that their owners closed.

The months lie before the demo's past calls, so their figures are made up, like those calls.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from indgang.accounts.models import Person
from indgang.catalogue.models import ContactCentre, Unit
from indgang.core import yaml_values
from indgang.core.clock import day_of
from indgang.core.months import months_later
from indgang.programme import own_cases
from indgang.programme.benefits import contracts, measuring
from indgang.programme.benefits.following import NoData
from indgang.programme.benefits.measuring import subject_of
from indgang.programme.benefits.models import BenefitContract, BenefitMonth, BenefitVersion
from indgang.programme.benefits.terms import BenefitStep, share_in
from indgang.programme.cases import library
from indgang.programme.models import OwnCase

CODE = "kontaktcenter-tmf"
#: months before this one that are closed
_MONTHS = 9


@dataclass(frozen=True, slots=True)
class _Benefit:
    """A contract, what its owner measured month by month (None: no data), half of each interval, and the reasons."""

    line: str
    unit: str
    owner: str
    values: Mapping[str, Any]
    measured: Sequence[float | None]
    half: float
    reasons: Mapping[int, str]
    usual: str


def _benefits(centre: ContactCentre) -> tuple[_Benefit, ...]:
    return (
        _Benefit(
            "city-life", "ctb-byliv", "lone",
            {"about": "Sagsbehandlerne i Byliv får færre opkald, fordi kontaktcentret svarer på de almene spørgsmål.",
             "way": "figure", "kpi": "contacts_arrived", "by_services": True, "level": 2, "baseline_value": 41.0,
             "baseline_source": "Tælleugen før centret åbnede", "change": -24.0, "kroner": 190.0},
            (39.5, 35.0, 31.5, 29.0, None, 26.5, 27.5, 24.0, 22.5), 2.1,
            {0: "Centret åbnede midt i måneden, og mange ringede stadig til de gamle numre.",
             4: "Registreringen var nede i to uger, så måneden er ikke målt.",
             6: "Sæsonen for udeservering gav flere spørgsmål, end vi regnede med."},
            "Flere spørgsmål bliver besvaret i kontaktcentret.",
        ),
        _Benefit(
            "noise", "cmb-stoej", "ida",
            {"about": "Mindre tid til at svare på spørgsmål om støj.", "way": "counted_minutes",
             "baseline_value": 1250.0, "baseline_source": "Tælleugen før centret åbnede", "change": -740.0,
             "kroner": 7.2},
            (None, 1105.0, None, None, 830.0, None, None, 690.0, None), 95.0,
            {1: "Første tælleuge. Vi er kun lige begyndt.", 4: "Anden tælleuge.", 7: "Tredje tælleuge."},
            "Vi har ikke haft nogen tælleuge i denne måned.",
        ),
        _Benefit(
            "buildings", "cby", "hans",
            {"about": "Sagsbehandlerne i Center for Bygninger bliver afbrudt mindre.", "way": "not",
             "not_measured": "Enheden registrerer ikke sin tid, og opkald om sager kan ikke skilles fra de almene.",
             "change": -94_000.0},
            (None,) * _MONTHS, 0.0, {}, "Gevinsten kan ikke måles. Lederne vurderer, at der er færre afbrydelser.",
        ),
        _Benefit(
            "centre", "kff", "hans",
            {"about": "Kontaktcentret drives med ni årsværk.", "way": "staffing", "centre": centre,
             "baseline_value": 0.0, "baseline_source": "Før centret var der ingen ansatte", "change": 9.0,
             "kroner": 45_800.0, "assumption": "fte"},
            (9.0, 9.0, 9.4, 9.4, 9.4, 9.2, 8.8, 8.8, 9.0), 0.0,
            {2: "En vikar i to måneder under oplæringen."}, "Som planlagt.",
        ),
    )  # fmt: skip


def seed(
    units: Mapping[str, Unit], centres: Mapping[str, ContactCentre], people: Mapping[str, Person], *, at: datetime
) -> None:
    """Add the case and its benefits, unless there are any."""
    if BenefitContract.objects.exists() or OwnCase.objects.filter(code=CODE).exists() or "hans" not in people:
        return
    today = day_of(at)
    first = months_later(today.replace(day=1), -_MONTHS)
    own_cases.begin(_case(first.year - 1), reason="Vores egen version af forslaget", by=people["hans"], at=at)
    for each in _benefits(centres["tmf"]):
        _agreed(each, units[each.unit], people, first, at)


def _case(year: int) -> str:
    """BC31 with the years of the demo, as one's own."""
    values = dict(own_cases.values_of(library.text("bc31")))
    for name in ("printed", "remarks", "stated_payback", "source"):
        values.pop(name, None)
    values |= {"code": CODE, "title": "Kontaktcenter i TMF: kommunens eget forslag"}
    values |= {"first_year": year, "price_year": year}
    values["assumptions"] = {name: _undated(each) for name, each in values["assumptions"].items()}
    return yaml_values.text_of(values)


def _undated(assumption: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in assumption.items() if name != "price_year"}


def _agreed(each: _Benefit, unit: Unit, people: Mapping[str, Person], first: date, at: datetime) -> None:
    case = own_cases.read(_case(first.year - 1))
    owner, hans = people[each.owner], people["hans"]
    usual: dict[str, Any] = {
        "owner": owner, "kpi": "", "by_services": False, "counted_service": None, "level": 0, "centre": None,
        "not_measured": "",
        "baseline_first": months_later(first, -1), "baseline_last": first - timedelta(days=1), "baseline_value": None,
        "baseline_source": "", "kroner": 1.0, "price_year": first.year - 1, "assumption": "",
        "steps": _steps(first, is_at_once=each.line == "centre"),
    }  # fmt: skip
    said = "Aftalt i styregruppen"
    contract = contracts.begin(case, each.line, unit, {**usual, **each.values}, reason=said, by=hans, at=at)
    contracts.sign(contract, 1, by=owner, at=at)
    _close(contract.versions.get(), each, first, owner, at)


def _steps(first: date, *, is_at_once: bool) -> tuple[BenefitStep, ...]:
    """Half of the effect in the first quarter, 80 percent until the year is over, and then all of it."""
    if is_at_once:
        return (BenefitStep(first, 1.0),)
    return (
        BenefitStep(first, 0.5), BenefitStep(months_later(first, 3), 0.8), BenefitStep(months_later(first, 12), 1.0),
    )  # fmt: skip


def _close(version: BenefitVersion, each: _Benefit, first: date, owner: Person, at: datetime) -> None:
    closed = [months_later(first, number) for number in range(_MONTHS)]
    no_data = NoData.NOT_MEASURABLE if version.way == "not" else NoData.NOTHING
    subject = subject_of(version)
    BenefitMonth.objects.bulk_create(
        BenefitMonth(
            contract=version.contract, version=version, month=month, **_figure(value, each.half, no_data),
            factor=measuring.factor(subject, version.kroner, month),
            change=version.change * share_in(version.phasing, month), reason=each.reasons.get(place, each.usual),
            closed_by=owner, closed_at=at,
        )
        for place, (month, value) in enumerate(zip(closed, each.measured, strict=False))
    )  # fmt: skip


def _figure(value: float | None, half: float, no_data: NoData) -> dict[str, Any]:
    if value is None:
        return {"no_data": no_data}
    return {"value": value, "low": value - half, "high": value + half, "base": 400, "weeks": 4}

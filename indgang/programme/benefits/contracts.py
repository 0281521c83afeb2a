"""Benefit contracts: written in versions, and signed by their owner. What was written stays."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.catalogue.models import Service, Unit
from indgang.core.clock import day_of
from indgang.core.refusals import RefusedChange
from indgang.measures import definitions, without_contacts
from indgang.measures.baselines import MeasuredFigure
from indgang.programme import words as case_words
from indgang.programme.benefits import course, measuring, units_of_measure
from indgang.programme.benefits.measuring import MeasuredSubject
from indgang.programme.benefits.models import BenefitContract, BenefitSignature, BenefitVersion, stored_steps
from indgang.programme.benefits.terms import COUNTED, MeasureWay, first_effect
from indgang.programme.cases.case import BusinessCase, CaseFault
from indgang.programme.cases.evaluation import price_factor

#: kroner a month, in either direction
LARGEST = 1e9
#: the fields of a version that are taken as they were typed
_PLAIN = ("about", "owner", "change", "kroner", "price_year", "assumption")


def owned_by(person: Person, pk: int) -> BenefitContract | None:
    """One of whose latest or signed version the person is the owner."""
    found = course.with_versions(BenefitContract.objects.filter(pk=pk)).first()
    return found if found is not None and is_owner(person, found) else None


def is_owner(person: Person, contract: BenefitContract) -> bool:
    """The contract's versions are best prefetched, the latest first."""
    versions = (contract.versions.all()[0], course.version_that_holds(contract))
    return any(each.owner_id == person.pk for each in versions)


@transaction.atomic
def begin(
    case: BusinessCase, line: str, unit: Unit, values: Mapping[str, Any], *, reason: str, by: Person, at: datetime
) -> BenefitContract:
    """A contract with its first version, which its owner has still to sign.

    `values` are those of the fields of `BenefitVersion`, `by_services` (whether a figure is counted for the unit's
    services, and not for all of the centre), `counted_service` (that of the counting weeks, or None for weeks for
    all) and `steps`. Raises RefusedChange, by field.
    """
    if all(each.code != line for each in case.lines):
        raise RefusedChange({"line": _("Forslaget har ikke den linje.")})
    locked = Unit.objects.select_for_update(no_key=True).get(pk=unit.pk)
    if BenefitContract.objects.filter(case=case.code, line=line, unit=locked, withdrawn_at=None).exists():
        raise RefusedChange({"unit": _("Enheden har allerede en gevinstkontrakt om den linje. Ret den i stedet.")})
    made = BenefitContract.objects.create(case=case.code, line=line, unit=locked, created_at=at)
    _write(made, 1, case, values, reason, by, at)
    trail.record(by=by, at=at, action="benefitcontract.create", target=made, after={"version": 1}, why=reason)
    return made


@transaction.atomic
def change(
    contract: BenefitContract, case: BusinessCase, values: Mapping[str, Any], *, reason: str, by: Person, at: datetime
) -> BenefitVersion:
    """The next version. The one that is signed holds until this one is. Raises RefusedChange, by field."""
    locked = open_contract(contract)
    latest: BenefitVersion = locked.versions.latest("number")
    made = _write(locked, latest.number + 1, case, values, reason, by, at)
    before, after = {"version": latest.number}, {"version": made.number}
    trail.record(by=by, at=at, action="benefitcontract.edit", target=locked, before=before, after=after, why=reason)
    return made


@transaction.atomic
def sign(contract: BenefitContract, number: int, *, by: Person, at: datetime) -> BenefitSignature:
    """Sign the version of this number, which was read. Raises RefusedChange when another one was written meanwhile,
    when it is signed, and for everybody but its owner."""
    locked = open_contract(contract)
    version: BenefitVersion = locked.versions.select_related("signature").latest("number")
    if version.number != number:
        raise RefusedChange({"": _("Kontrakten er ændret, efter at du læste den. Læs den igen, før du underskriver.")})
    if version.owner_id != by.pk:
        raise RefusedChange({"": _("Kun den ansvarlige kan underskrive.")})
    if version.is_signed:
        raise RefusedChange({"": _("Kontrakten er allerede underskrevet.")})
    made: BenefitSignature = BenefitSignature.objects.create(version=version, signed_by=by, signed_at=at)
    trail.record(by=by, at=at, action="benefitcontract.sign", target=locked, after={"version": number})
    return made


@transaction.atomic
def withdraw(contract: BenefitContract, *, reason: str, by: Person, at: datetime) -> BenefitContract:
    """It counts no more, with what was closed of it, and another one can be written in its place. Raises
    RefusedChange."""
    locked = open_contract(contract)
    locked.withdrawn_at, locked.withdrawn_because = at, reason
    locked.save(update_fields=["withdrawn_at", "withdrawn_because"])
    trail.record(by=by, at=at, action="benefitcontract.withdraw", target=locked, why=reason)
    return locked


def open_contract(contract: BenefitContract) -> BenefitContract:
    """Its row, locked. Raises RefusedChange for one that was withdrawn."""
    rows = BenefitContract.objects.select_for_update(of=("self",)).select_related("unit")
    locked: BenefitContract = rows.get(pk=contract.pk)
    if locked.withdrawn_at is not None:
        raise RefusedChange({"": _("Kontrakten er trukket tilbage.")})
    return locked


def _write(
    contract: BenefitContract, number: int, case: BusinessCase, values: Mapping[str, Any], reason: str, by: Person,
    at: datetime,
) -> BenefitVersion:  # fmt: skip
    _check_amount(case, values)
    subject = _subject(contract.unit, values, day_of(at))
    _check_assumption(case, subject, values["assumption"])
    baseline = _baseline(subject, values, day_of(at))
    is_measured = subject.way is not MeasureWay.NOT
    plain = {name: values[name] for name in _PLAIN}
    made: BenefitVersion = BenefitVersion.objects.create(
        contract=contract, number=number, **(plain | ({} if is_measured else {"kroner": 1.0, "assumption": ""})),
        way=subject.way.value, kpi=subject.kpi.code if subject.kpi else "",
        kpi_version=subject.kpi.version if subject.kpi else None, level=subject.level, centre=subject.centre,
        services=list(subject.services), not_measured="" if is_measured else values["not_measured"],
        baseline_first=values["baseline_first"] if is_measured else None,
        baseline_last=values["baseline_last"] if is_measured else None,
        baseline_value=baseline.value, baseline_low=baseline.low, baseline_high=baseline.high,
        baseline_base=baseline.base, baseline_weeks=baseline.weeks,
        baseline_source=values["baseline_source"] if is_measured and values["baseline_value"] is not None else "",
        steps=stored_steps(values["steps"]), reason=reason, made_by=by, made_at=at,
    )  # fmt: skip
    return made


def _check_amount(case: BusinessCase, values: Mapping[str, Any]) -> None:
    if not values["change"]:
        raise RefusedChange({"change": _("Skriv, hvad der ventes. Nul er ingen gevinst.")})
    is_measured = MeasureWay(values["way"]) is not MeasureWay.NOT
    if is_measured and not values["kroner"]:
        raise RefusedChange({"kroner": _("Skriv prisen for én mere. Er det en besparelse, er tallet negativt.")})
    if abs(values["change"] * (values["kroner"] if is_measured else 1.0)) > LARGEST:
        raise RefusedChange({"change": _("Beløbet er for stort: det er over en milliard kroner om måneden.")})
    try:
        price_factor(case, values["price_year"])
    except CaseFault as fault:
        raise RefusedChange({"price_year": case_words.sentence(fault)}) from fault


def _check_assumption(case: BusinessCase, subject: MeasuredSubject, name: str) -> None:
    """An assumption takes measured values of its own unit only."""
    if not name or subject.way is MeasureWay.NOT:
        return
    try:
        unit = case.assumption(name).unit
    except CaseFault as fault:
        raise RefusedChange({"assumption": case_words.sentence(fault)}) from fault
    if units_of_measure.scale(unit, subject.way, subject.kpi) is None:
        said = _("Forudsætningen står i %(unit)s, og det måler kontrakten ikke.")
        raise RefusedChange({"assumption": said % {"unit": unit or _("ingen enhed")}})


def _subject(unit: Unit, values: Mapping[str, Any], day: date) -> MeasuredSubject:
    """What is measured. Raises RefusedChange for what cannot be."""
    way = MeasureWay(values["way"])
    if way is MeasureWay.NOT and not values["not_measured"]:
        raise RefusedChange({"not_measured": _("Skriv, hvorfor gevinsten ikke kan måles.")})
    if way is MeasureWay.STAFFING and values["centre"] is None:
        raise RefusedChange({"centre": _("Vælg det kontaktcenter, hvis ansættelser tælles.")})
    if way is MeasureWay.FIGURE:
        return _figure(unit, values, day)
    if way in COUNTED:
        return _of_counting_weeks(way, unit, values["counted_service"], day)
    return MeasuredSubject(way, unit, centre=values["centre"] if way is MeasureWay.STAFFING else None)


def _of_counting_weeks(way: MeasureWay, unit: Unit, service: Service | None, day: date) -> MeasuredSubject:
    if service is not None and service.code not in measuring.services_of(unit, day):
        raise RefusedChange({"counted_service": _("Enheden har ikke den ydelse. Vælg en af enhedens ydelser.")})
    return MeasuredSubject(way, unit, services=(service.code,) if service else ())


def _figure(unit: Unit, values: Mapping[str, Any], day: date) -> MeasuredSubject:
    if not values["kpi"]:
        raise RefusedChange({"kpi": _("Vælg det nøgletal, der måler gevinsten.")})
    kpi = definitions.definition(values["kpi"], on=day)
    services = tuple(measuring.services_of(unit, day)) if values["by_services"] else ()
    if values["by_services"] and not kpi.has_contacts:
        said = f"{without_contacts.why(kpi.code)} {_('Det kan ikke deles på ydelser.')}"
        raise RefusedChange({"by_services": said})
    if values["by_services"] and not services:
        raise RefusedChange({"by_services": _("Enheden har ingen ydelser. Vælg hele kontaktcentret i stedet.")})
    if not values["by_services"] and values["centre"] is None:
        raise RefusedChange({"centre": _("Vælg et kontaktcenter, eller mål enhedens ydelser.")})
    return MeasuredSubject(MeasureWay.FIGURE, unit, kpi, values["level"], values["centre"], services)


def _baseline(subject: MeasuredSubject, values: Mapping[str, Any], today: date) -> MeasuredFigure:
    """The typed value, or what was measured in the period. Raises RefusedChange."""
    if subject.way is MeasureWay.NOT:
        return MeasuredFigure(None, None, None, 0, 0)
    first, last = values["baseline_first"], values["baseline_last"]
    if first is None or last is None or last < first:
        raise RefusedChange({"baseline_last": _("Skriv udgangspunktets første og sidste dag.")})
    begins = first_effect(values["steps"])
    if begins is not None and last >= begins:
        said = _("Udgangspunktet skal slutte, før virkningen begynder. Ellers måler det også en del af virkningen.")
        raise RefusedChange({"baseline_last": said})
    if values["baseline_value"] is not None:
        if not values["baseline_source"]:
            raise RefusedChange({"baseline_source": _("Skriv, hvor udgangspunktet kommer fra.")})
        return MeasuredFigure(float(values["baseline_value"]), None, None, 0, 0)
    if last >= today:
        raise RefusedChange({"baseline_last": _("Perioden er ikke slut, så udgangspunktet kan ikke måles.")})
    measured, _why = measuring.in_period(subject, first, last)
    if measured is None or measured.low is None:
        said = _("Der er for få tal i perioden. Vælg en anden, eller skriv værdien og hvor den kommer fra.")
        raise RefusedChange({"baseline_first": said})
    return measured

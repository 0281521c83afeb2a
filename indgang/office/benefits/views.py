"""The benefits of a case against plan, by unit and line; and one contract with its months."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from indgang.accounts.gate import person_of, requires
from indgang.catalogue.models import Unit
from indgang.core import clock
from indgang.office.benefits import access, pictures, words
from indgang.office.benefits.access import SEE
from indgang.office.benefits.forms import BenefitFilter, BenefitSignatureForm, BenefitWithdrawalForm, ClosedMonthForm
from indgang.plots.numbers import written
from indgang.programme import known_cases
from indgang.programme import words as case_words
from indgang.programme.benefits import course, imported
from indgang.programme.benefits.course import CourseOfBenefit
from indgang.programme.benefits.following import added, together
from indgang.programme.benefits.imported import ImportedBasis
from indgang.programme.benefits.terms import MeasureWay
from indgang.programme.cases.case import BusinessCase, CaseFault


@dataclass(frozen=True, slots=True)
class BenefitRow:
    """A contract of the list, or several together (`course` is None)."""

    name: str
    course: CourseOfBenefit | None
    line: str
    expected: str
    realised: str
    of_measured: str
    months: str
    forecast: str
    expected_year: str


@require_GET
@requires(SEE)
def benefits(request: HttpRequest) -> HttpResponse:
    """One case at a time, at its price level."""
    rows = list(access.contracts())
    cases = known_cases.every()
    usual = next((each.case for each in rows if any(each.case == case.code for case in cases)), cases[0].code)
    units = sorted({each.unit for each in rows}, key=lambda each: each.name)
    form = BenefitFilter(request.GET, cases=cases, units=units, usual=usual)
    is_valid = form.is_valid()
    case = next(each for each in cases if each.code == (form.cleaned_data["case"] if is_valid else usual))
    unit = form.cleaned_data["unit"] if is_valid else ""
    shown = [each for each in rows if each.case == case.code and unit in ("", each.unit.code)]
    context = {"form": form, "case": case, "may_edit": access.may_edit(person_of(request)), "year": clock.today().year}
    courses, fault = _at_its_prices(case, course.of_contracts(shown, clock.today()))
    context |= {"fault": fault}
    status = 200 if is_valid else 422
    return render(request, "office/benefits/benefits.html", context | _listed(case, courses), status=status)


def _at_its_prices(case: BusinessCase, courses: list[CourseOfBenefit]) -> tuple[list[CourseOfBenefit], str]:
    """The courses at the case's price level; as they are, with the reason, where it lost the index that they need."""
    try:
        return [course.at_prices_of(case, each) for each in courses], ""
    except CaseFault as fault:
        return courses, case_words.sentence(fault)


def _listed(case: BusinessCase, every: Sequence[CourseOfBenefit]) -> dict[str, Any]:
    """The contracts that count, with their sums, and apart from them those that nobody signed."""
    courses = [each for each in every if each.counts]
    lines = {line.code: line.name for line in case.lines}
    about = _("%(case)s: 1.000 kr. fra den første måned. Besparelser er negative.") % {"case": case.title}
    return {
        "rows": [_row(each.contract.unit.name, [each], _line(each, lines), each) for each in courses],
        "drafts": [(each, _line(each, lines)) for each in every if not each.counts and not each.contract.withdrawn_at],
        "withdrawn": [(each, _line(each, lines)) for each in every if each.contract.withdrawn_at],
        "plot": pictures.against_plan(courses, about),
        "sums": [(heading, groups) for heading, groups in (
            (_("Efter enhed"), _grouped(courses, lambda each: each.contract.unit.name)),
            (_("Efter linje"), _grouped(courses, lambda each: _line(each, lines))),
        ) if len(groups) < len(courses)],
        "whole": _row(_("I alt"), courses, ""),
    }  # fmt: skip


def _line(found: CourseOfBenefit, lines: dict[str, str]) -> str:
    return lines.get(found.contract.line) or _("En linje, som forslaget ikke har mere")


def _grouped(courses: Iterable[CourseOfBenefit], by: Callable[[CourseOfBenefit], str]) -> list[BenefitRow]:
    groups: dict[str, list[CourseOfBenefit]] = {}
    for each in courses:
        groups.setdefault(by(each), []).append(each)
    return [_row(name, groups[name], "") for name in sorted(groups)]


def _row(name: str, courses: Sequence[CourseOfBenefit], line: str, one: CourseOfBenefit | None = None) -> BenefitRow:
    subjects = [each.subject for each in courses]
    found = together([each.so_far for each in courses], subjects)
    return BenefitRow(
        name, one, line, words.amount(found.expected), words.kroner(found.realised),
        words.amount(found.expected_of_measured if found.realised else None), words.months_with_data(found),
        words.kroner(added([each.forecast for each in courses], subjects)),
        words.amount(sum(each.forecast.expected for each in courses)),
    )  # fmt: skip


@require_GET
@requires(SEE)
def benefit(request: HttpRequest, pk: int) -> HttpResponse:
    return shown(request, pk)


def shown(
    request: HttpRequest, pk: int, closing: ClosedMonthForm | None = None,
    withdrawal: BenefitWithdrawalForm | None = None,
) -> HttpResponse:  # fmt: skip
    """The page of a contract; with a form that was refused, if one was."""
    contract = access.contract_for(pk)
    found = course.of_contract(contract, clock.today(), both_ways=True)
    status = 422 if any(form is not None and form.errors for form in (closing, withdrawal)) else 200
    basis = imported.of_course(found)
    context = _terms(found) | _months(found, basis) | _own(request, found, closing, withdrawal)
    return render(request, "office/benefits/benefit.html", context, status=status)


def _terms(found: CourseOfBenefit) -> dict[str, Any]:
    version, contract = found.version, found.contract
    case = known_cases.by_code(contract.case)
    lines = {line.code: line.name for line in case.lines} if case else {}
    unit = words.unit_of(version)
    return {
        "contract": contract, "version": version, "case": case, "line": _line(found, lines),
        "measured_by": words.measured_by(version), "baseline": words.baseline(version),
        "is_measured": version.measure is not MeasureWay.NOT, "change": written(version.change, unit),
        "price": words.amount(version.kroner), "steps": words.steps(version),
        "assumption": _assumption(case, version.assumption), "unit_ended": _ended(contract.unit),
        "versions": contract.versions.all(),
    }  # fmt: skip


def _assumption(case: BusinessCase | None, name: str) -> str:
    found = next((each for each in case.assumptions if each.name == name), None) if case and name else None
    return found.labelled if found else ""


def _ended(unit: Unit) -> bool:
    return unit.valid_to is not None and unit.valid_to <= clock.today()


def _months(found: CourseOfBenefit, basis: ImportedBasis) -> dict[str, Any]:
    about = _("1.000 kr. fra den første måned. Besparelser er negative.")
    return {
        "months": words.rows(found, basis.months), "imported": basis.baseline, "row": _row("", [found], ""),
        "year": found.today.year, "plot": pictures.against_plan([found], about),
        "measured_plot": pictures.measured(found),
    }  # fmt: skip


def _own(
    request: HttpRequest, found: CourseOfBenefit, closing: ClosedMonthForm | None,
    withdrawal: BenefitWithdrawalForm | None,
) -> dict[str, Any]:  # fmt: skip
    """What this person may do; nobody does anything with a contract that was withdrawn."""
    person, latest = person_of(request), found.contract.versions.all()[0]
    if found.contract.withdrawn_at is not None:
        return {"latest": latest, "withdrawal": withdrawal if withdrawal and withdrawal.errors else None}
    may_close = found.version.is_signed and found.version.owner_id == person.pk and found.to_close
    return {
        "latest": latest, "may_edit": (may_edit := access.may_edit(person, found.contract.unit)),
        "withdrawal": (withdrawal or BenefitWithdrawalForm()) if may_edit else None,
        "signature": BenefitSignatureForm(initial={"number": latest.number})
        if not latest.is_signed and latest.owner_id == person.pk else None,
        "closing": (closing or ClosedMonthForm(months=found.to_close)) if may_close else None,
    }  # fmt: skip

"""Who could answer what is asked: registered enquiries by the rules, and the documents' tables with their checks."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from indgang.accounts.gate import person_of, requires
from indgang.accounts.permissions import Permission as P
from indgang.analysis import counted_rows, registrations, words
from indgang.analysis.counting import rights
from indgang.analysis.counting.scaling import STEP
from indgang.analysis.potential import reference
from indgang.analysis.potential.classifying import classify
from indgang.analysis.potential.reference import Fit
from indgang.analysis.potential.results import Potential, UnitPotential
from indgang.analysis.potential.rules import CHANNELS
from indgang.core import clock
from indgang.office.figures.access import centres_seen
from indgang.office.potential import pictures
from indgang.office.potential.forms import PotentialFilter
from indgang.plots.numbers import decimal

#: working days of a year, for scaling those with registrations
_WORKING_DAYS = 250


class PotentialRow:
    """A row of the table, with its words."""

    def __init__(self, row: UnitPotential) -> None:
        self.row = row
        self.is_total = row.is_total
        self.name = row.unit.name or (_("%(area)s i alt") % {"area": row.unit.area} if row.unit.area else _("I alt"))
        self.area = "" if row.unit.area == reference.EVERYTHING else row.unit.area
        self.intervals = dict(zip(CHANNELS, row.intervals, strict=False))
        self.movable = "–" if row.movable_percent is None else number_format(round(row.movable_percent, 1), 1)


@require_GET
@requires(P.SEE_FIGURES)
def potential(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    form = PotentialFilter(request.GET, centres=centres_seen(person), weeks=rights.seen_by(person))
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        try:
            context |= _computed(form)
        except registrations.TooMany:
            said = _("Der er flere end %(most)s registreringer. Vælg en kortere periode eller ét center.")
            form.add_error(None, said % {"most": decimal(registrations.MOST, 0)})
    return render(request, "office/potential/potential.html", context, status=422 if form.errors else 200)


def _computed(form: PotentialFilter) -> dict[str, Any]:
    rules = form.rule_list
    week = form.cleaned_data["week"]
    if week is not None:
        counted, enquiries = counted_rows.count(week, today=clock.today())
        days_a_year = week.days_a_year
    else:
        questions = registrations.registered(form.period, form.centre_codes)
        counted, enquiries = registrations.count(questions, last=form.cleaned_data["last"], today=clock.today())
        days_a_year = _WORKING_DAYS
    if not len(enquiries):
        return {"is_empty": True}
    factor = days_a_year / counted.days
    found = Potential(classify(rules, enquiries), counted, factor=factor)
    rows = found.table
    return {
        "rows": [PotentialRow(each) for each in rows], "questions": len(enquiries), "days": counted.days,
        "factor": decimal(factor, 2),
        "days_a_year": days_a_year, "week": week,
        "step": STEP, "undecided": found.undecided, "all": PotentialRow(rows[-1]),
        "by_rule": [(rule, number, words.handling_word(rule.handling), words.channel_word(rule.channel))
                    for rule, (_code, number) in zip(rules.rules, found.by_rule(), strict=True)],
        "flows": pictures.flows([each for each in rows if not each.is_total], _flows_title()), "notes": rules.notes,
    }  # fmt: skip


@require_GET
@requires(P.SEE_FIGURES)
def documents(request: HttpRequest) -> HttpResponse:
    """The documents' tables, with their misprints mended, and every check that does not fit."""
    mended = reference.rows(is_corrected=True)
    areas = [each.potential for each in mended if each.level == "area_total"]
    checks = reference.checks()
    context = {
        "rows": [(each, PotentialRow(each.potential)) for each in mended],
        "misprints": [(unit, decimal(_printed(unit, column), 0), decimal(right, 0))
                      for (unit, column), right in reference.MISPRINTS.items()],
        "wrong": [(words.check_words(each), each) for each in checks if each.fit is Fit.MISMATCH],
        "shares": [(words.check_words(each), each) for each in checks if each.code.startswith("share")],
        "counts": {fit.value: sum(each.fit is fit for each in checks) for fit in Fit}, "checks": len(checks),
        "flows": pictures.flows(areas, _flows_title()),
    }  # fmt: skip
    return render(request, "office/potential/documents.html", context)


def _flows_title() -> str:
    return _("Hvem løser henvendelserne i dag og fremover")


def _printed(unit: str, column: str) -> float:
    return next(float(row[column]) for row in reference.table("future") if row["unit"] == unit)

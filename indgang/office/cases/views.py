"""The list of business cases, and one case with the values that a person tries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from indgang.accounts.gate import person_of, requires
from indgang.core import clock
from indgang.office.cases import access, pictures
from indgang.office.cases.access import SEE, SeenCase
from indgang.office.cases.forms import CaseFilter
from indgang.plots.numbers import decimal
from indgang.programme import document, layout, words
from indgang.programme.cases import evaluation, library, uncertainty
from indgang.programme.cases.case import BusinessCase, CaseFault
from indgang.programme.cases.evaluation import CaseTable
from indgang.programme.cases.uncertainty import Simulation, Swing
from indgang.programme.workbook import workbook
from indgang.ui.downloads import saved

#: of the simulation, so that a page shows the same each time
_SEED = 1


@require_GET
@requires(SEE)
def cases(request: HttpRequest) -> HttpResponse:
    rows = [(each, _listed(each)) for each in access.all_cases()]
    context = {
        "rows": rows, "may_edit": access.may_edit(person_of(request)),
        "stated": [(each, words.payback_words(each.counted)) for each in library.stated_paybacks()],
    }  # fmt: skip
    return render(request, "office/cases/cases.html", context)


def _listed(seen: SeenCase) -> dict[str, Any]:
    if seen.case is None:
        return {}
    table = evaluation.table(seen.case)
    return {"table": table, "payback": words.payback_words(table.payback)}


@require_GET
@requires(SEE)
def case(request: HttpRequest, code: str) -> HttpResponse:
    seen = access.case_for(code, request.GET.get("version", ""))
    if seen.case is None:
        return render(request, "office/cases/case.html", _about(request, seen), status=422)
    return _page(request, seen, seen.case, CaseFilter(request.GET, case=seen.case))


def _about(request: HttpRequest, seen: SeenCase) -> dict[str, Any]:
    return {
        "seen": seen, "case": seen.case, "query": request.GET.urlencode(),
        "may_edit": access.may_edit(person_of(request)),
        "scenario_rows": access.scenarios_in(person_of(request), seen.code),
    }  # fmt: skip


def _page(request: HttpRequest, seen: SeenCase, shown: BusinessCase, form: CaseFilter) -> HttpResponse:
    context = _about(request, seen) | {"form": form}
    chosen = _chosen(shown, form)
    table = chosen and chosen[1]
    if chosen is not None:
        context |= _computed(*chosen, form)
    else:
        context["value_fields"] = form.value_fields(evaluation.table(shown).values)
    return render(request, "office/cases/case.html", context, status=422 if table is None else 200)


def _chosen(shown: BusinessCase, form: CaseFilter) -> tuple[BusinessCase, CaseTable] | None:
    """The case at the chosen price level and its table with the chosen values; None, with the reason on the form, when
    it cannot be computed."""
    if not form.is_valid():
        return None
    try:
        shown = evaluation.at_price_level(shown, form.price_year)
        return shown, evaluation.table(shown, form.scenario, form.given)
    except CaseFault as fault:
        form.refuse(fault)
        return None


def _computed(shown: BusinessCase, table: CaseTable, form: CaseFilter) -> dict[str, Any]:
    swings, drawn, fault = _uncertain(shown, form)
    return {
        "table": table, "rows": list(layout.rows(shown, table)), "heading": layout.heading(shown),
        "about_level": layout.about_level(shown),
        "facts": list(layout.facts(shown, table)), "span": layout.span(table),
        "is_changed": bool(form.scenario or form.given), "warnings": layout.warnings(shown, table),
        "cumulative_plot": pictures.cumulative(shown, table), "tornado_plot": pictures.tornado(shown, table, swings),
        "uncertain_fault": fault, **(_drawn(shown, drawn) if drawn else {}),
        "value_fields": form.value_fields(table.values),
        "assumptions": list(layout.assumed(shown, table)),
        "remarks": list(layout.remarks(shown, table)), "disagreements": layout.disagreements(shown),
        "printed": layout.printed(shown),
    }  # fmt: skip


def _uncertain(shown: BusinessCase, form: CaseFilter) -> tuple[list[Swing], Simulation | None, str]:
    """The tornado and the simulation, or why the case cannot be computed at an end of an interval."""
    try:
        swings = uncertainty.tornado(shown, form.scenario, form.given)
        return swings, uncertainty.simulate(shown, seed=_SEED, scenario=form.scenario, given=form.given), ""
    except CaseFault as fault:
        said = _("Forslaget kan ikke regnes ud i hele intervallet: %(why)s")
        return [], None, said % {"why": words.sentence(fault)}


def _drawn(shown: BusinessCase, drawn: Simulation) -> dict[str, Any]:
    return {
        "chance_plot": pictures.chances(shown, drawn) if drawn.drawn else None, "runs": drawn.runs,
        "low": round(drawn.percentile(5)), "high": round(drawn.percentile(95)), "gain": round(100 * drawn.gain),
    }  # fmt: skip


@require_GET
@requires(SEE)
def spreadsheet(request: HttpRequest, code: str) -> HttpResponse:
    """The case with the chosen values, as a workbook with live formulas."""
    seen, shown = _computable(request, code)
    form = CaseFilter(request.GET, case=shown)
    chosen = _chosen(shown, form)
    if chosen is None:
        return _page(request, seen, shown, form)
    shown, table = chosen
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return saved(f"{shown.code}-{clock.today():%Y-%m-%d}.xlsx", kind, workbook(shown, form.values, table))


@require_GET
@requires(SEE)
def pdf(request: HttpRequest, code: str) -> HttpResponse:
    """The case with the chosen values, as a PDF."""
    seen, shown = _computable(request, code)
    form = CaseFilter(request.GET, case=shown)
    chosen = _chosen(shown, form)
    if chosen is None:
        return _page(request, seen, shown, form)
    shown, table = chosen
    swings, _simulated, fault = _uncertain(shown, form)
    tornado = pictures.tornado(shown, table, swings)
    made = document.pdf(
        shown, table, scenario=_scenario(shown, form),
        plots=[each for each in (pictures.cumulative(shown, table), tornado) if each],
        assumptions=[
            (name, value, ends, each.source) for name, value, ends, each in layout.assumed(shown, table)
        ],
        notes=[*_notes(shown, table), *([{"text": fault, "figures": []}] if fault else [])], on=clock.today(),
    )  # fmt: skip
    return saved(f"{shown.code}-{clock.today():%Y-%m-%d}.pdf", "application/pdf", made)


def _computable(request: HttpRequest, code: str) -> tuple[SeenCase, BusinessCase]:
    """Raises Http404 for a text that cannot be computed."""
    seen = access.case_for(code, request.GET.get("version", ""))
    if seen.case is None:
        raise Http404
    return seen, seen.case


def _scenario(shown: BusinessCase, form: CaseFilter) -> str:
    chosen = next((each.name for each in shown.scenarios if each.code == form.scenario), _("Uden ændringer"))
    changed = [f"{shown.assumption(name).label}: {decimal(value, 4)}" for name, value in form.given.items()]
    return _("Scenarie: %(scenario)s") % {"scenario": "; ".join([chosen, *changed])}


def _notes(shown: BusinessCase, table: CaseTable) -> Iterator[dict[str, object]]:
    for text in (*layout.warnings(shown, table), *layout.disagreements(shown)):
        yield {"text": text, "figures": []}
    for text, figures in layout.remarks(shown, table):
        yield {"text": text, "figures": [f"{name}: {value} ({source})" for name, value, source in figures]}

"""A case computed again with what was measured, beside the original; as page, spreadsheet and PDF."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from indgang.accounts.gate import requires
from indgang.core import clock
from indgang.office.benefits import access, pictures, words
from indgang.office.benefits.access import SEE
from indgang.plots.numbers import decimal
from indgang.programme import document, layout
from indgang.programme import words as case_words
from indgang.programme.benefits import again
from indgang.programme.benefits.recomputed import AmountBasis, RecomputedCase
from indgang.programme.cases import evaluation
from indgang.programme.cases.case import BusinessCase, CaseFault
from indgang.programme.cases.evaluation import CaseTable
from indgang.programme.workbook import workbook
from indgang.ui.downloads import saved


@dataclass(frozen=True, slots=True)
class MeasuredRow:
    """A row of the table with what each of its amounts rests on; `covered` is how much of a line has contracts."""

    row: layout.CaseRow
    amounts: Sequence[tuple[int, str]]
    covered: str


@require_GET
@requires(SEE)
def case(request: HttpRequest, code: str) -> HttpResponse:
    return _shown(request, access.case_for(code))


def _shown(request: HttpRequest, found: BusinessCase) -> HttpResponse:
    context: dict[str, Any] = {"case": found, "heading": layout.heading(found)}
    try:
        context |= _compared(found)
    except CaseFault as fault:
        context["fault"] = case_words.sentence(fault)
    return render(request, "office/benefits/case.html", context)


def _compared(found: BusinessCase) -> dict[str, Any]:
    original = evaluation.table(found)
    today = clock.today()
    as_assumed, going_on = again.of_case(found, today, goes_on=False), again.of_case(found, today, goes_on=True)
    tables = {
        _("Oprindeligt"): original, _("Målt, og resten som antaget"): as_assumed.table,
        _("Målt, og resten efter prognosen"): going_on.table,
    }  # fmt: skip
    return {
        "years": original.years, "span": layout.span(original), "plot": pictures.versions_of_case(found.title, tables),
        "compared": [_summary(name, table) for name, table in tables.items()],
        "discount": decimal(100 * found.discount, 2), "rows": [_measured(row, going_on) for row in
                                                              layout.rows(found, going_on.table)],
        "is_measured": any(each is not AmountBasis.ASSUMED for each in going_on.known.values()),
    }  # fmt: skip


def _summary(name: str, table: CaseTable) -> Mapping[str, Any]:
    payback = case_words.payback_words(table.payback)
    if table.paid_back_in is not None:
        payback = _("%(years)s, i %(year)s") % {"years": payback, "year": table.paid_back_in}
    return {"name": name, "net": [round(each) for each in table.net], "payback": payback,
            "present_value": round(table.present_value)}  # fmt: skip


def _measured(row: layout.CaseRow, found: RecomputedCase) -> MeasuredRow:
    is_line = row.style == "line"
    amounts = [
        (amount, _basis(found, row.of, year, amount) if is_line else "")
        for year, amount in zip(found.table.years, row.amounts, strict=False)
    ]
    covered = found.covered.get(row.of) if is_line else None
    return MeasuredRow(row, amounts, "" if covered is None else _("%(share)s %% i kontrakter") % {
        "share": decimal(100 * covered, 0)
    })  # fmt: skip


def _basis(found: RecomputedCase, line: str, year: int, amount: int) -> str:
    """Nothing below a zero that nobody measured."""
    known = found.known[line, year]
    return "" if not amount and known is AmountBasis.ASSUMED else words.basis(known)


@require_GET
@requires(SEE)
def spreadsheet(request: HttpRequest, code: str) -> HttpResponse:
    """The case as it goes, with live formulas. A case that cannot be computed again is shown with the reason."""
    original = access.case_for(code)
    try:
        found = again.of_case(original, clock.today(), goes_on=True)
    except CaseFault:
        return _shown(request, original)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return saved(f"{code}-again-{clock.today():%Y-%m-%d}.xlsx", kind, workbook(found.case, {}, found.table))


@require_GET
@requires(SEE)
def pdf(request: HttpRequest, code: str) -> HttpResponse:
    """The case as it goes, beside the original, and what each amount rests on."""
    original = access.case_for(code)
    try:
        compared, found = _compared(original), again.of_case(original, clock.today(), goes_on=True)
    except CaseFault:
        return _shown(request, original)
    made = document.pdf(
        found.case, found.table, scenario=_("Genberegnet med målte gevinster; resten efter prognosen"),
        plots=[compared["plot"]], assumptions=[], notes=[*_said(compared), *_rests(found)], on=clock.today(),
    )  # fmt: skip
    return saved(f"{code}-again-{clock.today():%Y-%m-%d}.pdf", "application/pdf", made)


def _said(compared: Mapping[str, Any]) -> list[Mapping[str, object]]:
    said = _("%(name)s: tilbagebetalt %(payback)s, nutidsværdi for %(span)s %(value)s.")
    return [
        {"text": said % {"name": each["name"], "payback": each["payback"], "span": compared["span"],
                         "value": decimal(each["present_value"], 0)},
         "figures": []}
        for each in compared["compared"]
    ]  # fmt: skip


def _rests(found: RecomputedCase) -> list[Mapping[str, object]]:
    """What the lines with contracts rest on, year by year."""
    return [
        {"text": line.name, "figures": [f"{year}: {words.basis(found.known[line.code, year])}" for year in
                                        found.table.years]}
        for line in found.case.lines
        if any(found.known[line.code, year] is not AmountBasis.ASSUMED for year in found.table.years)
    ]  # fmt: skip

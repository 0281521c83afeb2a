"""The documents' own tables of the potential and of counts, and what does not fit in them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from indgang.accounts.gate import requires
from indgang.accounts.permissions import Permission
from indgang.analysis import words
from indgang.analysis.potential import reference, reference_listing
from indgang.analysis.potential.reference import Fit
from indgang.office.potential import pictures
from indgang.office.potential.results import PotentialRow, flows_title
from indgang.plots.numbers import decimal


@require_GET
@requires(Permission.SEE_FIGURES)
def documents(request: HttpRequest) -> HttpResponse:
    """The documents' tables, with their misprints mended, and every check that does not fit."""
    mended = reference.rows(is_corrected=True)
    areas = [each.potential for each in mended if each.level == "area_total"]
    # the parts stand for a unit that has some
    units = [each.potential for each in mended
             if not each.potential.is_total and each.potential.unit.name not in reference.PARTS]  # fmt: skip
    checks = reference.checks()
    context = {
        "rows": [(each, PotentialRow(each.potential)) for each in mended], "counted": list(_counted()),
        "misprints": [(unit, decimal(printed, 0), decimal(right, 0))
                      for unit, _column, printed, right in reference.misprints()],
        "wrong": [(words.check_words(each), each) for each in checks if each.fit is Fit.MISMATCH],
        "shares": [(words.check_words(each), each) for each in checks if each.code.startswith("share")],
        "counts": {fit.value: sum(each.fit is fit for each in checks) for fit in Fit}, "checks": len(checks),
        "flows": pictures.flows(areas, flows_title()),
        "by_unit": pictures.by_unit(units),
    }  # fmt: skip
    return render(request, "office/potential/documents.html", context)


def _counted() -> Iterator[dict[str, Any]]:
    """The counted tables with their words: a title, headings, and cells by row."""
    titles = {
        "building_permits": _("Byggesager, talt i uge 3 2018"),
        "event_permits": _("Arrangementstilladelser, talt i uge 3 2018"),
        "soil_notifications": _("Jordanmeldelser, talt i uge 3 2018"),
        "sickness_refund": _("Refusion af sygedagpenge, talt i uge 5 2020"),
    }
    for each in reference_listing.counted_tables():
        rows = [[_cell(name, cell) for name, cell in row.items()] for row in each["rows"]]
        yield {
            "name": each["name"], "title": titles[each["name"]],
            "headings": [_heading(name) for name in each["rows"][0]], "rows": rows,
        }  # fmt: skip


def _heading(column: str) -> str:
    return {
        "wording": _("Ærinde"), "purpose": _("Tværgående ærinde"), "topic": _("Emne"),
        "is_case_processing": _("Sagsbehandling"), "calls_5200_per_year": _("5200, opkald"),
        "at_once_5200_percent": _("5200, straksafklaret, procent"),
        "calls_dialogteam_per_year": _("Dialogteamet, opkald"),
        "at_once_dialogteam_percent": _("Dialogteamet, straksafklaret, procent"),
        "first_level_per_year": _("1. level"), "first_level_at_once_percent": _("1. level, straksafklaret, procent"),
        "second_level_per_year": _("2. level"), "second_level_at_once_percent": _("2. level, straksafklaret, procent"),
        "phone_per_year": _("Telefon"), "phone_at_once_percent": _("Telefon, straksafklaret, procent"),
        "mail_per_year": _("Mail"), "mail_at_once_percent": _("Mail, straksafklaret, procent"),
        "per_year": _("Om året"), "under_4_min": _("Under 4 minutter"), "over_4_min": _("Over 4 minutter"),
        "source": _("Kilde"),
    }[column]  # fmt: skip


def _cell(column: str, cell: str | int | None) -> str:
    if column == "is_case_processing":
        return {"yes": _("Ja"), "no": _("Nej"), "possibly": _("Måske")}.get(str(cell), "–")
    return "–" if cell in (None, "") else decimal(cell, 0) if isinstance(cell, int) else str(cell)

"""Løfter: the month's proof of promises, down to the rows, the same for both sides."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from indgang.accounts.gate import person_of, requires
from indgang.accounts.permissions import Permission as P
from indgang.core import clock
from indgang.core.text import whole_number
from indgang.handover import proof
from indgang.handover.proof import ProofLine, Tally
from indgang.office.handovers import access
from indgang.office.handovers.proof_page import COLUMNS, ProofFilter, cells

PER_PAGE = 50


@require_GET
@requires(*access.FOLLOW, P.SEE_FIGURES)
def promises(request: HttpRequest) -> HttpResponse:
    """A line for each unit and service, and their sum."""
    form = ProofFilter(request.GET, units=access.units_proved(person_of(request)))
    found = proof.of_month(form.chosen_units, form.chosen_month, at=clock.now())
    rows = [_row(line.tally, line) for line in found.lines]
    month = form.chosen_month
    context = {
        "rows": [*rows, _row(found.total)] if rows else [], "form": form, "columns": COLUMNS,
        "month": f"{month.first:%Y-%m}", "chosen": request.GET.get("unit", ""),
    }  # fmt: skip
    return render(request, "office/handovers/promises.html", context)


@require_GET
@requires(*access.FOLLOW, P.SEE_FIGURES)
def promise_rows(request: HttpRequest) -> HttpResponse:
    """The promises behind one figure."""
    form = ProofFilter(request.GET, units=access.units_proved(person_of(request)))
    units, month = form.chosen_units, form.chosen_month
    if request.GET.get("alone"):
        units = units.filter(code=request.GET.get("unit", ""))
    service = whole_number(request.GET.get("service", ""))
    rows = proof.rows(units, month, service=service, state=request.GET.get("state", ""), at=clock.now())
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {"rows": page.object_list, "page": page, "month": f"{month.first:%Y-%m}"}
    return render(request, "office/handovers/promise_rows.html", context)


def _row(tally: Tally, line: ProofLine | None = None) -> dict[str, Any]:
    """A row of the page; without a line the sum."""
    return {
        "unit": line and line.unit,
        "service": line and line.service,
        "cells": cells(tally),
        "attempts": tally.attempts,
        "kept": _of(tally.kept_share, pgettext("promises", "ingen")),
        "told_again": _of(tally.told_again_share, _("ingen svar")),
    }


def _of(share: float | None, none: str) -> str:
    """The share in percent, rounded down: 99.6 % kept is not everything kept."""
    return none if share is None else f"{int(100 * share)} %"

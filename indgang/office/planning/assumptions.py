"""The pages of assumptions: what holds, since when, and where it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from indgang.accounts.gate import person_of, requires
from indgang.accounts.permissions import Permission as P
from indgang.catalogue.models import ContactCentre
from indgang.core import clock
from indgang.office.planning import access
from indgang.office.planning.assumption_forms import AssumedCentreFilter, AssumptionForm
from indgang.office.planning.forms import typed
from indgang.office.planning.starts import start_of
from indgang.planning import assumptions as actions
from indgang.planning import rights
from indgang.planning.assumption_kinds import KINDS, AssumptionKind
from indgang.planning.models import StaffingAssumption
from indgang.planning.rights import PLANNERS
from indgang.ui.refusals import refusals_on_form


@dataclass(frozen=True, slots=True)
class AssumptionRow:
    """An assumption as the list shows it; `decided` is the row that holds, None while nobody has decided."""

    kind: AssumptionKind
    decided: StaffingAssumption | None
    value: str
    source: str
    is_of_all: bool


@require_GET
@requires(*PLANNERS)
def assumptions(request: HttpRequest) -> HttpResponse:
    """What holds today, for all centres or for one."""
    person = person_of(request)
    form = AssumedCentreFilter(request.GET, centres=access.centres_planned(person))
    centre = form.chosen
    may_change = rights.may_assume_for_all(person) if centre is None else _plans(request, centre)
    context = {"form": form, "centre": centre, "rows": list(_rows(centre)), "may_change": may_change}
    return render(request, "office/planning/assumptions.html", context)


def _plans(request: HttpRequest, centre: ContactCentre) -> bool:
    mine = access.centres_planned(person_of(request), (P.PLAN_STAFFING,))
    return mine.filter(pk=centre.pk).exists()


def _rows(centre: ContactCentre | None) -> list[AssumptionRow]:
    decided, start = actions.on(clock.today(), centre), start_of("")
    return [_row(kind, decided.get(code), start, centre) for code, kind in KINDS.items()]


def _row(
    kind: AssumptionKind, row: StaffingAssumption | None, start: Any, centre: ContactCentre | None
) -> AssumptionRow:
    if row is None:
        value, source = start.values.get(kind.code), start.sources.get(kind.code, "")
        return AssumptionRow(kind, None, typed(value) or "–", source or _("Ikke skrevet endnu"), False)
    return AssumptionRow(kind, row, typed(row.value.normalize()), row.source, centre is not None and row.centre is None)


@require_http_methods(["GET", "POST"])
@requires(P.PLAN_STAFFING)
def assumption(request: HttpRequest, code: str) -> HttpResponse:
    """One assumption: what holds and held, and a new value from a day on."""
    person, kind = person_of(request), access.kind_for(code)
    centre = access.assumed_for(person, request.GET.get("centre", ""))
    rows = StaffingAssumption.objects.filter(code=code, centre=centre).order_by("-valid_from")
    holds = actions.on(clock.today(), centre).get(code)
    form = AssumptionForm(request.POST or None, kind=kind, holds=holds)
    if request.method == "POST" and form.is_valid():
        with refusals_on_form(form, value="assumed"):
            values = form.cleaned_data
            actions.decide(
                code, values["assumed"], source=values["source"], centre=centre, day=values["valid_from"], by=person,
                at=clock.now(),
            )  # fmt: skip
            messages.success(request, _("Antagelsen er gemt."))
            query = f"?centre={centre.code}" if centre else ""
            return redirect(f"{request.path_info.removesuffix(f'{code}/')}{query}")
    context = {"form": form, "kind": kind, "centre": centre, "rows": rows}
    return render(request, "office/planning/assumption.html", context, status=422 if form.errors else 200)

"""The staffing calculator: each assumption can be changed, and the page says what it does to people and kroner."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from indgang.accounts.gate import requires
from indgang.office.planning import pictures, words
from indgang.office.planning.forms import NeedForm
from indgang.office.planning.starts import start_of, starts
from indgang.planning.calculation import StaffingQuestion, answer
from indgang.planning.rights import PLANNERS
from indgang.staffing.need import Impossible


@require_GET
@requires(*PLANNERS)
def calculator(request: HttpRequest) -> HttpResponse:
    """What a year's calls need. The whole question stands in the address."""
    start = start_of(request.GET.get("preset", ""))
    form = NeedForm(request.GET, start=start)
    context: dict[str, Any] = {
        "form": form, "start": start, "starts": starts(), "in_time_meaning": words.IN_TIME_MEANING
    }  # fmt: skip
    if form.is_valid() and form.question is not None:
        context |= _answered(form, form.question)
        context["assumptions"] = words.assumptions(form, start)
    return render(request, "office/planning/need.html", context, status=422 if form.errors else 200)


def _answered(form: NeedForm, question: StaffingQuestion) -> dict[str, Any]:
    try:
        found = answer(question)
    except Impossible:
        form.add_error(None, _("Intet antal medarbejdere kan nå det mål med de tal. Se på målet og på tiderne."))
        return {}
    return {
        "answer": found, "plot": pictures.seats(found), "ways": words.ways(found), "steps": words.steps(found),
        "met": words.met(question, found.chosen), "main": words.main(found),
    }  # fmt: skip

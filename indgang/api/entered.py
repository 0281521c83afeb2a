"""The figures that people count, as JSON.

GET  /api/figures/entered/?figure=website_visits    what counts of each period, typed or imported
POST /api/figures/entered/                          {"figure": "staff_trained", "day": "2026-03-31", "counted": 30,
                                                     "out_of": 40, "centre": "tmf", "note": "efter kurset"}
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_http_methods

from indgang.accounts.access import centres_with, everywhere
from indgang.accounts.gate import person_of, requires
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.api.bodies import answers_refusals, checked, values
from indgang.api.operations import Operation, declares
from indgang.catalogue.models import ContactCentre
from indgang.core import clock
from indgang.core.refusals import RefusedChange
from indgang.measures import entered_values, entering
from indgang.measures.definitions import is_too_few
from indgang.measures.entered_kinds import ENTERED, KINDS
from indgang.measures.entered_values import StandingValue
from indgang.ui.parameters import DayField

_CODES = [(each.code, each.code) for each in ENTERED]


class EnteredBody(forms.Form):
    """A value of the period that a day lies in."""

    figure = forms.ChoiceField(choices=_CODES)
    day = DayField(help_text="any day of the month, quarter or year")
    counted = forms.IntegerField(min_value=0, max_value=entering.MOST)
    out_of = forms.IntegerField(min_value=1, max_value=entering.MOST, required=False, help_text="for a share")
    centre = forms.CharField(max_length=60, required=False, help_text="its code; none for the whole municipality")
    note = forms.CharField(max_length=500, required=False)


@declares(
    Operation(
        "GET", "What counts of the figures that people count", query={"figure": "the code of one of them; else all"}
    ),
    Operation("POST", "Type the value of a period", body=EnteredBody, status=201),
)
@require_http_methods(["GET", "POST"])
@requires(Permission.ENTER_FIGURES)
@answers_refusals
def entered(request: HttpRequest) -> JsonResponse:
    person = person_of(request)
    if request.method == "POST":
        said = checked(EnteredBody(values(request))).cleaned_data
        kind, centre = KINDS[said["figure"]], _centre(person, said["centre"])
        row = entering.enter(
            kind, centre=centre, day=said["day"], counted=said["counted"], out_of=said["out_of"], note=said["note"],
            by=person, at=clock.now(),
        )  # fmt: skip
        return JsonResponse({"figure": kind.code, "first_day": row.first_day, "last_day": row.last_day}, status=201)
    wanted = request.GET.get("figure", "")
    if wanted and wanted not in KINDS:
        return JsonResponse({"error": f"figure is one of {', '.join(KINDS)}"}, status=400)
    found = entered_values.standing(entering.FIRST_DAY, clock.today(), [wanted] if wanted else None)
    codes = set(centres_with(person, Permission.ENTER_FIGURES).values_list("code", flat=True))
    whole = everywhere(person, Permission.ENTER_FIGURES)
    return JsonResponse({"values": [_as_data(each) for each in found if whole or each.centre in codes]})


def _centre(person: Person, code: str) -> ContactCentre | None:
    """Raises RefusedChange for one that the person may not type for."""
    if not code and everywhere(person, Permission.ENTER_FIGURES):
        return None
    found: ContactCentre | None = centres_with(person, Permission.ENTER_FIGURES).filter(code=code).first()
    if found is None:
        raise RefusedChange({"centre": "no centre that you may type figures for"})
    return found


def _as_data(value: StandingValue) -> dict[str, Any]:
    """A share of too few people is left out, and `small` says why."""
    is_small = KINDS[value.figure].of_people and is_too_few(round(value.out_of))
    return {
        "figure": value.figure, "centre": value.centre, "first_day": value.first_day, "last_day": value.last_day,
        "counted": None if is_small else value.number,
        "out_of": (value.out_of or None) if not is_small else None, "small": is_small, "imported": value.is_imported,
    }  # fmt: skip

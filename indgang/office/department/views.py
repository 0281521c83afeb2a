"""The page of a department: contacts about its services, and what the centres did with them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from indgang.accounts.access import units_of
from indgang.accounts.gate import person_of, requires
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission as P
from indgang.agreements import department, reality
from indgang.agreements.department import DepartmentView
from indgang.catalogue.models import Unit
from indgang.catalogue.service_units import ServiceMove
from indgang.core import clock
from indgang.measures.definitions import Figure, definition, hidden_groups
from indgang.measures.figure_names import FIGURE_NAMES
from indgang.measures.totals import Totals
from indgang.office.cooperation.forms import AgreedPeriodFilter
from indgang.office.figures.words import value_words
from indgang.office.unit_choice import UnitChoice
from indgang.ui.choices import offer

#: whose the services are: as they were on each day, or as they are today
_THEN, _NOW = "then", "now"
#: what became of the contacts, and how long callers waited
_BECAME = ("first_contact_resolution", "first_contact_resolution_by_repeat", "transfers", "handed_over")
_WAITED = ("average_answer_seconds", "p90_answer_seconds", "average_whole_wait_seconds")
#: what we of the second level did with what came to us
_OURS = ("second_level_reached", "promises_kept", "handovers_returned", "satisfaction")


class DepartmentForm(AgreedPeriodFilter):
    """The unit and the period."""

    unit = UnitChoice(Unit.objects.none(), label=_("Enhed"), required=False, empty_label=None)
    services = forms.ChoiceField(
        label=_("Ydelserne hører til enheden"), required=False,
        choices=[(_THEN, _("som den dag, henvendelsen kom")), (_NOW, _("som i dag"))],
    )  # fmt: skip

    def __init__(self, data: Mapping[str, Any] | None = None, *, today: date, person: Person) -> None:
        units = units_of(person, P.SEE_FIGURES).order_by("path")
        given = {name: value for name in data or {} if (value := (data or {})[name])}
        first = units.first()
        super().__init__({"services": _THEN} | ({"unit": str(first.pk)} if first else {}) | given, today=today)
        offer(self, "unit", units)
        self.order_fields(["unit", "period", "services"])

    @property
    def chosen(self) -> Unit | None:
        """The first of the person's units without a choice, so that somebody with one unit chooses nothing."""
        found: Unit | None = None if "unit" in self.errors else self.cleaned_data["unit"]
        if found is None:
            found = self.fields["unit"].queryset.first()  # type: ignore[attr-defined]  # a model choice
        return found

    @property
    def as_now(self) -> bool:
        return "services" not in self.errors and self.cleaned_data["services"] == _NOW


@require_GET
@requires(P.SEE_FIGURES)
def overview(request: HttpRequest) -> HttpResponse:
    today = clock.today()
    form = DepartmentForm(request.GET, today=today, person=person_of(request))
    days, unit = reality.over(form.days, today=today), form.chosen
    context: dict[str, Any] = {"form": form, "unit": unit, "days": days}
    if unit is not None and days is not None and days.end is not None:
        context |= _shown(department.of_unit(unit, days, as_now=form.as_now), unit, days.end - timedelta(days=1))
    return render(request, "office/department/overview.html", context)


def _shown(found: DepartmentView, unit: Unit, last_day: date) -> dict[str, Any]:
    whole, registered = found.whole, found.whole.contacts.registered
    answered = {number: found.level(number).contacts.answered for number in (1, 2)}
    hidden = hidden_groups({str(number): _count(count) for number, count in answered.items()}, is_part=True)
    levels = {number: None if str(number) in hidden else count for number, count in answered.items()}
    return {
        "last_day": last_day,
        "came": [
            (_("Registreret om vores ydelser"), None if _count(whole.contacts.registered).is_small else registered),
            (_("Besvaret af kontaktcentret"), levels[1]),
            (_("Besvaret af os (2nd level)"), levels[2]),
        ],
        "became": _figures(_BECAME, whole, last_day),
        "waited": _figures(_WAITED, whole, last_day),
        "ours": _figures(_OURS, found.level(2), last_day),
        "moves": [_move_words(each, unit) for each in found.moves],
        "found": found,
    }


def _move_words(move: ServiceMove, unit: Unit) -> str:
    """Since when a service is the unit's, or until when it was, and the other unit."""
    came = move.after is not None and unit.contains(move.after)
    other = move.before if came else move.after
    said = {"service": move.service.name, "other": other.name if other else "", "day": f"{move.day:%d.%m.%Y}"}
    if came:
        return (
            gettext("%(service)s kom til enheden %(day)s fra %(other)s.") % said if other
            else gettext("%(service)s kom til enheden %(day)s.") % said
        )  # fmt: skip
    return (
        gettext("%(service)s gik %(day)s til %(other)s.") % said if other
        else gettext("%(service)s forlod enheden %(day)s.") % said
    )  # fmt: skip


def _count(contacts: int) -> Figure:
    return Figure(None, contacts)


def _figures(codes: tuple[str, ...], totals: Totals, on: date) -> list[tuple[str, str, int]]:
    """Name, value and base of each figure."""
    kpis = [definition(code, on=on) for code in codes]
    figures = [(kpi, kpi.of(totals)) for kpi in kpis]
    return [
        (str(FIGURE_NAMES[kpi.code]), "" if figure.is_small else value_words(kpi, figure), figure.base)
        for kpi, figure in figures
    ]

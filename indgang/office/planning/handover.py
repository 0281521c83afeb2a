"""Hands a computation to a business case by a button on its page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from indgang.accounts.access import may
from indgang.accounts.gate import person_of, requires
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission as P
from indgang.core import clock
from indgang.core.refusals import RefusedChange
from indgang.office.cases.targets import parts, targets
from indgang.office.planning import access
from indgang.planning.models import ScenarioRun
from indgang.programme import scenario_numbers
from indgang.programme.models import ScenarioInCase
from indgang.ui.choices import offer
from indgang.ui.refusals import refusals_as_messages


class CaseTargetForm(forms.Form):
    """Where the numbers go: a new case, or an assumption of one's own case."""

    target = forms.ChoiceField(label=gettext_lazy("Hvor"), required=False)

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        offer(self, "target", [("", _("et nyt investeringsforslag")), *targets(scenario_numbers.takes)])

    @property
    def case(self) -> tuple[str, str]:
        """Code and assumption; both empty for a new case."""
        return parts(self.cleaned_data["target"])


def shown(person: Person, run: ScenarioRun) -> dict[str, Any]:
    """What the page of a scenario shows of it: the form for those who edit cases, and the cases that have the run."""
    given = {"cases": ScenarioInCase.objects.filter(run=run).select_related("case")}
    return given | ({"handover_form": CaseTargetForm()} if may(person, P.EDIT_PROGRAMME) else {})


@require_POST
@requires(P.EDIT_PROGRAMME)
def case(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Make a case of a computation, or give its numbers to one."""
    person = person_of(request)
    run = access.run_for(access.scenario_for(person, pk), number)
    form = CaseTargetForm(request.POST)
    with refusals_as_messages(request):
        if not form.is_valid():
            raise RefusedChange({"target": _("Forslaget har ikke den forudsætning mere. Vælg en anden.")})
        made = scenario_numbers.hand_over(run, *form.case, by=person, at=clock.now())
        return redirect("office:case", made.code)
    return redirect(f"{reverse('office:scenario', args=[pk])}?run={number}")

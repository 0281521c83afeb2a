"""Hands a computation to a business case by a button on its page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
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
from indgang.office.cases import access as cases
from indgang.office.planning import access
from indgang.planning.models import ScenarioRun
from indgang.programme import own_cases, scenario_numbers
from indgang.programme.models import OwnCaseVersion, ScenarioInCase
from indgang.ui.choices import offer
from indgang.ui.refusals import refusals_as_messages

#: between the code of a case and the name of its assumption
_OF = "."


class CaseTargetForm(forms.Form):
    """Where the numbers go: a new case, or an assumption of one's own case."""

    target = forms.ChoiceField(label=gettext_lazy("Hvor"), required=False)

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        offer(self, "target", [("", _("et nyt investeringsforslag")), *_targets()])

    @property
    def case(self) -> tuple[str, str]:
        """Code and assumption; both empty for a new case."""
        code, _of, name = self.cleaned_data["target"].partition(_OF)
        return code, name


def _targets() -> Iterator[tuple[str, str]]:
    latest = OwnCaseVersion.objects.order_by("case_id", "-number").distinct("case_id")
    for code, text in latest.values_list("case__code", "text"):
        for name, label in _fte_of(text):
            yield f"{code}{_OF}{name}", label


@lru_cache(maxsize=512)
def _fte_of(text: str) -> tuple[tuple[str, str], ...]:
    """The assumptions of a text that FTE can stand for, with their labels. A saved text never changes, so it is read
    once and not for each page."""
    try:
        case = own_cases.read(text)
    except RefusedChange:
        return ()
    return tuple((each.name, f"{case.title}: {each.label}") for each in scenario_numbers.takes(case))


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
        code, name = form.case
        if code:
            made = scenario_numbers.add_values(run, cases.own_case_for(code), name, by=person, at=clock.now())
        else:
            made = scenario_numbers.make_case(run, by=person, at=clock.now())
        return redirect("office:case", made.code)
    return redirect(f"{reverse('office:scenario', args=[pk])}?run={number}")

"""Which service has which package, why, and when it is next due: one page with filter and CSV; the owner's decision;
what the packages cost; and the evaluation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.accounts.models import Person
from indgang.core import clock
from indgang.core.text import folded
from indgang.feedback.studies import costs, rights
from indgang.feedback.studies import packages as service_packages
from indgang.feedback.studies.assignment import Package, Why
from indgang.feedback.studies.packages import ServicePackages
from indgang.office.studies import access
from indgang.office.studies.forms import (
    FeedbackEvaluationForm,
    PackageDecisionForm,
    PackagesFilter,
    stored_decision,
)
from indgang.ui import downloads
from indgang.ui.refusals import refusals_on_form

PACKAGE_WORDS: dict[str, str | Promise] = {
    Package.INTERVIEWS: gettext_lazy("2 Interview"),
    Package.USER_TESTS: gettext_lazy("3 Brugertest"),
}
WHY_WORDS: dict[str, str | Promise] = {
    Why.FULL_JOURNEY: gettext_lazy("Høj kompleksitet og stor volumen: hele brugeroplevelsen, gerne også brugertest"),
    Why.ASSESSED: gettext_lazy("Høj kompleksitet og lille volumen: vurderes, interview hvis ydelsen prioriteres"),
    Why.USER_TESTS: gettext_lazy("Lav kompleksitet og stor volumen: brugertest"),
    Why.NO_FOCUS: gettext_lazy("Lav kompleksitet og lille volumen: ikke yderligere fokus"),
    Why.UNKNOWN: gettext_lazy("Kompleksitet eller volumen mangler i kataloget"),
    Why.DECIDED: gettext_lazy("Ejerens beslutning"),
    Why.CRITICAL: gettext_lazy("Ejerens beslutning: forretningskritisk"),
    Why.MOST_IMPORTANT: gettext_lazy("En af de vigtigste ydelser"),
}
_SEGMENT_WORDS: dict[str, str | Promise] = {
    "high": gettext_lazy("Høj"), "low": gettext_lazy("Lav"), "large": gettext_lazy("Stor"),
    "small": gettext_lazy("Lille"),
}  # fmt: skip
_COST_WORDS: dict[str, str | Promise] = {
    "telephone": gettext_lazy("1 Telefon, for hvert kontaktcenter"),
    "articles": gettext_lazy("1 Artikelsider"),
    "self_service": gettext_lazy("1 Selvbetjening (licensen er betalt)"),
}
_SPRINT_WORDS: dict[str, str | Promise] = {
    "three_days": gettext_lazy("2 Interview, tre dage"), "week": gettext_lazy("2 Interview, en uge"),
    "three_weeks": gettext_lazy("2 Interview, tre uger"), "test_week": gettext_lazy("3 Brugertest, en uge"),
}  # fmt: skip


class PackagesRow:
    """A row with its words, as page and file show it."""

    def __init__(self, row: ServicePackages) -> None:
        self.row, self.service = row, row.service
        self.cases = row.service.cases_per_year
        self.score = row.like.score if row.like else None
        self.complexity = _SEGMENT_WORDS.get(row.service.complexity, "")
        self.volume = _SEGMENT_WORDS.get(row.service.volume, "")
        self.packages = [str(PACKAGE_WORDS[each]) for each in sorted(row.assigned.packages)]
        self.may = [str(PACKAGE_WORDS[each]) for each in sorted(row.proposal.may - row.assigned.packages)]
        self.why = str(WHY_WORDS[row.assigned.why])
        self.due = row.next_due

    def cells(self) -> list[str]:
        numbers = [str(each) if each is not None else "" for each in (self.cases, self.score)]
        return [
            self.service.name, str(self.service.unit or ""), *numbers, str(self.complexity), str(self.volume),
            ", ".join(self.packages), self.why, self.row.decision.reason if self.row.decision else "",
            f"{self.due:%d.%m.%Y}" if self.due else "",
        ]  # fmt: skip


@require_GET
@requires(*rights.READERS)
def packages(request: HttpRequest) -> HttpResponse:
    return _packages(request, FeedbackEvaluationForm())


@require_GET
@requires(*rights.READERS)
def file(request: HttpRequest) -> HttpResponseBase:
    """The filtered rows as CSV."""
    form = PackagesFilter(request.GET)
    rows = (each.cells() for each in _filtered(_all_rows(person_of(request)), form))
    return downloads.table(_columns(), rows, f"feedbackpakker-{clock.today():%Y-%m-%d}.csv")


@require_POST
@requires(*rights.PLANNERS)
def evaluation(request: HttpRequest) -> HttpResponse:
    """Write down what the feedback was worth."""
    form = FeedbackEvaluationForm(request.POST)
    if form.is_valid():
        service_packages.evaluate(**form.cleaned_data, by=person_of(request), at=clock.now())
        return redirect("office:feedback-packages")
    return _packages(request, form)


@require_http_methods(["GET", "POST"])
@requires(*rights.READERS)
def decision(request: HttpRequest, code: str) -> HttpResponse:
    """The packages of one service, its decisions, and a new decision by whoever decides for its unit."""
    person = person_of(request)
    service = access.service_for(person, code)
    row = service_packages.overview([service], clock.today())[0]
    stored = stored_decision(row.decision, frozenset(row.assigned.packages))
    may_decide = service.unit is not None and rights.may_decide(person, service.unit)
    form = PackageDecisionForm(request.POST or None, stored=stored)
    if request.method == "POST" and form.is_valid():
        with refusals_on_form(form):
            service_packages.decide(service, form.cleaned_data, by=person, at=clock.now())
            return redirect("office:service-packages", code)
    context = {
        "service": service, "shown": PackagesRow(row), "row": row, "form": form, "may_decide": may_decide,
        "decisions": service.package_decisions.select_related("decided_by"),
        "studies": access.studies_seen(person).filter(service=service),
        "due": [(PACKAGE_WORDS[package], due) for package, due in row.due.items()],
        "may_plan": service.unit is not None and rights.may_plan(person, service.unit),
    }  # fmt: skip
    return render(request, "office/studies/decision.html", context, status=422 if form.errors else 200)


def _packages(request: HttpRequest, evaluation_form: FeedbackEvaluationForm) -> HttpResponse:
    person, form = person_of(request), PackagesFilter(request.GET)
    every = _all_rows(person)
    context = {
        "rows": list(_filtered(every, form)), "all": len(every), "form": form, "year": clock.today().year,
        "goals": [(PACKAGE_WORDS[each.package], each) for each in service_packages.goals(every)],
        "query": request.GET.urlencode(), "evaluation": service_packages.evaluation_due(), "today": clock.today(),
        "evaluation_form": evaluation_form, "may_plan": rights.units_to_plan(person).exists(), **_costs(),
    }  # fmt: skip
    return render(request, "office/studies/packages.html", context, status=422 if evaluation_form.errors else 200)


def _all_rows(person: Person) -> list[ServicePackages]:
    return service_packages.overview(access.services_seen(person), clock.today())


def _filtered(rows: list[ServicePackages], form: PackagesFilter) -> Iterator[PackagesRow]:
    """The rows that the filter lets through; a filter that makes no sense lets all through."""
    chosen: dict[str, Any] = form.cleaned_data if form.is_valid() else {}
    words, package, segment = (chosen.get(name, "") for name in ("q", "package", "segment"))
    for row in rows:
        packages_of = {str(each) for each in row.assigned.packages} or {"none"}
        if (
            folded(words) in folded(row.service.name)
            and (not package or package in packages_of)
            and (not segment or segment == f"{row.service.complexity}-{row.service.volume}")
            and (row.is_behind or not chosen.get("behind"))
        ):
            yield PackagesRow(row)


def _columns() -> list[str]:
    return [
        _("Ydelse"), _("Enhed"), _("Sager om året"), _("Point"), _("Kompleksitet"), _("Volumen"), _("Pakker"),
        _("Hvorfor"), _("Ejerens begrundelse"), _("Næste frist"),
    ]  # fmt: skip


def _costs() -> dict[str, Any]:
    """What each package costs, by the figures of the documents."""
    session = costs.SessionPrice()
    return {
        "rapid": [(_COST_WORDS[each.code], each) for each in costs.RAPID],
        "sprints": [(_SPRINT_WORDS[each.code], each) for each in costs.SPRINTS.values()],
        "session": session,
        "session_totals": [
            (_("Egen rekruttering"), session.total(is_external=False), costs.STATED_OWN),
            (_("Ekstern rekruttering"), session.total(is_external=True), costs.STATED_EXTERNAL),
        ],
    }

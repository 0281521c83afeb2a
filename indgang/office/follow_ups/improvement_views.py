"""The pages of improvements."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.accounts.models import Person
from indgang.core import clock
from indgang.core.text import whole_number
from indgang.feedback.follow_up_models import FollowUp, ImprovementItem
from indgang.feedback.follow_ups import effect, rights
from indgang.feedback.follow_ups import improvements as acting
from indgang.office.follow_ups import access
from indgang.office.follow_ups.forms import (
    CompletionForm,
    DecisionForm,
    ImprovementFilter,
    ImprovementForm,
    NewImprovementForm,
)
from indgang.ui.refusals import refusals_as_messages, refusals_on_form

_PAGE = 50
State = ImprovementItem.State


@require_GET
@requires(*access.ACTING)
def improvements(request: HttpRequest) -> HttpResponse:
    """The improvements of the person's units."""
    form = ImprovementFilter(request.GET)
    chosen = (form.cleaned_data["state"] if form.is_valid() else "") or ImprovementFilter.OPEN
    states = ImprovementItem.OPEN if chosen == ImprovementFilter.OPEN else (chosen,)
    found = rights.improvements_of(person_of(request)).filter(state__in=states)
    page = Paginator(found, _PAGE).get_page(request.GET.get("page"))
    context = {"rows": page.object_list, "page": page, "form": form, "today": clock.today()}
    return render(request, "office/follow_ups/improvements.html", context)


@require_http_methods(["GET", "POST"])
@requires(*access.ACTING)
def new(request: HttpRequest) -> HttpResponse:
    """Suggest one; `follow_up` in the address names the follow-up that gave the idea."""
    person = person_of(request)
    about = _follow_up(request, person)
    blank = ImprovementItem(owner=person, follow_up=about, service=about.response.service if about else None)
    form = NewImprovementForm(request.POST or None, item=blank, units=rights.units_improved(person))
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        made = acting.suggest(
            kind=values.pop("kind"), unit=values.pop("unit"), values=values, follow_up=about, by=person, at=clock.now()
        )
        messages.success(request, _("Forbedringen er oprettet."))
        return redirect("office:improvement", made.pk)
    context = {"heading": _("Ny forbedring"), "form": form, "back": reverse("office:improvements")}
    return render(request, "office/form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@requires(*access.ACTING)
def improvement(request: HttpRequest, pk: int) -> HttpResponse:
    person = person_of(request)
    shown = access.improvement_for(person, pk)
    form = ImprovementForm(request.POST or None, item=shown, units=rights.units_improved(person))
    if request.method == "POST" and form.is_valid():
        with refusals_on_form(form):
            acting.change(shown, values=form.cleaned_data, by=person, at=clock.now())
            messages.success(request, _("Forbedringen er gemt."))
            return redirect("office:improvement", pk)
    return _page(request, shown, form=form)


@require_POST
@requires(rights.HEAD)
def decision(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve it or turn it down."""
    person = person_of(request)
    shown = access.improvement_for(person, pk)
    form = DecisionForm(request.POST)
    if form.is_valid():
        with refusals_on_form(form):
            approved = request.POST.get("verdict") == "approve"
            acting.decide(shown, approved=approved, **form.cleaned_data, by=person, at=clock.now())
            messages.success(request, _("Beslutningen er gemt."))
            return redirect("office:improvement", pk)
    return _page(request, shown, decision=form)


@require_POST
@requires(*access.ACTING)
def completion(request: HttpRequest, pk: int) -> HttpResponse:
    """It works from a day."""
    person = person_of(request)
    shown = access.improvement_for(person, pk)
    form = CompletionForm(request.POST)
    if form.is_valid():
        with refusals_on_form(form):
            acting.carry_out(shown, **form.cleaned_data, by=person, at=clock.now())
            messages.success(request, _("Forbedringen er gennemført."))
            return redirect("office:improvement", pk)
    return _page(request, shown, completion=form)


@require_POST
@requires(*access.ACTING)
def removal(request: HttpRequest, pk: int) -> HttpResponse:
    """Give it up; it stays in the list of those."""
    person = person_of(request)
    with refusals_as_messages(request):
        acting.drop(access.improvement_for(person, pk), by=person, at=clock.now())
    return redirect("office:improvement", pk)


def _page(
    request: HttpRequest, shown: ImprovementItem, *, form: ImprovementForm | None = None,
    decision: DecisionForm | None = None, completion: CompletionForm | None = None,
) -> HttpResponse:  # fmt: skip
    person = person_of(request)
    sent = form or decision or completion
    context = {
        "item": shown, "is_open": shown.state in ImprovementItem.OPEN,
        "form": form or ImprovementForm(item=shown, units=rights.units_improved(person)),
        "decision": decision or DecisionForm(),
        "completion": completion or CompletionForm(initial={"works_from": clock.today()}),
        "may_approve": rights.may_approve(person, shown), "effect": effect.of(shown, today=clock.today()),
        "days": effect.DAYS,
    }  # fmt: skip
    status = 422 if sent is not None and sent.errors else 200
    return render(request, "office/follow_ups/improvement.html", context, status=status)


def _follow_up(request: HttpRequest, person: Person) -> FollowUp | None:
    number = whole_number(request.GET.get("follow_up", ""))
    return rights.follow_ups_of(person).filter(pk=number).first() if number else None

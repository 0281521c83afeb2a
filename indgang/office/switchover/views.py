"""The switches: the list, one with its rehearsal, a new one, and the buttons of one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.core import clock
from indgang.office.flows import cards
from indgang.office.switchover import access
from indgang.office.switchover.access import EDIT, SEE
from indgang.office.switchover.forms import (
    CarryingOutForm,
    GivingUpForm,
    ReconsideringForm,
    SwitchDecisionForm,
    SwitchoverForm,
    TakingBackForm,
)
from indgang.programme.switchover import carrying, findings, rehearsing, rights, setting_up, trying_out, words
from indgang.programme.switchover.models import Switchover
from indgang.programme.switchover.parts import table
from indgang.programme.switchover.trying_out import HeardBeforeAndAfter
from indgang.ui.refusals import refusals_on_form


@require_GET
@requires(SEE)
def switchovers(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    at = clock.now()
    rows = [(each, _late(each, at)) for each in rights.seen_by(person)]
    context = {"rows": rows, "may_edit": rights.centres(person).exists()}
    return render(request, "office/switchover/switchovers.html", context)


@require_http_methods(["GET", "POST"])
@requires(EDIT)
def new(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    form = SwitchoverForm(request.POST or None, person=person)
    if request.method == "POST" and form.is_valid():
        with refusals_on_form(form):
            made = setting_up.make(form.values, by=person, at=clock.now())
            return redirect("office:switchover", made.pk)
    return _form_page(request, form, _("Nyt skift"), reverse("office:switchovers"))


@require_http_methods(["GET", "POST"])
@requires(EDIT)
def edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    person = person_of(request)
    switch = access.switchover_to_change(person, pk)
    form = SwitchoverForm(request.POST or None, person=person, switch=switch)
    if request.method == "POST" and form.is_valid():
        with refusals_on_form(form):
            setting_up.edit(switch, form.values, by=person, at=clock.now())
            return redirect("office:switchover", pk)
    return _form_page(request, form, _("Ret skiftet"), reverse("office:switchover", args=[pk]))


@require_GET
@requires(SEE)
def switchover(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _page(request, access.switchover_for(person_of(request), pk))


@require_POST
@requires(EDIT)
def decision(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Let the worker carry it out at its time."""
    person = person_of(request)
    switch, form = access.switchover_to_change(person, pk), SwitchDecisionForm(request.POST)
    return _acted(
        request, switch, form, "decision_form",
        lambda said: setting_up.decide(
            switch, seen=said["seen"], reason=said["reason"], by=person, at=clock.now()
        ),
    )  # fmt: skip


@require_POST
@requires(EDIT)
def calling_off(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Prepare a decided switch again, or give up one that is prepared: whichever stood on the page."""
    person = person_of(request)
    was_decided = request.POST.get("state") == Switchover.State.DECIDED
    switch = access.switchover_to_change(person, pk)
    form = ReconsideringForm(request.POST) if was_decided else GivingUpForm(request.POST)
    # not the page's own form: what may be called off now can be another thing than what was read
    return _acted(
        request, switch, form, "stale_form",
        lambda said: setting_up.call_off(switch, seen=said["state"], by=person, at=clock.now()),
    )  # fmt: skip


@require_POST
@requires(EDIT)
def carrying_out(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Carry it out now, before its time."""
    person = person_of(request)
    switch, form = access.switchover_to_change(person, pk), CarryingOutForm(request.POST)
    return _acted(
        request, switch, form, "carrying_form",
        lambda _said: carrying.carry_out(switch, by=person, at=clock.now()),
    )  # fmt: skip


@require_POST
@requires(EDIT)
def taking_back(request: HttpRequest, pk: UUID) -> HttpResponse:
    person = person_of(request)
    switch, form = access.switchover_to_change(person, pk), TakingBackForm(request.POST)
    return _acted(
        request, switch, form, "taking_form",
        lambda said: carrying.take_back(switch, because=said["because"], by=person, at=clock.now()),
    )  # fmt: skip


def _acted(
    request: HttpRequest, switch: Switchover, form: forms.Form, name: str, act: Callable[[dict[str, Any]], Switchover]
) -> HttpResponse:
    """Carry out the action of a valid form; the page again with the form and its faults otherwise."""
    if form.is_valid():
        with refusals_on_form(form):
            done = act(form.cleaned_data)
            messages.success(request, _("Skiftet er nu: %(state)s.") % {"state": done.get_state_display()})
            return redirect("office:switchover", switch.pk)
    return _page(request, switch, **{name: form})


def _page(request: HttpRequest, switch: Switchover, **bound: forms.Form) -> HttpResponse:
    person, at = person_of(request), clock.now()
    may_edit = rights.may_change(person, switch)
    context: dict[str, Any] = {
        "switch": switch, "may_edit": may_edit, "late": _late(switch, at), "faults": bound,
        "is_decided": switch.state == Switchover.State.DECIDED, "is_done": switch.state == Switchover.State.DONE,
        "carrying_form": CarryingOutForm(), "taking_form": TakingBackForm(), "stage": rehearsing.stage_of(switch),
        "calling_form": (GivingUpForm if switch.is_open else ReconsideringForm)(initial={"state": switch.state}),
    }  # fmt: skip
    if switch.is_open:
        rehearsed = rehearsing.rehearse(switch, by=person if may_edit else None, at=at)
        tried = trying_out.tried(switch, rehearsed.place)
        context |= {
            "rehearsed": rehearsed, "changes": words.in_words(rehearsed.plan, rehearsed.place),
            "findings": [(each.blocks, words.finding_sentence(each)) for each in rehearsed.findings],
            "needs_reason": findings.needs_reason(rehearsed.findings),
            "decision_form": SwitchDecisionForm(initial={"seen": rehearsed.seen}),
            "tried": tried, "tried_heading": trying_out.heading(switch), "differences": _differences(tried),
        }  # fmt: skip
    elif switch.changes:
        context["changes"] = words.in_words(switch.plan, table.place_of(switch, switch.carried_out_at or at))
    return render(request, "office/switchover/switchover.html", context | bound, status=422 if bound else 200)


def _differences(tried: HeardBeforeAndAfter | None) -> list[dict[str, Any]]:
    """The steps of the flow that the switch changes."""
    if tried is None or tried.current is None:
        return []
    return cards.difference_list(tried.current.definition, tried.draft.definition)


def _form_page(request: HttpRequest, form: SwitchoverForm, heading: str, back: str) -> HttpResponse:
    context = {"form": form, "heading": heading, "back": back}
    return render(request, "office/switchover/edit.html", context, status=422 if form.errors else 200)


def _late(switch: Switchover, at: datetime) -> str:
    """How late it was carried out, or how long ago it should have been."""
    is_due = switch.state == Switchover.State.DECIDED
    late = findings.late_by(switch.planned_at, switch.carried_out_at or at) if is_due or switch.carried_out_at else None
    if late is None:
        return ""
    said = words.late_words(late)
    return _("Ikke gennemført endnu: %(late)s") % {"late": said} if is_due else said

"""The receiver's side of hand-overs: the lists, the card, and what is done with one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.accounts.models import Person
from indgang.accounts.submission import own_transactions
from indgang.core import clock
from indgang.core.clock import day_of
from indgang.core.refusals import RefusedChange
from indgang.desk import access, recipients, sentences
from indgang.desk.forms import NothingForm
from indgang.desk.handover_card import HandoverCard
from indgang.desk.handover_forms import (
    AdditionForm,
    AnotherTimeForm,
    AttemptForm,
    ClosingForm,
    HandoverNumberForm,
    PlacementForm,
    PromiseForm,
    ReturnForm,
)
from indgang.desk.handover_lists import HandoverLists
from indgang.desk.views.answers import changed, said
from indgang.desk.views.home import TO_RING
from indgang.entry import commands
from indgang.handover import case_note, history, taking_part, work
from indgang.handover.models import Handover
from indgang.ui.pages import render_part_or_page
from indgang.ui.refusals import refusals_on_form, show_refusal


@require_GET
@requires(*access.TELEPHONE)
def handovers(request: HttpRequest) -> HttpResponse:
    """What lies with this person and their units, and what they have sent. A number opens its card, where the look is
    logged."""
    form = HandoverNumberForm(request.GET if "number" in request.GET else None)
    if form.is_valid():
        found = access.handover_numbered(request, form.cleaned_data["number"])
        if found is not None:
            return redirect("desk:handover", pk=found.pk)
        form.add_error("number", _("Der er ingen opgave med det nummer, som du kan se."))
    lists = HandoverLists(person_of(request), at=clock.now())
    return render_part_or_page(request, "desk/handovers.html", {"lists": lists, "form": form}, {"handovers": "lists"})


@require_GET
@requires(*access.TELEPHONE)
def handover(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The card of one hand-over. The look is logged."""
    found, by, at = access.handover_for(request, pk), person_of(request), clock.now()
    history.look(found, by=by, at=at)
    return _card(request, HandoverCard(found, by=by, at=at))


def _card(request: HttpRequest, card: HandoverCard, status: int = 200) -> HttpResponse:
    return render_part_or_page(request, "desk/handover.html", {"card": card}, {"handover-card": "card"}, status=status)


# --- what is done with it ------------------------------------------------------------------------

Act = Callable[[Handover, Any, Person, datetime], object]


@dataclass(frozen=True, slots=True)
class HandoverStep:
    """One thing to do with a hand-over: its form, the action, and the sentence afterwards."""

    form: type[forms.Form]
    act: Act
    done: str | Promise


def _accept(handover: Handover, form: Any, by: Person, at: datetime) -> None:
    work.accept(handover, by=by, at=at)


def _lay_down(handover: Handover, form: Any, by: Person, at: datetime) -> None:
    work.lay_down(handover, by=by, at=at)


def _place(handover: Handover, form: PlacementForm, by: Person, at: datetime) -> None:
    to = recipients.read(form.cleaned_data["to"], day_of(at)).recipient
    work.place(handover, to=to, why=form.cleaned_data["why"], note=form.cleaned_data["note"], by=by, at=at)


def _give_back(handover: Handover, form: ReturnForm, by: Person, at: datetime) -> None:
    work.give_back(handover, by=by, at=at, **form.cleaned_data)


def _attempt(handover: Handover, form: AttemptForm, by: Person, at: datetime) -> None:
    work.attempt(handover, is_reached=form.cleaned_data["result"] == "reached", by=by, at=at)


def _write(handover: Handover, form: AdditionForm, by: Person, at: datetime) -> None:
    work.write(handover, by=by, at=at, **form.cleaned_data)


def _join(handover: Handover, form: Any, by: Person, at: datetime) -> None:
    taking_part.join(handover, by=by, at=at)


def _leave(handover: Handover, form: Any, by: Person, at: datetime) -> None:
    taking_part.leave(handover, by=by, at=at)


def _promise(handover: Handover, form: AnotherTimeForm, by: Person, at: datetime) -> None:
    time = form.promise
    if time is None:
        raise RefusedChange({"due": _("Vælg, hvornår der senest bliver svaret.")})
    work.promise(handover, time, by=by, at=at)


def _close(handover: Handover, form: ClosingForm, by: Person, at: datetime) -> None:
    work.close(handover, by=by, at=at, **form.cleaned_data)


def _cancel(handover: Handover, form: Any, by: Person, at: datetime) -> None:
    work.cancel(handover, by=by, at=at)


def _mail_note(handover: Handover, form: Any, by: Person, at: datetime) -> None:
    case_note.mail(handover, by=by, at=at)


#: after this one the card may not be theirs to read any more
LEAVING = "leaving"
#: by the noun of the address
STEPS: dict[str, HandoverStep] = {
    "acceptance": HandoverStep(NothingForm, _accept, gettext_lazy("Du har taget opgaven.")),
    "laying-down": HandoverStep(NothingForm, _lay_down, gettext_lazy("Opgaven ligger på listen igen.")),
    "placement": HandoverStep(PlacementForm, _place, gettext_lazy("Opgaven er givet videre.")),
    "return": HandoverStep(ReturnForm, _give_back, gettext_lazy("Opgaven er sendt tilbage.")),
    "attempt": HandoverStep(AttemptForm, _attempt, gettext_lazy("Opkaldet er noteret.")),
    "text": HandoverStep(AdditionForm, _write, gettext_lazy("Teksten er gemt.")),
    "participation": HandoverStep(NothingForm, _join, gettext_lazy("Du deltager nu i opgaven.")),
    LEAVING: HandoverStep(NothingForm, _leave, gettext_lazy("Du deltager ikke længere i opgaven.")),
    "promise": HandoverStep(AnotherTimeForm, _promise, gettext_lazy("Den nye tid er gemt.")),
    "closure": HandoverStep(ClosingForm, _close, gettext_lazy("Opgaven er afsluttet.")),
    "cancellation": HandoverStep(NothingForm, _cancel, gettext_lazy("Opgaven er trukket tilbage.")),
    "case-note": HandoverStep(NothingForm, _mail_note, gettext_lazy("Notatet er sendt til din mail.")),
}


@require_POST
@requires(*access.TELEPHONE)
def step(request: HttpRequest, pk: UUID, noun: str) -> HttpResponse:
    """Carry out one step, and show the card again: after it, or with what was refused."""
    found, by, at = access.handover_for(request, pk), person_of(request), clock.now()
    wanted, card = STEPS[noun], HandoverCard(found, by=by, at=at)
    form = _form(wanted.form, request, card)
    if form.is_valid():
        try:
            wanted.act(found, form, by, at)
        except RefusedChange as refusal:
            _show(form, refusal)
        else:
            messages.success(request, str(wanted.done))
            return redirect("desk:handovers") if noun == LEAVING else redirect("desk:handover", pk=found.pk)
    return _card(request, HandoverCard(found, by=by, at=at, refused=form), status=422)


def _form(kind: type[forms.Form], request: HttpRequest, card: HandoverCard) -> forms.Form:
    if issubclass(kind, PromiseForm):
        return kind(request.POST, times=card.times, is_call=card.handover.kind == Handover.Kind.CALLBACK)
    # a form without fields is bound all the same, so that a refusal can be shown on it
    return kind(request.POST)


def _show(form: forms.Form, refusal: RefusedChange) -> None:
    if isinstance(form, PromiseForm):
        form.refused(refusal)
    else:
        show_refusal(form, refusal, unit="to", group="to", person="to")


@require_POST
@requires(*access.TELEPHONE)
def received(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Close what came with a call, from the registration of the call."""
    found, by, at = access.handover_for(request, pk), person_of(request), clock.now()
    form = ClosingForm(request.POST)
    if form.is_valid():
        with refusals_on_form(form):
            found = work.close(found, by=by, at=at, **form.cleaned_data)
    status = 422 if form.errors else 200
    return render(request, "desk/parts/received.html", {"handover": found, "form": form}, status=status)


@own_transactions
@require_POST
@requires(*access.TELEPHONE)
def call(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ring the contact. From the card the desk opens, which has the telephone in the browser: it rings once that is
    connected."""
    found, by, at = access.handover_for(request, pk), person_of(request), clock.now()
    if not found.contact_number:
        return _not_rung(request, found, _("Der står ikke noget nummer på opgaven."))
    try:
        commands.give_and_wait("dial", by=by, at=at, number=found.contact_number, follows=str(found.enquiry_id),
                               return_call=None)  # fmt: skip
    except commands.Refused as refused:
        if refused.code == "no_phone" and request.headers.get("HX-Request") != "true":
            request.session[TO_RING] = str(found.pk)
            return redirect("desk:home")
        return _not_rung(request, found, str(sentences.refusal(refused)))
    return changed(request, "state", "call")


def _not_rung(request: HttpRequest, handover: Handover, why: str) -> HttpResponse:
    if request.headers.get("HX-Request") == "true":
        return said(why, 409)
    messages.error(request, why)
    return redirect("desk:handover", pk=handover.pk)

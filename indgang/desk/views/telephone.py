"""The agent's orders to the telephone.

Each is a noun and a method; the switchboard carries it out or gives a reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.accounts.submission import own_transactions
from indgang.core import clock
from indgang.core.clock import day_of
from indgang.core.refusals import RefusedChange
from indgang.desk import access, sentences, subjects, targets, transfer_card
from indgang.desk.forms import (
    DialForm,
    ExtensionForm,
    KeysForm,
    NothingForm,
    PauseForm,
    PhoneForm,
    TargetForm,
    TransferForm,
)
from indgang.desk.views.answers import changed, said
from indgang.entry import commands
from indgang.entry.switchboard import phone_secrets


@dataclass(frozen=True, slots=True)
class OrderKind:
    """A kind of `entry.commands`, the form that validates its fields, and its constant fields."""

    kind: str
    form: type[forms.Form] = NothingForm
    fixed: tuple[tuple[str, Any], ...] = ()


#: noun of the address → method → order
ORDERS: dict[str, dict[str, OrderKind]] = {
    "shift": {"POST": OrderKind("sign_in", PhoneForm), "DELETE": OrderKind("sign_out")},
    "readiness": {"POST": OrderKind("ready")},
    "pause": {"POST": OrderKind("pause", PauseForm)},
    "wrap-up": {"POST": OrderKind("extend_wrap_up", ExtensionForm), "DELETE": OrderKind("wrap_up_over")},
    "answer": {"POST": OrderKind("answer"), "DELETE": OrderKind("refuse")},
    "call": {"POST": OrderKind("dial", DialForm), "DELETE": OrderKind("hang_up")},
    "every-leg": {"DELETE": OrderKind("hang_up", fixed=(("everyone", True),))},
    "hold": {"POST": OrderKind("hold"), "DELETE": OrderKind("resume")},
    "mute": {"POST": OrderKind("mute", fixed=(("on", True),)), "DELETE": OrderKind("mute", fixed=(("on", False),))},
    "recording": {"DELETE": OrderKind("stop_recording")},
    "recording-pause": {"POST": OrderKind("pause_recording"), "DELETE": OrderKind("resume_recording")},
    "recording-consent": {"DELETE": OrderKind("stop_recording", fixed=(("withdrawn", True),))},
    "keys": {"POST": OrderKind("keys", KeysForm)},
    "consultation": {"POST": OrderKind("consult", TargetForm), "DELETE": OrderKind("consult_end")},
    "conference": {"POST": OrderKind("join")},
    "transfer": {"POST": OrderKind("transfer", TransferForm), "PUT": OrderKind("complete_transfer")},
}


#: (seconds, minutes) to choose from for a wait for a busy person
_WAITS = [(minutes * 60, minutes) for minutes in targets.WAITS]


@own_transactions
@requires(*access.TELEPHONE)
def order(request: HttpRequest, noun: str) -> HttpResponse:
    """Validate the fields, send the order to the switchboard, and let the page fetch what changed."""
    person = person_of(request)
    wanted = ORDERS[noun].get(request.method or "")
    if wanted is None:
        return HttpResponseNotAllowed(ORDERS[noun])
    form = wanted.form(request.POST or None if wanted.form is NothingForm else request.POST)
    if wanted.form is not NothingForm and not form.is_valid():
        return said(str(next(iter(form.errors.values()))[0]), 400)
    words = dict(wanted.fixed) if wanted.form is NothingForm else form.cleaned_data
    card = None
    try:
        if request.method == "POST" and noun in transfer_card.KINDS:
            card = transfer_card.send(noun, request.POST, address=words["address"], by=person, at=clock.now())
        commands.give_and_wait(wanted.kind, by=person, at=clock.now(), **words)
    except RefusedChange as refusal:
        return said(str(refusal), 400)
    except commands.Refused as refused:
        transfer_card.withdraw(card, by=person, at=clock.now())
        return said(sentences.refusal(refused), 409)
    return changed(request, "state", "call")


@own_transactions
@require_POST
@requires(*access.TELEPHONE)
def phone(request: HttpRequest) -> HttpResponse:
    """Short-lived credentials for the browser phone: {"uri", "password", "websocket", "expires", "phone"}."""
    person = person_of(request)
    try:
        detail = commands.give_and_wait("phone_credentials", by=person, at=clock.now())
    except commands.Refused as refused:
        return said(sentences.refusal(refused), 409)
    return JsonResponse(phone_secrets.with_password(detail), headers={"Cache-Control": "no-store"})


@require_http_methods(["DELETE"])
@requires(*access.TELEPHONE)
def phone_leg(request: HttpRequest, leg: str) -> HttpResponse:
    """The page with this leg in its browser phone is closed, or was reloaded without it."""
    try:
        commands.give_and_wait("broken_off", by=person_of(request), at=clock.now(), leg=leg)
    except commands.Refused as refused:
        return said(sentences.refusal(refused), 409)
    return changed(request, "state", "call")


@require_GET
@requires(*access.TELEPHONE)
def transfer_targets(request: HttpRequest) -> HttpResponse:
    """Transfer targets that match a few letters."""
    person = person_of(request)
    at = clock.now()
    found = targets.find(request.GET.get("q", ""), by=person, on=day_of(at))
    about = subjects.find(request.GET.get("q", ""), by=person, at=at)
    context = {
        "subjects": about[: subjects.MOST_SUBJECTS],
        "has_more_subjects": len(about) > subjects.MOST_SUBJECTS,
        "targets": found,
        "asked": request.GET.get("q", "").strip(),
        "waits": _WAITS,
        "usual_wait": targets.USUAL_WAIT,
    }
    return render(request, "desk/targets.html", context)


@own_transactions
@require_http_methods(["PUT"])
@requires(*access.TELEPHONE)
def task(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Put back a task that this person has in hand; the switchboard knows whether they have."""
    try:
        commands.give_and_wait("task_put_back", by=person_of(request), at=clock.now(), task=str(pk))
    except commands.Refused as refused:
        return said(sentences.refusal(refused), 409)
    return changed(request, "state", "call")


@own_transactions
@require_http_methods(["DELETE"])
@requires(*access.TELEPHONE)
def personal_wait(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Return a caller who waits for one person to the queue; the switchboard checks who may do so."""
    enquiry = access.waiting_for_one(request, pk)
    try:
        commands.give_and_wait("take_back", by=person_of(request), at=clock.now(), enquiry=str(enquiry.pk))
    except commands.Refused as refused:
        return said(sentences.refusal(refused), 409)
    return changed(request, "waits")

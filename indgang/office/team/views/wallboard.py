"""The wallboard of a centre, at a desk and on a wall, with the team leader's switches."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from indgang.accounts import recognition
from indgang.accounts.access import everywhere
from indgang.accounts.gate import person_of, requires
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission as P
from indgang.accounts.submission import own_transactions
from indgang.catalogue.models import ContactCentre
from indgang.core import clock
from indgang.core.refusals import RefusedChange
from indgang.entry.commands import Refused
from indgang.entry.models import Queue
from indgang.entry.setup import disturbances, queues
from indgang.entry.team import agents
from indgang.office.access import centre_for, centres_of, has
from indgang.office.figures import addresses
from indgang.office.queues.access import queue_for
from indgang.office.team import access, fragments
from indgang.office.team.board import board_of
from indgang.office.team.forms import DisturbanceForm, QueueClosureForm
from indgang.office.team.refusals import refusal_sentence
from indgang.ui.pages import part_asked_for
from indgang.ui.refusals import show_refusal

#: the figures of the tiles, which open on their pages
_ON_TILES = ("service_level_sl4", "given_up", "first_contact_resolution", "average_answer_seconds")
_boards = fragments.Shared()
#: by person, centre and wall mode: a hundred boards request their part more than once a second
_seen: recognition.Remembered[tuple[ContactCentre, dict[str, bool]]] = recognition.Remembered()


@require_GET
@requires(P.SEE_WALLBOARD)
def wallboards(request: HttpRequest) -> HttpResponse:
    centres = list(centres_of(person_of(request), P.SEE_WALLBOARD))
    if len(centres) == 1:
        return redirect("office:wallboard", centres[0].code)
    return render(request, "office/team/wallboards.html", {"centres": centres})


@require_GET
@requires(P.SEE_WALLBOARD)
def wallboard(request: HttpRequest, centre: str) -> HttpResponse:
    """The page; htmx fetches its part `board`, which all viewers with the same permissions share."""
    person, is_part = person_of(request), part_asked_for(request) == "board"
    on_wall = request.GET.get("wall") == "1"
    known = _seen.find((person.pk, centre, on_wall)) if is_part else None
    shown, rights = known or _seen.keep((person.pk, centre, on_wall), _look_up(person, centre, on_wall))
    part = _board_part(request, shown, rights, on_wall)
    if is_part:
        return _with_messages(request, part) if get_messages(request) else fragments.answer(request, part)
    context = {
        "centre": shown,
        "on_wall": on_wall,
        "theme": "light" if request.GET.get("theme") == "light" else "dark",
        "board_html": part.body.decode(),
        "centres": centres_of(person, P.SEE_WALLBOARD),
        **rights,
    }
    return render(request, "office/team/wallboard.html", context | _leader_forms(person, shown, rights))


@require_POST
@requires(P.LEAD_TEAM)
def queue_closure(request: HttpRequest, centre: str, queue: str) -> HttpResponseBase:
    """Close a queue with a reason, or with `open` open it again."""
    person = person_of(request)
    shown = queue_for(person, queue, P.LEAD_TEAM)
    form = QueueClosureForm(request.POST, auto_id=f"{shown.code}-%s")
    opening = "open" in request.POST
    if not opening and not form.is_valid():
        return _with_closure(request, person, centre, shown, form)
    try:
        if opening:
            queues.open_again(shown, by=person, at=clock.now())
            messages.success(request, _("%(queue)s er åben igen.") % {"queue": shown.name})
        else:
            queues.close(shown, **form.cleaned_data, by=person, at=clock.now())
            messages.success(request, _("%(queue)s er lukket for nye opkald.") % {"queue": shown.name})
    except RefusedChange as refusal:
        if "until" in refusal.reasons:
            form.add_error("until", str(refusal))
            return _with_closure(request, person, centre, shown, form)
        messages.error(request, str(refusal))
    return _back(centre)


@require_POST
@requires(P.SWITCH_MESSAGES)
def queue_message(request: HttpRequest, centre: str, message: int) -> HttpResponseBase:
    """Switch one queue message on or off."""
    person = person_of(request)
    shown = access.message_for(centre_for(person, centre, P.SWITCH_MESSAGES), message)
    on = request.POST.get("on") == "1"
    queues.switch_message(shown, on=on, by=person, at=clock.now())
    text = _("Kømeddelelsen er slået til.") if on else _("Kømeddelelsen er slået fra.")
    messages.success(request, text)
    return _back(centre)


@own_transactions
@require_POST
@requires(P.LEAD_TEAM)
def personal_wait(request: HttpRequest, centre: str, enquiry: UUID) -> HttpResponseBase:
    """Return a caller who waits for one colleague to the queue."""
    person = person_of(request)
    shown = access.personal_wait_for(centre_for(person, centre, P.LEAD_TEAM), enquiry)
    try:
        agents.take_back(shown.pk, by=person, at=clock.now())
        messages.success(request, _("Opkaldet er tilbage i køen."))
    except Refused as refusal:
        messages.error(request, refusal_sentence(refusal))
    return _back(centre)


@require_POST
@requires(P.SWITCH_MESSAGES)
def disturbance_list(request: HttpRequest, centre: str) -> HttpResponseBase:
    """Start a disturbance message."""
    person = person_of(request)
    shown = centre_for(person, centre, P.SWITCH_MESSAGES)
    form = _disturbance_form(person, request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            disturbances.start(
                text=data["text"],
                text_en=data["text_en"],
                centre=None if data.get("everywhere") else shown,
                ends_at=data["ends_at"],
                by=person,
                at=clock.now(),
            )
            messages.success(request, _("Driftsmeddelelsen er slået til. Den næste, der ringer, hører den."))
            return _back(centre)
        except RefusedChange as refusal:
            show_refusal(form, refusal)
    return _with_form(request, person, shown, form)


@require_POST
@requires(P.SWITCH_MESSAGES)
def disturbance_end(request: HttpRequest, centre: str, disturbance: int) -> HttpResponseBase:
    person = person_of(request)
    shown = centre_for(person, centre, P.SWITCH_MESSAGES)
    try:
        disturbances.end(access.disturbance_for(person, shown, disturbance), by=person, at=clock.now())
        messages.success(request, _("Driftsmeddelelsen er slået fra."))
    except RefusedChange as refusal:
        messages.error(request, str(refusal))
    return _back(centre)


def _board_part(
    request: HttpRequest, centre: ContactCentre, rights: dict[str, bool], on_wall: bool
) -> fragments.Fragment:
    key = (centre.pk, get_language(), on_wall, *sorted(name for name, yes in rights.items() if yes))

    def make() -> str:
        board = board_of(centre, at=clock.now())
        context = {"board": board, "centre": centre, "on_wall": on_wall, "LANGUAGE_CODE": get_language(), **rights}
        context["figures"] = (
            addresses.of_day(_ON_TILES, clock.today(), centre.code) if rights.get("sees_figures") else {}
        )
        return render_to_string("office/team/wallboard.html#board", context)

    return _boards.get(key, make)


def _with_messages(request: HttpRequest, part: fragments.Fragment) -> HttpResponse:
    """The board after an action, with its message; this response is not shared."""
    words = render_to_string("ui/messages.html", {"out_of_band": True}, request)
    return HttpResponse(part.body + words.encode(), headers={"Cache-Control": "no-store"})


def _back(centre: str) -> HttpResponseBase:
    """Return to the board after a change, which this process must show at once."""
    _boards.forget()
    return redirect("office:wallboard", centre)


def _look_up(person: Person, code: str, on_wall: bool) -> tuple[ContactCentre, dict[str, bool]]:
    """The centre, and what the person may do on its board."""
    centre = centre_for(person, code, P.SEE_WALLBOARD)
    return centre, {} if on_wall else _rights(person, centre)


def _rights(person: Person, centre: ContactCentre) -> dict[str, bool]:
    return {
        "may_lead": has(person, P.LEAD_TEAM, centre),
        "may_switch": has(person, P.SWITCH_MESSAGES, centre),
        "may_switch_all": everywhere(person, P.SWITCH_MESSAGES),
        "sees_figures": has(person, P.SEE_FIGURES, centre),
    }


def _leader_forms(person: Person, centre: ContactCentre, rights: dict[str, bool]) -> dict[str, Any]:
    forms: dict[str, Any] = {}
    if rights.get("may_lead"):
        today = Queue.objects.valid_on(clock.today()).filter(centre=centre, is_safe=False)
        forms["closable"] = [(queue, QueueClosureForm(auto_id=f"{queue.code}-%s")) for queue in today]
    if rights.get("may_switch"):
        forms["disturbance_form"] = _disturbance_form(person)
    return forms


def _disturbance_form(person: Person, data: Any = None) -> DisturbanceForm:
    return DisturbanceForm(data, may_everywhere=everywhere(person, P.SWITCH_MESSAGES), at=clock.now())


def _with_closure(
    request: HttpRequest, person: Person, code: str, queue: Queue, form: QueueClosureForm
) -> HttpResponse:
    """The board with the dialog of the queue whose closure was refused."""
    centre = centre_for(person, code, P.SEE_WALLBOARD)
    forms = _leader_forms(person, centre, _rights(person, centre))
    closable = [(each, form if each == queue else empty) for each, empty in forms["closable"]]
    return _again(request, person, centre, f"close-{queue.code}", closable=closable)


def _with_form(request: HttpRequest, person: Person, centre: ContactCentre, form: DisturbanceForm) -> HttpResponse:
    return _again(request, person, centre, "disturbance", disturbance_form=form)


def _again(request: HttpRequest, person: Person, centre: ContactCentre, dialog: str, **forms: Any) -> HttpResponse:
    """The board with an open dialog: the typed values and their errors."""
    rights = _rights(person, centre)
    context = {
        "centre": centre,
        "on_wall": False,
        "board_html": _board_part(request, centre, rights, False).body.decode(),
        "centres": centres_of(person, P.SEE_WALLBOARD),
        "open_dialog": dialog,
        **rights,
        **_leader_forms(person, centre, rights),
    }
    return render(request, "office/team/wallboard.html", context | forms, status=422)

"""Handing over a question from the enquiry in hand."""

from __future__ import annotations

import json
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.accounts.permissions import Permission
from indgang.accounts.submission import own_transactions
from indgang.core import clock
from indgang.core.clock import day_of
from indgang.core.refusals import RefusedChange
from indgang.correspondence import answers
from indgang.correspondence.mail import closing
from indgang.desk import access, recipients
from indgang.desk.handing_over import HandoverSheet, medium_of
from indgang.desk.handover_forms import HandoverForm, typed_handover
from indgang.handover import contact_words, drafts, outcomes, sending
from indgang.handover.models import Handover
from indgang.ui.pages import render_part_or_page

TEMPLATE = "desk/handing_over.html"
PARTS = {"desk-handover": "panel"}


@require_http_methods(["GET", "POST", "DELETE"])
@requires(Permission.REGISTER_ENQUIRIES)
def panel(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The panel "Giv videre" of one enquiry: open it, send what is typed, or delete the draft."""
    enquiry, by, at = access.enquiry_for(request, pk), person_of(request), clock.now()
    if request.method == "DELETE":
        drafts.discard(enquiry, by=by)
        return _closed(request)
    if request.method == "GET":
        return _panel(request, HandoverSheet(enquiry, by=by, at=at))
    return _send(request, HandoverSheet(enquiry, by=by, at=at, typed=typed_handover(request.POST)))


def _send(request: HttpRequest, sheet: HandoverSheet) -> HttpResponse:
    form = sheet.form
    sent = _sent(sheet, form, _seen(request)) if form.is_valid() else None
    if sent is None:
        return _panel(request, sheet, status=422)
    drafts.discard(sheet.enquiry, by=sheet.by)
    _end_thread(sheet)
    promise = sent.promises.first()
    context = {"sent": sent, "promise": promise, "sentence": contact_words.to_say(sent, sheet.at)}
    response = render_part_or_page(request, TEMPLATE, {"sheet": sheet, **context}, PARTS)
    told = {"enquiry": str(sheet.enquiry.pk), "outcome": outcomes.OUTCOME_OF[sent.kind]}
    response.headers["HX-Trigger"] = json.dumps({"handover:sent": told})
    return response


def _seen(request: HttpRequest) -> UUID | None:
    """The newest message that the panel knew of; None for one that is none."""
    try:
        return UUID(request.POST.get("seen", ""))
    except ValueError:
        return None


def _end_thread(sheet: HandoverSheet) -> None:
    """A written enquiry that this person has in hand is answered by whoever got it."""
    if sheet.thread is not None:
        closing.hand_over(sheet.thread, by=sheet.by, at=sheet.at)


def _sent(sheet: HandoverSheet, form: HandoverForm, seen: UUID | None) -> Handover | None:
    """The hand-over, or None with the reasons on the form. `seen` is the newest message that the panel knew of."""
    try:
        if sheet.thread is not None:
            answers.refuse_unseen(sheet.thread, seen)
        whom = recipients.read(form.cleaned_data["to"], day_of(sheet.at))
        return sending.send(
            sheet.enquiry, kind=form.cleaned_data["kind"], to=whom.recipient, service=whom.service, card=form.card,
            promise=form.promise, by=sheet.by, at=sheet.at,
        )  # fmt: skip
    except RefusedChange as refusal:
        form.refused(refusal)
        return None


def _panel(request: HttpRequest, sheet: HandoverSheet, *, status: int = 200) -> HttpResponse:
    return render_part_or_page(request, TEMPLATE, {"sheet": sheet}, PARTS, status=status)


@own_transactions
@require_POST
@requires(Permission.REGISTER_ENQUIRIES)
def draft(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Save what is typed. The answer is the line that says so."""
    enquiry, by, at = access.enquiry_for(request, pk), person_of(request), clock.now()
    try:
        drafts.save(enquiry, typed_handover(request.POST), by=by, at=at)
    except RefusedChange as refusal:
        return _not_saved(request, refusal)
    return _closed(request) if "close" in request.GET else render(request, f"{TEMPLATE}#draft", {"saved_at": at})


def _not_saved(request: HttpRequest, refusal: RefusedChange) -> HttpResponse:
    """The line that says why. It stands in the form, also when closing the panel was asked for: the form stays."""
    response = render(request, f"{TEMPLATE}#draft", {"refusal": str(refusal)}, status=422)
    response.headers["HX-Retarget"], response.headers["HX-Reswap"] = "#handover-draft", "innerHTML"
    return response


@require_GET
@requires(Permission.REGISTER_ENQUIRIES)
def closed(request: HttpRequest) -> HttpResponse:
    """An empty place for the panel."""
    return _closed(request)


def _closed(request: HttpRequest) -> HttpResponse:
    return render(request, f"{TEMPLATE}#closed")


@require_GET
@requires(Permission.REGISTER_ENQUIRIES)
def found(request: HttpRequest) -> HttpResponse:
    """Who can get it: those who match the words, below the one that is chosen."""
    at = clock.now()
    medium = medium_of(request.GET.get("channel", ""), request.GET.get("kind", ""))
    context = {
        "sections": recipients.find(request.GET.get("q", ""), at=at, medium=medium),
        "chosen": recipients.chosen(request.GET.get("to", ""), day_of(at)),
        "asked": request.GET.get("q", "").strip(),
    }
    return render(request, "desk/parts/recipients.html", context)


@own_transactions
@require_POST
@requires(Permission.REGISTER_ENQUIRIES)
def times(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The times that can be promised for what is chosen so far. Posted, because the form holds personal data."""
    enquiry, by, at = access.enquiry_for(request, pk), person_of(request), clock.now()
    typed = typed_handover(request.POST)
    sheet = HandoverSheet(enquiry, by=by, at=at, typed=typed)
    form = HandoverForm(initial=typed, times=sheet.times)
    return render(request, f"{TEMPLATE}#times", {"form": form, "kind": sheet.kind, "sheet": sheet})

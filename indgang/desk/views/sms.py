"""SMS at the desk: the link to the article in view, how long a text is, and what became of a message."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.accounts.permissions import Permission
from indgang.accounts.submission import own_transactions
from indgang.core import clock
from indgang.core.refusals import RefusedChange
from indgang.correspondence.models import SmsMessage
from indgang.correspondence.sms import sending
from indgang.desk import access, sms_link
from indgang.desk.forms import SmsLinkForm
from indgang.desk.lookup import Lookup
from indgang.desk.views.answers import changed, said, tell_parts
from indgang.desk.views.knowledge import read, show
from indgang.ui.refusals import refusals_on_form

PART = "desk/sms.html"


@require_http_methods(["GET", "POST"])
@requires(Permission.REGISTER_ENQUIRIES)
def article_link(request: HttpRequest, slug: str) -> HttpResponse:
    """Send the caller a link from this article; a GET with `link` chooses which. 404 without an enquiry in hand."""
    lookup = Lookup.of(request)
    if lookup.enquiry is None:
        raise Http404
    reading = read(request, slug, lookup)
    form = SmsLinkForm(request.POST or None, reading=reading, enquiry=lookup.enquiry, asked=request.GET)
    if request.method == "POST" and form.is_valid():
        with refusals_on_form(form):
            sent = form.cleaned_data
            message = sending.queue(
                number=sent["number"], text=sent["text"], enquiry=lookup.enquiry, by=person_of(request), at=clock.now()
            )
            return show(request, PART, _about(message))
    counted = sms_link.counted(form.text_now())
    context: dict[str, Any] = {"lookup": lookup, "reading": reading, "form": form, "counted": counted}
    return show(request, PART, context, status=422 if form.errors else 200)


@own_transactions
@require_POST
@requires(Permission.REGISTER_ENQUIRIES)
def parts(request: HttpRequest) -> HttpResponse:
    """How many SMS the typed text is."""
    text = request.POST.get("text", "").replace("\x00", "")[: SmsLinkForm.LONGEST]
    return render(request, f"{PART}#counted", {"counted": sms_link.counted(text)})


@require_GET
@requires(Permission.REGISTER_ENQUIRIES)
def message(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What became of a message."""
    return render(request, f"{PART}#status", _about(access.sms_for(request, pk)))


@require_POST
@requires(Permission.REGISTER_ENQUIRIES)
def again(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Send a message again that failed or is in doubt."""
    try:
        copy = sending.send_again(access.sms_for(request, pk), by=person_of(request), at=clock.now())
    except RefusedChange as refusal:
        return said(str(refusal), 409)
    return tell_parts(render(request, f"{PART}#status", _about(copy)), "lists")


@require_POST
@requires(Permission.REGISTER_ENQUIRIES)
def closure(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Decide not to send a message again."""
    sending.leave(access.sms_for(request, pk), by=person_of(request), at=clock.now())
    return changed(request, "lists", "sms")


def _about(row: SmsMessage) -> dict[str, Any]:
    return {"message": row, "sentence": sms_link.sentence_of(row), "may_repeat": sending.may_be_sent_again(row)}

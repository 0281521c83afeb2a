"""Return calls: take, put back, dial, close, and listen to a message."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.accounts.permissions import Permission
from indgang.accounts.submission import own_transactions
from indgang.core import clock
from indgang.desk import access, sentences
from indgang.desk.forms import ResultForm
from indgang.desk.views.answers import changed, said
from indgang.enquiries import promised, return_calls
from indgang.enquiries.return_calls import ReturnCallError
from indgang.entry.commands import Refused


@require_http_methods(["POST", "DELETE"])
@requires(Permission.TAKE_CALLS)
def assignment(request: HttpRequest, pk: int) -> HttpResponse:
    """Assign the return call to this person so that nobody else calls too, or put it back."""
    return_call = access.return_call_for(request, pk)
    act = return_calls.take if request.method == "POST" else return_calls.release
    try:
        act(return_call, by=person_of(request), at=clock.now())
    except ReturnCallError as refused:
        return said(refused.message, 409)
    return changed(request, "lists")


@own_transactions
@require_POST
@requires(Permission.TAKE_CALLS)
def call(request: HttpRequest, pk: int) -> HttpResponse:
    """Ring the number."""
    return_call = access.return_call_for(request, pk)
    try:
        return_calls.ring(return_call, by=person_of(request), at=clock.now())
    except ReturnCallError as refused:
        return said(refused.message, 409)
    except Refused as refused:
        return said(sentences.refusal(refused), 409)
    return changed(request, "state", "call", "lists")


@require_POST
@requires(Permission.TAKE_CALLS)
def closure(request: HttpRequest, pk: int) -> HttpResponse:
    """Close it with its result."""
    return_call = access.return_call_for(request, pk)
    form = ResultForm(request.POST)
    if not form.is_valid():
        return said(str(form.errors["result"][0]), 400)
    try:
        return_calls.done(return_call, result=form.cleaned_data["result"], by=person_of(request), at=clock.now())
    except ReturnCallError as refused:
        return said(refused.message, 409)
    return changed(request, "lists")


@require_GET
@requires(Permission.TAKE_CALLS)
def recording(request: HttpRequest, pk: int) -> HttpResponse:
    """The caller's voice message. Listening is logged."""
    return_call = access.return_call_for(request, pk)
    wav = return_calls.listen(return_call, by=person_of(request), at=clock.now())
    if not wav:
        raise Http404
    return HttpResponse(wav, content_type="audio/wav", headers={"Cache-Control": "no-store"})


@own_transactions
@require_POST
@requires(Permission.TAKE_CALLS)
def queue(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a caller who hung up wait in the queue for a callback."""
    return_call = access.return_call_for(request, pk)
    try:
        promised.into_queue(return_call, by=person_of(request), at=clock.now())
    except ReturnCallError as refused:
        return said(refused.message, 409)
    except Refused as refused:
        return said(sentences.refusal(refused), 409)
    return changed(request, "lists")


@own_transactions
@require_http_methods(["POST", "PUT", "DELETE"])
@requires(Permission.TAKE_CALLS)
def promised_call(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Call somebody with a promised callback now (POST), return it to its place (PUT), or cancel it (DELETE)."""
    acts = {"POST": promised.take, "PUT": promised.give_back, "DELETE": promised.cancel}
    enquiry = access.promised_call_for(request, pk)
    try:
        acts[request.method or ""](enquiry, by=person_of(request), at=clock.now())
    except Refused as refused:
        return said(sentences.refusal(refused), 409)
    return changed(request, "state", "call", "lists")

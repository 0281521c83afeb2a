"""Written enquiries at the desk: the lists, the conversation, and what is done with one."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.accounts.submission import own_transactions
from indgang.audit import trail
from indgang.core import clock
from indgang.core.refusals import RefusedChange
from indgang.core.text import whole_number
from indgang.correspondence import answer_ways, answers, drafts, readers
from indgang.correspondence.mail import closing
from indgang.correspondence.models import Enclosure, Thread, ThreadMessage
from indgang.correspondence.outgoing import OutgoingFile
from indgang.desk import access, sentences
from indgang.desk.conversation import Conversation, why_not
from indgang.desk.forms import NothingForm
from indgang.desk.text_picker import TextPicker, UnknownPick, picked
from indgang.desk.views.answers import said
from indgang.desk.written_forms import MergeForm, ReplyForm, SeenForm, SettlementForm, SpamForm, typed_reply
from indgang.desk.written_lists import WrittenLists
from indgang.enquiries.models import Channel
from indgang.entry import commands
from indgang.messaging.reading import with_pictures
from indgang.ui import maps
from indgang.ui.downloads import saved
from indgang.ui.pages import render_part_or_page
from indgang.ui.refusals import show_refusal

PAGE = "desk/written.html"
#: the policy of a mail shown as HTML: it loads nothing, runs nothing and leads nowhere
_MAIL_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"


@require_GET
@requires(Permission.ANSWER_WRITTEN)
def written_list(request: HttpRequest) -> HttpResponse:
    """What this person has in hand, what waits in their queues, or what a search finds."""
    lists = WrittenLists(person_of(request), at=clock.now(), asked=request.GET.get("q", ""))
    return render_part_or_page(request, "desk/written_list.html", {"lists": lists}, {"written": "lists"})


@require_GET
@requires(Permission.ANSWER_WRITTEN)
def written(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The conversation. The look is logged. A chat that goes on has its own page; one that is over is read here."""
    found, by, at = access.thread_for(request, pk), person_of(request), clock.now()
    if found.channel == Channel.CHAT and not found.is_over:
        return redirect("desk:chat", pk=pk)
    trail.looks(by=by, at=at, subjects=[found.enquiry], page="desk.written")
    readers.opened(found, by=by, at=at)
    shown = request.GET.get("html", "")
    talk = Conversation(found, by=by, at=at, html=_uuid(shown) if shown else None)
    return _page(request, talk)


@require_http_methods(["DELETE"])
@requires(Permission.ANSWER_WRITTEN)
def reading(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The person has left the page."""
    readers.left(access.thread_for(request, pk), by=person_of(request))
    return HttpResponse(status=204)


def _page(request: HttpRequest, talk: Conversation, status: int = 200) -> HttpResponse:
    parts = {"written-messages": "messages", "written-articles": "articles", "written-state": "state"}
    return render_part_or_page(request, PAGE, {"talk": talk, "map": maps.source()}, parts, status=status)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None


@require_GET
@requires(Permission.ANSWER_WRITTEN)
def html(request: HttpRequest, pk: UUID, message: UUID) -> HttpResponse:
    """A message as its safe HTML, for a frame that loads and runs nothing."""
    row = access.message_of(access.thread_for(request, pk), message)
    _log(request, row)
    shown = with_pictures(row.html, lambda inline_id: _picture(row, inline_id))
    response = HttpResponse(f'<!doctype html><meta charset="utf-8"><title>{_("Mail")}</title>{shown}')
    response.headers["Content-Security-Policy"] = _MAIL_POLICY
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _log(request: HttpRequest, message: ThreadMessage) -> None:
    """What is given out beside the page is a look at the enquiry too."""
    trail.looks(by=person_of(request), at=clock.now(), subjects=[message.thread.enquiry], page="desk.written")


def _picture(message: ThreadMessage, inline_id: str) -> str:
    """The picture of the mail as a data URL; empty when there is none that can be shown."""
    file = message.enclosures.filter(inline_id=inline_id).first()
    if file is None or why_not(file) or not file.kind.startswith("image/"):
        return ""
    return f"data:{file.kind};base64,{b64encode(bytes(file.content)).decode()}"


@require_GET
@requires(Permission.ANSWER_WRITTEN)
def enclosure(request: HttpRequest, pk: UUID, message: UUID, order: int) -> HttpResponse:
    """A file of a message, to be saved; never opened in our pages."""
    row = access.message_of(access.thread_for(request, pk), message)
    file = Enclosure.objects.filter(message=row, order=order).first()
    if file is None or why_not(file):
        raise Http404
    _log(request, row)
    return saved(file.name, file.kind, bytes(file.content))


# --- answering ------------------------------------------------------------------------------------


@require_POST
@requires(Permission.ANSWER_WRITTEN)
def reply(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Send the answer, or insert a reply text or an article into it."""
    found, by, at = access.letter_for(request, pk), person_of(request), clock.now()
    pick = picked(request.POST)
    if pick is not None:
        return _with_text(request, found, pick, by, at)
    form = ReplyForm(request.POST)
    files = [_read(each) for each in request.FILES.getlist("files")]
    if form.is_valid():
        try:
            closes = request.POST.get("closes") == "yes"
            answer_ways.answer(found, form.cleaned_data, files, closes=closes, by=by, at=at)
        except RefusedChange as refusal:
            show_refusal(form, refusal)
        else:
            return redirect("desk:written", pk=pk)
    return _page(request, Conversation(found, by=by, at=at, form=form), status=422)


def _read(file: Any) -> OutgoingFile:
    return OutgoingFile(file.name or "fil", file.read())


def _with_text(request: HttpRequest, thread: Thread, pick: str, by: Person, at: datetime) -> HttpResponse:
    """The page with what was picked below what is typed, for browsers without JavaScript; also when somebody else has
    taken the thread meanwhile, so that nothing typed is lost."""
    text = request.POST.get("text", "")
    try:
        text = TextPicker(thread, by=by, at=at).append(pick, text)
    except UnknownPick:
        messages.error(request, _("Vælg en standardtekst eller en artikel."))
    return _with_typed(request, thread, text, by, at)


def _with_typed(request: HttpRequest, thread: Thread, text: str, by: Person, at: datetime) -> HttpResponse:
    """The page with another text of the answer, which is saved as the draft."""
    known = drafts.of(thread, by)
    typed = typed_reply(request.POST) | {"text": text}
    drafts.save(thread, typed, revision=known.revision if known else 0, by=by, at=at)
    return redirect("desk:written", pk=thread.pk)


@own_transactions
@require_POST
@requires(Permission.ANSWER_WRITTEN)
def draft(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Save the draft. The response is its status line with the revision for the next save."""
    found, by, at = access.letter_for(request, pk), person_of(request), clock.now()
    revision = whole_number(request.POST.get("revision", "")) or 0
    context: dict[str, object] = {"at": at, "talk": {"revision": revision}}
    try:
        kept = drafts.save(found, typed_reply(request.POST), revision=revision, by=by, at=at)
        context |= {"talk": {"revision": kept.draft.revision}, "overtook": kept.overtook, "saved": True}
    except RefusedChange as refusal:
        context |= {"refusal": str(refusal)}
    return render(request, f"{PAGE}#draft", context, status=422 if "refusal" in context else 200)


@own_transactions
@require_POST
@requires(Permission.ANSWER_WRITTEN)
def undo(request: HttpRequest, pk: UUID, message: UUID) -> HttpResponse:
    """Withdraw an answer that has not left; the enquiry comes back into the hands of its author."""
    row, by, at = access.message_of(access.letter_for(request, pk), message), person_of(request), clock.now()
    try:
        answers.undo(row, by=by, at=at)
    except RefusedChange as refusal:
        messages.error(request, str(refusal))
        return redirect("desk:written", pk=pk)
    messages.success(request, _("Svaret er ikke sendt. Det står som kladde."))
    return _taken(request, row.thread, by, at)


@require_POST
@requires(Permission.ANSWER_WRITTEN)
def settlement(request: HttpRequest, pk: UUID, message: UUID) -> HttpResponse:
    """Say of an answer in doubt that it was sent, or have it sent again."""
    row, form = access.message_of(access.letter_for(request, pk), message), SettlementForm(request.POST)
    if not form.is_valid():
        return said(_("Vælg, om svaret blev sendt."), 400)
    try:
        was_sent = form.cleaned_data["result"] == "sent"
        answer_ways.settle(row, was_sent=was_sent, by=person_of(request), at=clock.now())
    except RefusedChange as refusal:
        messages.error(request, str(refusal))
    return redirect("desk:written", pk=pk)


# --- having it ------------------------------------------------------------------------------------


@own_transactions
@require_POST
@requires(Permission.ANSWER_WRITTEN)
def taking(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take it from the list."""
    return _taken(request, access.letter_for(request, pk), person_of(request), clock.now())


def _taken(request: HttpRequest, thread: Thread, by: Person, at: datetime) -> HttpResponse:
    try:
        commands.give_and_wait("written_take", by=by, at=at, enquiry=str(thread.pk))
    except commands.Refused as refused:
        messages.error(request, sentences.refusal(refused))
    return redirect("desk:written", pk=thread.pk)


@own_transactions
@require_POST
@requires(Permission.ANSWER_WRITTEN)
def putting_back(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Put it back to its place in the queue."""
    found = access.letter_for(request, pk)
    try:
        commands.give_and_wait("written_put_back", by=person_of(request), at=clock.now(), enquiry=str(found.pk))
    except commands.Refused as refused:
        messages.error(request, sentences.refusal(refused))
        return redirect("desk:written", pk=pk)
    messages.success(request, _("Henvendelsen ligger i køen igen."))
    return redirect("desk:written-list")


@own_transactions
@require_POST
@requires(Permission.ANSWER_WRITTEN)
def call(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Answer by telephone: ring the known number of whoever wrote."""
    found, by, at = access.letter_for(request, pk), person_of(request), clock.now()
    number = Conversation(found, by=by, at=at).number_to_call
    if not number:
        messages.error(request, _("Vi kender ikke noget nummer på afsenderen."))
        return redirect("desk:written", pk=pk)
    try:
        commands.give_and_wait("dial", by=by, at=at, number=number, follows=str(found.pk), return_call=None)
    except commands.Refused as refused:
        messages.error(request, sentences.refusal(refused))
        return redirect("desk:written", pk=pk)
    return redirect("desk:home")


# --- other ends -----------------------------------------------------------------------------------

Step = Callable[[Thread, Any, Person, datetime], tuple[Thread, str]]


def _close(thread: Thread, form: SeenForm, by: Person, at: datetime) -> tuple[Thread, str]:
    return closing.close(thread, **form.cleaned_data, by=by, at=at), _("Henvendelsen er afsluttet.")


def _spam(thread: Thread, form: SpamForm, by: Person, at: datetime) -> tuple[Thread, str]:
    return closing.mark_spam(thread, **form.cleaned_data, by=by, at=at), _("Henvendelsen er flyttet til spam.")


def _not_spam(thread: Thread, form: Any, by: Person, at: datetime) -> tuple[Thread, str]:
    back = closing.not_spam(thread, by=by, at=at)
    blocked = ", ".join(closing.standing_blocks(back))
    if blocked:
        words = _("Henvendelsen venter på svar igen. Nye mails fra %(domain)s er stadig spærret og bliver spam.")
        return back, words % {"domain": blocked}
    return back, _("Henvendelsen venter på svar igen.")


def _merge(thread: Thread, form: MergeForm, by: Person, at: datetime) -> tuple[Thread, str]:
    into = access.threads_of(by).filter(pk=form.cleaned_data["into"]).first()
    if into is None:
        raise RefusedChange({"": _("Vælg den henvendelse, den skal lægges sammen med.")})
    return closing.merge(thread, into=into, by=by, at=at), _("Henvendelserne er lagt sammen.")


#: by the noun of the address: the form, and what is done
STEPS: dict[str, tuple[type[forms.Form], Step]] = {
    "closure": (SeenForm, _close),
    "spam": (SpamForm, _spam),
    "no-spam": (NothingForm, _not_spam),
    "merger": (MergeForm, _merge),
}


@require_POST
@requires(Permission.ANSWER_WRITTEN)
def step(request: HttpRequest, pk: UUID, noun: str) -> HttpResponse:
    """Carry out one step, and show the thread that is left."""
    found, (kind, act) = access.letter_for(request, pk), STEPS[noun]
    form = kind(request.POST)
    try:
        if not form.is_valid():
            raise RefusedChange({"": str(next(iter(form.errors.values()))[0])})
        left, words = act(found, form, person_of(request), clock.now())
    except RefusedChange as refusal:
        messages.error(request, str(refusal))
        return redirect("desk:written", pk=pk)
    messages.success(request, words)
    return redirect("desk:written", pk=left.pk)


@require_POST
@requires(Permission.ANSWER_WRITTEN)
def division(request: HttpRequest, pk: UUID, message: UUID) -> HttpResponse:
    """Make a mail of the thread a thread of its own."""
    row = access.message_of(access.letter_for(request, pk), message)
    try:
        new = closing.split(row, by=person_of(request), at=clock.now())
    except RefusedChange as refusal:
        messages.error(request, str(refusal))
        return redirect("desk:written", pk=pk)
    messages.success(request, _("Mailen er nu en henvendelse for sig."))
    return redirect("desk:written", pk=new.pk)

"""The chats of a person: what is offered to them, those they have in hand, and the conversation."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from indgang.accounts.gate import person_of, requires
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.accounts.submission import own_transactions
from indgang.core import clock
from indgang.core.clock import day_of
from indgang.core.refusals import RefusedChange
from indgang.core.text import ID_DIGITS, whole_number
from indgang.correspondence.chat import conversation, files, reading
from indgang.correspondence.models import Chat
from indgang.desk import access, chat_colleagues, sentences, story
from indgang.desk.text_picker import TextPicker, UnknownPick, picked
from indgang.entry import commands
from indgang.entry.journal import InHandStage
from indgang.entry.models import InHand, Queue, QueueMembership
from indgang.handover import calls, history, recipients
from indgang.handover.card import MOST_TEXT
from indgang.handover.models import Addition, Handover
from indgang.prepared.query import Query
from indgang.routing.distribution.requirement import CHAT
from indgang.ui.downloads import saved
from indgang.ui.pages import is_shown, part_asked_for, render_part_or_page, version_shown

#: a message that is a code alone
_CODE = re.compile(r"/[\w-]{1,30}")


class ChatMoveForm(forms.Form):
    """Where a chat goes: to another queue of chats (`queue:code`), to a colleague who serves its queue (`person:12`),
    or to a case worker who can take it about a service now (`person:12@code`)."""

    to = forms.CharField(max_length=100, error_messages={"required": _("Vælg en kø eller en kollega.")})
    #: the card that goes with it to the second level
    question = forms.CharField(max_length=MOST_TEXT, required=False)
    expected = forms.CharField(max_length=MOST_TEXT, required=False)


@require_GET
@requires(Permission.ANSWER_WRITTEN)
def chats(request: HttpRequest) -> HttpResponse:
    """What is offered and what is in hand."""
    return _page(request, None)


@own_transactions
@require_POST
@requires(Permission.ANSWER_WRITTEN)
def accept(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take the chat that is offered, and open it."""
    person = person_of(request)
    if not _is_offered(person, pk):
        messages.error(request, gettext("Chatten tilbydes ikke længere til dig."))
        return redirect("desk:chats")
    try:
        commands.give_and_wait("answer", by=person, at=clock.now())
    except commands.Refused as refused:
        messages.error(request, sentences.refusal(refused))
        return redirect("desk:chats")
    return HttpResponseRedirect(f"{reverse('desk:chat', args=[pk])}#chat-text")


@own_transactions
@require_POST
@requires(Permission.ANSWER_WRITTEN)
def refuse(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Leave the chat that is offered to the others."""
    person = person_of(request)
    try:
        if _is_offered(person, pk):
            commands.give_and_wait("refuse", by=person, at=clock.now())
    except commands.Refused as refused:
        messages.error(request, sentences.refusal(refused))
    return redirect("desk:chats")


@own_transactions  # a message is stored once by its own id, so that a repeat after a lost answer gets the answer
@require_http_methods(["GET", "POST"])
@requires(Permission.ANSWER_WRITTEN)
def chat(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The conversation; a POST adds a message."""
    person = person_of(request)
    found = _chat(request, pk)
    if request.method != "POST":
        conversation.read_by_agent(found, by=person)
        return _page(request, found)
    text = request.POST.get("text", "")
    if pick := _picked(request, text):
        return _with_text(request, found, pick, text)
    try:
        enclosures = files.checked(files.read(request.FILES.getlist("files")), clock.now())
        line = conversation.write_by_agent(
            found, text, client_id=request.POST.get("client_id", ""), enclosures=enclosures, by=person, at=clock.now()
        )
    except RefusedChange as refusal:
        return _page(request, found, refused=str(refusal), text=text, status=422)
    if part_asked_for(request):
        return _page(request, line.chat)
    return HttpResponseRedirect(f"{reverse('desk:chat', args=[pk])}#chat-text")


def _picked(request: HttpRequest, text: str) -> str:
    """What is to be inserted instead of sending: a choice, or a code alone that a page without JavaScript sends."""
    pick = picked(request.POST)
    if pick is not None:
        return pick or "nothing"
    typed = text.strip()
    return f"code:{typed[1:]}" if _CODE.fullmatch(typed) else ""


def _with_text(request: HttpRequest, found: Chat, pick: str, text: str) -> HttpResponse:
    """The page with what was picked below what is typed, for browsers without JavaScript. Nothing is sent."""
    picker = TextPicker(access.thread_in_hand(request, found.pk), by=person_of(request), at=clock.now())
    try:
        filled = picker.append(pick, "" if pick.startswith("code:") else text)
    except UnknownPick:
        refused = gettext("Der er ingen standardtekst med den kode. Vælg en fra listen.")
        return _page(request, found, refused=refused, text=text, status=422)
    return _page(request, found, text=filled)


@require_safe
@requires(Permission.ANSWER_WRITTEN)
def file(request: HttpRequest, pk: UUID, number: int, order: int) -> HttpResponse:
    """A file of the chat, to be saved; never opened in our pages."""
    found = files.of_line(_chat(request, pk), number, order)
    if found is None:
        raise Http404
    return saved(found.name, found.kind, bytes(found.content))


@require_POST
@requires(Permission.ANSWER_WRITTEN)
def typing(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The person who has the chat in hand types."""
    person = person_of(request)
    found = _chat(request, pk)
    if found.thread.holder_id == person.pk and not found.thread.is_over:
        conversation.typing(found, by_contact=False, at=clock.now())
    return HttpResponse(status=204)


@require_POST
@requires(Permission.ANSWER_WRITTEN)
def end(request: HttpRequest, pk: UUID) -> HttpResponse:
    """End the chat, and go on to its registration."""
    person = person_of(request)
    found = _chat(request, pk)
    try:
        conversation.end_by_agent(found, by=person, at=clock.now())
    except RefusedChange as refusal:
        messages.error(request, str(refusal))
        return redirect("desk:chat", pk)
    return redirect("desk:registration", pk)


@require_POST
@requires(Permission.ANSWER_WRITTEN)
def move(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Hand the chat over to another queue or to a colleague."""
    person = person_of(request)
    found, form = _chat(request, pk), ChatMoveForm(request.POST)
    try:
        if not form.is_valid():
            raise RefusedChange({"to": form.errors["to"][0]})
        _move(found, form.cleaned_data, by=person)
    except RefusedChange as refusal:
        card = {name: request.POST.get(name, "") for name in ("question", "expected")}
        return _page(request, found, refused=str(refusal), **card, status=422)
    messages.success(request, gettext("Chatten er stillet videre."))
    return redirect("desk:chats")


def _move(found: Chat, chosen: dict[str, str], *, by: Person) -> None:
    to, _sign, service = chosen["to"].partition("@")
    if not service:
        conversation.move(found, **_target(to, found), by=by, at=clock.now())
        return
    key = whole_number(to.removeprefix("person:"), ID_DIGITS) or 0
    person = Person.objects.filter(pk=key, is_active=True).first()
    if person is None:
        raise RefusedChange({"to": gettext("Vælg en kø eller en kollega.")})
    chat_colleagues.move(found, person, service, typed=chosen, by=by, at=clock.now())


@require_POST
@requires(Permission.ANSWER_WRITTEN)
def take_over(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A colleague who was asked about the chat takes it over."""
    person, found = person_of(request), _chat(request, pk)
    if not access.asked_about_chat(person, pk):
        raise Http404
    try:
        chat_colleagues.take_over(found, by=person, at=clock.now())
    except RefusedChange as refusal:
        return _page(request, found, refused=str(refusal), status=422)
    messages.success(request, gettext("Chatten tilbydes dig nu."))
    return redirect("desk:chats")


# --- what the page shows --------------------------------------------------------------------------


def _page(request: HttpRequest, found: Chat | None, *, status: int = 200, **said: str) -> HttpResponse:
    """The page, or the part that is asked for with what that shows alone."""
    person, part = person_of(request), part_asked_for(request) or ""
    if request.method == "GET" and found and part == "chat-talk" and is_shown(request, reading.version(found)):
        return HttpResponse(status=204)
    asked = _questions(found, person) if found and part in ("", "chat-colleagues") else []
    for each in asked:
        history.look(each, by=person, at=clock.now())
    context: dict[str, Any] = {
        "chat": found, "at": clock.now(), "in_part": bool(part), "asked": asked,
        "scopes": _scopes(found, person, asked),
        "here": reverse("desk:chat", args=[found.pk]) if found else reverse("desk:chats"), **said,
    }  # fmt: skip
    if part in ("", "chat-list"):
        context |= {"offered": _OFFERED.models(person=person.pk), "mine": reading.held_by(person)}
    if found is not None:
        context |= _conversation(request, found, person, part)
    return render_part_or_page(request, "desk/chats.html", context, _PARTS, status=status)


_PARTS = {
    "chat-list": "list", "chat-talk": "talk", "chat-state": "state", "chat-typing": "typing", "chat-asked": "asked",
    "chat-colleagues": "colleagues",
}  # fmt: skip


def _conversation(request: HttpRequest, found: Chat, person: Person, part: str) -> dict[str, Any]:
    shows = {
        "thread": found.thread, "is_mine": found.thread.holder_id == person.pk and not found.thread.is_over,
        "typing": found.contact_typing_until is not None and found.contact_typing_until > clock.now(),
    }  # fmt: skip
    if part in ("", "chat-talk", "chat-state"):
        ours = reading.last_line(found, by_contact=False)
        shows["seen"] = bool(ours) and ours <= found.contact_read
    if part in ("", "chat-talk"):
        shows |= _lines(request, found, part)
    if part in ("", "chat-asked"):
        shows |= _subjects(request, person)
    return shows if part else shows | _steps(found, person)


def _lines(request: HttpRequest, found: Chat, part: str) -> dict[str, Any]:
    before = whole_number(request.GET.get("before", "")) or None
    follows = version_shown(request) if part and not before else ""
    there = reading.lines_in(follows, found)
    lines = reading.page_of(found, before) if there is None else reading.new_lines(found, there)
    return {
        "lines": lines, "before": before, "follows": follows if there is not None else "",
        "earlier": lines[0].number if there is None and lines and lines[0].number > 1 else None,
        # a page of earlier lines cannot go on with what is new
        "shown": "" if before or files.any_waits(lines) else reading.version(found),
    }  # fmt: skip


def _subjects(request: HttpRequest, person: Person) -> dict[str, Any]:
    searched = request.GET.get("q", "").replace("\x00", "")[:100]
    found = chat_colleagues.find(searched, by=person, at=clock.now()) if searched else []
    return {"searched": searched, "subjects": found}


def _steps(found: Chat, person: Person) -> dict[str, Any]:
    """What surrounds the conversation on the whole page."""
    return {
        "queues": _other_queues(found), "colleagues": _colleagues(found, person), "longest": conversation.LONGEST,
        "longest_card": MOST_TEXT, "client_id": uuid4().hex, "not_taken": story.not_taken(found.thread.enquiry),
        "may_take_over": not found.thread.is_over and found.thread.holder_id != person.pk
        and access.has_question_about_chat(person, found.pk),
        "card": _card(found, person), "picker": TextPicker(found.thread, by=person, at=clock.now()),
    }  # fmt: skip


def _scopes(found: Chat | None, person: Person, asked: Sequence[Handover]) -> list[str]:
    threads = [f"thread-{found.pk}"] if found else []
    return [f"person-{person.pk}", *threads, *(f"handover-{each.pk}" for each in asked)]


def _questions(found: Chat, person: Person) -> list[Handover]:
    """What colleagues were asked about the chat, with what they have written to each other (`notes`), as far as the
    person may read it."""
    notes = Prefetch("additions", Addition.objects.filter(for_contact=False).select_related("by"), "notes")
    rows = Handover.objects.with_names().filter(enquiry=found.pk).exclude(state=Handover.State.CANCELLED)
    rows = rows.select_related("centre__owner", "centre__operator").prefetch_related(notes).order_by("sent_at")
    return [each for each in rows if recipients.may_see(person, each, clock.today())]


def _card(found: Chat, person: Person) -> Any:
    """The card that came with the chat, for whoever may see it."""
    card = calls.of_call(found.thread.enquiry)
    return card if card is not None and recipients.may_see(person, card, clock.today()) else None


def _chat(request: HttpRequest, pk: UUID) -> Chat:
    """The chat of an enquiry that the person has to do with, or was asked about. Raises Http404."""
    try:
        access.enquiry_for(request, pk)
    except Http404:
        if not access.asked_about_chat(person_of(request), pk):
            raise
    found = reading.of_enquiry(pk)
    if found is None:
        raise Http404
    return found


def _is_offered(person: Person, pk: UUID) -> bool:
    return _offered_now(person.pk).filter(pk=pk).exists()


def _offered_now(person: int) -> QuerySet[Chat]:
    rows = InHand.objects.filter(person=person, kind=CHAT, stage=InHandStage.RINGING)
    return Chat.objects.filter(pk__in=rows.values("enquiry")).select_related("thread__queue")


_OFFERED = Query(_offered_now, person=int)


def _other_queues(found: Chat) -> list[Queue]:
    rows = Queue.objects.valid_on(day_of(clock.now())).filter(work=Queue.Work.CHAT).exclude(pk=found.thread.queue_id)
    return list(rows.select_related("centre").order_by("centre__name", "name"))


def _colleagues(found: Chat, person: Person) -> list[Person]:
    """Those who serve the queue of the chat, besides the person."""
    return list(_serving(found).exclude(pk=person.pk).order_by("name"))


def _serving(found: Chat) -> QuerySet[Person]:
    serving = QueueMembership.objects.serving_on(day_of(clock.now())).filter(queue=found.thread.queue_id, active=True)
    people: QuerySet[Person] = Person.objects.filter(pk__in=serving.values("person"), is_active=True)
    return people


def _target(to: str, found: Chat) -> dict[str, Any]:
    kind, _colon, which = to.partition(":")
    if kind == "queue":
        queue = next((each for each in _other_queues(found) if each.code == which), None)
        if queue is not None:
            return {"queue": queue}
    if kind == "person":
        person = _serving(found).filter(pk=whole_number(which, ID_DIGITS) or 0).first()
        if person is not None:
            return {"person": person}
    raise RefusedChange({"to": gettext("Vælg en kø eller en kollega.")})

"""Chat on the public site: begun with a form, carried on at an address that only the visitor knows.

The address contains the visitor's key; there is no cookie. Everything works without JavaScript: forms, and a link that
loads the page again. With it, the page's stream says when there is something new. In a box on another website the same
views have addresses of their own, which the sites in INDGANG_EMBED_ON may frame.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import uuid4

from django import forms
from django.conf import settings
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from indgang.accounts.gate import public
from indgang.core import clock
from indgang.core.refusals import RefusedChange
from indgang.core.text import whole_number
from indgang.correspondence import retention
from indgang.correspondence.chat import conversation, files, leaving, offering, reading
from indgang.correspondence.models import Chat
from indgang.feedback import invitations
from indgang.messaging.mail import BadAddress
from indgang.portal import access, votes
from indgang.portal.pages import View, address, language, protected, show, unkept
from indgang.portal.visitors import Allowance
from indgang.ui import live_page
from indgang.ui.downloads import saved
from indgang.ui.pages import is_shown, part_asked_for, version_shown

#: chats begun, and messages sent, by one visitor; many people in an office may share one address
_BEGUN = Allowance(10, 3600.0)
_WRITTEN = Allowance(120, 60.0)
_MAILED = Allowance(10, 3600.0)
_SALT = "portal.chat"
#: how long a form can be filled in, in seconds
_FORM_SECONDS = 12 * 3600

ChatView = Callable[[HttpRequest, Chat, str], HttpResponse]


class ChatBeginForm(forms.Form):
    """What the chat is about, and the first question. `key` is the visitor's key, signed."""

    queue = forms.CharField(max_length=60, error_messages={"required": _("Vælg, hvad det drejer sig om.")})
    question = forms.CharField(
        max_length=conversation.LONGEST, error_messages={"required": _("Skriv dit spørgsmål.")}
    )  # fmt: skip
    name = forms.CharField(max_length=100, required=False)
    page = forms.CharField(max_length=300, required=False)
    key = forms.CharField(max_length=200)


def new_key() -> str:
    """A key for a form, signed, so that only keys that we made begin a chat."""
    return signing.TimestampSigner(salt=_SALT).sign(secrets.token_urlsafe(24))


def key_of(signed: str) -> str | None:
    """The visitor's key of a form; None for one that we did not make, or long ago."""
    try:
        return signing.TimestampSigner(salt=_SALT).unsign(signed, max_age=_FORM_SECONDS)
    except signing.BadSignature:
        return None


# --- begun ------------------------------------------------------------------------------------------


@csrf_exempt  # no cookie and no session: nobody is signed in here
@public
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest) -> HttpResponse:
    """The form that begins a chat, when somebody can answer; else what one can do instead."""
    if request.method != "POST":
        form = ChatBeginForm(initial={"queue": request.GET.get("emne", ""), "page": request.GET.get("fra", "")})
        return _private(request, _begin_page(request, form))
    form = ChatBeginForm(request.POST)
    key = key_of(request.POST.get("key", ""))
    if not votes.is_ours(request) or key is None:
        form.add_error(None, _("Formularen er for gammel eller kom fra en anden hjemmeside. Send den igen herfra."))
    if form.is_valid() and not _BEGUN.take(request):
        form.add_error(
            None, _("Der er startet mange chats fra din forbindelse. Prøv igen om en time, eller ring til os.")
        )
        return _private(request, _begin_page(request, form, status=429))
    if form.is_valid() and key is not None and _begun(form, key):
        return _private(request, HttpResponseRedirect(_place(request, "chat", key)))
    return _private(request, _begin_page(request, form, status=422))


def _begun(form: ChatBeginForm, key: str) -> bool:
    """Whether the chat has begun; else the form says why not. A form that is sent twice finds its chat."""
    if reading.with_key(key) is not None:
        return True
    at, told = clock.now(), form.cleaned_data
    offered = {each.queue.code: each.queue for each in offering.offers(at)}
    if told["queue"] not in offered:
        form.add_error(None, _("Der er ikke længere nogen ledige i chatten. Se herunder, hvad du kan gøre."))
        return False
    try:
        conversation.begin(
            offered[told["queue"]], key=key, question=told["question"], name=told["name"], language=language(),
            page=told["page"], at=at,
        )  # fmt: skip
    except RefusedChange as refusal:
        form.add_error("question", str(refusal))
        return False
    return True


def _begin_page(request: HttpRequest, form: ChatBeginForm, *, status: int = 200) -> HttpResponse:
    offered = [(each, access.name_of(each.queue, language())) for each in offering.offers(clock.now())]
    key = form["key"].value() or ""
    signed = key if key_of(str(key)) else new_key()
    chosen = str(form["queue"].value() or (offered[0][0].queue.code if len(offered) == 1 else ""))
    context = {
        "form": form, "offered": offered, "chosen": chosen, "key": signed, "longest": conversation.LONGEST,
        "kept_days": retention.kept_days(clock.today()), "begin_at": _place(request, "chat-begin"),
        "chats_at": address(request, "embed-chats" if _is_boxed(request) else "chat-begin"),
        **_frame(request),
    }  # fmt: skip
    return show(request, "portal/chat_begin.html", context, status=status)


# --- on our own site, and in a box ------------------------------------------------------------------


def box_page(request: HttpRequest, *, forgets: bool = False, status: int = 200) -> HttpResponse:
    """The first page of the box: whether one can chat now. With `forgets`, the browser forgets the chat it knew."""
    offered = [(each, access.name_of(each.queue, language())) for each in offering.offers(clock.now())]
    context = {"offered": offered, "forgets": forgets, "trusts_site": _trusts_site()}
    return show(request, "portal/embed_chat.html", context, status=status)


def _is_boxed(request: HttpRequest) -> bool:
    """Whether the page is one of those in the box."""
    match = request.resolver_match
    return bool(match and match.url_name and match.url_name.startswith("embed-"))


def _place(request: HttpRequest, name: str, *args: str) -> str:
    """The address of a page of chats; whoever is in the box stays there."""
    return address(request, f"embed-{name}" if _is_boxed(request) else name, *args)


def _frame(request: HttpRequest) -> dict[str, Any]:
    """What the templates must know: the page around the content."""
    boxed = _is_boxed(request)
    layout = "portal/embed.html" if boxed else "portal/base.html"
    return {"boxed": boxed, "layout": layout, "trusts_site": _trusts_site()}


def _trusts_site() -> bool:
    """Whether the surrounding site may know the address of the chat: only sites that the settings name."""
    return "*" not in settings.EMBED_ON.split()


def _private(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """A page of one visitor, which other websites may show in the box alone."""
    if _is_boxed(request):
        protected(response, settings.EMBED_ON)
    return unkept(response)


# --- carried on -------------------------------------------------------------------------------------


def _of_visitor(view: ChatView) -> View:
    """The view of a chat, found by the visitor's key in the address."""

    @csrf_exempt
    @public
    @wraps(view)
    def found(request: HttpRequest, key: str) -> HttpResponse:
        chat = reading.with_key(key)
        if chat is None:
            return _unknown(request)
        if request.method == "POST" and not votes.is_ours(request):
            return _page(request, chat, key, refused=gettext("Beskeden kom fra en anden hjemmeside."), status=403)
        return _private(request, view(request, chat, key))

    return found


def _unknown(request: HttpRequest) -> HttpResponse:
    """No chat has the key: it was mistyped, or its time is over. The box begins anew."""
    if not _is_boxed(request):
        raise Http404
    return _private(request, box_page(request, forgets=True, status=404))


@_of_visitor
@require_http_methods(["GET", "HEAD", "POST"])
def chat(request: HttpRequest, chat: Chat, key: str) -> HttpResponse:
    """The conversation; a POST adds a message."""
    if request.method != "POST":
        conversation.read_by_contact(chat)
        return _page(request, chat, key)
    if not _WRITTEN.take(request):
        return _page(request, chat, key, refused=gettext("Du skriver meget hurtigt. Vent et øjeblik."), status=429)
    text = request.POST.get("text", "")
    try:
        enclosures = files.checked(files.read(request.FILES.getlist("files")), clock.now())
        line = conversation.write_by_contact(
            chat, text, client_id=request.POST.get("client_id", ""), enclosures=enclosures, at=clock.now()
        )
    except RefusedChange as refusal:
        return _page(request, chat, key, refused=str(refusal), text=text, status=422)
    if part_asked_for(request) is None:
        return HttpResponseRedirect(f"{_place(request, 'chat', key)}#chat-text")
    return _page(request, line.chat, key)


@csrf_exempt
@public
@require_safe
def file(request: HttpRequest, key: str, number: int, order: int) -> HttpResponse:
    """A file of the chat, to be saved; never opened in our pages."""
    chat = reading.with_key(key)
    found = files.of_line(chat, number, order) if chat else None
    if found is None:
        raise Http404
    return unkept(saved(found.name, found.kind, bytes(found.content)))


@_of_visitor
@require_POST
def typing(request: HttpRequest, chat: Chat, key: str) -> HttpResponse:
    """The visitor types."""
    if not chat.thread.is_over:
        conversation.typing(chat, by_contact=True, at=clock.now())
    return HttpResponse(status=204)


@_of_visitor
@require_POST
def end(request: HttpRequest, chat: Chat, key: str) -> HttpResponse:
    """The visitor ends the chat."""
    conversation.end_by_contact(chat, at=clock.now())
    return HttpResponseRedirect(_place(request, "chat", key))


@_of_visitor
@require_POST
def transcript(request: HttpRequest, chat: Chat, key: str) -> HttpResponse:
    """The chat is mailed to the address in the form."""
    if not _MAILED.take(request):
        return _page(
            request, chat, key, refused=gettext("Der er sendt mange kopier. Prøv igen om en time."), status=429
        )
    try:
        conversation.send_transcript(chat, request.POST.get("mail", "").strip())
    except BadAddress:
        return _page(
            request, chat, key, refused=gettext("Det er ikke en mailadresse. Tjek, om den er rigtig."), status=422
        )
    return _page(request, chat, key, done=gettext("Vi har sendt samtalen til %s.") % request.POST["mail"].strip())


@_of_visitor
@require_POST
def leave(request: HttpRequest, chat: Chat, key: str) -> HttpResponse:
    """The question of a chat that was closed goes on as a message, which is answered at the address in the form."""
    address = request.POST.get("mail", "").strip()
    if not _MAILED.take(request):
        refused = gettext("Der er sendt mange mails fra din forbindelse. Prøv igen om en time.")
        return _page(request, chat, key, refused=refused, status=429)
    try:
        leaving.leave(chat, address, at=clock.now())
    except BadAddress:
        refused = gettext("Det er ikke en mailadresse. Tjek, om den er rigtig.")
        return _page(request, chat, key, refused=refused, typed_mail=address, status=422)
    except RefusedChange as refusal:
        return _page(request, chat, key, refused=str(refusal), typed_mail=address, status=422)
    return HttpResponseRedirect(_place(request, "chat", key))


def _page(request: HttpRequest, chat: Chat, key: str, *, status: int = 200, **said: str) -> HttpResponse:
    part = part_asked_for(request) or ""
    if request.method == "GET" and part == "chat-talk" and is_shown(request, reading.version(chat)):
        return HttpResponse(status=204)
    context: dict[str, Any] = {
        "chat": chat, "thread": chat.thread, "key": key, "in_part": bool(part), **_addresses(request, key),
        **_frame(request), **_state(chat), **said,
    }  # fmt: skip
    if part not in _SMALL_PARTS:
        context |= _lines(request, chat, part)
    if not part:
        context["stream"] = live_page.visitor_stream_url(request, key, [f"thread-{chat.pk}"])
        context |= {"client_id": uuid4().hex, "longest": conversation.LONGEST}
    response = _private(request, show(request, _PARTS.get(part, "portal/chat.html"), context, status=status))
    response.headers["Content-Security-Policy"] += f"; connect-src 'self' {live_page.stream_origin(request)}"
    return response


_SMALL_PARTS = {"chat-typing": "portal/chat_typing.html", "chat-state": "portal/chat_state.html"}
_PARTS = {"chat-talk": "portal/chat_talk.html", **_SMALL_PARTS}


def _state(chat: Chat) -> dict[str, Any]:
    at = clock.now()
    return {
        "typing": chat.centre_typing_until is not None and chat.centre_typing_until > at,
        "survey": invitations.link_after(chat.pk, at=at) if chat.thread.is_over else "",
        "seen": reading.last_line(chat, by_contact=True) <= chat.centre_read, "expected": _expected(chat),
    }  # fmt: skip


def _lines(request: HttpRequest, chat: Chat, part: str) -> dict[str, Any]:
    before = whole_number(request.GET.get("foer", "")) or None
    follows = version_shown(request) if part and not before else ""
    there = reading.lines_in(follows, chat)
    lines = reading.page_of(chat, before) if there is None else reading.new_lines(chat, there)
    return {
        "lines": [(line, _by(line, chat)) for line in lines], "before": before,
        "follows": follows if there is not None else "",
        "earlier": lines[0].number if there is None and lines and lines[0].number > 1 else None,
        # a page of earlier lines cannot go on with what is new
        "shown": "" if before or files.any_waits(lines) else reading.version(chat),
        "may_be_left": leaving.may_be_left(chat, clock.now()),
    }  # fmt: skip


def _addresses(request: HttpRequest, key: str) -> dict[str, str]:
    names = {
        "here": "chat",
        "typing_at": "chat-typing",
        "end_at": "chat-end",
        "transcript_at": "chat-transcript",
        "leave_at": "chat-leave",
    }
    found = {name: _place(request, view, key) for name, view in names.items()}
    return found | {"begin_at": _place(request, "chat-begin")}


def _by(line: Any, chat: Chat) -> str:
    return gettext("Dig") if line.by_contact else conversation.said_by(line, chat)


def _expected(chat: Chat) -> int | None:
    """Minutes until somebody has time, while nobody has taken the chat."""
    if chat.thread.state != chat.thread.State.WAITING or chat.thread.queue is None:
        return None
    return offering.minutes_left(chat.thread.queue, chat.thread.began_at, clock.now())

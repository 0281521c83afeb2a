"""Chats and their lines, as pages read them many times a minute."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from uuid import UUID

from django.db.models import QuerySet

from indgang.accounts.models import Person
from indgang.core.text import whole_number
from indgang.correspondence.models import Chat, ChatLine, Enclosure, Thread
from indgang.prepared.query import Query

#: how many lines a page shows at once
PAGE = 50
#: what `version` makes; the first group is how many lines there are
_VERSION = re.compile(r"([1-9][0-9]{0,8})\.[a-z_]+\.[0-9]+\.[al]*")


def with_key(key: str) -> Chat | None:
    """The chat of this visitor's key."""
    return next(iter(_WITH_KEY.models(key_hash=hash_of(key))), None)


def hash_of(key: str) -> str:
    """What is stored of a visitor's key."""
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def of_enquiry(pk: UUID) -> Chat | None:
    """The chat that is this enquiry."""
    return next(iter(_OF_ENQUIRY.models(pk=pk)), None)


def held_by(person: Person) -> list[Chat]:
    """The chats that the person has in hand, the oldest first."""
    return _HELD_BY.models(person=person.pk)


def last_line(chat: Chat, *, by_contact: bool) -> int:
    """The number of the last line of one side; 0 without one."""
    found = (_LAST_OF_CONTACT if by_contact else _LAST_OF_CENTRE).rows(chat=chat.pk)
    return found[0][0] if found else 0


def version(chat: Chat) -> str:
    """Changes whenever the lines of the chat or its state change: a page that shows this version needs no new one."""
    thread = chat.thread
    marks = f"{'a' if chat.alternatives_at else ''}{'l' if chat.left_as_id else ''}"
    return f"{chat.lines_count}.{thread.state}.{thread.holder_id or 0}.{marks}"


def lines_in(version: str, chat: Chat) -> int | None:
    """How many lines a page shows that has this version, when it can go on with what is new; else None."""
    found = _VERSION.fullmatch(version)
    there = whole_number(found[1]) if found else None
    return there if there is not None and chat.lines_count - PAGE < there <= chat.lines_count else None


def page_of(chat: Chat, before: int | None = None) -> list[ChatLine]:
    """The last lines, or the last ones before a number, with their `files`; the oldest first."""
    rows = _LAST_LINES.models(chat=chat.pk) if before is None else _lines(chat.pk).filter(number__lt=before)[:PAGE]
    return _with_files(list(reversed(rows)))


def new_lines(chat: Chat, after: int) -> list[ChatLine]:
    """The lines after this number, with their `files`; the oldest first."""
    numbers = list(range(after + 1, chat.lines_count + 1))
    return _with_files(list(reversed(_NUMBERED.models(chat=chat.pk, numbers=numbers)))) if numbers else []


def sent_before(chat: Chat, client_id: str, *, by_contact: bool) -> ChatLine | None:
    """The line that has this id of the page that sent it."""
    known = _SENT_BY_CONTACT if by_contact else _SENT_BY_CENTRE
    return next(iter(known.models(chat=chat.pk, client_id=client_id)), None)


def _with_files(lines: list[ChatLine]) -> list[ChatLine]:
    files: defaultdict[UUID, list[Enclosure]] = defaultdict(list)
    for file in _FILES.models(messages=[line.message_id for line in lines]):
        files[file.message_id].append(file)
    for line in lines:
        line.files = files[line.message_id]
    return lines


# --- questions -------------------------------------------------------------------------------------


def chats() -> QuerySet[Chat]:
    """Chats with what their pages show."""
    return Chat.objects.select_related("thread__enquiry", "thread__queue__centre", "thread__holder")


def _held(person: int) -> QuerySet[Chat]:
    held = Chat.objects.filter(thread__holder=person, thread__state=Thread.State.IN_WORK)
    return held.select_related("thread__queue").order_by("thread__began_at")


def _lines(chat: UUID) -> QuerySet[ChatLine]:
    said = ("message__text", "message__at", "message__automatic", "message__author__name")
    rows = ChatLine.objects.filter(chat=chat).select_related("message__author")
    return rows.only("number", "by_contact", "chat", *said).order_by("-number")


def _sent(chat: UUID, client_id: str, *, by_contact: bool) -> QuerySet[ChatLine]:
    return ChatLine.objects.filter(chat=chat, by_contact=by_contact, client_id=client_id).select_related("message")


def _files(messages: list[UUID]) -> QuerySet[Enclosure]:
    return Enclosure.objects.filter(message__in=messages).defer("content").order_by("order")


def _last(chat: UUID, *, by_contact: bool) -> QuerySet[ChatLine, tuple[int]]:
    rows = ChatLine.objects.filter(chat=chat, by_contact=by_contact)
    return rows.order_by("-number").values_list("number")[:1]


_WITH_KEY = Query(lambda key_hash: chats().filter(key_hash=key_hash), key_hash=str)
_OF_ENQUIRY = Query(lambda pk: chats().filter(pk=pk), pk=UUID)
_HELD_BY = Query(_held, person=int)
_LAST_LINES = Query(lambda chat: _lines(chat)[:PAGE], chat=UUID)
_NUMBERED = Query(lambda chat, numbers: _lines(chat).filter(number__in=numbers), chat=UUID, numbers=list[int])
_SENT_BY_CONTACT = Query(lambda chat, client_id: _sent(chat, client_id, by_contact=True), chat=UUID, client_id=str)
_SENT_BY_CENTRE = Query(lambda chat, client_id: _sent(chat, client_id, by_contact=False), chat=UUID, client_id=str)
_FILES = Query(_files, messages=list[UUID])
_LAST_OF_CONTACT = Query(lambda chat: _last(chat, by_contact=True), chat=UUID)
_LAST_OF_CENTRE = Query(lambda chat: _last(chat, by_contact=False), chat=UUID)

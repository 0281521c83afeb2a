"""Who of the second level can take a chat about a service now, and the move of a chat to one of them with its card."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.core.refusals import RefusedChange
from indgang.correspondence.chat import conversation
from indgang.correspondence.models import Chat
from indgang.desk import access, subjects, transfer_card
from indgang.entry.models import AgentState, Presence
from indgang.entry.team import second_level
from indgang.routing.availability.windows import Medium


@dataclass(frozen=True, slots=True)
class ChatColleague:
    """Somebody who can take a chat now. One who `is_away` has promised the time and is not at their desk, so that no
    chat can be shown to them."""

    person: int
    name: str
    about: str
    is_away: bool


@dataclass(frozen=True, slots=True)
class ChatSubject:
    """A service with its people. `summary` says how many can take a chat now, until when, and when next; `absent` are
    sentences about those who cannot."""

    service: str
    name: str
    unit: str
    summary: str
    people: list[ChatColleague]
    absent: tuple[str, ...]


def find(text: str, *, by: Person, at: datetime) -> list[ChatSubject]:
    """Services with agreed hours for chats that match every word, those that somebody can be asked about now first."""
    found = subjects.find(text, by=by, at=at, medium=Medium.CHAT)
    at_desk = _at_desk({each.person for subject in found for each in subject.people if each.person})
    return [
        ChatSubject(
            subject.people[0].service if subject.people else "", subject.target.name, subject.unit, subject.summary,
            [
                ChatColleague(each.person, each.name, each.about, each.person not in at_desk)
                for each in subject.people if each.person
            ],
            subject.absent,
        )
        for subject in found
    ]  # fmt: skip


def move(chat: Chat, person: Person, service: str, *, typed: Mapping[str, str], by: Person, at: datetime) -> None:
    """Move the chat to somebody who can take it about the service (code) now, with a card when a question is typed.
    Raises RefusedChange."""
    answer = second_level.who_can_be_asked([service], medium=Medium.CHAT, at=at)[service]
    if person.pk not in {each.person for each in answer.available} or not _at_desk({person.pk}):
        words = {"name": person.name}
        raise RefusedChange({"to": _("%(name)s kan ikke tage en chat nu. Søg igen, og vælg en anden.") % words})
    with transaction.atomic():
        transfer_card.send_with_chat(chat.thread.enquiry, typed, person=person, service=service, by=by, at=at)
        conversation.move(chat, person=person, by=by, at=at)


def take_over(chat: Chat, *, by: Person, at: datetime) -> None:
    """A colleague who has a question about the chat takes it over. Raises RefusedChange."""
    if not access.has_question_about_chat(by, chat.pk):
        raise RefusedChange({"": _("Tag spørgsmålet først. Den, der har det, kan tage chatten over.")})
    if not _at_desk({by.pk}):
        raise RefusedChange({"": _("Log på køerne først, så chatten kan tilbydes dig.")})
    conversation.take_over(chat, by=by, at=at)


def _at_desk(people: set[int]) -> set[int]:
    rows = Presence.objects.filter(person__in=people).exclude(state=AgentState.SIGNED_OUT)
    return set(rows.values_list("person", flat=True))

"""How the simulated colleagues chat: they greet, ask, answer, say goodbye, register what it was about, and end."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from indgang.accounts.models import Person
from indgang.core.refusals import RefusedChange
from indgang.correspondence.chat import conversation
from indgang.correspondence.models import Chat, Thread
from indgang.demo.callers import Book
from indgang.demo.day import DayOfCalls
from indgang.demo.questions import question_of
from indgang.enquiries import registration
from indgang.enquiries.registration import RegistrationError

logger = logging.getLogger(__name__)

#: what a colleague says, each after a word of the visitor
_SAID = (
    "Hej, du chatter med {first}. Fortæl mig lidt mere, så finder jeg det rigtige svar til dig.",
    "Tak. Vejledningen og skemaet ligger på hjemmesiden under Selvbetjening. Du får svar i din digitale post.",
    "Selv tak. God dag!",
)
#: seconds from the visitor's word to the colleague's
_WRITES = (8.0, 25.0)
#: seconds from the last word until the chat ends
_ENDS_AFTER = 5.0


@dataclass(slots=True)
class _Talk:
    """How far a colleague is in a chat, and the loop's time of the next word."""

    said: int = 0
    next_at: float | None = None


@dataclass(slots=True)
class Chatting:
    """The chats of all colleagues."""

    now: Callable[[], datetime]
    book: Book
    day: DayOfCalls
    _talks: dict[UUID, _Talk] = field(default_factory=dict)

    def go_on(self, person: Person, chats: Sequence[UUID], time: float) -> None:
        """Read, write or end the chats that the person has in hand; `time` is the loop's. Blocks."""
        held = Chat.objects.filter(pk__in=chats, thread__holder=person, thread__state=Thread.State.IN_WORK)
        for chat in held.select_related("thread__enquiry") if chats else ():
            try:
                self._go_on(chat, person, time)
            except (RefusedChange, RegistrationError) as refused:
                logger.info("%s could not go on with a chat: %s", person, refused)

    def _go_on(self, chat: Chat, person: Person, time: float) -> None:
        talk = self._talks.setdefault(chat.pk, _Talk())
        conversation.read_by_agent(chat, by=person)
        if talk.next_at is None:
            self._think(chat, talk, time)
        elif time >= talk.next_at and talk.said < len(_SAID):
            text = _SAID[talk.said].format(first=person.name.split(" ")[0])
            conversation.write_by_agent(chat, text, by=person, at=self.now())
            talk.said += 1
            talk.next_at = time + _ENDS_AFTER if talk.said == len(_SAID) else None
        elif time >= talk.next_at:
            self._end(chat, person)

    def _think(self, chat: Chat, talk: _Talk, time: float) -> None:
        """Begin to write when the last word is the visitor's."""
        ours, theirs = chat.centre_wrote_at, chat.contact_wrote_at
        if theirs is not None and (ours is None or theirs > ours):
            talk.next_at = time + self.day.random.uniform(*_WRITES)
            conversation.typing(chat, by_contact=False, at=self.now())

    def _end(self, chat: Chat, person: Person) -> None:
        wish = self.book.wishes.pop(chat.pk, None) or self.day.wish(self.day.subjects[0])
        question = question_of(wish, can_be_rung=False)
        registration.register(chat.thread.enquiry, questions=[question], by=person, at=self.now())
        conversation.end_by_agent(chat, by=person, at=self.now())
        self._talks.pop(chat.pk, None)

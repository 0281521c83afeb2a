"""A day of chats and SMS, as data: who writes when, about what, and how they go on. Pure: the same random numbers give
the same day.

The documents count neither, so the shares are ours: calls remain what a centre does, and at the usual pace of the demo
there is a chat to see within some minutes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random

from indgang.demo import names
from indgang.demo.day import DayOfCalls, Wish

#: for each call
CHATS, SMS = 0.06, 0.03
#: shares of visitors who give no name, and of SMS from numbers that call often
_WITHOUT_NAME, _KNOWN = 0.5, 0.4
_FIRST = (
    "Hej. Jeg har et spørgsmål om {about}. {question}",
    "Goddag. Det drejer sig om {about}. {question}",
    "Hej, jeg kan ikke finde ud af {about} på hjemmesiden. {question}",
)
_QUESTIONS = (
    "Hvor lang tid tager det?",
    "Skal vi have en tilladelse først?",
    "Hvem skal jeg sende papirerne til?",
    "Hvad koster det?",
)
#: what the visitor answers to the agent's first question, and after the answer
_DETAILS = (
    "Det er på Amager. Jeg har ikke noget sagsnummer endnu.",
    "Det er for en lille forretning i Valby.",
    "Vi er en forening på 40 medlemmer.",
    "Jeg har et sagsnummer, men jeg er ikke hjemme lige nu.",
)
_THANKS = ("Tak, det var det, jeg ville vide.", "Perfekt, mange tak for hjælpen!", "Okay. Så gør jeg det. Tak.")
_SHORT = (
    "Hej, hvornår kan I træffes om {about}?",
    "Kan I ringe mig op om {about}? Helst efter kl. 12.",
    "Hvor finder jeg skemaet til {about}?",
)
#: how long a visitor waits for an answer before they leave, at most and at least, and how long they write, in seconds
_PATIENCE, _WRITES = (150.0, 420.0), (6.0, 25.0)


@dataclass(frozen=True, slots=True)
class DemoChat:
    """One future chat: what the visitor writes, line by line, and their patience and pace in seconds."""

    at: datetime
    name: str
    lines: tuple[str, ...]
    patience: float
    writes: float
    wish: Wish


@dataclass(frozen=True, slots=True)
class DemoSms:
    """One future SMS to the centre. The number is E.164."""

    at: datetime
    number: str
    text: str


@dataclass(slots=True)
class DayOfMessages:
    """Draws chats and SMS beside the calls of a day, for the subjects of some units (codes)."""

    day: DayOfCalls
    units: frozenset[str]

    def chats(self, start: datetime) -> Iterator[DemoChat]:
        """Chats in order of time from `start`, without end; none where no calls come."""
        return (self._chat(at) for at in self._moments(start, CHATS))

    def sms(self, start: datetime) -> Iterator[DemoSms]:
        """SMS in order of time from `start`, without end; none where no calls come."""
        return (self._sms(at) for at in self._moments(start, SMS))

    def _moments(self, start: datetime, share: float) -> Iterator[datetime]:
        return self.day.moments(start, per_minute=self.day.per_minute * share)

    def _chat(self, at: datetime) -> DemoChat:
        random, wish = self.day.random, self._wish()
        first = random.choice(_FIRST).format(about=_about(wish), question=random.choice(_QUESTIONS))
        name = "" if random.random() < _WITHOUT_NAME else names.person(random.randrange(1_000)).split(" ")[0]
        lines = (first, random.choice(_DETAILS), random.choice(_THANKS))
        return DemoChat(at, name, lines, random.uniform(*_PATIENCE), random.uniform(*_WRITES), wish)

    def _sms(self, at: datetime) -> DemoSms:
        random = self.day.random
        text = random.choice(_SHORT).format(about=_about(self._wish()))
        return DemoSms(at, _number(random, self.day.known), text)

    def _wish(self) -> Wish:
        there = [each for each in self.day.subjects if each.unit in self.units] or list(self.day.subjects)
        subject = self.day.random.choices(there, [each.calls_per_year for each in there])[0]
        return self.day.wish(subject)


def _about(wish: Wish) -> str:
    return (wish.local or "jeres vejledning").lower()


def _number(random: Random, known: Sequence[str]) -> str:
    """A mobile telephone of the demo; some belong to people who call often."""
    if known and random.random() < _KNOWN:
        return random.choice(known)
    return f"+459999{random.randrange(5000, 10_000):04}"

"""A day of mails, as data: who writes to which mailbox when, about what. Pure: the same random numbers give the same
day.

As many mails come for each hundred calls as the counts say: to Byliv a third of what reaches the first level comes by
mail (1,500 a year), and about soil 8,650 (`data/mailboxes.csv`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from random import Random

from indgang.demo import names
from indgang.demo.day import DayOfCalls, UnitDemand, Wish
from indgang.demo.rows import table

#: shares of mails with a file, and of those that a machine wrote
_WITH_FILE, _AUTOMATIC = 0.25, 0.03
_OPENINGS = (
    "Hej\n\nJeg har et spørgsmål om {about}.",
    "Til rette vedkommende\n\nVi er i gang med {about} og er i tvivl om, hvad I har brug for fra os.",
    "Hej Københavns Kommune\n\nJeg har ledt på hjemmesiden, men kan ikke finde noget om {about}.",
)
_QUESTIONS = (
    "Hvor lang tid tager det, og hvad koster det?",
    "Hvilke papirer skal vi sende med?",
    "Kan I sige, hvor langt sagen er?",
    "Må vi gå i gang, før vi har hørt fra jer?",
)
#: letters that addresses have none of
_IN_ADDRESSES = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "é": "e", " ": "."})
#: the smallest PDF that programs open
PLAN = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%%EOF\n"


@dataclass(frozen=True, slots=True)
class DemoMailbox:
    """A mailbox of the demo, and how many mails it gets a year."""

    code: str
    name: str
    address: str
    unit: str
    mails_per_year: float


@dataclass(frozen=True, slots=True)
class DemoMail:
    """One future mail as bytes, and what its writer wants to know."""

    at: datetime
    mailbox: str
    raw: bytes
    wish: Wish


def mailboxes() -> tuple[DemoMailbox, ...]:
    return tuple(
        DemoMailbox(line["mailbox"], line["name"], line["address"], line["unit"], float(line["mails_per_year"]))
        for line in table("mailboxes")
    )


@dataclass(slots=True)
class DayOfMails:
    """Draws mails beside the calls of a day."""

    day: DayOfCalls

    @property
    def per_minute(self) -> float:
        """The average of the day: its calls, times the mails that come for each call in a year."""
        calls = sum(each.calls_per_year for each in self.day.subjects)
        return self.day.per_minute * sum(each.mails_per_year for each in mailboxes()) / calls

    def mails(self, start: datetime) -> Iterator[DemoMail]:
        """Mails in order of time from `start`, without end; the hours of calls are those of mails."""
        moments = self.day.moments(start, per_minute=self.per_minute)
        return (self._mail(at, number) for number, at in enumerate(moments, 1))

    def _mail(self, at: datetime, number: int) -> DemoMail:
        random, there = self.day.random, mailboxes()
        box = random.choices(there, [each.mails_per_year for each in there])[0]
        subject = next(each for each in self.day.subjects if each.unit == box.unit)
        wish = self.day.wish(subject)
        return DemoMail(at, box.code, _written(random, box, subject, wish, at, number), wish)


def _written(random: Random, box: DemoMailbox, subject: UnitDemand, wish: Wish, at: datetime, number: int) -> bytes:
    who = random.randrange(1_000)
    name, is_business = names.person(who), random.random() < 0.5
    about = (wish.local or subject.purposes[0].local).lower()
    mail = EmailMessage()
    address = address_of(names.business(who) if is_business else name)
    mail["From"], mail["To"] = f"{name} <{address}>", box.address
    mail["Date"], mail["Message-ID"] = format_datetime(at), f"<demo-{int(at.timestamp())}-{number}@firma.example>"
    if random.random() < _AUTOMATIC:
        mail["Subject"], mail["Auto-Submitted"] = "Ikke på kontoret", "auto-replied"
        mail.set_content(f"Jeg er ikke på kontoret i dag.\n\n{name}\n")
        return mail.as_bytes()
    mail["Subject"] = (wish.local or box.name)[:100]
    text = "\n\n".join((random.choice(_OPENINGS).format(about=about), random.choice(_QUESTIONS)))
    signature = f"{name}\n{names.business(who)}" if is_business else name
    mail.set_content(f"{text}\n\nVenlig hilsen\n{signature}\n")
    if random.random() < _WITH_FILE:
        mail.add_attachment(PLAN, maintype="application", subtype="pdf", filename="situationsplan.pdf")
    return mail.as_bytes()


def address_of(name: str) -> str:
    """The mail address of an invented person or business."""
    return f"{_plain(name)}@firma.example"


def _plain(name: str) -> str:
    """The letters of a name that an address may have."""
    swapped = name.lower().translate(_IN_ADDRESSES)
    return "".join(letter for letter in swapped if letter.isascii() and (letter.isalnum() or letter == ".")).strip(".")

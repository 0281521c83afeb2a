"""A day of online forms: who sends which form when, with which answers, and how they are sent as on the public site.

The documents name the forms (R-145) and count none, so the share is ours: in an hour at the usual pace of the demo
there are some to answer. Drawing is pure: the same random numbers give the same day.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from django.db import DatabaseError, close_old_connections

from indgang.core.clock import day_of
from indgang.correspondence.forms import saving, submitting, versions
from indgang.correspondence.forms.definition import NO, YES
from indgang.correspondence.forms.given_files import GivenFile
from indgang.correspondence.models import OnlineForm
from indgang.demo import letters, names
from indgang.demo.day import DayOfCalls

logger = logging.getLogger(__name__)

#: for each call
FORMS = 0.03
_ADDRESSES = ("Rosenvej 12, 2300 København S", "Havnegade 4, 1058 København K", "Vigerslevvej 88, 2500 Valby")
_SUBJECTS = ("Udvidelsen af kajen ved Islands Brygge.", "Støjmålinger ved skolen de seneste to år.")
_COMPLAINTS = (
    "Vi har ventet på svar siden juni og har ringet to gange.",
    "Afgørelsen bygger på en forkert tegning. Den rigtige blev sendt i marts.",
    "Jeg fik tre forskellige svar af tre medarbejdere.",
)

Answers = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class DemoSubmission:
    """One future form: its code, the answers by field, and the files by field."""

    at: datetime
    form: str
    answers: Answers
    files: tuple[GivenFile, ...] = ()


@dataclass(slots=True)
class DayOfForms:
    """Draws forms beside the calls of a day."""

    day: DayOfCalls

    def submissions(self, start: datetime) -> Iterator[DemoSubmission]:
        """Forms in order of time from `start`, without end; none where no calls come."""
        moments = self.day.moments(start, per_minute=self.day.per_minute * FORMS)
        return (self.day.random.choice(_KINDS)(self.day.random, at) for at in moments)


def _access(random: Random, at: datetime) -> DemoSubmission:
    about: Answers = random.choice((
        {"hvad": ["sag"], "sagsnummer": [f"{at.year}-{random.randrange(100, 10_000):04}"]},
        {"hvad": ["adresse"], "adresse": [random.choice(_ADDRESSES)]},
        {"hvad": ["emne"], "emne": [random.choice(_SUBJECTS)]},
    ))  # fmt: skip
    return DemoSubmission(at, "aktindsigt", {**about, **_contact(random)})


def _complaint(random: Random, at: datetime) -> DemoSubmission:
    about = {"over": [random.choice(("behandling", "betjening"))], "hvad": [random.choice(_COMPLAINTS)]}
    return DemoSubmission(at, "klage", {**about, **_contact(random)})


def _soil(random: Random, at: datetime) -> DemoSubmission:
    begins = day_of(at) + timedelta(days=random.randrange(7, 60))
    about = {
        "sted": [random.choice(_ADDRESSES)], "tons": [str(random.randrange(5, 2_000))],
        "forurening": [random.choice(("nej", "ved-ikke"))], "begynder": [begins.isoformat()], "rigtigt": [YES],
    }  # fmt: skip
    plan = GivenFile("plan", "jordhaandteringsplan.pdf", "application/pdf", len(letters.PLAN), letters.PLAN)
    return DemoSubmission(at, "jordhaandteringsplan", {**about, **_contact(random)}, (plan,))


def _contact(random: Random) -> Answers:
    name = names.person(random.randrange(1_000))
    return {"navn": [name], "mail": [letters.address_of(name)], "virksomhed": [NO]}


_KINDS = (_access, _complaint, _soil)


async def run_forms(day: DayOfForms, now: Callable[[], datetime]) -> None:
    """Send the forms of the day until cancelled."""
    for each in day.submissions(now()):
        await asyncio.sleep(max(0.0, (each.at - now()).total_seconds()))
        try:
            await asyncio.to_thread(_send_in_thread, each, now())
        except DatabaseError as error:
            logger.warning("a form of the demo is lost: %s", error)


def _send_in_thread(each: DemoSubmission, at: datetime) -> None:
    close_old_connections()
    send(each, at)


def send(each: DemoSubmission, at: datetime) -> None:
    """Fill in and send the form, unless somebody has withdrawn or changed it. Blocks."""
    form = OnlineForm.objects.filter(code=each.form).first()
    version = versions.published(form) if form else None
    if version is None:
        return
    saved = saving.begin(version, language="da", at=at)
    saving.keep(saved, data=each.answers, files=each.files, at=at)
    try:
        submitting.send(saved, at=at)
    except submitting.WrongAnswers as wrong:
        logger.info("a form of the demo does not fit its definition any more: %s", wrong)

"""Tells people of follow-ups: one mail on a working day about those that are new and those past their deadline.

The mail has numbers and a link, and nothing of what anybody has answered.
"""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from indgang.accounts.models import Person
from indgang.core.clock import day_of
from indgang.feedback.follow_up_models import FollowUp
from indgang.feedback.follow_ups import opening, rights
from indgang.messaging import mail

logger = logging.getLogger(__name__)

#: the page of the office that lists them
OFFICE_PATH = "/office/follow-ups/"
_NEW, _OVERDUE = "new", "overdue"


@transaction.atomic
def tell(*, at: datetime) -> int:
    """Write to whoever has something new to take, or something past its deadline. Returns the number of mails.

    What is of a centre that is closed today waits until it is open.
    """
    rows = [row for row in _to_tell(at) if opening.schedule_of(row.centre).spans(day_of(at))]
    to_tell = _people(rows, at)
    sent = {person for person, counts in _counted(to_tell, at).items() if _write_to(person, counts)}
    told = [row.pk for row, people in to_tell if sent.intersection(people)]
    FollowUp.objects.filter(pk__in=told, told_at=None).update(told_at=at)
    return len(sent)


def _to_tell(at: datetime) -> Iterable[FollowUp]:
    unsaid = Q(state=FollowUp.State.WAITING, told_at=None)
    rows = FollowUp.objects.exclude(state=FollowUp.State.DONE).filter(unsaid | Q(due_at__lt=at))
    return rows.select_related("centre__schedule", "centre__owner", "centre__operator", "unit", "owner", "response")


def _people(rows: Iterable[FollowUp], at: datetime) -> list[tuple[FollowUp, list[Person]]]:
    """Each with whoever is told of it. What somebody has is theirs alone."""
    found = []
    known: dict[tuple[int | None, int | None, int | None], list[Person]] = {}
    for row in rows:
        people = [row.owner] if row.owner is not None and row.owner.is_active else None
        if people is None:
            whose = (row.centre_id, row.unit_id, row.response.level)
            people = known[whose] = known[whose] if whose in known else rights.told_of(row, day_of(at))
        found.append((row, people))
    return found


def _counted(to_tell: Iterable[tuple[FollowUp, list[Person]]], at: datetime) -> dict[Person, Counter[str]]:
    """How many are new and how many overdue, for each person who is told."""
    found: dict[Person, Counter[str]] = defaultdict(Counter)
    for row, people in to_tell:
        for person in people:
            found[person][_OVERDUE if row.due_at < at else _NEW] += 1
    return found


def _write_to(person: Person, counts: Counter[str]) -> bool:
    """Queue the mail; False when the person's address is invalid."""
    with translation.override(person.language):
        said = [words(counts[kind]) for kind, words in _WORDS.items() if counts[kind]]
        subject = _("Opfølgning på feedback: %(what)s") % {"what": ", ".join(said)}
        where = _("Se dem her:") + f" {settings.PUBLIC_URL}{OFFICE_PATH}"
        text = [_("Hej %(name)s") % {"name": person.name}, f"{subject}.", where]
    try:
        mail.send(to=person.email, subject=subject, text="\n\n".join(text) + "\n")
    except mail.BadAddress:
        logger.warning("no mail about follow-ups to person %s: no usable address", person.pk)
        return False
    return True


def _new(count: int) -> str:
    return ngettext("%(n)s ny, som ingen har taget", "%(n)s nye, som ingen har taget", count) % {"n": count}


def _overdue(count: int) -> str:
    return ngettext("%(n)s har overskredet fristen", "%(n)s har overskredet fristen", count) % {"n": count}


_WORDS: dict[str, Callable[[int], str]] = {_NEW: _new, _OVERDUE: _overdue}

"""Tells colleagues what is new about a hand-over: those who have it, of what the contact has done on the public page;
those who take part, of what others have written and how it went on.

A mail says which hand-over and what kind of news, and nothing of what it is about.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.core.clock import day_of
from indgang.handover import reached
from indgang.handover.escalation import Rung
from indgang.handover.models import Handover
from indgang.live import stale
from indgang.messaging import mail

logger = logging.getLogger(__name__)

#: the page of the desk that shows one hand-over by its key
DESK_PATH = "/desk/handovers/"
#: what the contact adds within this time of their last text comes with the same mail
ONE_MAIL = timedelta(minutes=15)


class HandoverNews(StrEnum):
    """What has happened."""

    CONTACT_WROTE = "contact_wrote"
    CONTACT_CANCELLED = "contact_cancelled"
    WRITTEN = "written"
    RETURNED = "returned"
    MOVED = "moved"
    CLOSED = "closed"
    CANCELLED = "cancelled"


def of_contact(handover: Handover, news: HandoverNews, *, at: datetime) -> None:
    """Tell those who have it: the person, else the group, else the unit; the sender of what came back. And those who
    take part."""
    have_it = reached.by_step(handover, Rung.OWNER, day_of(at))
    _tell([*have_it, *_taking_part(handover)], handover, news)


def of_colleague(handover: Handover, news: HandoverNews, *, by: Person) -> None:
    """Tell those who take part, but for the one who did it."""
    _tell([person for person in _taking_part(handover) if person.pk != by.pk], handover, news)


def _taking_part(handover: Handover) -> list[Person]:
    rows = handover.participants.filter(person__is_active=True).select_related("person")
    return [row.person for row in rows.order_by("pk")]


def _tell(people: Iterable[Person], handover: Handover, news: HandoverNews) -> None:
    told = {person.pk: person for person in people}
    if told:
        stale.mark(*(f"person-{pk}/handovers" for pk in told))
    for person in told.values():
        _write_to(person, handover, news)


def _write_to(person: Person, handover: Handover, news: HandoverNews) -> None:
    with translation.override(person.language):
        subject = _subject(news) % {"number": handover.number}
        text = [
            _("Hej %(name)s") % {"name": person.name},
            subject + ".",
            _("Se den her:") + f" {settings.PUBLIC_URL}{DESK_PATH}{handover.pk}/",
        ]
    try:
        mail.send(to=person.email, subject=subject, text="\n\n".join(text) + "\n")
    except mail.BadAddress:
        logger.warning("no mail about hand-over %s to person %s: no usable address", handover.number, person.pk)


def _subject(news: HandoverNews) -> str:
    return {
        HandoverNews.CONTACT_WROTE: _("Den, der spurgte, har tilføjet noget til opgave %(number)s"),
        HandoverNews.CONTACT_CANCELLED: _("Den, der spurgte, har trukket opgave %(number)s tilbage"),
        HandoverNews.WRITTEN: _("Der er skrevet noget nyt på opgave %(number)s, som du deltager i"),
        HandoverNews.RETURNED: _("Opgave %(number)s, som du deltager i, er sendt tilbage"),
        HandoverNews.MOVED: _("Der er aftalt en ny tid for opgave %(number)s, som du deltager i"),
        HandoverNews.CLOSED: _("Opgave %(number)s, som du deltager i, er afsluttet"),
        HandoverNews.CANCELLED: _("Opgave %(number)s, som du deltager i, er trukket tilbage"),
    }[news]

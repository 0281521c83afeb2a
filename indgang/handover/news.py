"""Tells colleagues what is new about a hand-over: those who have it, that it has come or come back and what the contact
has done on the public page; those who take part, what others have written and how it went on.

A mail says which hand-over and what kind of news, and nothing of what it is about.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.core.clock import day_of
from indgang.entry.models import AgentState, Presence
from indgang.events.event import Event
from indgang.handover import reached, recipients
from indgang.handover.escalation import Rung
from indgang.handover.event_kinds import HandoverKind
from indgang.handover.models import ArrivalMail, Handover
from indgang.live import stale
from indgang.messaging import mail

logger = logging.getLogger(__name__)

#: the page of the desk that shows one hand-over by its key
DESK_PATH = "/desk/handovers/"
#: what the contact adds, or what arrives, within this time of the last comes with the same mail
ONE_MAIL = timedelta(minutes=15)


class HandoverNews(StrEnum):
    """What has happened."""

    ARRIVED = "arrived"
    CAME_BACK = "came_back"
    CONTACT_WROTE = "contact_wrote"
    CONTACT_CANCELLED = "contact_cancelled"
    WRITTEN = "written"
    RETURNED = "returned"
    MOVED = "moved"
    CLOSED = "closed"
    CANCELLED = "cancelled"


_ARRIVALS = {
    HandoverKind.HANDED_OVER: HandoverNews.ARRIVED,
    HandoverKind.PLACED: HandoverNews.ARRIVED,
    HandoverKind.RETURNED: HandoverNews.CAME_BACK,
}


def follow(handover: Handover, event: Event[Any]) -> None:
    """Listener: tell those who have it now that it has come. Who is signed in at a desk sees it there, and what goes
    with a call rings."""
    news = _ARRIVALS.get(event.kind)
    with_call = event.kind == HandoverKind.HANDED_OVER and handover.kind not in Handover.FOR_LATER
    if news is None or with_call:
        return
    have_it = {each.pk: each for each in reached.by_step(handover, Rung.OWNER, day_of(event.at))}
    stale.mark(*(f"person-{pk}/handovers" for pk in have_it))
    at_desks = Presence.objects.filter(person__in=have_it).exclude(state=AgentState.SIGNED_OUT)
    for pk in sorted(have_it.keys() - {event.person, *at_desks.values_list("person", flat=True)}):
        if _is_first(have_it[pk], event.at):
            _write_to(have_it[pk], handover, news)


def _is_first(person: Person, at: datetime) -> bool:
    """Whether the last mail of this kind is long ago; from now on this one is the last."""
    last, is_new = ArrivalMail.objects.get_or_create(person=person, defaults={"at": at})
    return is_new or bool(ArrivalMail.objects.filter(pk=last.pk, at__lte=at - ONE_MAIL).update(at=at))


def of_contact(handover: Handover, news: HandoverNews, *, at: datetime) -> None:
    """Tell those who have it: the person, else the group, else the unit; the sender of what came back. And those who
    take part."""
    have_it = reached.by_step(handover, Rung.OWNER, day_of(at))
    _tell([*have_it, *_taking_part(handover, day_of(at))], handover, news)


def of_colleague(handover: Handover, news: HandoverNews, *, by: Person, at: datetime) -> None:
    """Tell those who take part, but for the one who did it."""
    _tell([person for person in _taking_part(handover, day_of(at)) if person.pk != by.pk], handover, news)


def _taking_part(handover: Handover, on: date) -> list[Person]:
    rows = handover.participants.select_related("person", "unit").order_by("pk")
    return [row.person for row in recipients.still_taking_part(rows, on)]


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
        HandoverNews.ARRIVED: _("Opgave %(number)s er kommet til dig eller din enhed"),
        HandoverNews.CAME_BACK: _("Opgave %(number)s er kommet tilbage til kontaktcentret"),
        HandoverNews.CONTACT_WROTE: _("Den, der spurgte, har tilføjet noget til opgave %(number)s"),
        HandoverNews.CONTACT_CANCELLED: _("Den, der spurgte, har trukket opgave %(number)s tilbage"),
        HandoverNews.WRITTEN: _("Der er skrevet noget nyt på opgave %(number)s, som du deltager i"),
        HandoverNews.RETURNED: _("Opgave %(number)s, som du deltager i, er sendt tilbage"),
        HandoverNews.MOVED: _("Der er aftalt en ny tid for opgave %(number)s, som du deltager i"),
        HandoverNews.CLOSED: _("Opgave %(number)s, som du deltager i, er afsluttet"),
        HandoverNews.CANCELLED: _("Opgave %(number)s, som du deltager i, er trukket tilbage"),
    }[news]

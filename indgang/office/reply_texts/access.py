"""Whose reply texts a person may see and change: of the queues whose team they lead, and the units they edit for."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404

from indgang.accounts.access import everywhere
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.catalogue.models import ContactCentre, Unit
from indgang.core import clock
from indgang.correspondence.models import CentreSignature, ReplyText
from indgang.correspondence.texts import finding
from indgang.entry.models import Queue
from indgang.office.access import centres_of, units_for
from indgang.ui.missing import not_found


def texts(person: Person) -> QuerySet[ReplyText]:
    return finding.kept_by(person, clock.today())


def text(person: Person, pk: int) -> ReplyText:
    """Raises Http404 when it does not exist or this person may not change it."""
    found = texts(person).filter(pk=pk).first()
    if found is None:
        raise not_found(ReplyText, pk)
    return found


def centres(person: Person) -> list[ContactCentre]:
    """The centres whose signatures the person writes: all of today, for whoever sets mailboxes up everywhere."""
    if not everywhere(person, Permission.SET_MAILBOXES):
        return []
    return list(ContactCentre.objects.valid_on(clock.today()).select_related("owner").order_by("name"))


def signature(person: Person, code: str) -> CentreSignature:
    """The signature of a centre; a new one when it has none yet. Raises Http404."""
    centre = next((each for each in centres(person) if each.code == code), None)
    if centre is None:
        raise Http404
    found = CentreSignature.objects.select_related("centre__owner").filter(centre=centre).first()
    return found or CentreSignature(centre=centre)


def places(person: Person) -> dict[str, Queue | Unit]:
    """What a new text of this person may belong to, by the value of the choice."""
    centres = centres_of(person, Permission.LEAD_TEAM)
    queues: Any = Queue.objects.valid_on(clock.today()).filter(centre__in=centres, work__in=_WRITTEN)
    named = queues.select_related("centre__owner").order_by("name")
    units = units_for(person, Permission.EDIT_KNOWLEDGE)
    return {**{f"queue:{each.pk}": each for each in named}, **{f"unit:{each.pk}": each for each in units}}


_WRITTEN = (Queue.Work.WRITTEN, Queue.Work.CHAT)

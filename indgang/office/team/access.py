"""What a team leader has access to in their centres: agents, messages and disturbances."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from indgang.accounts.access import everywhere
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.catalogue.models import ContactCentre
from indgang.core import clock
from indgang.core.ranges import DateRange, RangeSet
from indgang.enquiries.models import Enquiry
from indgang.entry.models import CapacityProfile, Disturbance, QueueMembership, QueueMessage
from indgang.ui.missing import not_found


def agent_for(centre: ContactCentre, pk: int) -> Person:
    """Somebody who serves a queue of the centre today, also when all their memberships are switched off."""
    serving = QueueMembership.objects.serving_on(clock.today()).filter(queue__centre=centre, person_id=pk)
    membership: QueueMembership | None = serving.select_related("person").first()
    if membership is None:
        raise Http404
    return membership.person


def agents_of(centre: ContactCentre) -> QuerySet[Person]:
    """Everybody who serves a queue of the centre today."""
    serving = QueueMembership.objects.serving_on(clock.today()).filter(queue__centre=centre)
    found: QuerySet[Person] = Person.objects.filter(pk__in=serving.values("person")).order_by("name")
    return found


def served_on(centre: ContactCentre, person: Person, day: date) -> bool:
    """Whether the person served a queue of the centre on a day: only such days are for its leaders."""
    return QueueMembership.objects.serving_on(day).filter(queue__centre=centre, person=person).exists()


def those_who_served(centre: ContactCentre, days: DateRange) -> list[tuple[Person, RangeSet[DateRange]]]:
    """Everybody who served a queue of the centre on some of these days, also those who have left it since, each with
    those days: only they are for its leaders."""
    rows = QueueMembership.objects.filter(queue__centre=centre).select_related("person").order_by("person__name")
    found: dict[Person, list[DateRange]] = defaultdict(list)
    for row in rows:
        if common := days.intersection(DateRange(row.valid_from, row.valid_to)):
            found[row.person].append(common)
    return [(person, RangeSet(ranges)) for person, ranges in found.items()]


def capacity_profiles_of(centre: ContactCentre) -> QuerySet[CapacityProfile]:
    found: QuerySet[CapacityProfile] = CapacityProfile.objects.filter(centre=centre)
    return found


def capacity_profile_for(centre: ContactCentre, pk: int) -> CapacityProfile:
    return get_object_or_404(CapacityProfile.objects.select_related("centre"), pk=pk, centre=centre)


def personal_wait_for(centre: ContactCentre, pk: UUID) -> Enquiry:
    """A caller of the centre who waits for one colleague alone."""
    return get_object_or_404(Enquiry, pk=pk, queue__centre=centre, waits_for__isnull=False)


def message_for(centre: ContactCentre, pk: int) -> QueueMessage:
    message: QueueMessage | None = (
        QueueMessage.objects.filter(pk=pk, queue__centre=centre).select_related("queue__centre").first()
    )
    if message is None:
        raise not_found(QueueMessage, pk)
    return message


def disturbance_for(person: Person, centre: ContactCentre, pk: int) -> Disturbance:
    """A disturbance message of the centre; one for all centres requires the permission for the whole municipality."""
    disturbance = Disturbance.objects.filter(pk=pk).select_related("centre").first()
    if disturbance is None or (disturbance.centre_id is not None and disturbance.centre_id != centre.pk):
        raise Http404
    if disturbance.centre_id is None and not everywhere(person, Permission.SWITCH_MESSAGES):
        raise Http404
    return disturbance

"""The only way a view of the desk gets an object: what this person may have, or 404; and who may use the telephone."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from indgang.accounts.access import may
from indgang.accounts.gate import person_of
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.catalogue.models import ContactCentre
from indgang.core import clock
from indgang.enquiries.models import Enquiry, Party, Question, RingBack
from indgang.entry.models import Presence, Queue

#: who has a telephone on the desk
TELEPHONE = (Permission.TAKE_CALLS, Permission.TAKE_HANDOVERS)


def enquiry_for(request: HttpRequest, pk: UUID) -> Enquiry:
    """An enquiry this person has in hand, answered, registered or began to write down."""
    person = person_of(request)
    in_hand = Presence.objects.filter(person=person, enquiry=pk)
    own = Q(agent=person) | Q(first_agent=person) | Q(drafts__person=person) | Q(questions__registered_by=person)
    mine = Enquiry.objects.filter(pk=pk).filter(own | Q(pk__in=in_hand.values("enquiry")))
    rows = mine.select_related("queue__unit", "party", "entry_point", "agent", "first_agent", "centre")
    return get_object_or_404(rows.distinct())


def own_question(request: HttpRequest, pk: int) -> Question:
    """A question this person registered."""
    rows = Question.objects.select_related("enquiry", "service", "purpose", "local_purpose")
    return get_object_or_404(rows, pk=pk, registered_by=person_of(request))


def queues_of(person: Person) -> QuerySet[Queue]:
    """The queues this person serves today, also when the team leader has switched them off for now."""
    day = clock.today()
    serving = Q(memberships__person=person, memberships__valid_from__lte=day) & (
        Q(memberships__valid_to__isnull=True) | Q(memberships__valid_to__gt=day)
    )
    queues: QuerySet[Queue] = Queue.objects.filter(serving).select_related("centre").distinct()
    return queues


def ring_back_for(request: HttpRequest, pk: int) -> RingBack:
    """A ring-back of one of this person's queues, of no queue, or that they have taken."""
    person = person_of(request)
    mine = Q(queue__in=queues_of(person).values("pk")) | Q(queue__isnull=True) | Q(taken_by=person)
    return get_object_or_404(RingBack.objects.filter(mine).select_related("enquiry__party"), pk=pk)


def party(pk: int) -> Party:
    """Any party: an agent must be able to find every caller. Protected ones show their name on purpose only."""
    return get_object_or_404(Party, pk=pk)


def centre_of(person: Person) -> ContactCentre | None:
    """The centre an enquiry without a queue counts for: the one of this person's first queue."""
    queue = queues_of(person).order_by("centre__name", "name").first()
    return queue.centre if queue else None


def has_telephone(person: Person) -> bool:
    return any(may(person, permission) for permission in TELEPHONE)

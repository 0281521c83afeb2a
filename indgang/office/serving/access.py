"""Which queues a leader may assign (those of the centres they lead), and who can serve a queue."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.http import Http404

from indgang.accounts.models import Person, RoleAssignment
from indgang.accounts.permissions import Permission
from indgang.catalogue.models import not_ended
from indgang.core import clock
from indgang.entry.models import SERVING_ROLES, Queue, QueueMembership, QueueQuerySet
from indgang.office.access import has
from indgang.office.queues.access import queues_of
from indgang.ui.missing import not_found

LEAD = Permission.LEAD_TEAM


def queues_led(leader: Person) -> QueueQuerySet:
    """The queues of today and of later days that `leader` may assign, by centre and name."""
    led = queues_of(leader, LEAD).filter(not_ended(clock.today()))
    return led.order_by("centre__name", "name")


def queues_to_give(leader: Person, person: Person) -> QueueQuerySet:
    """Those that `person` does not yet serve without an end date."""
    there = QueueMembership.objects.filter(person=person, valid_to=None)
    return queues_led(leader).exclude(pk__in=there.values("queue"))


def led_membership_for(leader: Person, person: Person, pk: int) -> QueueMembership:
    """A membership of `person` in a queue that `leader` leads. Raises Http404."""
    found: QueueMembership | None = (
        QueueMembership.objects.filter(pk=pk, person=person).select_related("person", "queue__centre__owner").first()
    )
    if found is None or not has(leader, LEAD, found.queue.centre):
        raise Http404
    return found


def membership_for(queue: Queue, pk: int) -> QueueMembership:
    """The membership. Raises Http404 for one of another queue."""
    found: QueueMembership | None = (
        queue.memberships.filter(pk=pk).select_related("person", "queue__centre__owner").first()
    )
    if found is None:
        raise not_found(QueueMembership, pk)
    return found


def people_to_serve(queue: Queue) -> QuerySet[Person]:
    """People with a present or later role that takes the queue's calls, who do not yet serve it without an end date:
    for the owner or the operator of the centre, for the queue's unit, or for a unit above them."""
    sides = [queue.centre.owner, queue.centre.operator, queue.unit]
    paths = [side.path for side in sides if side is not None]
    above = {path[: place + 1] for path in paths for place, sign in enumerate(path) if sign == "/"}
    current = RoleAssignment.objects.filter(not_ended(clock.today()), role__in=SERVING_ROLES)
    roles = current.filter(Q(unit=None) | Q(unit__path__in=above))
    there = queue.memberships.filter(valid_to=None)
    found: QuerySet[Person] = Person.objects.filter(is_active=True, pk__in=roles.values("person"))
    return found.exclude(pk__in=there.values("person")).order_by("name")

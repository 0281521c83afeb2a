"""The queues that somebody may see and change: those of the centres they have the right for."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.http import Http404

from indgang.accounts.access import everywhere, units_of
from indgang.accounts.models import Person, RoleAssignment
from indgang.accounts.permissions import Permission
from indgang.core import clock
from indgang.entry.models import SERVING_ROLES, Queue, QueueMembership, QueueQuerySet
from indgang.office.access import has
from indgang.ui.missing import not_found


def queue_for(person: Person, code: str, permission: Permission) -> Queue:
    queue: Queue | None = Queue.objects.filter(code=code).select_related("centre__owner", "schedule", "unit").first()
    if queue is None or not has(person, permission, queue.centre):
        raise Http404
    return queue


def queues_of(person: Person, permission: Permission) -> QueueQuerySet:
    queues: QueueQuerySet = Queue.objects.select_related("centre", "schedule", "unit")
    return queues if everywhere(person, permission) else queues.filter(centre__owner__in=units_of(person, permission))


def membership_for(queue: Queue, pk: int) -> QueueMembership:
    """Raises Http404 for one of another queue."""
    found: QueueMembership | None = (
        queue.memberships.filter(pk=pk).select_related("person", "queue__centre__owner").first()
    )
    if found is None:
        raise not_found(QueueMembership, pk)
    return found


def people_to_serve(queue: Queue) -> QuerySet[Person]:
    """Who has a role, now or to come, with which calls of the queue are taken, and does not serve it for good yet."""
    paths = [queue.centre.owner.path, *([queue.unit.path] if queue.unit else [])]
    above = {path[: place + 1] for path in paths for place, sign in enumerate(path) if sign == "/"}
    current = RoleAssignment.objects.filter(Q(valid_to=None) | Q(valid_to__gt=clock.today()), role__in=SERVING_ROLES)
    roles = current.filter(Q(unit=None) | Q(unit__path__in=above))
    there = queue.memberships.filter(valid_to=None)
    found: QuerySet[Person] = Person.objects.filter(is_active=True, pk__in=roles.values("person"))
    return found.exclude(pk__in=there.values("person")).order_by("name")

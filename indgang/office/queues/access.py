"""Which queues a person may see and change: those of the centres for which they have the permission."""

from __future__ import annotations

from django.http import Http404

from indgang.accounts.access import everywhere, of_centres
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.entry.models import Queue, QueueQuerySet
from indgang.office.access import has


def queue_for(person: Person, code: str, permission: Permission) -> Queue:
    queue: Queue | None = (
        Queue.objects.filter(code=code).select_related("centre__owner", "centre__operator", "schedule", "unit").first()
    )
    if queue is None or not has(person, permission, queue.centre):
        raise Http404
    return queue


def queues_of(person: Person, permission: Permission) -> QueueQuerySet:
    queues: QueueQuerySet = Queue.objects.select_related("centre", "schedule", "unit")
    return queues if everywhere(person, permission) else queues.filter(of_centres(person, permission, "centre__"))

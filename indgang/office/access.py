"""What somebody in the office may get hold of. The only way to an object: what is not theirs is not there."""

from __future__ import annotations

from django.http import Http404

from indgang.accounts.access import everywhere, may, units_of
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.catalogue.models import ContactCentre, DatedQuerySet
from indgang.core import clock
from indgang.entry.models import Disturbance, Flow, FlowVersion, Queue, QueueMembership, QueueMessage


def centres_of(person: Person, permission: Permission) -> DatedQuerySet:
    """The centres of today for which `person` has `permission`. Rights to a centre follow its owner's unit."""
    today = ContactCentre.objects.valid_on(clock.today()).select_related("owner", "schedule")
    return today if everywhere(person, permission) else today.filter(owner__in=units_of(person, permission))


def centre_for(person: Person, code: str, permission: Permission) -> ContactCentre:
    """Raises Http404 when there is no such centre, or not for this person."""
    centre: ContactCentre | None = centres_of(person, permission).filter(code=code).first()
    if centre is None:
        raise Http404
    return centre


def has(person: Person, permission: Permission, centre: ContactCentre) -> bool:
    return may(person, permission, centre.owner)


def queue_for(person: Person, code: str, permission: Permission) -> Queue:
    queue: Queue | None = Queue.objects.filter(code=code).select_related("centre__owner", "schedule", "unit").first()
    if queue is None or not has(person, permission, queue.centre):
        raise Http404
    return queue


def queues_of(person: Person, permission: Permission) -> DatedQuerySet:
    queues = Queue.objects.select_related("centre", "schedule", "unit")
    return queues if everywhere(person, permission) else queues.filter(centre__owner__in=units_of(person, permission))


def agent_for(centre: ContactCentre, pk: int) -> Person:
    """Somebody who serves a queue of the centre today, also when all of theirs are switched off for now."""
    serving = QueueMembership.objects.serving_on(clock.today()).filter(queue__centre=centre, person_id=pk)
    membership: QueueMembership | None = serving.select_related("person").first()
    if membership is None:
        raise Http404
    return membership.person


def message_for(centre: ContactCentre, pk: int) -> QueueMessage:
    message: QueueMessage | None = (
        QueueMessage.objects.filter(pk=pk, queue__centre=centre).select_related("queue__centre").first()
    )
    if message is None:
        raise Http404
    return message


def disturbance_for(person: Person, centre: ContactCentre, pk: int) -> Disturbance:
    """One of the centre's, or of all centres for who may switch messages everywhere."""
    disturbance = Disturbance.objects.filter(pk=pk).select_related("centre").first()
    if disturbance is None or (disturbance.centre_id is not None and disturbance.centre_id != centre.pk):
        raise Http404
    if disturbance.centre_id is None and not everywhere(person, Permission.SWITCH_MESSAGES):
        raise Http404
    return disturbance


def flows_of(person: Person, permission: Permission) -> list[Flow]:
    flows = Flow.objects.select_related("centre__owner")
    if not everywhere(person, permission):
        flows = flows.filter(centre__owner__in=units_of(person, permission))
    return list(flows)


def flow_for(person: Person, code: str, permission: Permission) -> Flow:
    flow = Flow.objects.filter(code=code).select_related("centre__owner").first()
    if flow is None or not has(person, permission, flow.centre):
        raise Http404
    return flow


def version_for(flow: Flow, number: int) -> FlowVersion:
    version = flow.versions.filter(number=number).select_related("flow").first()
    if version is None:
        raise Http404
    return version

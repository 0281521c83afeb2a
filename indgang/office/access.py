"""What somebody in the office may get hold of. The only way to an object: what is not theirs is not there."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet, Value
from django.http import Http404
from django.utils.translation import gettext as _

from indgang.accounts.access import everywhere, may, units_of
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.catalogue.models import ContactCentre, DatedQuerySet, Unit
from indgang.core import clock
from indgang.entry.models import (
    Alert,
    Disturbance,
    Flow,
    FlowVersion,
    Prompt,
    Queue,
    QueueMembership,
    QueueMessage,
    SetAside,
)

#: who is told of alerts
_ALERTED = (Permission.SEE_OPERATIONS, Permission.LEAD_TEAM)


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


def may_edit_prompt(person: Person, prompt: Prompt) -> bool:
    """A text is its unit's to change; what is the whole municipality's asks for the right everywhere."""
    return may_edit_unit(person, Permission.EDIT_PROMPTS, prompt.unit)


def may_edit_unit(person: Person, permission: Permission, unit: Unit | None) -> bool:
    """Whether what belongs to `unit` may be changed; without one it takes the right for the whole municipality."""
    return everywhere(person, permission) if unit is None else may(person, permission, unit)


def units_for(person: Person, permission: Permission) -> QuerySet[Unit]:
    """The units of today for which `person` has `permission`, in the order of the tree."""
    today = Unit.objects.valid_on(clock.today()).order_by("path")
    if not everywhere(person, permission):
        today = today.filter(pk__in=units_of(person, permission))
    found: QuerySet[Unit] = today
    return found


def offer_units(form: forms.BaseForm, name: str, person: Person, permission: Permission) -> None:
    """Offer a form's field the units `person` has `permission` for; none at all is for the right everywhere alone."""
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = units_for(person, permission)
    field.required = not everywhere(person, permission)
    field.empty_label = _("Vælg en enhed") if field.required else _("Hele kommunen")


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


def alerts_of(person: Person) -> QuerySet[Any]:
    """Alerts of the centres somebody leads or runs, each with `may_settle`. What is about no centre is for those with
    the right everywhere; that an exchange is away everybody may know.
    """
    rows = Alert.objects.select_related("centre")
    if any(everywhere(person, permission) for permission in _ALERTED):
        return rows.annotate(may_settle=Value(True))
    units = [units_of(person, permission) for permission in _ALERTED]
    theirs = Q(centre__owner__in=units[0]) | Q(centre__owner__in=units[1])
    seen = rows.filter(theirs | Q(centre=None, code__startswith="exchange_"))
    return seen.annotate(may_settle=ExpressionWrapper(Q(centre__isnull=False), BooleanField()))


def alert_for(person: Person, pk: int) -> Alert:
    """One that this person may say is seen, for everybody."""
    alert: Alert | None = alerts_of(person).filter(pk=pk, may_settle=True).first()
    if alert is None:
        raise Http404
    return alert


def set_aside_of(person: Person) -> QuerySet[SetAside]:
    """What was set aside may be of any centre, so it is for who runs the product everywhere."""
    return SetAside.objects.all() if everywhere(person, Permission.SEE_OPERATIONS) else SetAside.objects.none()


def version_for(flow: Flow, number: int) -> FlowVersion:
    version = flow.versions.filter(number=number).select_related("flow").first()
    if version is None:
        raise Http404
    return version

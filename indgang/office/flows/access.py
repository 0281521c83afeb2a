"""Which flows a person may see and change: those of the centres for which they have the permission."""

from __future__ import annotations

from django.http import Http404

from indgang.accounts.access import everywhere, units_of
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.entry.models import Flow, FlowVersion
from indgang.office.access import has


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

"""Whose forecasts a person sees: those of the queues of the centres that they plan for."""

from __future__ import annotations

from django.db.models import QuerySet

from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission as P
from indgang.catalogue.models import ContactCentre
from indgang.core import clock
from indgang.entry.models import Queue
from indgang.planning.rights import PLANNERS, of_centres


def queues_planned(person: Person, permissions: tuple[P, ...] = PLANNERS) -> QuerySet[Queue]:
    """The queues of today, for work of any kind."""
    today = clock.today()
    centres = ContactCentre.objects.valid_on(today).filter(of_centres(person, permissions))
    found: QuerySet[Queue] = Queue.objects.valid_on(today).filter(centre__in=centres)
    return found.select_related("centre__schedule", "schedule").order_by("centre__name", "name")

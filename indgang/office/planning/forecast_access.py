"""Whose forecasts a person sees and changes: the queues of the centres that they plan for, and what is known."""

from __future__ import annotations

from django.http import Http404
from django.shortcuts import get_object_or_404

from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission as P
from indgang.entry.models import Queue
from indgang.planning.forecast_rights import queues_planned
from indgang.planning.models import CallEvent, HistoryStandIn, JudgedDay, MovedService
from indgang.planning.rights import PLANNERS


def queue_planned(person: Person, code: str, permissions: tuple[P, ...] = PLANNERS) -> Queue:
    found = queues_planned(person, permissions).filter(code=code).first()
    if found is None:
        raise Http404
    return found


def event_of(queue: Queue, pk: int) -> CallEvent:
    """An event of the queue, or of all queues of its centre."""
    return get_object_or_404(CallEvent.objects.of(queue), pk=pk)


def move_of(queue: Queue, pk: int) -> MovedService:
    return get_object_or_404(MovedService, queue=queue, pk=pk)


def judged_day_of(queue: Queue, pk: int) -> JudgedDay:
    return get_object_or_404(JudgedDay, queue=queue, pk=pk)


def stand_in_of(queue: Queue) -> HistoryStandIn:
    return get_object_or_404(HistoryStandIn, queue=queue)

"""Which duty rotas a person may see and change.

Whoever edits queues plans them; leaders swap the shifts of their centres.
"""

from __future__ import annotations

from django.http import Http404
from django.shortcuts import get_object_or_404

from indgang.accounts.access import centres_led
from indgang.accounts.models import Person
from indgang.entry.models import DutyRota, DutyShift, Queue, RotaMember, ShiftSwap


def rota(code: str) -> DutyRota:
    """All centres of a rota see the whole of it, as they share it."""
    found: DutyRota = get_object_or_404(DutyRota.objects.select_related("hours"), code=code)
    return found


def leads(person: Person, queue: Queue) -> bool:
    """Whether the person leads the centre of the queue."""
    return centres_led(person).filter(pk=queue.centre_id).exists()


def member(rota: DutyRota, pk: int) -> RotaMember:
    found: RotaMember = get_object_or_404(rota.members.select_related("queue__centre"), pk=pk)
    return found


def queue_of(rota: DutyRota, code: str) -> Queue:
    """The queue of a centre of the rota; whether it takes part on a day is for the actions to say."""
    rows = Queue.objects.filter(pk__in=rota.members.values("queue"))
    found: Queue = get_object_or_404(rows, code=code)
    return found


def own_shift(person: Person, rota: DutyRota, pk: int) -> DutyShift:
    """A shift of a centre that this person leads; otherwise 404."""
    found = shift(rota, pk)
    if not leads(person, found.queue):
        raise Http404
    return found


def shift(rota: DutyRota, pk: int) -> DutyShift:
    return get_object_or_404(rota.shifts.select_related("queue__centre"), pk=pk)


def swap(rota: DutyRota, pk: int) -> ShiftSwap:
    rows = ShiftSwap.objects.filter(shift__rota=rota).select_related("shift__queue__centre")
    return get_object_or_404(rows, pk=pk)


def own_swap(person: Person, rota: DutyRota, pk: int) -> ShiftSwap:
    """A swap of a shift of a centre that this person leads; otherwise 404."""
    found = swap(rota, pk)
    if not leads(person, found.shift.queue):
        raise Http404
    return found

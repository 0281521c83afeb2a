"""The shifts of a rota as a page shows them to one person: what can be swapped, taken and given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from indgang.accounts.access import centres_led
from indgang.accounts.models import Person
from indgang.core.clock import day_of
from indgang.entry.models import DutyRota, DutyShift, Queue, RotaMember, ShiftSwap
from indgang.entry.team import rotas
from indgang.office.rotas.forms import TakeForm
from indgang.office.rotas.words import when

#: days ahead that the page shows
SHOWN_DAYS = 60


@dataclass(frozen=True, slots=True)
class ShiftRow:
    """A shift with its open swap. `is_own` is whether the person leads its centre; `take_form` is set when a centre
    of theirs can take it; `others` are the queues it could be given to."""

    shift: DutyShift
    when: str
    swap: ShiftSwap | None
    is_own: bool
    has_begun: bool
    take_form: TakeForm | None
    others: list[Queue]


class RotaPage:
    """What one person sees of a rota. Its queries do not grow with the shifts."""

    def __init__(self, person: Person, rota: DutyRota, at: datetime) -> None:
        self.person, self.rota, self.at = person, rota, at

    @cached_property
    def shifts(self) -> list[DutyShift]:
        return list(rotas.coming(self.at, days=SHOWN_DAYS).filter(rota=self.rota))

    @cached_property
    def members(self) -> list[RotaMember]:
        """All centres that take part, have done or will, by the name of their queue."""
        rows = self.rota.members.select_related("queue__centre")
        return list(rows.order_by("queue__name", "valid_from"))

    def rows(self) -> list[ShiftRow]:
        open_ones = ShiftSwap.objects.filter(shift__in=self.shifts, taken_at=None, withdrawn_at=None)
        swaps = {each.shift_id: each for each in open_ones.select_related("shift")}
        return [self._row(each, swaps.get(each.pk)) for each in self.shifts]

    def take_form(self, swap: ShiftSwap, data: Mapping[str, Any] | None = None) -> TakeForm:
        able = self._able(swap.shift)
        codes = {queue.pk for queue in able}
        own = [each for each in self.shifts if each.queue_id in codes and each.starts_at > self.at]
        return TakeForm(data, queues=able, own=own)

    def _row(self, shift: DutyShift, swap: ShiftSwap | None) -> ShiftRow:
        return ShiftRow(
            shift=shift, when=when(shift), swap=swap, is_own=self._leads(shift.queue),
            has_begun=shift.starts_at <= self.at,
            take_form=self.take_form(swap) if swap is not None and self._able(shift) else None,
            others=self._others(shift),
        )  # fmt: skip

    def _others(self, shift: DutyShift) -> list[Queue]:
        """The queues of the other centres that take part on the day of the shift."""
        day = day_of(shift.starts_at)
        return [each.queue for each in self.members if each.valid_on(day) and each.queue_id != shift.queue_id]

    def _able(self, shift: DutyShift) -> list[Queue]:
        return [queue for queue in self._others(shift) if self._leads(queue)]

    def _leads(self, queue: Queue) -> bool:
        return queue.centre_id in self._led

    @cached_property
    def _led(self) -> frozenset[int]:
        return frozenset(centres_led(self.person).values_list("pk", flat=True))

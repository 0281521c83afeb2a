"""The content of the page Mine vagter."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import cached_property

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.core.clock import COPENHAGEN, day_of
from indgang.desk.shift_forms import OfferShiftForm, TakeShiftForm
from indgang.entry.team import loans
from indgang.workforce.models import LeaveRequest, PlannedShift, ShiftFeed, SwapRequest, TimeWish
from indgang.workforce.shift_words import LEAVE_KINDS, LEAVE_STATES, SWAP_STATES, WISH_KINDS, days_of, parts_of, when
from indgang.workforce.shifts import leave, own, swaps, wishes
from indgang.workforce.shifts.own import DAYS
from indgang.workforce.shifts.wishes import WishOutcome

_SOON = timedelta(days=7)
_A_MONDAY = date(2026, 9, 14)
_OPEN = (SwapRequest.State.OFFERED, SwapRequest.State.TAKEN)


OwnShiftRow = tuple[PlannedShift, str, list[str], SwapRequest | None, str | Promise, OfferShiftForm | None]


class OwnShifts:
    """A person's published shifts, what is offered to them, and what they have asked for."""

    def __init__(self, person: Person, at: datetime) -> None:
        self.person, self.at = person, at

    @cached_property
    def _shifts(self) -> list[PlannedShift]:
        return own.coming(self.person, self.at)

    @property
    def soon(self) -> list[OwnShiftRow]:
        return [each for each in self.rows if each[0].starts_at < self.at + _SOON]

    @property
    def later(self) -> list[OwnShiftRow]:
        """The shifts after the next days; the page folds them away."""
        return self.rows[len(self.soon) :]

    @cached_property
    def rows(self) -> list[OwnShiftRow]:
        """Shift, time, parts, an open swap with its state, and the form to offer it."""
        open_ones = {
            each.shift_id: each for each in SwapRequest.objects.filter(shift__in=self._shifts, state__in=_OPEN)
        }
        form = OfferShiftForm(colleagues=own.colleagues(self.person, self.at))
        found: list[OwnShiftRow] = []
        for row in self._shifts:
            swap = open_ones.get(row.pk)
            may_offer = swap is None and row.starts_at > self.at
            state = SWAP_STATES[swap.state] if swap else ""
            found.append((row, when(row), parts_of(row), swap, state, form if may_offer else None))
        return found

    @cached_property
    def offered(self) -> list[tuple[SwapRequest, str, TakeShiftForm]]:
        """Shifts that colleagues offer, with the form to take one."""
        return [
            (each, when(each.shift), TakeShiftForm(own=self.own_in(each)))
            for each in swaps.offered_to(self.person, self.at)
        ]

    def own_in(self, swap: SwapRequest) -> list[PlannedShift]:
        return own.in_return(swap, self._shifts, self.at)

    @cached_property
    def swaps(self) -> list[tuple[str, str | Promise, str]]:
        """What became of the swaps of the person: time and colleague, state, and the answer. A shift that is still
        offered stands among the shifts."""
        return [
            (self._swap_words(each), SWAP_STATES[each.state], each.answer)
            for each in own.swaps_of(self.person, self.at).exclude(state=SwapRequest.State.OFFERED)
        ]

    def _swap_words(self, swap: SwapRequest) -> str:
        other = swap.taken_by or swap.offered_to if swap.asked_by_id == self.person.pk else swap.asked_by
        said = when(swap.shift) if other is None else f"{when(swap.shift)}, {other.name}"
        if swap.in_return is None:
            return said
        return _("%(swap)s, til gengæld for %(shift)s") % {"swap": said, "shift": when(swap.in_return)}

    @cached_property
    def leave(self) -> list[tuple[LeaveRequest, str | Promise, str, str | Promise, bool]]:
        """Request, kind, days, state, and whether it can be withdrawn."""
        return [
            (each, LEAVE_KINDS[each.kind], days_of(each), LEAVE_STATES[each.state], leave.may_withdraw(each, self.at))
            for each in own.leave_of(self.person, self.at)
        ]

    @cached_property
    def loans(self) -> list[str]:
        """Today's loans of the person to another centre, in words."""
        return [
            _("Du er lånt ud til %(centre)s kl. %(from)s–%(to)s.")
            % {
                "centre": each.borrower.name,
                "from": f"{each.starts_at.astimezone(COPENHAGEN):%H.%M}",
                "to": f"{each.ends_at.astimezone(COPENHAGEN):%H.%M}",
            }
            for each in loans.of_person(self.person, self.at)
        ]

    @cached_property
    def wishes(self) -> list[tuple[TimeWish, str]]:
        """Each wish in words, with what the plans that hold make of it."""
        today = day_of(self.at)
        found = wishes.of_person(self.person, today, today + timedelta(days=DAYS))
        return [(each, _wish_words(each, outcome)) for each, outcome in found]

    @property
    def has_feed(self) -> bool:
        return ShiftFeed.objects.filter(person=self.person).exists()


def _wish_words(wish: TimeWish, outcome: WishOutcome | None) -> str:
    kind = WISH_KINDS[wish.kind]
    if wish.day is not None:
        said = f"{kind}: {date_format(wish.day, 'l j. F')}"
        if outcome is None:
            return said
        return f"{said} ({_('opfyldt') if outcome.met else _('ikke opfyldt')})"
    weekday = date_format(_A_MONDAY + timedelta(days=wish.weekday or 0), "l")
    said = _("%(kind)s hver %(day)s") % {"kind": kind, "day": weekday}
    if outcome is None:
        return said
    counted = _("opfyldt %(met)s af %(days)s gange i planen") % {"met": outcome.met, "days": outcome.days}
    return f"{said} ({counted})"

"""The content of the page Mine vagter."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import cached_property

from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.core.clock import COPENHAGEN, day_of
from indgang.desk.shift_forms import OfferShiftForm, TakeShiftForm
from indgang.entry.team import loans
from indgang.workforce.models import (
    LeaveRequest,
    PlannedShift,
    ShiftFeed,
    ShiftPlan,
    SwapRequest,
    TimeWish,
    WorkContract,
)
from indgang.workforce.shift_words import LEAVE_KINDS, LEAVE_STATES, SWAP_STATES, WISH_KINDS, days_of, when
from indgang.workforce.shifts import swaps, wishes
from indgang.workforce.shifts.published import PARTS, published
from indgang.workforce.shifts.wishes import WishOutcome

#: days ahead that the page shows
DAYS = 42
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
        rows = PlannedShift.objects.filter(
            person=self.person, plan__state=ShiftPlan.State.PUBLISHED, ends_at__gt=self.at,
            starts_at__lt=self.at + timedelta(days=DAYS),
        )  # fmt: skip
        return list(rows.select_related("workplace", "plan").prefetch_related(*PARTS).order_by("starts_at"))

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
        form = OfferShiftForm(colleagues=self.colleagues)
        found: list[OwnShiftRow] = []
        for row in self._shifts:
            swap = open_ones.get(row.pk)
            may_offer = swap is None and row.starts_at > self.at
            state = SWAP_STATES[swap.state] if swap else ""
            found.append((row, when(row), _parts(row), swap, state, form if may_offer else None))
        return found

    @cached_property
    def colleagues(self) -> QuerySet[Person]:
        contracts = WorkContract.objects.valid_on(day_of(self.at))
        centres = contracts.filter(person=self.person).values("centre")
        people = contracts.filter(centre__in=centres).values("person")
        found: QuerySet[Person] = Person.objects.filter(pk__in=people, is_active=True)
        return found.exclude(pk=self.person.pk).order_by("name")

    @cached_property
    def offered(self) -> list[tuple[SwapRequest, str, TakeShiftForm]]:
        """Shifts that colleagues offer, with the form to take one."""
        return [
            (each, when(each.shift), TakeShiftForm(own=self.own_in(each)))
            for each in swaps.offered_to(self.person, self.at)
        ]

    def own_in(self, swap: SwapRequest) -> list[PlannedShift]:
        """The person's own shifts of the same plan that have not begun, those of the same day first: with another one
        the two would often work twice that day."""
        mine = [each for each in self._shifts if each.plan_id == swap.shift.plan_id and each.starts_at > self.at]
        day = day_of(swap.shift.starts_at)
        return sorted(mine, key=lambda each: (day_of(each.starts_at) != day, each.starts_at))

    @cached_property
    def leave(self) -> list[tuple[LeaveRequest, str | Promise, str, str | Promise, bool]]:
        """Request, kind, days, state, and whether it can be withdrawn."""
        rows = LeaveRequest.objects.filter(person=self.person, last__gte=day_of(self.at) - timedelta(days=30))
        return [
            (each, LEAVE_KINDS[each.kind], days_of(each), LEAVE_STATES[each.state], self._may_withdraw(each))
            for each in rows
        ]

    def _may_withdraw(self, leave: LeaveRequest) -> bool:
        if leave.state == LeaveRequest.State.ASKED:
            return True
        return leave.state == LeaveRequest.State.APPROVED and leave.first > day_of(self.at)

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


def _parts(row: PlannedShift) -> list[str]:
    found = []
    for part in published(row).parts:
        starts, ends = part.starts_at.astimezone(COPENHAGEN), part.ends_at.astimezone(COPENHAGEN)
        found.append(f"{starts:%H.%M}–{ends:%H.%M} {part.title or part.activity or _('Pause')}")
    return found


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

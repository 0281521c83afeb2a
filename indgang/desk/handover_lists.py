"""The page "Opgaver": the hand-overs that one person is to act on, that their units have, and that they have sent,
also what has ended lately."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from uuid import UUID

from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext as _

from indgang.accounts.access import units_of
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.catalogue.models import Unit
from indgang.core.clock import day_of
from indgang.handover import closed_days, deadlines, recipients, time_words, words
from indgang.handover.deadlines import Due
from indgang.handover.models import Handover, HandoverQuerySet, Promise

#: lines of one list; the most urgent come first
MOST = 200
#: how long what has ended is shown to its sender
RECENT = timedelta(days=7)
#: characters of the question that a line shows
_TITLE = 90


@dataclass(frozen=True, slots=True)
class HandoverLine:
    """One hand-over in a list. `left` is the opening time left of its promise, in words; `due` what is promised."""

    pk: UUID
    number: int
    kind: str
    title: str
    place: str
    state: str
    sender: str
    due: str
    left: str
    is_overdue: bool
    falls_closed: bool
    has_no_window: bool
    has_news: bool


@dataclass(frozen=True, slots=True)
class HandoverList:
    """One list of the page; `code` makes its ids."""

    code: str
    title: str
    empty: str
    lines: list[HandoverLine]


class HandoverLists:
    """The lists, most urgent first."""

    def __init__(self, person: Person, *, at: datetime) -> None:
        self.person, self.at = person, at

    @cached_property
    def units(self) -> list[Unit]:
        """The units for which this person answers."""
        day = day_of(self.at)
        return [unit for unit in self._answered if unit.valid_on(day)]

    @cached_property
    def _answered(self) -> list[Unit]:
        """The same, and those that have ended."""
        return list(units_of(self.person, Permission.TAKE_HANDOVERS, day_of(self.at)))

    @cached_property
    def centre_units(self) -> list[Unit]:
        """The units whose contact centres this person answers calls of."""
        return list(units_of(self.person, Permission.TAKE_CALLS, day_of(self.at)))

    @cached_property
    def mine(self) -> list[HandoverLine]:
        """With me or my groups, and returned to me."""
        return self._lines(Handover.objects.lying_with(self.person, self.at))

    @cached_property
    def all(self) -> list[HandoverList]:
        lists = [
            HandoverList("mine", _("Hos mig"), _("Der ligger ingen opgaver hos dig."), self.mine),
        ]
        returned = self._returned()
        if self.centre_units:
            empty = _("Ingen opgaver er sendt tilbage til centret.")
            lists.append(HandoverList("returned", _("Sendt tilbage til centret"), empty, returned))
        elif returned:
            lists.append(HandoverList("returned", _("Sendt tilbage til enheden"), "", returned))
        if self.units:
            empty = _("Enheden har ingen andre opgaver.")
            lists.append(HandoverList("unit", _("Resten af enheden"), empty, self._of_units()))
        taking_part = self._taking_part()
        if taking_part:
            lists.append(HandoverList("part", _("Jeg deltager i"), "", taking_part))
        sent = Handover.objects.unsettled().filter(sent_by=self.person).exclude(state=Handover.State.RETURNED)
        lists.append(
            HandoverList("sent", _("Sendt af mig"), _("Du har ikke sendt noget, der er åbent."), self._lines(sent))
        )
        empty = _("Intet af det, du har sendt, er afsluttet de seneste syv dage.")
        lists.append(HandoverList("ended", _("Afsluttet for nylig"), empty, self._ended()))
        return lists

    def _of_units(self) -> list[HandoverLine]:
        lying = Q(state__in=(Handover.State.WAITING, Handover.State.ACCEPTED), unit__in=self.units)
        return self._lines(Handover.objects.filter(lying).exclude(pk__in=[line.pk for line in self.mine]))

    def _taking_part(self) -> list[HandoverLine]:
        still = recipients.taken_part_in(self.person, day_of(self.at), MOST)
        return self._lines(Handover.objects.filter(pk__in=still).exclude(pk__in=[line.pk for line in self.mine]))

    def _returned(self) -> list[HandoverLine]:
        """What came back to the centre, or to the unit, from what others sent: whoever is there may act on it."""
        back = Handover.objects.filter(state=Handover.State.RETURNED).exclude(sent_by=self.person)
        sides = Q(centre__owner__in=self.centre_units) | Q(centre__operator__in=self.centre_units)
        senders = self._sending_units()
        sides |= Q(centre=None) & (Q(from_unit__in=senders) | Q(from_unit=None, unit__in=senders))
        return self._lines(back.filter(sides))

    def _sending_units(self) -> list[Unit]:
        """The units that this person answers for or leads, and those that have ended whose place one of these took
        (`recipients.sides`)."""
        day = day_of(self.at)
        theirs = {*self._answered, *units_of(self.person, Permission.LEAD_TEAM, day)}
        there = [unit for unit in theirs if unit.valid_on(day)]
        return [each for each in theirs if any(unit.contains(each) for unit in there)]

    def _ended(self) -> list[HandoverLine]:
        """What this person has sent that is over, the newest first."""
        rows = Handover.objects.filter(sent_by=self.person, closed_at__gt=self.at - RECENT).with_names()
        found = list(rows.select_related("centre__schedule").order_by("-closed_at")[:MOST])
        due = deadlines.of(found)
        return [line_of(row, due[row.pk], self.at) for row in found]

    def _lines(self, rows: HandoverQuerySet) -> list[HandoverLine]:
        still_open = Promise.objects.filter(handover=OuterRef("pk"), state=Promise.State.OPEN)
        by_urgency = rows.order_by(Subquery(still_open.values("due_at")[:1]).asc(nulls_last=True), "sent_at")
        found = list(by_urgency.with_names().select_related("centre__schedule")[:MOST])
        due = deadlines.of(found)
        unmet = closed_days.without_window(found, at=self.at) if found else set()
        return [line_of(row, due[row.pk], self.at, has_no_window=row.number in unmet) for row in found]

    @cached_property
    def scopes(self) -> list[str]:
        """The scopes that the page listens to."""
        return [f"person-{self.person.pk}", *(f"unit-{unit.code}" for unit in self.units)]


def line_of(row: Handover, due: Due, at: datetime, *, has_no_window: bool = False) -> HandoverLine:
    promise = due.promise
    first = row.question.strip().splitlines()[0] if row.question.strip() else ""
    return HandoverLine(
        pk=row.pk, number=row.number, kind=row.get_kind_display(),
        title=first if len(first) <= _TITLE else f"{first[:_TITLE].rstrip()} …",
        place=words.place(row), state=row.state_in_words, sender=row.sent_by.name if row.sent_by else "",
        due=words.promised(promise, at) if promise else "",
        left=time_words.left(due.open_seconds_left(at)) if promise else "",
        is_overdue=promise is not None and promise.due_at < at, falls_closed=due.falls_closed(at),
        has_no_window=has_no_window, has_news=row.contact_wrote_at is not None,
    )  # fmt: skip

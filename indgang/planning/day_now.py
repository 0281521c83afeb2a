"""The day of a centre as it is now: who is there as planned, the need for the rest of it, moves that help, and what
other centres can spare."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.catalogue.models import ContactCentre
from indgang.core import clock
from indgang.core.clock import COPENHAGEN
from indgang.core.refusals import RefusedChange
from indgang.entry.models import AgentLoan, AgentState, Presence
from indgang.entry.team import loans
from indgang.entry.team.loans import on_the_clock
from indgang.measures.rollups import on_shift
from indgang.measures.sums import OnShift
from indgang.planning import today
from indgang.planning.loan_offers import LoanOffer, offers
from indgang.planning.today import TodayAgain
from indgang.staffing.shifts.activities import ActivityKind
from indgang.staffing.shifts.moves import MoveKind, ShiftMove
from indgang.workforce.models import ShiftPlan
from indgang.workforce.shifts import coverage, planned_in
from indgang.workforce.shifts import day as actions
from indgang.workforce.shifts.absences import absences
from indgang.workforce.shifts.coverage import CoverageRow
from indgang.workforce.shifts.day import CentreDay, DayFacts
from indgang.workforce.shifts.published import PublishedPart, PublishedShift

#: how late somebody may be before they count as missing
_GRACE = timedelta(minutes=5)
#: who does something else is not lent out meanwhile; a break passes
_LENT_FROM = (ActivityKind.PHONE, ActivityKind.MAIL, ActivityKind.BREAK)


@dataclass(frozen=True, slots=True)
class QuarterNow:
    """People needed as planned and as corrected by the morning, and at work, in the quarter that begins then."""

    starts_at: datetime
    planned: float
    need: float
    there: int


class DayNow:
    """The centre's day; without a published plan of today it is empty."""

    def __init__(self, centre: ContactCentre, plan: ShiftPlan | None, at: datetime) -> None:
        self.centre, self.plan, self.at = centre, plan, at

    @cached_property
    def shifts(self) -> list[PublishedShift]:
        if self.plan is None:
            return []
        return planned_in(self.centre, self._midnight - timedelta(days=1), self._midnight)

    @property
    def _midnight(self) -> datetime:
        """The end of the day."""
        return datetime.combine(clock.day_of(self.at) + timedelta(days=1), datetime.min.time(), COPENHAGEN)

    @cached_property
    def _presences(self) -> dict[int, str]:
        people = [each.person for each in self.shifts]
        return dict(Presence.objects.filter(person__in=people).values_list("person", "state"))

    @cached_property
    def _absences(self) -> dict[int, list[tuple[datetime, datetime]]]:
        """What is not over of the day. Who is signed in has come in spite of an absence that has begun."""
        found = absences([each.person for each in self.shifts], self.at, self._midnight)
        return {
            person: [each for each in spans if each[0] > self.at or not self._is_signed_in(person)]
            for person, spans in found.items()
        }

    def _is_signed_in(self, person: int) -> bool:
        return self._presences.get(person, AgentState.SIGNED_OUT) != AgentState.SIGNED_OUT

    @cached_property
    def missing(self) -> frozenset[int]:
        return frozenset(each.person for each in self.shifts if self.state_of(each) == "missing")

    @cached_property
    def day(self) -> CentreDay | None:
        return None if self.plan is None else CentreDay(self.plan, self.at, self.facts)

    @cached_property
    def facts(self) -> DayFacts:
        away = defaultdict(list, {person: list(spans) for person, spans in self._absences.items()})
        for each in self.loans:
            if each.lender_id == self.centre.pk and each.person_id:
                away[each.person_id].append((each.starts_at, each.ends_at))
        here = [each for each in self.loans if each.borrower_id == self.centre.pk and each.person_id]
        factors = self.again.factors if self.again else ()
        return DayFacts(self.missing, factors, away, [(each.starts_at, each.ends_at) for each in here])

    def state_of(self, shift: PublishedShift) -> str:
        """`away` (noted or granted, now or when the shift begins), `later`, `over`, `break` (planned), `paused`,
        `missing`, or `there` as planned."""
        when = max(self.at, shift.starts_at)
        if when < shift.ends_at and any(start <= when < end for start, end in self._absences.get(shift.person, ())):
            return "away"
        if self.at < shift.starts_at:
            return "later"
        part = shift.at(self.at)
        if part is None:
            return "over"
        if not part.kind.is_signed_in:
            return "break" if not part.activity else "there"
        if not self._is_signed_in(shift.person):
            return "there" if self.at < _since(shift, part) + _GRACE else "missing"
        return "paused" if self._presences[shift.person] == AgentState.PAUSED else "there"

    def in_words(self, move: ShiftMove) -> str:
        assert self.day is not None
        moment, asked = self.day.asked.calendar.moment, self.day.asked
        said = {
            "name": asked.names[move.person], "from": on_the_clock(moment(move.start)),
            "to": on_the_clock(moment(move.end)),
        }  # fmt: skip
        if move.kind is MoveKind.BREAK:
            later = {"then": on_the_clock(moment(int(move.to)))}
            return _("Flyt pausen kl. %(from)s for %(name)s til kl. %(then)s.") % {**said, **later}
        activity = next(each.name for each in asked.activities.values() if each.code == move.to)
        return _("Sæt %(name)s til %(activity)s kl. %(from)s–%(to)s.") % {**said, "activity": activity}

    def accept(self, key: str, *, by: Person) -> None:
        """Carry out the suggestion of this key. Raises RefusedChange when it is none any more."""
        if self.plan is None:
            raise RefusedChange({"": _("Der gælder ingen vagtplan i dag.")})
        actions.accept(self.plan, key, facts=self.facts, by=by, at=self.at)

    @cached_property
    def offers(self) -> list[LoanOffer]:
        """Other centres that have people to spare while this one is short."""
        if self.day is None:
            return []
        moment = self.day.asked.calendar.moment
        short = {moment(at): -spare for at, spare in self.day.situation.spare().items() if spare <= -1}
        if not short:
            return []
        return [
            offer
            for other in self._others()
            for offer in other.offers_to(self._able, short)
            if not any(each.lender_id == other.centre.pk and _overlap(each, offer) for each in self.loans)
        ]

    def offers_to(self, able: Collection[int], short: Mapping[datetime, float]) -> Iterator[LoanOffer]:
        """When this centre can spare somebody of those who may answer the other's calls, and is here all that time."""
        for offer in offers(short, self.spare, self.centre):
            free = len(self._free(offer, able))
            if free:
                yield replace(offer, number=min(offer.number, free))

    def ask(self, key: str, *, by: Person) -> AgentLoan:
        """Ask the centre of this offer. Raises RefusedChange when it is none any more."""
        wanted = next((each for each in self.offers if each.key == key), None)
        if wanted is None:
            raise RefusedChange({"": _("Forslaget gælder ikke længere. Se de nye.")})
        span = {"starts_at": wanted.starts_at, "ends_at": wanted.ends_at}
        return loans.ask(self.centre, wanted.lender, **span, by=by, at=self.at)

    @property
    def spare(self) -> dict[datetime, float]:
        """People at work beyond the need, by quarter from now on."""
        assert self.day is not None
        moment = self.day.asked.calendar.moment
        return {moment(at): number for at, number in self.day.situation.spare().items()}

    def _others(self) -> Iterator[DayNow]:
        """The other centres that have somebody at work today who may answer calls here. Only for these is the rest of
        the day worked out."""
        for centre in ContactCentre.objects.valid_on(clock.day_of(self.at)).exclude(pk=self.centre.pk).order_by("name"):
            plan = actions.plan_of(centre, self.at)
            if plan is not None and self._has_somebody(plan):
                yield DayNow(centre, plan, self.at)

    def _has_somebody(self, plan: ShiftPlan) -> bool:
        there = plan.shifts.filter(person__in=self._able, starts_at__lt=self._midnight, ends_at__gt=self.at)
        return there.exists()

    @cached_property
    def _able(self) -> frozenset[int]:
        """Who may answer the calls of this centre by their roles."""
        return frozenset(loans.may_serve(self.centre, self.at).values_list("pk", flat=True))

    @cached_property
    def loans(self) -> list[AgentLoan]:
        return list(loans.of_day(self.centre, self.at))

    def is_asked(self, loan: AgentLoan) -> bool:
        return loan.lender_id == self.centre.pk and loan.state == AgentLoan.State.ASKED

    def free_for(self, loan: AgentLoan) -> QuerySet[Person]:
        """Whom the centre could lend, by name."""
        able = loans.may_serve(loan.borrower, self.at)
        return able.filter(pk__in=self._free(loan, able.values_list("pk", flat=True)))

    def _free(self, span: AgentLoan | LoanOffer, able: Collection[int]) -> set[int]:
        """Who of these people is on the phone or at mail all that time, and is not missing, absent or lent out then."""
        start, end = max(span.starts_at, self.at), span.ends_at
        absent = {person for person, spans in self._absences.items() if any(a < end and b > start for a, b in spans)}
        taken = {each.person_id for each in self.loans if each.person_id and _overlap(each, span)}
        return {
            shift.person
            for shift in self.shifts
            if shift.person in able
            and shift.starts_at <= start
            and shift.ends_at >= end
            and shift.person not in taken | absent | self.missing
            and all(each.kind in _LENT_FROM for each in shift.parts if each.starts_at < end and each.ends_at > start)
        }

    @cached_property
    def again(self) -> TodayAgain | None:
        return None if self.plan is None else today.again(self.centre, self.at)

    @cached_property
    def on_shift(self) -> OnShift | None:
        return on_shift.of_centre(self.centre.code, clock.day_of(self.at), until=self.at)

    @cached_property
    def quarters(self) -> list[QuarterNow]:
        """The rest of the day until nobody is needed or there, those who are missing not counted; empty without a
        need."""
        if self.day is None or not self.day.situation.need:
            return []
        need, there, planned_need = self.day.situation.need, self.day.situation.staffed(), self.day.planned_need
        moment = self.day.asked.calendar.moment
        found = [
            QuarterNow(
                moment(at), planned_need[at], sum(row[at] for row in need.values()),
                sum(row[at] for row in there.values()),
            )
            for at in range(max(0, self.day.now), self.day.last)
        ]  # fmt: skip
        while found and not (found[-1].planned or found[-1].need or found[-1].there):
            found.pop()
        return found

    @cached_property
    def lacking(self) -> list[CoverageRow]:
        """Where and at what people are missing in the rest of the day; the worst first."""
        return [each for each in coverage.of_day(self.day) if each.missing_hours] if self.day else []


def day_now(centre: ContactCentre, at: datetime) -> DayNow:
    return DayNow(centre, actions.plan_of(centre, at), at)


def _since(shift: PublishedShift, part: PublishedPart) -> datetime:
    """When the person began to be signed in: after a break or a meeting everybody needs a moment again."""
    before = [each.ends_at for each in shift.parts if each.ends_at <= part.starts_at and not each.kind.is_signed_in]
    return max([shift.starts_at, *before])


def _overlap(one: AgentLoan, other: AgentLoan | LoanOffer) -> bool:
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at

"""The day of a centre: who is there as planned, the need for the rest of it, and moves that a leader accepts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission as P
from indgang.catalogue.models import ContactCentre
from indgang.core import clock
from indgang.core.clock import COPENHAGEN
from indgang.entry.models import AgentLoan, AgentState, Presence
from indgang.entry.team import loans
from indgang.measures.rollups import on_shift
from indgang.measures.sums import OnShift
from indgang.office.shifts import access
from indgang.office.shifts.loan_page import LoanOffer, offers, on_the_clock, words
from indgang.planning import today
from indgang.planning.today import TodayAgain
from indgang.plots.numbers import ValueUnit
from indgang.plots.plot import PlotMoment, Series, TimePlot
from indgang.staffing.shifts.activities import ActivityKind
from indgang.staffing.shifts.moves import MoveKind, ShiftMove
from indgang.ui.refusals import refusals_as_messages
from indgang.workforce.models import ShiftPlan
from indgang.workforce.shifts import day as actions
from indgang.workforce.shifts import planned
from indgang.workforce.shifts.day import CentreDay, DayFacts
from indgang.workforce.shifts.published import PublishedPart, PublishedShift

#: how late somebody may be before they count as missing
_GRACE = timedelta(minutes=5)
#: who does something else is not lent out meanwhile; a break passes
_LENT_FROM = (ActivityKind.PHONE, ActivityKind.MAIL, ActivityKind.BREAK)
_STATES: dict[str, str | Promise] = {
    "there": gettext_lazy("Som planlagt"),
    "missing": gettext_lazy("Mangler"),
    "break": gettext_lazy("Planlagt pause"),
    "paused": gettext_lazy("Holder pause"),
    "later": gettext_lazy("Møder senere"),
    "over": gettext_lazy("Har haft vagt"),
}


@dataclass(frozen=True, slots=True)
class PersonNow:
    """Somebody with a shift today: what is planned now, and how it goes."""

    name: str
    span: str
    planned: str
    state: str
    words: str | Promise


class DayPage:
    """The centre's day as it is now."""

    def __init__(self, centre: ContactCentre, plan: ShiftPlan | None, at: datetime) -> None:
        self.centre, self.plan, self.at = centre, plan, at

    @cached_property
    def people(self) -> list[PersonNow]:
        return sorted(self._people(), key=lambda each: (each.state != "missing", each.name))

    @cached_property
    def _today(self) -> list[PublishedShift]:
        if self.plan is None:
            return []
        start = datetime.combine(clock.day_of(self.at), datetime.min.time(), COPENHAGEN)
        people = list(self.plan.shifts.values_list("person", flat=True).distinct())
        return planned(people, start, start + timedelta(days=1))

    @cached_property
    def _presences(self) -> dict[int, str]:
        people = [each.person for each in self._today]
        return dict(Presence.objects.filter(person__in=people).values_list("person", "state"))

    @cached_property
    def missing(self) -> frozenset[int]:
        return frozenset(each.person for each in self._today if self._state(each) == "missing")

    @cached_property
    def day(self) -> CentreDay | None:
        return None if self.plan is None else CentreDay(self.plan, self.at, self.facts)

    @cached_property
    def facts(self) -> DayFacts:
        lent: dict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
        for each in self.loans:
            if each.lender_id == self.centre.pk and each.person_id:
                lent[each.person_id].append((each.starts_at, each.ends_at))
        here = [each for each in self.loans if each.borrower_id == self.centre.pk and each.person_id]
        factors = self.again.factors if self.again else ()
        return DayFacts(self.missing, factors, lent, [(each.starts_at, each.ends_at) for each in here])

    def _people(self) -> Iterator[PersonNow]:
        names = {} if self.day is None else self.day.asked.names
        for shift in self._today:
            part, state = shift.at(self.at), self._state(shift)
            activity = "" if part is None else part.activity or _("Pause")
            name = names.get(str(shift.person), "")
            yield PersonNow(name, _span(shift.starts_at, shift.ends_at), activity, state, _STATES[state])

    def _state(self, shift: PublishedShift) -> str:
        if self.at < shift.starts_at:
            return "later"
        part = shift.at(self.at)
        if part is None:
            return "over"
        if not part.kind.is_signed_in:
            return "break" if not part.activity else "there"
        state = self._presences.get(shift.person, AgentState.SIGNED_OUT)
        if state == AgentState.SIGNED_OUT:
            return "there" if self.at < _since(shift, part) + _GRACE else "missing"
        return "paused" if state == AgentState.PAUSED else "there"

    @cached_property
    def suggestions(self) -> list[tuple[str, str, float]]:
        """Key, sentence, and hours that each suggestion saves."""
        if self.day is None:
            return []
        return [(each.key, self._sentence(each), each.gain / 4) for each in self.day.moves]

    def _sentence(self, move: ShiftMove) -> str:
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
            for page in self._others()
            for offer in page.offers_to(self._able, short)
            if not any(each.lender_id == page.centre.pk and _overlap(each, offer) for each in self.loans)
        ]

    def offers_to(self, able: Collection[int], short: Mapping[datetime, float]) -> Iterator[LoanOffer]:
        """When this centre can spare somebody of those who may answer the other's calls, and is here all that time."""
        for offer in offers(short, self.spare, self.centre):
            free = len(self._free(offer, able))
            if free:
                yield replace(offer, number=min(offer.number, free))

    @property
    def spare(self) -> dict[datetime, float]:
        """People at work beyond the need, by quarter from now on."""
        assert self.day is not None
        moment = self.day.asked.calendar.moment
        return {moment(at): number for at, number in self.day.situation.spare().items()}

    def _others(self) -> Iterator[DayPage]:
        """The other centres that have somebody at work today who may answer calls here. Only for these is the rest of
        the day worked out."""
        for centre in ContactCentre.objects.valid_on(clock.day_of(self.at)).exclude(pk=self.centre.pk).order_by("name"):
            plan = actions.plan_of(centre, self.at)
            if plan is not None and self._has_somebody(plan):
                yield DayPage(centre, plan, self.at)

    def _has_somebody(self, plan: ShiftPlan) -> bool:
        midnight = datetime.combine(clock.day_of(self.at) + timedelta(days=1), datetime.min.time(), COPENHAGEN)
        return plan.shifts.filter(person__in=self._able, starts_at__lt=midnight, ends_at__gt=self.at).exists()

    @cached_property
    def _able(self) -> frozenset[int]:
        """Who may answer the calls of this centre by their roles."""
        return frozenset(loans.may_serve(self.centre, self.at).values_list("pk", flat=True))

    @cached_property
    def loans(self) -> list[AgentLoan]:
        return list(loans.of_day(self.centre, self.at))

    @cached_property
    def loan_rows(self) -> list[tuple[AgentLoan, str, list[Person]]]:
        """Each open loan in words, and whom the centre could lend when it is asked."""
        return [
            (each, words(each, self.centre), list(self.free_for(each)) if self._is_asked(each) else [])
            for each in self.loans
        ]

    def _is_asked(self, loan: AgentLoan) -> bool:
        return loan.lender_id == self.centre.pk and loan.state == AgentLoan.State.ASKED

    def free_for(self, loan: AgentLoan) -> QuerySet[Person]:
        """Whom the centre could lend, by name."""
        able = loans.may_serve(loan.borrower, self.at)
        return able.filter(pk__in=self._free(loan, able.values_list("pk", flat=True)))

    def _free(self, span: AgentLoan | LoanOffer, able: Collection[int]) -> set[int]:
        """Who of these people is on the phone or at mail all that time, and is not missing or lent out then."""
        start, end = max(span.starts_at, self.at), span.ends_at
        taken = {each.person_id for each in self.loans if each.person_id and _overlap(each, span)}
        return {
            shift.person
            for shift in self._today
            if shift.person in able
            and shift.starts_at <= start
            and shift.ends_at >= end
            and shift.person not in taken | self.missing
            and all(each.kind in _LENT_FROM for each in shift.parts if each.starts_at < end and each.ends_at > start)
        }

    @cached_property
    def again(self) -> TodayAgain | None:
        return None if self.plan is None else today.again(self.centre, self.at)

    @cached_property
    def on_shift(self) -> OnShift | None:
        return on_shift.of_centre(self.centre.code, clock.day_of(self.at), until=self.at)

    @cached_property
    def plot(self) -> TimePlot | None:
        """Need and people at work for the rest of the day, those who are missing not counted."""
        if self.day is None or not self.day.situation.need:
            return None
        situation, calendar = self.day.situation, self.day.asked.calendar
        there = situation.staffed()
        quarters = range(max(0, self.day.now), self.day.last)
        planned = self.day.planned_need
        points = [
            (at, sum(row[at] for row in situation.need.values()), sum(row[at] for row in there.values()), planned[at])
            for at in quarters
        ]
        while points and not any(points[-1][1:]):
            points.pop()
        moments = [calendar.moment(at).astimezone(COPENHAGEN).replace(tzinfo=None) for at, *_counts in points]
        if len(points) < 2:
            return None
        return TimePlot(
            title=_("Resten af dagen"),
            about=_("Hvor mange der er brug for, og hvor mange der er på arbejde, kvarter for kvarter"),
            unit=ValueUnit.COUNT, when=_("Fra kl."),
            moments=tuple(PlotMoment(at, f"{at:%H.%M}") for at in moments),
            series=(
                *([Series(_("Planlagt behov"), tuple(round(each[3], 1) for each in points))] if self.again else []),
                Series(_("Behov"), tuple(round(each[1], 1) for each in points)),
                Series(_("På arbejde"), tuple(float(each[2]) for each in points)),
            ),
        )  # fmt: skip


def day_page(centre: ContactCentre, at: datetime) -> DayPage:
    return DayPage(centre, actions.plan_of(centre, at), at)


@require_GET
@requires(P.PLAN_STAFFING)
def day(request: HttpRequest, code: str) -> HttpResponse:
    person, at = person_of(request), clock.now()
    centre = access.centre(person, code)
    return render(request, "office/shifts/day.html", {"page": day_page(centre, at), "centre": centre})


@require_POST
@requires(P.PLAN_STAFFING)
def move(request: HttpRequest, code: str) -> HttpResponseBase:
    """Accept a suggestion."""
    person, at = person_of(request), clock.now()
    centre = access.centre(person, code)
    page = day_page(centre, at)
    if page.plan is None:
        messages.error(request, _("Der gælder ingen vagtplan i dag."))
        return redirect("office:shift-day", code)
    with refusals_as_messages(request):
        actions.accept(page.plan, request.POST.get("key", ""), facts=page.facts, by=person, at=at)
        messages.success(request, _("Vagten er ændret. Medarbejderen kan se det."))
    return redirect("office:shift-day", code)


def _since(shift: PublishedShift, part: PublishedPart) -> datetime:
    """When the person began to be signed in: after a break or a meeting everybody needs a moment again."""
    before = [each.ends_at for each in shift.parts if each.ends_at <= part.starts_at and not each.kind.is_signed_in]
    return max([shift.starts_at, *before])


def _overlap(one: AgentLoan, other: AgentLoan | LoanOffer) -> bool:
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at


def _span(starts: datetime, ends: datetime) -> str:
    return f"{on_the_clock(starts)}–{on_the_clock(ends)}"

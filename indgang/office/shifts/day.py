"""The day of a centre: who is there as planned, the need for the rest of it, and moves that a leader accepts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.accounts.permissions import Permission as P
from indgang.catalogue.models import ContactCentre
from indgang.core import clock
from indgang.core.clock import COPENHAGEN
from indgang.entry.models import AgentState, Presence
from indgang.office.shifts import access
from indgang.plots.numbers import ValueUnit
from indgang.plots.plot import PlotMoment, Series, TimePlot
from indgang.staffing.shifts.moves import MoveKind, ShiftMove
from indgang.ui.refusals import refusals_as_messages
from indgang.workforce.models import ShiftPlan
from indgang.workforce.shifts import day as actions
from indgang.workforce.shifts import planned
from indgang.workforce.shifts.day import CentreDay
from indgang.workforce.shifts.published import PublishedPart, PublishedShift

#: how late somebody may be before they count as missing
_GRACE = timedelta(minutes=5)
#: quarters for which it is worth to borrow somebody
_QUARTER, _LEAST_LENT = timedelta(minutes=15), 4
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

    def __init__(
        self, centre: ContactCentre, plan: ShiftPlan | None, at: datetime, others: Iterable[ContactCentre] = ()
    ) -> None:
        self.centre, self.plan, self.at, self.other_centres = centre, plan, at, list(others)

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
        return None if self.plan is None else CentreDay(self.plan, self.at, self.missing)

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
            "name": asked.names[move.person], "from": _clock(moment(move.start)), "to": _clock(moment(move.end)),
        }  # fmt: skip
        if move.kind is MoveKind.BREAK:
            later = {"then": _clock(moment(int(move.to)))}
            return _("Flyt pausen kl. %(from)s for %(name)s til kl. %(then)s.") % {**said, **later}
        activity = next(each.name for each in asked.activities.values() if each.code == move.to)
        return _("Sæt %(name)s til %(activity)s kl. %(from)s–%(to)s.") % {**said, "activity": activity}

    @cached_property
    def lenders(self) -> list[str]:
        """Other centres of the person that have people to spare while this one is short. Nobody is moved by that: the
        leaders agree on it."""
        if self.day is None:
            return []
        calendar = self.day.asked.calendar
        short = {calendar.moment(at): -spare for at, spare in self.day.situation.spare().items() if spare < 0}
        return [
            _("%(centre)s har %(number)s at undvære kl. %(from)s–%(to)s.")
            % {"centre": each.centre.name, "number": number, "from": _clock(first), "to": _clock(after)}
            for each in self._others
            for first, after, number in _lent(short, each)
        ]

    @cached_property
    def _others(self) -> list[DayPage]:
        found = []
        for centre in self.other_centres:
            plan = actions.plan_of(centre, self.at)
            if plan is not None:
                found.append(DayPage(centre, plan, self.at))
        return found

    @cached_property
    def plot(self) -> TimePlot | None:
        """Need and people at work for the rest of the day, those who are missing not counted."""
        if self.day is None or not self.day.situation.need:
            return None
        situation, calendar = self.day.situation, self.day.asked.calendar
        there = situation.staffed()
        quarters = range(max(0, self.day.now), self.day.last)
        points = [
            (at, sum(row[at] for row in situation.need.values()), sum(row[at] for row in there.values()))
            for at in quarters
        ]
        while points and not any(points[-1][1:]):
            points.pop()
        moments = [calendar.moment(at).astimezone(COPENHAGEN).replace(tzinfo=None) for at, _need, _staff in points]
        if len(points) < 2:
            return None
        return TimePlot(
            title=_("Resten af dagen"),
            about=_("Hvor mange der er brug for, og hvor mange der er på arbejde, kvarter for kvarter"),
            unit=ValueUnit.COUNT, when=_("Fra kl."),
            moments=tuple(PlotMoment(at, f"{at:%H.%M}") for at in moments),
            series=(
                Series(_("Behov"), tuple(float(need) for _at, need, _staff in points)),
                Series(_("På arbejde"), tuple(float(staff) for _at, _need, staff in points)),
            ),
        )  # fmt: skip


@require_GET
@requires(P.PLAN_STAFFING)
def day(request: HttpRequest, code: str) -> HttpResponse:
    person, at = person_of(request), clock.now()
    centre = access.centre(person, code)
    page = DayPage(centre, actions.plan_of(centre, at), at, access.centres(person).exclude(pk=centre.pk))
    return render(request, "office/shifts/day.html", {"page": page, "centre": centre})


@require_POST
@requires(P.PLAN_STAFFING)
def move(request: HttpRequest, code: str) -> HttpResponseBase:
    """Accept a suggestion."""
    person, at = person_of(request), clock.now()
    centre = access.centre(person, code)
    plan = actions.plan_of(centre, at)
    if plan is None:
        messages.error(request, _("Der gælder ingen vagtplan i dag."))
        return redirect("office:shift-day", code)
    missing = DayPage(centre, plan, at).missing
    with refusals_as_messages(request):
        actions.accept(plan, request.POST.get("key", ""), missing=missing, by=person, at=at)
        messages.success(request, _("Vagten er ændret. Medarbejderen kan se det."))
    return redirect("office:shift-day", code)


def _since(shift: PublishedShift, part: PublishedPart) -> datetime:
    """When the person began to be signed in: after a break or a meeting everybody needs a moment again."""
    before = [each.ends_at for each in shift.parts if each.ends_at <= part.starts_at and not each.kind.is_signed_in]
    return max([shift.starts_at, *before])


def _lent(short: Mapping[datetime, float], other: DayPage) -> Iterator[tuple[datetime, datetime, int]]:
    """Spans of at least an hour in which the other centre can spare somebody who is missing here, and how many."""
    assert other.day is not None
    moment = other.day.asked.calendar.moment
    spare = {moment(at): number for at, number in other.day.situation.spare().items()}
    both = {at: min(missing, spare.get(at, 0)) for at, missing in short.items()}
    span: list[datetime] = []
    for at in sorted(both):
        if span and (both[at] < 1 or at != span[-1] + _QUARTER):
            yield from _long_enough(span, both)
            span = []
        if both[at] >= 1:
            span.append(at)
    yield from _long_enough(span, both)


def _long_enough(span: list[datetime], both: Mapping[datetime, float]) -> Iterator[tuple[datetime, datetime, int]]:
    if len(span) >= _LEAST_LENT:
        yield span[0], span[-1] + _QUARTER, int(min(both[at] for at in span))


def _clock(moment: datetime) -> str:
    return f"{moment.astimezone(COPENHAGEN):%H.%M}"


def _span(starts: datetime, ends: datetime) -> str:
    return f"{_clock(starts)}–{_clock(ends)}"

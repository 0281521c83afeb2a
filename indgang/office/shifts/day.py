"""The day of a centre: who is there as planned, the need for the rest of it, and moves that a leader accepts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
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
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission as P
from indgang.catalogue.models import ContactCentre
from indgang.core import clock
from indgang.core.clock import COPENHAGEN
from indgang.entry.models import AgentLoan
from indgang.entry.team.loans import on_the_clock
from indgang.office.shifts import access
from indgang.planning.day_now import DayNow
from indgang.planning.loan_offers import words
from indgang.plots.numbers import ValueUnit
from indgang.plots.plot import PlotMoment, Series, TimePlot
from indgang.ui.refusals import refusals_as_messages
from indgang.workforce.shifts import day as actions

_STATES: dict[str, str | Promise] = {
    "there": gettext_lazy("Som planlagt"),
    "missing": gettext_lazy("Mangler"),
    "away": gettext_lazy("Fraværende"),
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


class DayPage(DayNow):
    """The centre's day in words and as a plot."""

    @cached_property
    def people(self) -> list[PersonNow]:
        return sorted(self._people(), key=lambda each: (each.state != "missing", each.name))

    def _people(self) -> Iterator[PersonNow]:
        names = {} if self.day is None else self.day.asked.names
        for shift in self.shifts:
            part, state = shift.at(self.at), self.state_of(shift)
            activity = "" if part is None else part.activity or _("Pause")
            name = names.get(str(shift.person), "")
            yield PersonNow(name, _span(shift.starts_at, shift.ends_at), activity, state, _STATES[state])

    @property
    def away(self) -> int:
        """People with a shift today who are absent."""
        return sum(each.state == "away" for each in self.people)

    @cached_property
    def suggestions(self) -> list[tuple[str, str, float]]:
        """Key, sentence, and hours that each suggestion saves."""
        if self.day is None:
            return []
        return [(each.key, self.in_words(each), each.gain / 4) for each in self.day.moves]

    @cached_property
    def loan_rows(self) -> list[tuple[AgentLoan, str, list[Person]]]:
        """Each open loan in words, and whom the centre could lend when it is asked."""
        return [
            (each, words(each, self.centre), list(self.free_for(each)) if self.is_asked(each) else [])
            for each in self.loans
        ]

    @cached_property
    def plot(self) -> TimePlot | None:
        """Need and people at work for the rest of the day."""
        if len(self.quarters) < 2:
            return None
        moments = [each.starts_at.astimezone(COPENHAGEN).replace(tzinfo=None) for each in self.quarters]
        planned_need = Series(_("Planlagt behov"), tuple(round(each.planned, 1) for each in self.quarters))
        return TimePlot(
            title=_("Resten af dagen"),
            about=_("Hvor mange der er brug for, og hvor mange der er på arbejde, kvarter for kvarter"),
            unit=ValueUnit.COUNT, when=_("Fra kl."),
            moments=tuple(PlotMoment(at, f"{at:%H.%M}") for at in moments),
            series=(
                *([planned_need] if self.again else []),
                Series(_("Behov"), tuple(round(each.need, 1) for each in self.quarters)),
                Series(_("På arbejde"), tuple(float(each.there) for each in self.quarters)),
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
    page = day_page(access.centre(person, code), at)
    with refusals_as_messages(request):
        page.accept(request.POST.get("key", ""), by=person)
        messages.success(request, _("Vagten er ændret. Medarbejderen kan se det."))
    return redirect("office:shift-day", code)


def _span(starts: datetime, ends: datetime) -> str:
    return f"{on_the_clock(starts)}–{on_the_clock(ends)}"

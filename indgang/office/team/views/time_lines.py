"""What the day of one of the people of a centre went with, for its team leader. Each look is logged: an employee's day
is personal data."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from indgang.accounts.gate import person_of, requires
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission as P
from indgang.audit import trail
from indgang.catalogue.models import ContactCentre
from indgang.core import clock
from indgang.measures.agent_day import agent_day
from indgang.measures.agent_day_words import ShownDay
from indgang.office.access import centre_for, centres_of
from indgang.office.team import access
from indgang.office.team.forms import AgentDayForm
from indgang.ui import downloads

PAGE = "office.time_line"


@require_GET
@requires(P.LEAD_TEAM)
def time_lines(request: HttpRequest) -> HttpResponse:
    """The centres whose people the leader leads; with one centre, its page."""
    centres = list(centres_of(person_of(request), P.LEAD_TEAM))
    if len(centres) == 1:
        return redirect("office:agent-time-line", centres[0].code)
    return render(request, "office/team/time_lines.html", {"centres": centres})


@require_GET
@requires(P.LEAD_TEAM)
def time_line(request: HttpRequest, centre: str) -> HttpResponse:
    shown_centre = centre_for(person_of(request), centre, P.LEAD_TEAM)
    form = AgentDayForm(request.GET, people=access.agents_of(shown_centre))
    shown = _chosen(request, shown_centre, form) if form.is_valid() else None
    context = {
        "form": form, "centre": shown_centre, "shown": shown, "person": form.is_valid() and form.cleaned_data["person"],
        "query": request.GET.urlencode(),
    }  # fmt: skip
    return render(request, "office/team/time_line.html", context, status=422 if form.errors else 200)


@require_GET
@requires(P.LEAD_TEAM)
def time_line_file(request: HttpRequest, centre: str) -> HttpResponseBase:
    """The same day for a spreadsheet."""
    shown_centre = centre_for(person_of(request), centre, P.LEAD_TEAM)
    form = AgentDayForm(request.GET, people=access.agents_of(shown_centre))
    if not form.is_valid():
        return HttpResponseBadRequest(_("Dagen kan ikke læses. Gå tilbage, og vælg igen."), content_type="text/plain")
    shown = _chosen(request, shown_centre, form)
    if shown is None:
        raise Http404
    name = f"dag-{form.cleaned_data['person'].pk}-{form.cleaned_data['day']:%Y-%m-%d}.csv"
    return downloads.table(shown.columns(), list(shown.lines()), name)


def _chosen(request: HttpRequest, centre: ContactCentre, form: AgentDayForm) -> ShownDay | None:
    """The chosen person's day; None without a person, or for a day on which they did not serve the centre."""
    person: Person | None = form.cleaned_data["person"]
    day, reader, at = form.cleaned_data["day"], person_of(request), clock.now()
    if person is None or not access.served_on(centre, person, day):
        return None
    if person != reader:
        trail.looks(by=reader, at=at, subjects=[person], page=PAGE)
    return ShownDay(agent_day(person, day, at=at), person.name)

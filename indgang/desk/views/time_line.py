"""What the person's own day went with: their states from sign-in to sign-out."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from indgang.accounts.gate import person_of, requires
from indgang.accounts.permissions import Permission
from indgang.core import clock
from indgang.desk.forms import OwnTimeForm
from indgang.measures.agent_day import agent_day
from indgang.measures.agent_day_words import ShownDay
from indgang.ui import downloads


@require_GET
@requires(Permission.REGISTER_ENQUIRIES)
def time_line(request: HttpRequest) -> HttpResponse:
    """The chosen day; today unless another is chosen."""
    form = OwnTimeForm(request.GET)
    shown = _shown(request, form) if form.is_valid() else None
    context = {"form": form, "shown": shown, "query": request.GET.urlencode()}
    return render(request, "desk/time_line.html", context, status=422 if form.errors else 200)


@require_GET
@requires(Permission.REGISTER_ENQUIRIES)
def time_line_file(request: HttpRequest) -> HttpResponseBase:
    """The same day for a spreadsheet."""
    form = OwnTimeForm(request.GET)
    if not form.is_valid():
        return HttpResponseBadRequest(_("Dagen kan ikke læses. Gå tilbage, og vælg igen."), content_type="text/plain")
    shown = _shown(request, form)
    name = f"min-dag-{form.cleaned_data['day']:%Y-%m-%d}.csv"
    return downloads.table(shown.columns(), list(shown.lines()), name)


def _shown(request: HttpRequest, form: OwnTimeForm) -> ShownDay:
    person = person_of(request)
    return ShownDay(agent_day(person, form.cleaned_data["day"], at=clock.now()), person.name)

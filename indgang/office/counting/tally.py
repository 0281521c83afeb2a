"""The tally: one tap for each enquiry, on a telephone, with or without its script and a connection."""

from __future__ import annotations

from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.accounts.models import Person
from indgang.analysis.counting import tallying
from indgang.analysis.counting.models import LONGEST_MINUTES, CountingWeek
from indgang.analysis.counting.tallying import NotCounted
from indgang.core import clock
from indgang.core.refusals import RefusedChange
from indgang.office.counting import access
from indgang.office.counting.access import STAFF
from indgang.office.counting.forms import TallyForm, TapKeyForm, TapsForm


def _words(why: NotCounted) -> str:
    return {
        NotCounted.NO_SUCH_PURPOSE: _("Ærindet er fjernet fra tælleugen."),
        NotCounted.OUTSIDE_WEEK: _("Dagen ligger uden for tælleugen."),
        NotCounted.AHEAD: _("Telefonens ur går for hurtigt."),
        NotCounted.CLOSED: _("Tælleugen er lukket."),
        NotCounted.MINUTES: _("Minutterne skal ligge mellem 0 og %(most)s.") % {"most": LONGEST_MINUTES},
    }[why]


@never_cache
@require_http_methods(["GET", "POST"])
@requires(*STAFF)
def tally(request: HttpRequest, pk: int) -> HttpResponse:
    person = person_of(request)
    week = access.week_to_count(person, pk)
    if request.method == "GET":
        return _page(request, week, TallyForm(week=week, initial={"key": uuid4()}))
    form = TallyForm(request.POST, week=week)
    if form.is_valid():
        refused = tallying.count(week, [form.tap(clock.now())], by=person, at=clock.now())
        if not refused:
            return _page(request, week, TallyForm(week=week, initial=_kept(form)))
        form.add_error(None, _words(next(iter(refused.values()))))
    return _page(request, week, form, status=422)


@require_POST
@requires(*STAFF)
def taps(request: HttpRequest, pk: int) -> HttpResponse:
    """What a telephone has kept. Answers with why some do not count; all others are counted, now or before."""
    person = person_of(request)
    week, form = access.week_to_count(person, pk), TapsForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"error": _("Kan ikke læses.")}, status=422)
    if not form.is_of(person):
        return _of_another()
    refused = tallying.count(week, form.cleaned_data["taps"], by=person, at=clock.now())
    said = {str(key): _words(why) for key, why in refused.items()}
    said |= dict.fromkeys(form.unreadable, _("Kan ikke læses."))
    later = [str(key) for key, why in refused.items() if why is NotCounted.AHEAD]
    return JsonResponse({"refused": said, "later": later, "counts": _today(week, person)})


@require_POST
@requires(*STAFF)
def withdrawal(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back one's own tap."""
    person = person_of(request)
    week, form = access.week_to_count(person, pk), TapKeyForm(request.POST)
    if form.is_valid():
        if not form.is_of(person):
            return _of_another()
        try:
            tallying.withdraw(week, form.cleaned_data["key"], by=person, at=clock.now())
        except RefusedChange as refused:
            if not request.accepts("text/html"):
                return JsonResponse({"error": str(refused)}, status=409)
            messages.error(request, str(refused))
    if request.accepts("text/html"):
        return redirect("office:counting-tally", pk)
    return JsonResponse({"counts": _today(week, person)})


@require_GET
@requires(*STAFF)
def worker(request: HttpRequest) -> HttpResponse:
    """The script that opens a tally without a connection. It serves the pages below its own address."""
    return render(request, "office/counting/worker.js", content_type="text/javascript; charset=utf-8")


def _of_another() -> HttpResponse:
    """The page was opened by somebody else, who has signed out since: the taps stay theirs."""
    return JsonResponse({"error": _("En anden er logget ind.")}, status=403)


def _kept(form: TallyForm) -> dict[str, object]:
    """Channel, character and outcome stay for the next; minutes and the mark are of one enquiry."""
    stays = ("channel", "character", "is_resolved")
    return {name: form.cleaned_data[name] for name in stays if name in form.cleaned_data} | {"key": uuid4()}


def _today(week: CountingWeek, person: Person) -> dict[int, int]:
    return dict(tallying.counted_today(week, person, clock.today()))


def _page(request: HttpRequest, week: CountingWeek, form: TallyForm, *, status: int = 200) -> HttpResponse:
    person, today = person_of(request), clock.today()
    counts = tallying.counted_today(week, person, today)
    last = week.enquiries.filter(counted_by=person, from_paper=False).select_related("purpose").last()
    context = {
        "week": week, "form": form, "buttons": [(each, counts[each.pk]) for each in week.purposes.all()],
        "today": today, "total": sum(counts.values()), "last": last,
        "is_on": week.closed_at is None and week.starts_on <= today <= week.ends_on,
        "longest": LONGEST_MINUTES,
    }  # fmt: skip
    return render(request, "office/counting/tally.html", context, status=status)

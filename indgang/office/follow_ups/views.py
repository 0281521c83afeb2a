"""The pages of follow-ups: the list, one of them, and their figures."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from indgang.accounts.access import centres_led
from indgang.accounts.gate import person_of, requires
from indgang.accounts.models import Person
from indgang.core import clock
from indgang.feedback.follow_up_models import FollowUp
from indgang.feedback.follow_ups import following_up, rights, tally
from indgang.office.day_range import DayRange
from indgang.office.follow_ups import access
from indgang.office.follow_ups.forms import FollowUpFilter, FollowUpForm
from indgang.ui.refusals import refusals_as_messages, refusals_on_form

_PAGE = 50


@require_GET
@requires(*access.ACTING)
def follow_ups(request: HttpRequest) -> HttpResponse:
    """What waits, the next due first."""
    person = person_of(request)
    form = FollowUpFilter(request.GET)
    state = form.cleaned_data["state"] if form.is_valid() else ""
    page = Paginator(_of_state(person, state), _PAGE).get_page(request.GET.get("page"))
    context = {
        "rows": page.object_list, "page": page, "form": form, "at": clock.now(),
        "may_rule": access.may_rule(person), "leads": centres_led(person).exists(),
    }  # fmt: skip
    return render(request, "office/follow_ups/follow_ups.html", context)


@require_http_methods(["GET", "POST"])
@requires(*access.ACTING)
def follow_up(request: HttpRequest, pk: int) -> HttpResponse:
    """One follow-up: what was answered, and what is done about it."""
    person = person_of(request)
    shown = access.follow_up_for(person, pk)
    form = FollowUpForm(request.POST or None, follow_up=shown)
    if request.method == "POST" and form.is_valid():
        with refusals_on_form(form):
            if "close" in request.POST:
                following_up.close(shown, **form.values, by=person, at=clock.now())
                messages.success(request, _("Opfølgningen er afsluttet."))
                return redirect("office:follow-ups")
            following_up.note(shown, **form.values, by=person, at=clock.now())
            messages.success(request, _("Opfølgningen er gemt."))
            return redirect("office:follow-up", pk)
    context = {"follow_up": shown, "form": form, "at": clock.now()} | _answered(shown, person)
    return render(request, "office/follow_ups/follow_up.html", context, status=422 if form.errors else 200)


@require_POST
@requires(*access.ACTING)
def owner(request: HttpRequest, pk: int) -> HttpResponse:
    """Take it."""
    person = person_of(request)
    with refusals_as_messages(request):
        following_up.take(access.follow_up_for(person, pk), by=person, at=clock.now())
    return redirect("office:follow-up", pk)


@require_GET
@requires(*access.ACTING)
def figures(request: HttpRequest) -> HttpResponse:
    """The share that is closed in time, and the causes."""
    form = DayRange(request.GET)
    rows: list[FollowUp] = []
    if form.is_valid():
        begun = rights.follow_ups_of(person_of(request))
        begun = begun.filter(opened_at__gte=form.period.start, opened_at__lt=form.period.end)
        rows = list(begun)
    at = clock.now()
    places = tally.of_places(rows, at=at)
    if len(places) > 1:
        places.append(tally.of_all(rows, name=_("I alt"), at=at))
    context = {"form": form, "rows": places, "causes": tally.of_causes(rows)}
    return render(request, "office/follow_ups/figures.html", context)


def _of_state(person: Person, state: str) -> QuerySet[FollowUp]:
    found = rights.follow_ups_of(person)
    if state == FollowUpFilter.DONE:
        return found.filter(closed_at__isnull=False).order_by("-closed_at")
    still = found.filter(closed_at=None)
    return still.filter(owner=person) if state == FollowUpFilter.MINE else still


def _answered(shown: FollowUp, person: Person) -> dict[str, Any]:
    """What the page shows of the response."""
    language = get_language() or "da"
    ratings = shown.response.ratings.select_related("question")
    comments = shown.response.comments.order_by("at")
    return {
        "ratings": [(each.question.text_in(language), each.value, each.index) for each in ratings],
        "comments": comments,
        "employee": shown.response.employee if rights.names_employee(shown, person) else None,
        "is_own": shown.owner_id == person.pk,
        "items": shown.items.order_by("pk"),
    }

"""Which telephone a person uses today, and the numbers of their own at which they may take calls."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from indgang.accounts.gate import person_of, refused, requires
from indgang.accounts.permissions import Permission
from indgang.accounts.submission import own_transactions
from indgang.core import clock
from indgang.desk import access, sentences
from indgang.desk.forms import MyNumberForm
from indgang.desk.situation import Situation
from indgang.desk.views.answers import said, tell_parts
from indgang.entry import commands
from indgang.entry.board.number_trials import TRIAL_SECONDS
from indgang.entry.models import OwnNumber, TrialOutcome
from indgang.entry.team import own_numbers
from indgang.ui.pages import render_part_or_page
from indgang.ui.refusals import refusals_on_form

_PARTS = {"my-telephone": "desk/parts/my_telephone.html"}


@never_cache
@require_GET
@requires(*access.TELEPHONE)
def my_telephone(request: HttpRequest) -> HttpResponse:
    """The telephones to choose from today."""
    return _page(request)


@require_POST
@requires(*access.TELEPHONE)
def numbers(request: HttpRequest) -> HttpResponseBase:
    """Add a number, where the rules let people do that themselves. It counts once it is confirmed."""
    person, at = person_of(request), clock.now()
    if not own_numbers.may_add(person, clock.today()):
        return refused(request, Permission.EDIT_PEOPLE)
    form = MyNumberForm(request.POST)
    if form.is_valid():
        with refusals_on_form(form, day=""):
            own_numbers.add(person, form.cleaned_data["number"], day=clock.today(), by=person, at=at)
            return redirect("desk:my-telephone")
    return _page(request, form=form, status=422)


@require_http_methods(["DELETE"])
@requires(*access.TELEPHONE)
def number(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Remove a number from today on."""
    person = person_of(request)
    row = access.own_number_for(request, pk)
    if not own_numbers.may_add(person, clock.today()):
        return refused(request, Permission.EDIT_PEOPLE)
    own_numbers.end(row, on=clock.today(), by=person, at=clock.now())
    return tell_parts(HttpResponse(status=204), "state")


@own_transactions
@require_POST
@requires(*access.TELEPHONE)
def trial(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Ring the number, so that the person keys in the code on the page."""
    row = access.own_number_for(request, pk)
    try:
        own_numbers.try_out(row, at=clock.now())
    except commands.Refused as refusal:
        return said(sentences.refusal(refusal), 409)
    if request.headers.get("HX-Request") != "true":
        return redirect("desk:my-telephone")
    return tell_parts(HttpResponse(status=204), "state")


def _page(request: HttpRequest, form: MyNumberForm | None = None, status: int = 200) -> HttpResponse:
    person, today = person_of(request), clock.today()
    rows = own_numbers.of_person(person, today)
    context = {
        "desk": Situation(request),
        "scopes": [f"person-{person.pk}"],
        "numbers": [(row, _rings(row)) for row in rows],
        "may_add": own_numbers.may_add(person, today),
        "form": form or MyNumberForm(),
        "has_desk_phones": bool(settings.DESK_PHONES_AT),
    }
    page = render_part_or_page(request, "desk/my_telephone.html", context, _PARTS)
    page.status_code = status
    return page


def _rings(row: OwnNumber) -> bool:
    """Whether a test ring of the number goes on."""
    if row.outcome != TrialOutcome.RINGING or row.tried_at is None:
        return False
    return (clock.now() - row.tried_at).total_seconds() < TRIAL_SECONDS

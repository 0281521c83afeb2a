"""The lines of a draft: who is asked about what, and when."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.accounts.permissions import Permission as P
from indgang.core import clock
from indgang.office.availability import access
from indgang.office.availability.forms import LineForm
from indgang.ui.refusals import refusals_as_messages, refusals_on_form
from indgang.workforce import agreements, window_words
from indgang.workforce.models import PromisedWindow


@require_http_methods(["GET", "POST"])
@requires(P.MAKE_AGREEMENTS)
def line_new(request: HttpRequest, pk: int) -> HttpResponse:
    agreement = access.agreement_to_change(person_of(request), pk)
    return _line(request, PromisedWindow(agreement=agreement))


@require_http_methods(["GET", "POST"])
@requires(P.MAKE_AGREEMENTS)
def line(request: HttpRequest, pk: int, line: int) -> HttpResponse:
    agreement = access.agreement_to_change(person_of(request), pk)
    return _line(request, access.line_for(agreement, line))


@require_POST
@requires(P.MAKE_AGREEMENTS)
def line_removal(request: HttpRequest, pk: int, line: int) -> HttpResponse:
    agreement = access.agreement_to_change(person_of(request), pk)
    with refusals_as_messages(request):
        agreements.remove_window(access.line_for(agreement, line), by=person_of(request), at=clock.now())
        messages.success(request, _("Træffetiden er fjernet."))
    return redirect("office:agreement", pk)


def _line(request: HttpRequest, shown: PromisedWindow) -> HttpResponse:
    form = LineForm(request.POST or None, line=shown)
    if request.method == "POST" and form.is_valid():
        with refusals_on_form(form, people="person0"):
            saved = agreements.save_window(shown, form.values, form.people, by=person_of(request), at=clock.now())
            messages.success(request, _("Gemt: %(week)s.") % {"week": window_words.week(saved)})
            return redirect("office:agreement", shown.agreement_id)
    context = {"line": shown, "agreement": shown.agreement, "form": form}
    return render(request, "office/availability/line.html", context, status=422 if form.errors else 200)

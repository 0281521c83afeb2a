"""The pages of early warnings."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from indgang.accounts.gate import person_of, requires
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission as P
from indgang.core import clock
from indgang.measures.definitions import versioned
from indgang.office.figures.addresses import FigureAddresses, ShownFigure
from indgang.office.reports import access
from indgang.office.reports.forms import WarningAnswerForm
from indgang.reports import addressees, rights, warnings
from indgang.reports.models import EarlyWarning
from indgang.ui.refusals import refusals_on_form

_PAGE = 50


@require_GET
@requires(P.SIGN_COOPERATION, P.LEAD_TEAM)
def warnings_list(request: HttpRequest) -> HttpResponse:
    """The warnings, and how many of the answered ones were false."""
    seen = access.warnings_seen(person_of(request))
    page = Paginator(seen, _PAGE).get_page(request.GET.get("page"))
    answered = Q(answered_at__isnull=False)
    counts = seen.aggregate(
        all=Count("pk"), answered=Count("pk", filter=answered), false=Count("pk", filter=Q(is_false=True))
    )
    rows = [(row, warnings.in_words(row)) for row in page]
    return render(request, "office/reports/warnings.html", {"rows": rows, "page": page, "counts": counts})


@require_http_methods(["GET", "POST"])
@requires(P.SIGN_COOPERATION, P.LEAD_TEAM)
def warning(request: HttpRequest, pk: int) -> HttpResponse:
    """One warning, and the answer to it."""
    shown = access.warning_for(person_of(request), pk)
    form = WarningAnswerForm(request.POST or None, warning=shown)
    if request.method == "POST" and form.is_valid():
        with refusals_on_form(form):
            warnings.answer(shown, **form.cleaned_data, by=person_of(request), at=clock.now())
            messages.success(request, _("Svaret er gemt."))
            return redirect("office:early-warnings")
    told = list(rights.warned(shown.centre, clock.today()))
    unreachable = addressees.unreachable(told)
    context = {
        "warning": shown, "said": warnings.in_words(shown), "form": form, "unreachable": unreachable,
        "has_nobody": not told, "picture": warnings.plot(shown), "imported": warnings.imported(shown),
        "address": _address(person_of(request), shown),
    }  # fmt: skip
    return render(request, "office/reports/warning.html", context, status=422 if form.errors else 200)


def _address(person: Person, shown: EarlyWarning) -> str:
    """The figure's page for the day of the warning; empty for who does not see figures."""
    kpi = versioned(shown.figure, shown.version)
    return FigureAddresses(person).of(ShownFigure(kpi, shown.day, shown.day, shown.centre.code))

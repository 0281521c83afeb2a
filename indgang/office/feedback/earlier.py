"""Results of earlier measurements: what is imported, and a table to import."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from indgang.accounts.access import everywhere
from indgang.accounts.gate import person_of, requires
from indgang.core import clock
from indgang.feedback import earlier as measured
from indgang.feedback.models import EarlierResult
from indgang.office.feedback import access
from indgang.office.feedback.forms import EarlierTableForm
from indgang.tables.reading import UnreadableTable, WrongRow

_PER_PAGE = 50


@require_GET
@requires(access.SEE)
def earlier(request: HttpRequest) -> HttpResponse:
    return _page(request, EarlierTableForm())


@require_POST
@requires(access.SET)
def earlier_import(request: HttpRequest) -> HttpResponse:
    """Import a table: all of its rows or none."""
    form = EarlierTableForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            found = measured.import_results(form.cleaned_data["table"], by=person_of(request), at=clock.now())
        except UnreadableTable as unreadable:
            form.add_error("table", str(unreadable))
            return _page(request, form)
        if not found.wrong:
            said = {"new": found.new, "changed": found.changed}
            messages.success(request, _("%(new)d nye resultater, %(changed)d ændret.") % said)
            return redirect("office:feedback-earlier")
        form.add_error("table", _("Nogle rækker er forkerte. Ret dem, og hent filen ind igen."))
        return _page(request, form, found.wrong)
    return _page(request, form)


def _page(request: HttpRequest, form: EarlierTableForm, wrong: Sequence[WrongRow] = ()) -> HttpResponse:
    person = person_of(request)
    page = Paginator(access.earlier_results(person), _PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form, "page": page, "rows": list(page), "may_import": everywhere(person, access.SET),
        "columns": "; ".join(measured.COLUMNS), "scales": EarlierResult.MeasuredOn.values,
        "indicators": measured.RATED, "wrong": wrong,
    }  # fmt: skip
    return render(request, "office/feedback/earlier.html", context, status=422 if form.errors else 200)

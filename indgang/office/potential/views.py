"""Who could answer what is asked: registrations, a counting week, an import or a file by the rules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.accounts.permissions import Permission as P
from indgang.accounts.submission import own_transactions
from indgang.analysis import counted_rows, decided_tables, imported_counts, registrations, words
from indgang.analysis.count_sources import CountSource, NoTopics
from indgang.analysis.counting import rights
from indgang.analysis.potential import reading
from indgang.analysis.potential.decided_rows import DecidedRow
from indgang.core import clock
from indgang.core.refusals import RefusedChange
from indgang.office.figures.access import centres_seen
from indgang.office.potential import handover
from indgang.office.potential.forms import CountFileForm, PotentialFilter
from indgang.office.potential.results import shown
from indgang.plots.numbers import decimal
from indgang.ui import downloads
from indgang.ui.pages import render_part_or_page
from indgang.ui.refusals import refusals_as_messages

#: refused rows of a file that a page shows; the number includes all
_MOST_SAID = 100


@require_GET
@requires(P.SEE_FIGURES)
def potential(request: HttpRequest) -> HttpResponse:
    form, context = _asked(request)
    if found := context.get("found"):
        context |= handover.shown(request, person_of(request), form, found)
    status = 422 if form.errors else 200
    parts = {"potential-result": "result"}
    return render_part_or_page(request, "office/potential/potential.html", context, parts, status)


@require_GET
@requires(P.SEE_FIGURES)
def enquiries(request: HttpRequest) -> HttpResponseBase:
    """What the address asks for as a table for spreadsheets: each row with the rule that decided it."""
    _form, context = _asked(request)
    if "decided" not in context:
        return redirect(f"{reverse('office:potential')}?{request.GET.urlencode()}")
    return _table(context["decided"]())


def _table(rows: Iterator[DecidedRow]) -> HttpResponseBase:
    return downloads.table(decided_tables.heading(), decided_tables.in_words(rows), "kanalpotentiale.csv")


@require_POST
@requires(P.EDIT_PROGRAMME)
def case(request: HttpRequest) -> HttpResponse:
    """Make a business case of what the address asks for, or give its numbers to one."""
    form, context = _asked(request)
    with refusals_as_messages(request):
        found = context.get("found")
        if found is None:
            raise RefusedChange({"": _("Der er ingen registreringer i perioden.")})
        targets = handover.PotentialTargetsForm(request.POST, rows=found.rows)
        made = handover.use(targets, form, found, by=person_of(request))
        return redirect("office:case", made.code)
    return redirect(f"{reverse('office:potential')}?{request.GET.urlencode()}")


def _asked(request: HttpRequest) -> tuple[PotentialFilter, dict[str, Any]]:
    """What the address asks for, and what comes of it."""
    person = person_of(request)
    form = PotentialFilter(
        request.GET, centres=centres_seen(person), weeks=rights.seen_by(person),
        counts=imported_counts.offered_to(person),
    )  # fmt: skip
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        try:
            context |= _computed(form)
        except NoTopics:
            form.add_error("rules", words.no_topics())
        except registrations.TooMany:
            said = _("Der er flere end %(most)s registreringer. Vælg en kortere periode eller ét center.")
            form.add_error(None, said % {"most": decimal(registrations.MOST, 0)})
        except imported_counts.TooManyCounted:
            said = _("Optællingen har flere end %(most)s henvendelser.")
            form.add_error(None, said % {"most": decimal(imported_counts.MOST, 0)})
    return form, context


def _computed(form: PotentialFilter) -> dict[str, Any]:
    counts = form.cleaned_data.get("counts")
    source = _source(form)
    if not len(source.enquiries):
        return {"is_empty": True}
    found = shown(form.rule_list, source, unmoved=form.unmoved)
    return found | {"source": counts, "is_counted": bool(form.weeks)}


def _source(form: PotentialFilter) -> CountSource:
    """An imported count with what is assumed of it, counting weeks, or registrations."""
    counts, today = form.cleaned_data.get("counts"), clock.today()
    if counts is not None:
        return imported_counts.count(counts, form.assumed)
    if form.weeks:
        return counted_rows.count(form.weeks, today=today)
    questions = registrations.registered(form.period, form.centre_codes)
    return registrations.source(questions, last=form.cleaned_data["last"], today=today)


@require_http_methods(["GET", "POST"])
@requires(P.SEE_FIGURES)
@own_transactions
def file(request: HttpRequest) -> HttpResponseBase:
    """The potential of a file, by the reader of `indgang potential`, on the page or each row for a spreadsheet. Neither
    the file nor the result is stored."""
    form = CountFileForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"form": form, "columns": [words.column_word(each) for each in reading.COLUMNS]}
    if request.method == "POST" and form.is_valid():
        counted = form.counted
        context |= {
            "bad": [words.bad_row(each) for each in counted.bad[:_MOST_SAID]], "bad_number": len(counted.bad),
            "is_counted": True, "is_file": True, "is_empty": not len(counted.enquiries),
        }  # fmt: skip
        if len(counted.enquiries) and not (counted.bad and not form.cleaned_data["skip_bad"]):
            source = CountSource(counted.rows, counted.enquiries, form.cleaned_data["factor"])
            context |= shown(form.rule_list, source, unmoved=form.unmoved)
            if "each_row" in request.POST:
                return _table(context["decided"](counted.lines))
    status = 422 if form.is_bound and (form.errors or "rows" not in context) else 200
    return render(request, "office/potential/file.html", context, status=status)

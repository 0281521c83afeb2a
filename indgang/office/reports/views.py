"""The pages of reports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission as P
from indgang.core import clock
from indgang.measures.definitions import versioned
from indgang.office.figures.addresses import FigureAddresses, ShownFigure
from indgang.office.reports import access
from indgang.office.reports.forms import ReportNotesForm
from indgang.office.reports.words import named
from indgang.plots.storing import restored
from indgang.reports import document, rights, sending
from indgang.reports.models import Report
from indgang.ui.downloads import saved
from indgang.ui.refusals import refusals_as_messages, refusals_on_form

_READERS = (P.SEE_FIGURES, P.SIGN_COOPERATION, P.LEAD_TEAM, P.TAKE_CALLS)
_PAGE = 50


@require_GET
@requires(*_READERS)
def reports(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    page = Paginator(access.reports_seen(person).defer("pdf", "content"), _PAGE).get_page(request.GET.get("page"))
    context = {"rows": list(page), "page": page, "may_make": access.centres_made(person).exists()}
    return render(request, "office/reports/reports.html", context)


@require_GET
@requires(*_READERS)
def report(request: HttpRequest, pk: int) -> HttpResponse:
    return _report(request, access.report_for(person_of(request), pk))


@require_GET
@requires(*_READERS)
def file(request: HttpRequest, pk: int) -> HttpResponse:
    """The report as a PDF: the stored one, or for a draft what it would be now."""
    shown = access.report_for(person_of(request), pk)
    made = bytes(shown.pdf) if shown.pdf is not None else document.pdf(shown)
    return saved(f"rapport-{shown.template.centre.code}-{shown.first_day:%Y-%m-%d}.pdf", "application/pdf", made)


@require_GET
@requires(*_READERS)
def board(request: HttpRequest, pk: int) -> HttpResponse:
    """The report for a meeting at the board: large, the whole screen, read from a distance."""
    shown = access.report_for(person_of(request), pk)
    theme = "dark" if request.GET.get("theme") == "dark" else "light"
    return render(request, "office/reports/board.html", {"report": shown, "blocks": _blocks(shown), "theme": theme})


@require_POST
@requires(P.SIGN_COOPERATION, P.LEAD_TEAM)
def notes(request: HttpRequest, pk: int) -> HttpResponse:
    shown = access.report_to_change(person_of(request), pk)
    form = ReportNotesForm(request.POST, report=shown)
    if form.is_valid():
        with refusals_on_form(form):
            sending.write_notes(shown, form.cleaned_data["notes"], by=person_of(request), at=clock.now())
            messages.success(request, _("Bemærkningerne er gemt."))
            return redirect("office:report", pk)
    return _report(request, shown, form)


@require_POST
@requires(P.SIGN_COOPERATION, P.LEAD_TEAM)
def sending_now(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a draft before its day."""
    shown = access.report_to_change(person_of(request), pk)
    with refusals_as_messages(request):
        sending.send(shown, by=person_of(request), at=clock.now())
        messages.success(request, _("Rapporten er sendt."))
    return redirect("office:report", pk)


@require_POST
@requires(P.SIGN_COOPERATION, P.LEAD_TEAM)
def sending_missed(request: HttpRequest, pk: int) -> HttpResponse:
    """Send what was sent to those who have not got it."""
    shown = access.report_to_change(person_of(request), pk)
    with refusals_as_messages(request):
        people = sending.send_missed(shown, by=person_of(request), at=clock.now())
        messages.success(request, _("Rapporten er sendt til %(names)s.") % {"names": named(people)})
    return redirect("office:report", pk)


def _report(request: HttpRequest, shown: Report, form: ReportNotesForm | None = None) -> HttpResponse:
    may_change = access.may_change(person_of(request), shown)
    may_note = may_change and shown.sent_at is None
    context = {
        "report": shown,
        "content": shown.content,
        "blocks": _linked(_blocks(shown), shown, person_of(request)),
        "may_change": may_change,
        "form": form or (ReportNotesForm(report=shown) if may_note else None),
        "receipts": list(shown.receipts.select_related("person")) if may_change else [],
        "has_nobody": may_note and rights.has_nobody(shown.template, shown.sends_on),
        "missed": named(sending.missed(shown, clock.today())) if may_change else "",
    }
    return render(request, "office/reports/report.html", context, status=422 if form else 200)


def _blocks(shown: Report) -> list[dict[str, Any]]:
    """The blocks with their plots as plots again."""
    return [
        {**block, "plot": restored(block["plot"])} if block["kind"] == "plot" else block
        for block in shown.content["blocks"]
    ]


def _linked(blocks: list[dict[str, Any]], shown: Report, person: Person) -> list[dict[str, Any]]:
    """Each row of a table of figures beside the address of its figure's page, as far as the person sees it."""
    addresses = FigureAddresses(person)
    return [
        {**block, "linked": [(addresses.of(_figure(each, shown)), row)
                             for each, row in zip(block["figures"], block["rows"], strict=True)]}
        if block.get("figures") else block
        for block in blocks
    ]  # fmt: skip


def _figure(kept: Mapping[str, Any], shown: Report) -> ShownFigure:
    return ShownFigure(
        versioned(kept["code"], kept["version"]), shown.first_day, shown.last_day, shown.template.centre.code,
        channel=kept["channel"], within=kept["within"],
    )  # fmt: skip

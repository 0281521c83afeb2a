"""The pages of a counting week: the list, the set-up, who counts, what came out, and the sheets of paper."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.accounts.models import Person
from indgang.analysis.counting import blank_sheet, counted, paper, rights, setting_up, week_table
from indgang.analysis.counting.models import CountingPerson, CountingWeek
from indgang.core import clock
from indgang.office.access import part_of
from indgang.office.counting import access
from indgang.office.counting.access import STAFF
from indgang.office.counting.forms import (
    CountedPurposeForm,
    CountingLevelForm,
    CountingPersonForm,
    CountingSheetForm,
    CountingWeekForm,
    MappedPurposeForm,
)
from indgang.tables.reading import UnreadableTable
from indgang.ui import downloads
from indgang.ui.refusals import refusals_as_messages, refusals_on_form


@require_GET
@requires(*STAFF)
def weeks(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    rows = list(rights.seen_by(person))
    counting = set(CountingWeek.objects.filter(people__person=person).values_list("pk", flat=True))
    context = {"rows": rows, "counting": counting, "may_set_up": rights.units_to_count(person).exists()}
    return render(request, "office/counting/weeks.html", context)


@require_http_methods(["GET", "POST"])
@requires(rights.SET_UP)
def new(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    form = CountingWeekForm(request.POST or None, person=person)
    if request.method == "POST" and form.is_valid():
        with refusals_on_form(form):
            made = setting_up.plan(form.cleaned_data, by=person, at=clock.now())
            return redirect("office:counting-week", made.pk)
    return _form(request, form, _("Ny tælleuge"), reverse("office:counting-weeks"))


@require_GET
@requires(*STAFF)
def week(request: HttpRequest, pk: int) -> HttpResponse:
    return _week(request, access.week_for(person_of(request), pk))


@require_http_methods(["GET", "POST"])
@requires(*STAFF)
def set_up(request: HttpRequest, pk: int) -> HttpResponse:
    person = person_of(request)
    shown = access.week_to_set_up(person, pk)
    form = CountingWeekForm(request.POST or None, person=person, week=shown)
    if request.method == "POST" and form.is_valid():
        with refusals_on_form(form):
            setting_up.change(shown, form.cleaned_data, by=person, at=clock.now())
            return redirect("office:counting-week", pk)
    return _form(request, form, _("Ret tælleugen"), reverse("office:counting-week", args=[pk]))


@require_POST
@requires(*STAFF)
def closing(request: HttpRequest, pk: int) -> HttpResponse:
    return _done(request, pk, access.week_to_set_up(person_of(request), pk), setting_up.close)


@require_POST
@requires(*STAFF)
def reopening(request: HttpRequest, pk: int) -> HttpResponse:
    return _done(request, pk, access.week_to_set_up(person_of(request), pk), setting_up.reopen)


@require_POST
@requires(*STAFF)
def purposes(request: HttpRequest, pk: int) -> HttpResponse:
    person, form = person_of(request), CountedPurposeForm(request.POST)
    shown = access.week_to_set_up(person, pk)
    if form.is_valid():
        with refusals_on_form(form):
            setting_up.add_purpose(shown, **form.cleaned_data, by=person, at=clock.now())
            return redirect("office:counting-week", pk)
    return _week(request, shown, status=422, purpose_form=form)


@require_http_methods(["GET", "POST"])
@requires(*STAFF)
def purpose(request: HttpRequest, pk: int, purpose: int) -> HttpResponse:
    """Say which of the nine purposes a wording belongs to, and whether it is case processing."""
    person = person_of(request)
    row = part_of(access.week_to_set_up(person, pk).purposes.select_related("week"), purpose)
    form = MappedPurposeForm(request.POST or None, stored=row)
    if request.method == "POST" and form.is_valid():
        with refusals_on_form(form):
            setting_up.map_purpose(row, **form.cleaned_data, by=person, at=clock.now())
            return redirect("office:counting-week", pk)
    return _form(request, form, row.name, reverse("office:counting-week", args=[pk]))


@require_POST
@requires(*STAFF)
def purpose_removal(request: HttpRequest, pk: int, purpose: int) -> HttpResponse:
    row = part_of(access.week_to_set_up(person_of(request), pk).purposes.select_related("week"), purpose)
    return _done(request, pk, row, setting_up.remove_purpose)


@require_POST
@requires(*STAFF)
def people(request: HttpRequest, pk: int) -> HttpResponse:
    person, form = person_of(request), CountingPersonForm(request.POST)
    shown = access.week_to_set_up(person, pk)
    if form.is_valid():
        with refusals_on_form(form):
            setting_up.add_person(
                shown, person=form.cleaned_data["person"], is_first_level=form.is_first_level, by=person, at=clock.now()
            )
            return redirect("office:counting-week", pk)
    return _week(request, shown, status=422, person_form=form)


@require_POST
@requires(*STAFF)
def person_level(request: HttpRequest, pk: int, person: int) -> HttpResponse:
    """Say whether somebody counts in a main entry, or where enquiries come straight to case workers."""
    by, form = person_of(request), CountingLevelForm(request.POST)
    row = part_of(access.week_to_set_up(by, pk).people.select_related("week", "person"), person)
    if form.is_valid():
        with refusals_as_messages(request):
            setting_up.set_level(row, is_first_level=form.is_first_level, by=by, at=clock.now())
    else:
        messages.error(request, _("Vælg, hvor personen tæller."))
    return redirect("office:counting-week", pk)


@require_POST
@requires(*STAFF)
def person_removal(request: HttpRequest, pk: int, person: int) -> HttpResponse:
    row = part_of(access.week_to_set_up(person_of(request), pk).people.select_related("week", "person"), person)
    return _done(request, pk, row, setting_up.remove_person)


@require_GET
@requires(*STAFF)
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """A sheet to print and fill by hand: one line for each enquiry."""
    shown = access.week_for(person_of(request), pk)
    context = {"week": shown, "purposes": shown.purposes.all(), "lines": range(24)}
    return render(request, "office/counting/sheet.html", context)


@require_GET
@requires(*STAFF)
def blank(request: HttpRequest, pk: int) -> HttpResponse:
    """A workbook to fill, with the columns and purposes of the week."""
    shown = access.week_for(person_of(request), pk)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return downloads.saved(f"counting-{shown.pk}.xlsx", kind, blank_sheet.workbook(shown))


@require_POST
@requires(*STAFF)
def sheets(request: HttpRequest, pk: int) -> HttpResponse:
    """Read a filled sheet: all of its lines or none."""
    person = person_of(request)
    shown = access.week_to_set_up(person, pk)
    form = CountingSheetForm(request.POST, request.FILES, week=shown)
    if not form.is_valid():
        return _week(request, shown, status=422, sheet_form=form)
    content, counted_by = form.cleaned_data["table"], form.cleaned_data["person"]
    with refusals_on_form(form):
        try:
            read = paper.read_sheet(shown, content, counted_by=counted_by, by=person, at=clock.now())
        except UnreadableTable as unreadable:
            form.add_error("table", str(unreadable))
            return _week(request, shown, status=422, sheet_form=form)
        if not read.wrong:
            said = {"new": read.new, "known": read.known, "removed": read.removed}
            messages.success(request, _("%(new)d nye, %(known)d var talt, %(removed)d er taget ud.") % said)
            _warn_of_taps(request, counted_by, read.tapped)
            return redirect("office:counting-week", pk)
        form.add_error("table", _("Nogle rækker er forkerte. Ret dem, og hent filen ind igen."))
        return _week(request, shown, status=422, sheet_form=form, wrong=read.wrong)
    return _week(request, shown, status=422, sheet_form=form)


def _warn_of_taps(request: HttpRequest, counted_by: Person, days: Sequence[date]) -> None:
    if days:
        said = _(
            "%(name)s har også talt på telefonen samme dag: %(days)s. "
            "Se efter, at de samme henvendelser ikke tæller to gange."
        )
        written = ", ".join(f"{day:%d.%m.%Y}" for day in days)
        messages.warning(request, said % {"name": counted_by.name, "days": written})


@require_POST
@requires(*STAFF)
def sheet_removal(request: HttpRequest, pk: int, sheet: int) -> HttpResponse:
    row = part_of(access.week_to_set_up(person_of(request), pk).sheets.select_related("week", "counted_by"), sheet)
    return _done(request, pk, row, paper.take_back)


@require_GET
@requires(*STAFF)
def file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """What was counted, one line for each enquiry, without who counted. Its first column is no sheet's, because what
    was tapped would be counted again. `indgang potential` and *Regn på en fil* read it."""
    shown = access.week_for(person_of(request), pk)
    return downloads.table(week_table.heading(), week_table.rows(shown), f"counting-{shown.pk}.csv")


def _done(request: HttpRequest, pk: int, row: Any, action: Callable[..., object]) -> HttpResponse:
    """The week, after `action(row, by=, at=)` or with why it was refused."""
    with refusals_as_messages(request):
        action(row, by=person_of(request), at=clock.now())
    return redirect("office:counting-week", pk)


def _form(request: HttpRequest, form: Any, heading: str, back: str) -> HttpResponse:
    context = {"form": form, "heading": heading, "back": back}
    return render(request, "office/form.html", context, status=422 if form.errors else 200)


def _people(shown: CountingWeek) -> list[tuple[CountingPerson, bool]]:
    """Who counts, and whether in a main entry."""
    is_main = setting_up.is_main_entry(shown)
    rows = shown.people.select_related("person")
    return [(each, is_main if each.is_first_level is None else each.is_first_level) for each in rows]


def _week(request: HttpRequest, shown: CountingWeek, *, status: int = 200, **more: Any) -> HttpResponse:
    person = person_of(request)
    sets_up = rights.may_set_up(person, shown)
    context = {
        "week": shown, "sets_up": sets_up, "counts": rights.counts(person, shown),
        "may_change": sets_up and shown.closed_at is None, "result": counted.result(shown, today=clock.today()),
        "purposes": shown.purposes.select_related("purpose"), "people": _people(shown),
        "purpose_form": CountedPurposeForm(), "person_form": CountingPersonForm(),
        "sheet_form": CountingSheetForm(week=shown), "columns": "; ".join(paper.COLUMNS),
        "handed_in": paper.handed_in(shown) if sets_up else (),
    }  # fmt: skip
    return render(request, "office/counting/week.html", context | more, status=status)

"""The contacts behind a figure, as a list, as a file, and one by one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from indgang.accounts.gate import person_of, requires
from indgang.audit import trail
from indgang.core import clock
from indgang.history import imported_days
from indgang.office.figures import access, files, parquet, words
from indgang.office.figures.contacts import ContactsOfFigure, figures_of
from indgang.office.figures.described import DescribedFigure
from indgang.office.figures.forms import ContactsFilter, FigureFilter
from indgang.office.figures.query import without

PAGE = "office.counted_contact"


@require_GET
@requires(access.SEE_CONTACTS)
def contacts(request: HttpRequest, code: str) -> HttpResponse:
    """A page of the contacts, whose bases add up to the figure's."""
    form = _form(request)
    is_valid = form.is_valid()
    definition = access.definition_for(code, form.days.last)
    context: dict[str, Any] = {"form": form, "text": DescribedFigure(definition)}
    if is_valid:
        found = ContactsOfFigure(definition, form)
        rows, following = found.page()
        context |= {
            "found": found, "rows": rows, "following": following, "side": form.chosen_side, "sides": form.SIDES,
            "is_first": not form.cleaned_data.get("after"), "days": words.days_words(form.days.first, form.days.last),
            "query": without(request.GET, "after"),
            "figure_query": without(request.GET, "after", "part", "side", *_strange_to_figure(form)),
            "side_query": without(request.GET, "after", "side"),
            "imported": imported_days.within(form.days.first, form.days.last, form.only),
        }  # fmt: skip
    return render(request, "office/figures/contacts.html", context, status=422 if form.errors else 200)


@require_GET
@requires(access.SEE_CONTACTS)
def file(request: HttpRequest, code: str) -> HttpResponseBase:
    """All of them for a spreadsheet."""
    form = _form(request)
    is_valid = form.is_valid()
    definition = access.definition_for(code, form.days.last)
    if not is_valid:
        return files.refused()
    return files.of_contacts(f"{definition.code}-henvendelser", form, ContactsOfFigure(definition, form))


@require_GET
@requires(access.SEE_CONTACTS)
def parquet_file(request: HttpRequest, code: str) -> HttpResponseBase:
    """The same rows for tools that read Parquet."""
    form = _form(request)
    is_valid = form.is_valid()
    definition = access.definition_for(code, form.days.last)
    return parquet.of_contacts(form, ContactsOfFigure(definition, form)) if is_valid else files.refused()


@require_GET
@requires(access.SEE_CONTACTS)
def contact(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What one contact counts in which figures. The look is logged."""
    person = person_of(request)
    enquiry, facts, is_own = access.contact_for(person, pk)
    trail.looks(by=person, at=clock.now(), subjects=[enquiry], page=PAGE)
    context = {"enquiry": enquiry, "is_own": is_own, "counted": figures_of(pk, facts)}
    return render(request, "office/figures/contact.html", context)


def _strange_to_figure(form: ContactsFilter) -> list[str]:
    """What the page of the figure does not take: it always shows the course, and splits by other parts."""
    return [] if form.cleaned_data.get("by") in FigureFilter.PARTS else ["by"]


def _form(request: HttpRequest) -> ContactsFilter:
    return ContactsFilter(request.GET, centres=access.centres_seen(person_of(request), access.SEE_CONTACTS))

"""The directory: the search, and one page to change an entry."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from indgang.accounts.gate import person_of, refused, requires
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission as P
from indgang.catalogue import directory
from indgang.catalogue.models import DirectoryEntry
from indgang.core import clock
from indgang.core.text import whole_number
from indgang.entry.team import phone_book
from indgang.entry.team.phone_book import PhoneBook
from indgang.office.catalogue import access, cleaning
from indgang.office.catalogue.forms import DirectoryFilter, EntryForm, carry_out, facts_of, values_of_entry

PER_PAGE = 50


@require_GET
@requires(P.SEARCH_DIRECTORY)
def entry_list(request: HttpRequest) -> HttpResponse:
    """The telephone book: people who can be asked now first, and what else holds the words."""
    person, form = person_of(request), DirectoryFilter(request.GET)
    form.full_clean()
    book, page = _found(form, whole_number(request.GET.get("page", ""), 6) or 1, by=person)
    context = {
        "form": form,
        "rows": book.people,
        "book": book,
        "page": page,
        "may_add": access.units_edited(person).exists(),
    }
    return render(request, "office/catalogue/directory.html", context)


def _found(form: DirectoryFilter, number: int, *, by: Person) -> tuple[PhoneBook, Any]:
    """What the search finds, with page `number` of the people; the last page when there are fewer."""
    text, unit = form.cleaned_data.get("text", ""), form.cleaned_data.get("unit")
    asked: dict[str, Any] = {"by": by, "at": clock.now(), "unit": unit, "most": PER_PAGE}
    book = phone_book.search(text, first=(number - 1) * PER_PAGE, **asked)
    page = Paginator(range(book.total), PER_PAGE).get_page(number)
    if page.number != number:
        book = phone_book.search(text, first=(page.number - 1) * PER_PAGE, **asked)
    return book, page


@require_http_methods(["GET", "POST"])
@requires(P.EDIT_CATALOGUE)
def entry_new(request: HttpRequest) -> HttpResponse:
    form = EntryForm(access.units_edited(person_of(request)), request.POST or None)
    made = DirectoryEntry()
    if request.method == "POST" and carry_out(form, directory.save, entry=made, by=person_of(request), at=clock.now()):
        messages.success(request, _("Ændringen er gemt."))
        return redirect("office:directory-entry", made.pk)
    return _entry(request, form, _("Ny i telefonbogen"), may_edit=True)


@require_GET
@requires(P.EDIT_CATALOGUE)
def cleaning_list(request: HttpRequest) -> HttpResponse:
    """What to tidy up: the reminder of entries not verified for long, and entries without a user."""
    units, today = access.units_edited(person_of(request)), clock.today()
    unverified = cleaning.not_verified(units, today)
    entries, entries_count = cleaning.entries_alone(units, today, most=PER_PAGE)
    context = {
        "days": settings.DIRECTORY_VERIFY_DAYS,
        "unverified": unverified[:PER_PAGE],
        "unverified_count": unverified.count(),
        "entries": entries,
        "entries_count": entries_count,
    }
    return render(request, "office/catalogue/directory_cleaning.html", context)


@require_http_methods(["GET", "POST"])
@requires(P.SEARCH_DIRECTORY)
def entry(request: HttpRequest, pk: int) -> HttpResponse:
    person = person_of(request)
    shown = access.entry_for(pk)
    may_edit = access.may_edit(person, shown.unit)
    if request.method == "POST" and not may_edit:
        return refused(request, P.EDIT_CATALOGUE)
    title = shown.name
    form = EntryForm(access.units_edited(person), request.POST or None, initial=values_of_entry(shown))
    if request.method == "POST" and carry_out(form, directory.save, entry=shown, by=person, at=clock.now()):
        messages.success(request, _("Ændringen er gemt."))
        return redirect("office:directory-entry", pk)
    beside = {"entry": shown, "person": access.person_of_entry(shown), "may_verify": access.may_verify(person, shown)}
    return _entry(request, form, title, may_edit=may_edit, **beside)


@require_POST
@requires(P.SEARCH_DIRECTORY)
def verification(request: HttpRequest, pk: int) -> HttpResponse:
    """Still right: noted by the person of the entry, or by somebody who may change it."""
    person, shown = person_of(request), access.entry_for(pk)
    if not access.may_verify(person, shown):
        return refused(request, P.EDIT_CATALOGUE)
    directory.verify(shown, by=person, at=clock.now())
    messages.success(request, _("Noteret: opslaget er stadig rigtigt."))
    if request.POST.get("to") == "cleaning":
        return redirect("office:directory-cleaning")
    return redirect("office:directory-entry", pk)


def _entry(request: HttpRequest, form: EntryForm, title: str, *, may_edit: bool, **beside: Any) -> HttpResponse:
    context = {
        "form": form,
        "title": title,
        "back": "office:directory",
        "back_label": _("Telefonbog"),
        "may_edit": may_edit,
        "revised": bool(form.initial),
        "facts": [] if may_edit else facts_of(form),
        **beside,
    }
    return render(request, "office/catalogue/row.html", context, status=422 if form.errors else 200)

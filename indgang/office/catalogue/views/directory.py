"""The directory: the search, and one page to change an entry."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from indgang.accounts.gate import person_of, refused, requires
from indgang.accounts.permissions import Permission as P
from indgang.catalogue import directory
from indgang.catalogue.models import DirectoryEntry
from indgang.core import clock
from indgang.office.catalogue import access
from indgang.office.catalogue.forms import DirectoryFilter, EntryForm, carry_out, facts_of, values_of_entry

PER_PAGE = 50


@require_GET
@requires(P.SEARCH_DIRECTORY)
def entry_list(request: HttpRequest) -> HttpResponse:
    form = DirectoryFilter(request.GET)
    form.full_clean()
    found = directory.search(form.cleaned_data.get("text", ""), on=clock.today(), unit=form.cleaned_data.get("unit"))
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "rows": page,
        "page": page,
        "may_add": access.units_edited(person_of(request)).exists(),
    }
    return render(request, "office/catalogue/directory.html", context)


@require_http_methods(["GET", "POST"])
@requires(P.EDIT_CATALOGUE)
def entry_new(request: HttpRequest) -> HttpResponse:
    form = EntryForm(access.units_edited(person_of(request)), request.POST or None)
    made = DirectoryEntry()
    if request.method == "POST" and carry_out(form, directory.save, entry=made, by=person_of(request), at=clock.now()):
        messages.success(request, _("Ændringen er gemt."))
        return redirect("office:directory-entry", made.pk)
    return _entry(request, form, _("Ny i telefonbogen"), may_edit=True)


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

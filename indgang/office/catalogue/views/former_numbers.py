"""Old main numbers: the list, and one page to change a number."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from indgang.accounts.gate import person_of, refused, requires
from indgang.accounts.permissions import Permission as P
from indgang.core import clock
from indgang.entry.models import FormerNumber
from indgang.entry.setup import former_numbers
from indgang.office.catalogue import access
from indgang.office.catalogue.forms import FormerNumberForm, carry_out, facts_of, values_of_former_number


@require_GET
@requires(P.SEARCH_DIRECTORY)
def number_list(request: HttpRequest) -> HttpResponse:
    rows = FormerNumber.objects.select_related("entry_point", "queue", "unit")
    context = {"rows": rows, "today": clock.today(), "may_add": access.units_edited(person_of(request)).exists()}
    return render(request, "office/catalogue/former_numbers.html", context)


@require_http_methods(["GET", "POST"])
@requires(P.EDIT_CATALOGUE)
def number_new(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    form = FormerNumberForm(access.units_edited(person), request.POST or None)
    if request.method == "POST" and form.is_valid() and not access.may_edit(person, form.cleaned_data["unit"]):
        return refused(request, P.EDIT_CATALOGUE)
    if request.method == "POST" and carry_out(form, former_numbers.save, row=FormerNumber(), by=person, at=clock.now()):
        messages.success(request, _("Ændringen er gemt."))
        return redirect("office:former-numbers")
    return _number(request, form, _("Tilføj gammelt nummer"), may_edit=True)


@require_http_methods(["GET", "POST"])
@requires(P.SEARCH_DIRECTORY)
def number(request: HttpRequest, pk: int) -> HttpResponse:
    person, shown = person_of(request), access.former_number_for(pk)
    may_edit = access.may_edit(person, shown.unit)
    if request.method == "POST" and not may_edit:
        return refused(request, P.EDIT_CATALOGUE)
    title, given = shown.name, request.POST or None
    form = FormerNumberForm(access.units_edited(person), given, initial=values_of_former_number(shown))
    if request.method == "POST" and form.is_valid() and not access.may_edit(person, form.cleaned_data["unit"]):
        return refused(request, P.EDIT_CATALOGUE)
    if request.method == "POST" and carry_out(form, former_numbers.save, row=shown, by=person, at=clock.now()):
        messages.success(request, _("Ændringen er gemt."))
        return redirect("office:former-number", pk)
    return _number(request, form, title, may_edit=may_edit)


def _number(request: HttpRequest, form: FormerNumberForm, title: str, *, may_edit: bool) -> HttpResponse:
    context = {
        "form": form,
        "title": title,
        "back": "office:former-numbers",
        "back_label": _("Gamle numre"),
        "may_edit": may_edit,
        "revised": bool(form.initial),
        "facts": [] if may_edit else facts_of(form),
    }
    return render(request, "office/catalogue/row.html", context, status=422 if form.errors else 200)

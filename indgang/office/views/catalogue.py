"""Units, contact centres, services and purposes: lists, and one page for each row."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from indgang.accounts.gate import person_of, refused, requires
from indgang.accounts.permissions import Permission as P
from indgang.catalogue import centres, offering, units
from indgang.catalogue.models import ContactCentre, Purpose, Service, Unit
from indgang.core import clock
from indgang.office import catalogue_access as access
from indgang.office.catalogue_forms import (
    CentreForm,
    LocalPurposesForm,
    MoveForm,
    PurposeForm,
    ServiceFilter,
    ServiceForm,
    UnitForm,
    carry_out,
    facts_of,
    values_of,
)


def _row(
    request: HttpRequest,
    form: forms.Form,
    *,
    title: str,
    back: str,
    back_label: str | Promise,
    may_edit: bool,
    **more: Any,
) -> HttpResponse:
    """The page of one row: its form, or its values for who may only look. `more` goes to the template."""
    facts = [] if may_edit else facts_of(form)
    context = {"form": form, "title": title, "back": back, "back_label": back_label, "may_edit": may_edit, **more}
    context["facts"] = [*more.get("facts", []), *facts]
    return render(request, "office/catalogue_row.html", context, status=422 if form.errors else 200)


def _saved(request: HttpRequest, url_name: str, *args: Any) -> HttpResponse:
    messages.success(request, _("Ændringen er gemt."))
    return redirect(url_name, *args)


# --- Units -------------------------------------------------------------------------------------


@require_GET
@requires(P.SEE_CATALOGUE)
def unit_list(request: HttpRequest) -> HttpResponse:
    found = list(access.units_seen(person_of(request)))
    for each in found:
        each.indent = "\u2003" * (each.path.count("/") - 1)  # type: ignore[attr-defined]  # for the template
    may_add = access.units_edited(person_of(request)).exists()
    return render(request, "office/catalogue_units.html", {"units": found, "today": clock.today(), "may_add": may_add})


@require_http_methods(["GET", "POST"])
@requires(P.EDIT_CATALOGUE)
def unit_new(request: HttpRequest) -> HttpResponse:
    allowed = access.units_edited(person_of(request))
    form = UnitForm(allowed, request.POST or None, new=True)
    if request.method == "POST" and carry_out(form, units.add, by=person_of(request), at=clock.now()):
        return _saved(request, "office:unit", form.cleaned_data["code"])
    return _row(request, form, title=_("Ny enhed"), back="office:units", back_label=_("Enheder"), may_edit=True)


@require_http_methods(["GET", "POST"])
@requires(P.SEE_CATALOGUE)
def unit(request: HttpRequest, code: str) -> HttpResponse:
    person = person_of(request)
    shown = access.unit_for(person, code)
    may_edit = access.may_edit(person, shown)
    if request.method == "POST" and not may_edit:
        return refused(request, P.EDIT_CATALOGUE)
    allowed = access.units_edited(person)
    form = UnitForm(allowed, request.POST or None, initial=values_of(shown, UnitForm))
    if request.method == "POST" and carry_out(form, units.change, unit=shown, by=person, at=clock.now()):
        return _saved(request, "office:unit", code)
    return _unit(request, shown, form, MoveForm(allowed), may_edit=may_edit)


@require_POST
@requires(P.EDIT_CATALOGUE)
def unit_move(request: HttpRequest, code: str) -> HttpResponse:
    person = person_of(request)
    shown = access.unit_for(person, code)
    if not access.may_edit(person, shown):
        return refused(request, P.EDIT_CATALOGUE)
    allowed = access.units_edited(person)
    form = MoveForm(allowed, request.POST)
    if carry_out(form, units.move, unit=shown, by=person, at=clock.now()):
        return _saved(request, "office:unit", code)
    return _unit(request, shown, UnitForm(allowed, initial=values_of(shown, UnitForm)), form, may_edit=True)


def _unit(request: HttpRequest, shown: Unit, form: UnitForm, move_form: MoveForm, *, may_edit: bool) -> HttpResponse:
    response = _row(
        request,
        form,
        title=shown.name,
        back="office:units",
        back_label=_("Enheder"),
        may_edit=may_edit,
        facts=[(_("Kode"), shown.code), (_("Hører under"), str(shown.parent or "–"))],
        move_form=move_form if may_edit and shown.parent else None,
        unit=shown,
    )
    if move_form.errors:
        response.status_code = 422
    return response


# --- Centres -----------------------------------------------------------------------------------


@require_GET
@requires(P.SEE_CATALOGUE)
def centre_list(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    context = {
        "centres": access.centres_seen(person),
        "today": clock.today(),
        "may_add": access.units_edited(person).exists(),
    }
    return render(request, "office/catalogue_centres.html", context)


@require_http_methods(["GET", "POST"])
@requires(P.EDIT_CATALOGUE)
def centre_new(request: HttpRequest) -> HttpResponse:
    form = CentreForm(access.units_edited(person_of(request)), request.POST or None, new=True)
    made = ContactCentre()
    if request.method == "POST" and carry_out(form, centres.save, centre=made, by=person_of(request), at=clock.now()):
        return _saved(request, "office:centre-setup", made.code)
    return _row(
        request, form, title=_("Nyt kontaktcenter"), back="office:centres", back_label=_("Centre"), may_edit=True
    )


@require_http_methods(["GET", "POST"])
@requires(P.SEE_CATALOGUE)
def centre(request: HttpRequest, code: str) -> HttpResponse:
    person = person_of(request)
    shown = access.centre_for(person, code)
    may_edit = access.may_edit(person, shown.owner)
    if request.method == "POST" and not may_edit:
        return refused(request, P.EDIT_CATALOGUE)
    form = CentreForm(access.units_edited(person), request.POST or None, initial=values_of(shown, CentreForm))
    title = shown.name
    if request.method == "POST" and carry_out(form, centres.save, centre=shown, by=person, at=clock.now()):
        return _saved(request, "office:centre-setup", code)
    return _row(
        request,
        form,
        title=title,
        back="office:centres",
        back_label=_("Centre"),
        may_edit=may_edit,
        facts=[(_("Kode"), code)],
    )


# --- Services and purposes ---------------------------------------------------------------------


@require_GET
@requires(P.SEE_CATALOGUE)
def service_list(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    form = ServiceFilter(request.GET)
    form.full_clean()
    found = access.services_seen(person)
    matching = offering.search(
        form.cleaned_data.get("text", ""), on=None if form.cleaned_data.get("ended") else clock.today()
    )
    context = {
        "services": found.filter(pk__in=matching.values("pk")),
        "form": form,
        "today": clock.today(),
        "may_add": access.units_edited(person).exists(),
    }
    return render(request, "office/catalogue_services.html", context)


@require_http_methods(["GET", "POST"])
@requires(P.EDIT_CATALOGUE)
def service_new(request: HttpRequest) -> HttpResponse:
    form = ServiceForm(access.units_edited(person_of(request)), request.POST or None, new=True)
    made = Service()
    if request.method == "POST" and carry_out(
        form, offering.save_service, service=made, by=person_of(request), at=clock.now()
    ):
        return _saved(request, "office:service", made.code)
    return _row(request, form, title=_("Ny ydelse"), back="office:services", back_label=_("Ydelser"), may_edit=True)


@require_http_methods(["GET", "POST"])
@requires(P.SEE_CATALOGUE)
def service(request: HttpRequest, code: str) -> HttpResponse:
    person = person_of(request)
    shown = access.service_for(person, code)
    may_edit = access.may_edit(person, shown.unit)
    if request.method == "POST" and not may_edit:
        return refused(request, P.EDIT_CATALOGUE)
    form = ServiceForm(access.units_edited(person), request.POST or None, initial=values_of(shown, ServiceForm))
    if request.method == "POST" and carry_out(form, offering.save_service, service=shown, by=person, at=clock.now()):
        return _saved(request, "office:service", code)
    return _service(request, shown, form, _local_form(shown), may_edit=may_edit)


@require_POST
@requires(P.EDIT_CATALOGUE)
def service_local_purposes(request: HttpRequest, code: str) -> HttpResponse:
    person = person_of(request)
    shown = access.service_for(person, code)
    if not access.may_edit(person, shown.unit):
        return refused(request, P.EDIT_CATALOGUE)
    form = LocalPurposesForm(request.POST)
    if carry_out(form, offering.set_local_purposes, service=shown, by=person, at=clock.now(), today=clock.today()):
        return _saved(request, "office:service", code)
    values = ServiceForm(access.units_edited(person), initial=values_of(shown, ServiceForm))
    response = _service(request, shown, values, form, may_edit=True)
    response.status_code = 422
    return response


def _local_form(shown: Service) -> LocalPurposesForm:
    rows = shown.local_purposes.valid_on(clock.today())
    return LocalPurposesForm(initial={"lines": LocalPurposesForm.text_of(rows)})


def _service(
    request: HttpRequest, shown: Service, form: ServiceForm, local_form: LocalPurposesForm, *, may_edit: bool
) -> HttpResponse:
    return _row(
        request,
        form,
        title=shown.name,
        back="office:services",
        back_label=_("Ydelser"),
        may_edit=may_edit,
        facts=[(_("Kode"), shown.code)],
        local_form=local_form if may_edit else None,
        local_purposes=shown.local_purposes.valid_on(clock.today()).select_related("purpose"),
        service=shown,
    )


@require_GET
@requires(P.SEE_CATALOGUE)
def purpose_list(request: HttpRequest) -> HttpResponse:
    context = {
        "purposes": Purpose.objects.all(),
        "today": clock.today(),
        "may_add": access.may_edit(person_of(request), None),
    }
    return render(request, "office/catalogue_purposes.html", context)


@require_http_methods(["GET", "POST"])
@requires(P.EDIT_CATALOGUE)
def purpose_new(request: HttpRequest) -> HttpResponse:
    if not access.may_edit(person_of(request), None):
        return refused(request, P.EDIT_CATALOGUE)
    form = PurposeForm(request.POST or None, new=True)
    made = Purpose()
    if request.method == "POST" and carry_out(
        form, offering.save_purpose, purpose=made, by=person_of(request), at=clock.now()
    ):
        return _saved(request, "office:purpose", made.code)
    return _row(request, form, title=_("Nyt ærinde"), back="office:purposes", back_label=_("Ærinder"), may_edit=True)


@require_http_methods(["GET", "POST"])
@requires(P.SEE_CATALOGUE)
def purpose(request: HttpRequest, code: str) -> HttpResponse:
    person = person_of(request)
    shown = access.purpose_for(code)
    may_edit = access.may_edit(person, None)
    if request.method == "POST" and not may_edit:
        return refused(request, P.EDIT_CATALOGUE)
    form = PurposeForm(request.POST or None, initial=values_of(shown, PurposeForm))
    if request.method == "POST" and carry_out(form, offering.save_purpose, purpose=shown, by=person, at=clock.now()):
        return _saved(request, "office:purpose", code)
    return _row(
        request,
        form,
        title=shown.name,
        back="office:purposes",
        back_label=_("Ærinder"),
        may_edit=may_edit,
        facts=[(_("Kode"), code)],
    )

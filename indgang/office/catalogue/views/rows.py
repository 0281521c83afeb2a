"""Units, contact centres, services and purposes: lists, and one page for each row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from indgang.accounts.gate import person_of, refused, requires
from indgang.accounts.permissions import Permission as P
from indgang.catalogue import centres, offering, units
from indgang.catalogue.models import ContactCentre, Purpose, Service, Unit
from indgang.core import clock
from indgang.office.catalogue import access
from indgang.office.catalogue.forms import (
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
from indgang.office.unit_choice import indent


@dataclass(frozen=True, slots=True)
class _Kind:
    """The labels of one kind of row, and the URL names of its pages."""

    page: str
    back: str
    back_label: str | Promise
    new_title: str | Promise


_UNIT = _Kind("office:unit", "office:units", gettext_lazy("Enheder"), gettext_lazy("Ny enhed"))
_CENTRE = _Kind("office:centre-setup", "office:centres", gettext_lazy("Centre"), gettext_lazy("Nyt kontaktcenter"))
_SERVICE = _Kind("office:service", "office:services", gettext_lazy("Ydelser"), gettext_lazy("Ny ydelse"))
_PURPOSE = _Kind("office:purpose", "office:purposes", gettext_lazy("Ærinder"), gettext_lazy("Nyt ærinde"))


def _row(
    request: HttpRequest, kind: _Kind, form: forms.Form, *, title: str | Promise, may_edit: bool, **more: Any
) -> HttpResponse:
    """The page of one row: its form, or its values for readers. `more` is extra template context."""
    facts = [] if may_edit else facts_of(form)
    context = {"form": form, "title": title, "back": kind.back, "back_label": kind.back_label, "may_edit": may_edit}
    context["revised"] = title != kind.new_title
    context |= more | {"facts": [*more.get("facts", []), *facts]}
    return render(request, "office/catalogue/row.html", context, status=422 if form.errors else 200)


def _new(request: HttpRequest, kind: _Kind, form: forms.Form, action: Callable[..., Any], **more: Any) -> HttpResponse:
    """The page for a new row; a POST creates it. `more` holds further arguments of the action."""
    if request.method == "POST" and carry_out(form, action, by=person_of(request), at=clock.now(), **more):
        return _saved(request, kind, form.cleaned_data["code"])
    return _row(request, kind, form, title=kind.new_title, may_edit=True)


def _posted(
    request: HttpRequest, kind: _Kind, form: forms.Form, action: Callable[..., Any], *, code: str, may_edit: bool,
    **more: Any,
) -> HttpResponse | None:  # fmt: skip
    """The response to a POST, refused or carried out; None when the page of the row is to be shown."""
    if request.method != "POST":
        return None
    if not may_edit:
        return refused(request, P.EDIT_CATALOGUE)
    if carry_out(form, action, by=person_of(request), at=clock.now(), **more):
        return _saved(request, kind, code)
    return None


def _saved(request: HttpRequest, kind: _Kind, code: str) -> HttpResponse:
    messages.success(request, _("Ændringen er gemt."))
    return redirect(kind.page, code)


# --- Units -------------------------------------------------------------------------------------


@require_GET
@requires(P.SEE_CATALOGUE)
def unit_list(request: HttpRequest) -> HttpResponse:
    found = [(each, indent(each)) for each in access.units_seen(person_of(request))]
    may_add = access.units_edited(person_of(request)).exists()
    return render(request, "office/catalogue/units.html", {"rows": found, "today": clock.today(), "may_add": may_add})


@require_http_methods(["GET", "POST"])
@requires(P.EDIT_CATALOGUE)
def unit_new(request: HttpRequest) -> HttpResponse:
    form = UnitForm(access.units_edited(person_of(request)), request.POST or None, new=True)
    return _new(request, _UNIT, form, units.add)


@require_http_methods(["GET", "POST"])
@requires(P.SEE_CATALOGUE)
def unit(request: HttpRequest, code: str) -> HttpResponse:
    person = person_of(request)
    shown = access.unit_for(person, code)
    may_edit, allowed = access.may_edit(person, shown), access.units_edited(person)
    form = UnitForm(allowed, request.POST or None, initial=values_of(shown, UnitForm))
    answer = _posted(request, _UNIT, form, units.change, unit=shown, code=code, may_edit=may_edit)
    return answer or _unit(request, shown, form, MoveForm(allowed), may_edit=may_edit)


@require_POST
@requires(P.SEE_CATALOGUE)
def unit_move(request: HttpRequest, code: str) -> HttpResponse:
    person = person_of(request)
    shown = access.unit_for(person, code)
    may_edit, allowed = access.may_edit(person, shown), access.units_edited(person)
    form = MoveForm(allowed, request.POST)
    answer = _posted(request, _UNIT, form, units.move, unit=shown, code=code, may_edit=may_edit)
    return answer or _unit(request, shown, UnitForm(allowed, initial=values_of(shown, UnitForm)), form, may_edit=True)


def _unit(request: HttpRequest, shown: Unit, form: UnitForm, move_form: MoveForm, *, may_edit: bool) -> HttpResponse:
    response = _row(
        request,
        _UNIT,
        form,
        title=shown.name,
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
        "rows": access.centres_seen(person),
        "today": clock.today(),
        "may_add": access.units_edited(person).exists(),
    }
    return render(request, "office/catalogue/centres.html", context)


@require_http_methods(["GET", "POST"])
@requires(P.EDIT_CATALOGUE)
def centre_new(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    owners, schedules = access.units_edited(person), access.schedules_of(person, P.EDIT_CATALOGUE)
    form = CentreForm(owners, schedules, request.POST or None, new=True)
    return _new(request, _CENTRE, form, centres.save, centre=ContactCentre())


@require_http_methods(["GET", "POST"])
@requires(P.SEE_CATALOGUE)
def centre(request: HttpRequest, code: str) -> HttpResponse:
    person = person_of(request)
    shown = access.centre_for(person, code)
    may_edit = access.may_edit(person, shown.owner)
    title = shown.name  # the form may hold an unsaved name
    owners, schedules = access.units_edited(person), access.schedules_of(person, P.EDIT_CATALOGUE)
    initial = values_of(shown, CentreForm)
    form = CentreForm(owners, schedules, request.POST or None, own=shown.schedule_id, initial=initial)
    answer = _posted(request, _CENTRE, form, centres.save, centre=shown, code=code, may_edit=may_edit)
    return answer or _row(request, _CENTRE, form, title=title, may_edit=may_edit, facts=[(_("Kode"), code)])


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
        "rows": found.filter(pk__in=matching.values("pk")),
        "form": form,
        "today": clock.today(),
        "may_add": access.units_edited(person).exists(),
    }
    return render(request, "office/catalogue/services.html", context)


@require_http_methods(["GET", "POST"])
@requires(P.EDIT_CATALOGUE)
def service_new(request: HttpRequest) -> HttpResponse:
    form = ServiceForm(access.units_edited(person_of(request)), request.POST or None, new=True)
    return _new(request, _SERVICE, form, offering.save_service, service=Service())


@require_http_methods(["GET", "POST"])
@requires(P.SEE_CATALOGUE)
def service(request: HttpRequest, code: str) -> HttpResponse:
    person = person_of(request)
    shown = access.service_for(person, code)
    may_edit = access.may_edit(person, shown.unit)
    form = ServiceForm(access.units_edited(person), request.POST or None, initial=values_of(shown, ServiceForm))
    answer = _posted(request, _SERVICE, form, offering.save_service, service=shown, code=code, may_edit=may_edit)
    return answer or _service(request, shown, form, _local_form(shown), may_edit=may_edit)


@require_POST
@requires(P.EDIT_CATALOGUE)
def service_local_purposes(request: HttpRequest, code: str) -> HttpResponse:
    person = person_of(request)
    shown = access.service_for(person, code)
    form = _local_form(shown, request.POST)
    answer = _posted(
        request, _SERVICE, form, offering.set_local_purposes, service=shown, today=clock.today(), code=code,
        may_edit=access.may_edit(person, shown.unit),
    )  # fmt: skip
    if answer is not None:
        return answer
    values = ServiceForm(access.units_edited(person), initial=values_of(shown, ServiceForm))
    response = _service(request, shown, values, form, may_edit=True)
    response.status_code = 422
    return response


def _local_form(shown: Service, data: QueryDict | None = None) -> LocalPurposesForm:
    rows = shown.local_purposes.valid_on(clock.today())
    return LocalPurposesForm(data, initial={"lines": LocalPurposesForm.text_of(rows)})


def _service(
    request: HttpRequest, shown: Service, form: ServiceForm, local_form: LocalPurposesForm, *, may_edit: bool
) -> HttpResponse:
    return _row(
        request,
        _SERVICE,
        form,
        title=shown.name,
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
        "rows": Purpose.objects.all(),
        "today": clock.today(),
        "may_add": access.may_edit(person_of(request), None),
    }
    return render(request, "office/catalogue/purposes.html", context)


@require_http_methods(["GET", "POST"])
@requires(P.EDIT_CATALOGUE)
def purpose_new(request: HttpRequest) -> HttpResponse:
    if not access.may_edit(person_of(request), None):
        return refused(request, P.EDIT_CATALOGUE)
    form = PurposeForm(request.POST or None, new=True)
    return _new(request, _PURPOSE, form, offering.save_purpose, purpose=Purpose())


@require_http_methods(["GET", "POST"])
@requires(P.SEE_CATALOGUE)
def purpose(request: HttpRequest, code: str) -> HttpResponse:
    person = person_of(request)
    shown = access.purpose_for(code)
    may_edit = access.may_edit(person, None)
    title = shown.name
    form = PurposeForm(request.POST or None, initial=values_of(shown, PurposeForm))
    answer = _posted(request, _PURPOSE, form, offering.save_purpose, purpose=shown, code=code, may_edit=may_edit)
    return answer or _row(request, _PURPOSE, form, title=title, may_edit=may_edit, facts=[(_("Kode"), code)])

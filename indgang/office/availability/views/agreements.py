"""One agreement: its lines, terms and signatures."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.accounts.permissions import Permission as P
from indgang.core import clock
from indgang.office import signing
from indgang.office.availability import access, shown_lines
from indgang.office.availability.forms import AgreementTermsForm
from indgang.ui.refusals import refusals_as_messages, refusals_on_form
from indgang.workforce import agreements
from indgang.workforce.models import AvailabilityAgreement


@require_GET
@requires(P.SEE_CATALOGUE, P.MAKE_AGREEMENTS)
def agreement(request: HttpRequest, pk: int) -> HttpResponse:
    return _agreement(request, access.agreement_for(person_of(request), pk))


@require_http_methods(["GET", "POST"])
@requires(P.MAKE_AGREEMENTS)
def terms(request: HttpRequest, pk: int) -> HttpResponse:
    """First day, people and procedure of a draft."""
    shown = access.agreement_to_change(person_of(request), pk)
    form = AgreementTermsForm(request.POST or None, agreement=shown)
    if request.method == "POST" and form.is_valid():
        with refusals_on_form(form):
            agreements.save(shown, form.cleaned_data, by=person_of(request), at=clock.now())
            messages.success(request, _("Aftalen er gemt."))
            return redirect("office:agreement", pk)
    context = {"agreement": shown, "form": form}
    return render(request, "office/availability/terms.html", context, status=422 if form.errors else 200)


@require_POST
@requires(P.MAKE_AGREEMENTS)
def removal(request: HttpRequest, pk: int) -> HttpResponse:
    """Discard a draft."""
    shown = access.agreement_to_change(person_of(request), pk)
    with refusals_as_messages(request):
        agreements.discard(shown, by=person_of(request), at=clock.now())
        messages.success(request, _("Kladden er kasseret."))
        return redirect("office:unit-agreements", shown.unit.code)
    return redirect("office:agreement", pk)


@require_POST
@requires(P.MAKE_AGREEMENTS)
def signature(request: HttpRequest, pk: int) -> HttpResponse:
    shown = access.agreement_to_change(person_of(request), pk)
    form = signing.SignatureForm(request.POST)
    if form.is_valid():
        with refusals_as_messages(request):
            revision, by = form.cleaned_data["revision"], person_of(request)
            signing.sign(request, lambda: agreements.sign(shown, revision=revision, by=by, at=clock.now()))
    return redirect("office:agreement", pk)


@require_POST
@requires(P.MAKE_AGREEMENTS)
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a signed agreement end without a new one."""
    shown = access.agreement_to_change(person_of(request), pk)
    form = signing.AgreementEndForm(request.POST, agreement=shown)
    if form.is_valid():
        with refusals_on_form(form):
            on = form.cleaned_data["on"]
            is_there = agreements.end(shown, on=on, by=person_of(request), at=clock.now())
            signing.say_ended(request, on, is_there=is_there)
            return redirect("office:agreement", pk) if is_there else redirect("office:unit-agreements", shown.unit.code)
    return _agreement(request, shown, status=422, end_form=form)


def _agreement(request: HttpRequest, shown: AvailabilityAgreement, *, status: int = 200, **more: Any) -> HttpResponse:
    person, today = person_of(request), clock.today()
    lines, problems = shown_lines.of(shown)
    may_make, state = access.may_make(person, shown.unit), shown.state_on(today)
    context = {
        "agreement": shown,
        "state": state,
        "lines": lines,
        "problems": problems,
        "is_sound": not problems and not any(line.problems for line in lines),
        "may_edit": may_make and state == "draft",
        "may_end": may_make and state in ("signed", "in_force"),
        "signs_for": _signs_for(shown, person.pk) if may_make and state == "draft" else "",
        "takes_over_from": agreements.in_force(shown.unit, shown.valid_from) if state == "draft" else None,
        "has_passed": state == "draft" and shown.valid_from < today,
        "end_form": signing.AgreementEndForm(agreement=shown),
    }
    return render(request, "office/availability/agreement.html", context | more, status=status)


def _signs_for(agreement: AvailabilityAgreement, person: int) -> str:
    """For which side the person has still to sign: "unit", "centre", or neither."""
    if person == agreement.contact_id and agreement.contact_signed_at is None:
        return "unit"
    if person == agreement.coordinator_id and agreement.coordinator_signed_at is None:
        return "centre"
    return ""

"""The pages of cooperation agreements."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from indgang.accounts import two_parties
from indgang.accounts.gate import person_of, requires
from indgang.accounts.permissions import Permission as P
from indgang.agreements import cooperation, differences, document
from indgang.agreements.annexes import annexes
from indgang.agreements.models import AgreementPart, AgreementTarget, CooperationAgreement
from indgang.agreements.presets import PRESETS
from indgang.agreements.words import signed_words, terms_words
from indgang.catalogue.models import ContactCentre
from indgang.core import clock
from indgang.office import signing
from indgang.office.cooperation import access
from indgang.office.cooperation.forms import (
    AgreedTargetForm,
    CooperationDraftForm,
    CooperationTermsForm,
    PartForm,
    PresetForm,
)
from indgang.ui.downloads import saved
from indgang.ui.refusals import refusals_as_messages, refusals_on_form


@require_GET
@requires(P.SEE_FIGURES, P.SIGN_COOPERATION)
def centres(request: HttpRequest) -> HttpResponse:
    person, today = person_of(request), clock.today()
    found = list(access.agreements_seen(person))
    rows = [
        {"centre": centre, "states": [(row, row.state_on(today)) for row in found if row.centre_id == centre.pk]}
        for centre in access.centres_seen(person)
    ]
    return render(request, "office/cooperation/centres.html", {"rows": rows})


@require_GET
@requires(P.SEE_FIGURES, P.SIGN_COOPERATION)
def centre(request: HttpRequest, code: str) -> HttpResponse:
    return _centre(request, access.centre_for(person_of(request), code))


@require_POST
@requires(P.SIGN_COOPERATION)
def draft(request: HttpRequest, code: str) -> HttpResponse:
    """Begin a draft as a copy of the agreement in force."""
    person, shown = person_of(request), access.centre_to_make_for(person_of(request), code)
    form = _draft_form(request, shown)
    if form.is_valid():
        with refusals_on_form(form):
            made = cooperation.draft(shown, **form.cleaned_data, by=person, at=clock.now())
            messages.success(request, _("Kladden er oprettet. Skriv aftalen, og lad begge underskrive."))
            return redirect("office:cooperation", made.pk)
    return _centre(request, shown, form)


@require_GET
@requires(P.SEE_FIGURES, P.SIGN_COOPERATION)
def agreement(request: HttpRequest, pk: int) -> HttpResponse:
    return _agreement(request, access.agreement_for(person_of(request), pk))


@require_GET
@requires(P.SEE_FIGURES, P.SIGN_COOPERATION)
def file(request: HttpRequest, pk: int) -> HttpResponse:
    """The agreement as a PDF."""
    shown = access.agreement_for(person_of(request), pk)
    name = f"samarbejdsaftale-{shown.centre.code}-{shown.valid_from:%Y-%m-%d}.pdf"
    return saved(name, "application/pdf", document.file_of(shown))


@require_http_methods(["GET", "POST"])
@requires(P.SIGN_COOPERATION)
def terms(request: HttpRequest, pk: int) -> HttpResponse:
    """First day, signatories, price and staffing of a draft."""
    shown = access.agreement_to_change(person_of(request), pk)
    form = CooperationTermsForm(request.POST or None, agreement=shown)
    if request.method == "POST" and form.is_valid():
        with refusals_on_form(form):
            cooperation.save(shown, form.cleaned_data, by=person_of(request), at=clock.now())
            messages.success(request, _("Aftalen er gemt."))
            return redirect("office:cooperation", pk)
    context = {
        "agreement": shown, "form": form, "presets": PresetForm(), "heading": _("Startdato, parter og pris"),
        "back": _page_of(shown),
    }  # fmt: skip
    return render(request, "office/cooperation/terms.html", context, status=422 if form.errors else 200)


@require_POST
@requires(P.SIGN_COOPERATION)
def estimate(request: HttpRequest, pk: int) -> HttpResponse:
    """Fill in the volume, staffing and price of one of the published estimates."""
    shown = access.agreement_to_change(person_of(request), pk)
    form = PresetForm(request.POST)
    if form.is_valid():
        values = next(each.values for each in PRESETS if each.code == form.cleaned_data["preset"])
        with refusals_as_messages(request):
            cooperation.save(shown, values, by=person_of(request), at=clock.now())
    return redirect("office:cooperation-terms", pk)


def _page_of(shown: CooperationAgreement) -> str:
    return reverse("office:cooperation", args=[shown.pk])


@require_http_methods(["GET", "POST"])
@requires(P.SIGN_COOPERATION)
def part(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Write one of the six parts of a draft."""
    shown, chosen = access.agreement_to_change(person_of(request), pk), access.part_kind(kind)
    row = shown.parts.filter(kind=chosen).first() or AgreementPart(agreement=shown, kind=chosen)
    form = PartForm(request.POST or None, part=row)
    if request.method == "POST" and form.is_valid():
        with refusals_on_form(form):
            text = form.cleaned_data["text"]
            cooperation.write_part(shown, chosen, text, by=person_of(request), at=clock.now())
            return redirect("office:cooperation", pk)
    context = {"agreement": shown, "form": form, "heading": chosen.label, "back": _page_of(shown)}
    return render(request, "office/cooperation/form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@requires(P.SIGN_COOPERATION)
def target_new(request: HttpRequest, pk: int) -> HttpResponse:
    shown = access.agreement_to_change(person_of(request), pk)
    return _target(request, AgreementTarget(agreement=shown))


@require_http_methods(["GET", "POST"])
@requires(P.SIGN_COOPERATION)
def target(request: HttpRequest, pk: int, target: int) -> HttpResponse:
    return _target(request, access.target_for(access.agreement_to_change(person_of(request), pk), target))


def _target(request: HttpRequest, row: AgreementTarget) -> HttpResponse:
    form = AgreedTargetForm(request.POST or None, target=row)
    if request.method == "POST" and form.is_valid():
        with refusals_on_form(form):
            cooperation.save_target(row, form.cleaned_data, by=person_of(request), at=clock.now())
            return redirect("office:cooperation", row.agreement_id)
    heading = _("Ret mål") if row.pk else _("Nyt mål")
    context = {"agreement": row.agreement, "form": form, "heading": heading, "back": _page_of(row.agreement)}
    return render(request, "office/cooperation/form.html", context, status=422 if form.errors else 200)


@require_POST
@requires(P.SIGN_COOPERATION)
def target_removal(request: HttpRequest, pk: int, target: int) -> HttpResponse:
    row = access.target_for(access.agreement_to_change(person_of(request), pk), target)
    with refusals_as_messages(request):
        cooperation.remove_target(row, by=person_of(request), at=clock.now())
    return redirect("office:cooperation", pk)


@require_POST
@requires(P.SIGN_COOPERATION)
def signature(request: HttpRequest, pk: int) -> HttpResponse:
    shown = access.agreement_to_change(person_of(request), pk)
    form = signing.SignatureForm(request.POST)
    if form.is_valid():
        with refusals_as_messages(request):
            revision, by = form.cleaned_data["revision"], person_of(request)
            signing.sign(request, lambda: cooperation.sign(shown, revision=revision, by=by, at=clock.now()))
    return redirect("office:cooperation", pk)


@require_POST
@requires(P.SIGN_COOPERATION)
def removal(request: HttpRequest, pk: int) -> HttpResponse:
    """Discard a draft."""
    shown = access.agreement_to_change(person_of(request), pk)
    with refusals_as_messages(request):
        cooperation.discard(shown, by=person_of(request), at=clock.now())
        messages.success(request, _("Kladden er kasseret."))
        return redirect("office:centre-cooperation", shown.centre.code)
    return redirect("office:cooperation", pk)


@require_POST
@requires(P.SIGN_COOPERATION)
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a signed agreement end without a new one."""
    shown = access.agreement_to_change(person_of(request), pk)
    form = signing.AgreementEndForm(request.POST, agreement=shown)
    if form.is_valid():
        with refusals_on_form(form):
            on = form.cleaned_data["on"]
            is_there = cooperation.end(shown, on=on, by=person_of(request), at=clock.now())
            signing.say_ended(request, on, is_there=is_there)
            if is_there:
                return redirect("office:cooperation", pk)
            return redirect("office:centre-cooperation", shown.centre.code)
    return _agreement(request, shown, status=422, end_form=form)


def _agreement(request: HttpRequest, shown: CooperationAgreement, *, status: int = 200, **more: Any) -> HttpResponse:
    person, today = person_of(request), clock.today()
    state, may_make = shown.state_on(today), access.may_change(person, shown)
    is_draft = state == CooperationAgreement.State.DRAFT
    earlier = _earlier(shown, is_draft=is_draft)
    written = dict(shown.parts.values_list("kind", "text"))
    context = {
        "agreement": shown,
        "state": state,
        "parts": [(kind, written.get(kind, "")) for kind in AgreementPart.Kind],
        "annexes": annexes(shown),
        "terms": list(terms_words(shown)),
        "targets": [(row, signed_words(row)) for row in shown.targets.select_related("service", "baseline")],
        "earlier": earlier,
        "differences": differences.between(earlier, shown) if earlier else [],
        "problems": list(cooperation.problems(shown)) if is_draft else [],
        "may_edit": may_make and is_draft,
        "may_end": may_make and state in ("signed", "in_force"),
        "signs": is_draft and any(shown.signed_at(party) is None for party in shown.parties_of(person.pk)),
        "has_passed": is_draft and shown.valid_from < today,
        "end_form": signing.AgreementEndForm(agreement=shown),
    }
    return render(request, "office/cooperation/agreement.html", context | more, status=status)


def _earlier(shown: CooperationAgreement, *, is_draft: bool) -> CooperationAgreement | None:
    """The version that this one takes over from."""
    if is_draft:
        return two_parties.in_force(CooperationAgreement, shown.centre, shown.valid_from)
    return cast("CooperationAgreement | None", shown.took_over_from)


def _draft_form(request: HttpRequest, shown: ContactCentre) -> CooperationDraftForm:
    before = two_parties.in_force(CooperationAgreement, shown, clock.today())
    return CooperationDraftForm(request.POST or None, centre=shown, before=before)


def _centre(request: HttpRequest, shown: ContactCentre, form: CooperationDraftForm | None = None) -> HttpResponse:
    """Drafts first, then the agreements from the newest to the oldest."""
    person, today = person_of(request), clock.today()
    rows = access.agreements_seen(person).filter(centre=shown).order_by("-valid_from", "-pk")
    states = [(row, row.state_on(today)) for row in rows]
    has_draft = any(state == "draft" for _row, state in states)
    may_make = access.may_draft(person, shown)
    context = {
        "centre": shown,
        "agreements": sorted(states, key=lambda each: each[1] != "draft"),
        "form": form or (_draft_form(request, shown) if may_make and not has_draft else None),
    }
    return render(request, "office/cooperation/centre.html", context, status=422 if form else 200)

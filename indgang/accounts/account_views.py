"""A person's own sign-in: their sessions, their second factor and their passkeys."""

from __future__ import annotations

import json

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from indgang.accounts import passkeys, providers, second_factor, second_step_views
from indgang.accounts.forms import PasskeyForm
from indgang.accounts.gate import person_of, requires
from indgang.accounts.models import SecondFactor
from indgang.accounts.passkeys import BadPasskey
from indgang.accounts.submission import own_transactions
from indgang.core import clock

Kind = SecondFactor.Kind


@requires()
@never_cache
@require_GET
def account(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    used = [providers.find(settings.SIGN_ON, identity.provider) for identity in person.identities.all()]
    factors = list(person.second_factors.all())
    context = {
        "providers": [provider for provider in used if provider],
        "app": next((row for row in factors if row.kind == Kind.APP), None),
        "passkeys": [row for row in factors if row.kind == Kind.PASSKEY],
        "codes_left": sum(row.kind == Kind.RECOVERY for row in factors),
        "passkey_form": PasskeyForm(),
    }
    return render(request, "accounts/account.html", context)


@requires()
@own_transactions
@sensitive_post_parameters("code")
@never_cache
@require_http_methods(["GET", "POST"])
def app(request: HttpRequest) -> HttpResponse:
    """Set up the app that makes codes. It replaces an earlier app."""
    person = person_of(request)
    form, codes = second_step_views.set_up_app(request, person)
    if codes is not None:
        return render(request, "accounts/recovery_codes.html", {"codes": codes, "to": reverse("account")})
    context = second_step_views.app_context(request, person, form)
    return render(request, "accounts/app.html", context, status=422 if form.is_bound else 200)


@requires()
@require_POST
def app_removal(request: HttpRequest) -> HttpResponse:
    """Remove the app, unless a role requires a second factor and no passkey is left."""
    person = person_of(request)
    others = person.second_factors.filter(kind=Kind.PASSKEY).exists()
    if second_factor.is_needed(person, clock.today()) and not others:
        messages.error(request, _("Din rolle kræver to-trins-login. Sæt en anden app op i stedet."))
    else:
        for row in person.second_factors.filter(kind=Kind.APP):
            second_factor.remove(row, by=person, at=clock.now())
        messages.success(request, _("Koder fra appen er slået fra."))
    return redirect("account")


@requires()
@own_transactions
@never_cache
@require_POST
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Make new recovery codes and show them once."""
    person = person_of(request)
    if not second_factor.has(person):
        return redirect("account")
    codes = second_factor.new_recovery_codes(person, by=person, at=clock.now())
    return render(request, "accounts/recovery_codes.html", {"codes": codes, "to": reverse("account")})


@requires()
@own_transactions
@never_cache
@require_POST
def passkey_asked(request: HttpRequest) -> HttpResponse:
    """The options with which the browser makes a passkey."""
    return JsonResponse(passkeys.options_to_make(request, person_of(request)))


@requires()
@own_transactions
@never_cache
@require_POST
def passkey_made(request: HttpRequest) -> HttpResponse:
    """Store the passkey that the browser has made."""
    try:
        said = json.loads(request.body)
        form = PasskeyForm({"name": said["name"]})
        credential = said["credential"]
    except (ValueError, KeyError, TypeError):
        return HttpResponseBadRequest()
    if not form.is_valid():
        return JsonResponse({"error": _("Skriv et navn, så du kan kende den igen.")}, status=422)
    try:
        passkeys.make(request, person_of(request), credential, name=form.cleaned_data["name"], at=clock.now())
    except BadPasskey:
        return JsonResponse({"error": _("Adgangsnøglen kunne ikke gemmes. Prøv igen.")}, status=422)
    messages.success(request, _("Adgangsnøglen er gemt. Du kan logge ind med den næste gang."))
    return JsonResponse({"to": reverse("account")})


@requires()
@require_POST
def passkey_removal(request: HttpRequest, pk: int) -> HttpResponse:
    person = person_of(request)
    row = get_object_or_404(SecondFactor, person=person, kind=Kind.PASSKEY, pk=pk)
    others = person.second_factors.exclude(kind=Kind.RECOVERY).exclude(pk=row.pk).exists()
    if second_factor.is_needed(person, clock.today()) and not others:
        messages.error(request, _("Din rolle kræver to-trins-login. Lav en anden adgangsnøgle først."))
    else:
        second_factor.remove(row, by=person, at=clock.now())
        messages.success(request, _("Adgangsnøglen er fjernet. Slet den også, hvor browseren gemmer den."))
    return redirect("account")

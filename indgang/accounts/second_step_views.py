"""The second step of signing in: a code, a recovery code or a passkey. Also the sign-in with a passkey instead of a
password."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from indgang.accounts import (
    break_glass,
    carried,
    entrance,
    passkeys,
    second_factor,
    second_step,
    session_limits,
    throttling,
)
from indgang.accounts.forms import AppForm, CodeForm
from indgang.accounts.gate import public
from indgang.accounts.models import Person, SecondFactor
from indgang.accounts.passkeys import BadPasskey
from indgang.accounts.second_step import SecondStep
from indgang.accounts.submission import own_transactions
from indgang.core import clock

#: the session key of the secret of an app that is being set up, and the person who sets it up, until its first code
NEW_APP = "new_app"


@public
@own_transactions
@sensitive_post_parameters("code")
@never_cache
@require_http_methods(["GET", "POST"])
def second_step_page(request: HttpRequest) -> HttpResponse:
    """Ask for the code. Somebody who needs a second factor and has none sets up an app."""
    found, is_in_place = second_step.waiting(request), request.headers.get("HX-Request") == "true"
    if found is None:
        return _in_new_tab(request, has_run_out=True) if is_in_place else redirect("sign-in")
    step, person = found
    if not second_factor.has(person):
        return _in_new_tab(request) if is_in_place else _set_up(request, step, person)
    form = CodeForm(request.POST or None)
    if request.method == "POST":
        if locked := throttling.locked(request, person):
            return locked
        if form.is_valid() and _is_right(request, person, form):
            return _signed_in(request, step, person)
    template = "accounts/second_step.html#in_place" if is_in_place else "accounts/second_step.html"
    return render(request, template, {"form": form, "person": person}, status=422 if form.is_bound else 200)


def in_place(request: HttpRequest, person: Person) -> HttpResponse:
    """The second step in the dialog of a page: the code. Whoever has no app for codes goes on in a new tab."""
    if not person.second_factors.filter(kind=SecondFactor.Kind.APP).exists():
        return _in_new_tab(request)
    return render(request, "accounts/second_step.html#in_place", {"form": CodeForm(), "person": person}, status=422)


def _in_new_tab(request: HttpRequest, *, has_run_out: bool = False) -> HttpResponse:
    return render(request, "accounts/second_step.html#in_new_tab", {"has_run_out": has_run_out}, status=422)


@public
@own_transactions
@never_cache
@require_POST
def passkey_asked(request: HttpRequest) -> HttpResponse:
    """The options with which the browser shows a passkey."""
    return JsonResponse(passkeys.options_to_show(request))


@public
@own_transactions
@never_cache
@require_POST
def passkey_shown(request: HttpRequest) -> HttpResponse:
    """A passkey replaces the password and the second factor. In the second step it must belong to the same person."""
    found = second_step.waiting(request)
    try:
        said = json.loads(request.body)
        person = passkeys.shown(request, said["credential"], at=clock.now())
    except (BadPasskey, ValueError, KeyError, TypeError):
        return _no(_("Adgangsnøglen kendes ikke her. Log ind med adgangskode i stedet."))
    if found and found[1] != person:
        return _no(_("Adgangsnøglen hører til en anden bruger."))
    if not break_glass.may_use_password(person):
        return _no(_("Her logger man ind hos kommunens loginudbyder. Adgangskoder gælder ikke længere."))
    to = found[0].to if found else entrance.ours(request, request.GET.get("next", ""))
    sealed = str(said.get(carried.FIELD) or (found[0].sealed if found else ""))
    entrance.begin_local_session(request, person)
    second_step.done(request)
    return JsonResponse({"to": entrance.address_to_go_on(request, to=to, sealed=sealed)})


def _no(text: str) -> HttpResponse:
    return JsonResponse({"error": text}, status=422)


def _is_right(request: HttpRequest, person: Person, form: CodeForm) -> bool:
    """Whether the code is right. A wrong code counts as a wrong password does."""
    if second_factor.check(person, form.cleaned_data["code"], at=clock.now()):
        return True
    throttling.count_failure(request, person)
    form.add_error("code", _("Koden passer ikke, eller den er brugt. Vent på den næste, og prøv igen."))
    return False


def _signed_in(request: HttpRequest, step: SecondStep, person: Person) -> HttpResponse:
    entrance.begin_local_session(request, person)
    second_step.done(request)
    if request.headers.get("HX-Request") == "true":
        seconds = session_limits.seconds_left(request.session)
        return JsonResponse({"csrf": get_token(request), "seconds": seconds})
    return entrance.go_on(request, person, to=step.to, sealed=step.sealed)


def _set_up(request: HttpRequest, step: SecondStep, person: Person) -> HttpResponse:
    """Set up an app. The page that signs the person in shows the recovery codes."""
    form, codes = set_up_app(request, person)
    if codes is None:
        return render(request, "accounts/app.html", app_context(request, person, form) | {"is_needed": True},
                      status=422 if form.is_bound else 200)  # fmt: skip
    entrance.begin_local_session(request, person)
    second_step.done(request)
    to = entrance.address_to_go_on(request, to=step.to, sealed=step.sealed)
    return render(request, "accounts/recovery_codes.html", {"codes": codes, "to": to})


def set_up_app(request: HttpRequest, person: Person) -> tuple[AppForm, list[str] | None]:
    """The form as it was sent, and the recovery codes if its code was right."""
    form, secret = AppForm(request.POST or None), _secret(request, person)
    if request.method != "POST" or not form.is_valid():
        return form, None
    code = "".join(form.cleaned_data["code"].split())
    codes = second_factor.add_app(person, secret=secret, code=code, by=person, at=clock.now())
    if codes is None:
        form.add_error("code", _("Koden passer ikke. Se efter, at telefonens ur går rigtigt, og prøv den næste kode."))
    else:
        del request.session[NEW_APP]
    return form, codes


def _secret(request: HttpRequest, person: Person) -> str:
    """The secret of the app that `person` is setting up. Somebody else who began to in this browser knows another."""
    kept = request.session.get(NEW_APP)
    if not kept or kept["person"] != person.pk:
        kept = request.session[NEW_APP] = {"person": person.pk, "secret": second_factor.new_secret()}
    return str(kept["secret"])


def app_context(request: HttpRequest, person: Person, form: AppForm) -> dict[str, Any]:
    secret = _secret(request, person)
    spaced = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    return {"form": form, "picture": second_factor.picture_for_app(secret, person), "secret": spaced,
            "cancel": reverse("account")}  # fmt: skip

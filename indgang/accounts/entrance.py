"""Begins the session of somebody who has proved who they are, by password or at a provider, and sends them on to their
destination with what they had typed."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from indgang.accounts import break_glass, carried, session_limits, sessions
from indgang.accounts import language as languages
from indgang.accounts.models import Person
from indgang.core import clock

#: session key: where a page or script that comes after the sign-in goes on, and the sealed form
_GOES_ON = "goes_on"
_BACKEND = "django.contrib.auth.backends.ModelBackend"


def begin_session(request: HttpRequest, person: Person) -> None:
    """Sign `person` in, in this browser. Somebody else who is signed in there is signed out first."""
    at = clock.now()
    if request.user.is_authenticated and request.user != person:
        sessions.end(request, at=at)
    login(request, person, backend=_BACKEND)
    session_limits.begin(request.session, session_limits.of(person, clock.today()))


def begin_local_session(request: HttpRequest, person: Person) -> None:
    """Sign in somebody who has shown a local password or passkey. The use of a break-glass account raises an alert."""
    begin_session(request, person)
    if person.is_break_glass:
        break_glass.used(person, at=clock.now())


def go_on(request: HttpRequest, person: Person, *, to: str, sealed: str) -> HttpResponse:
    """Redirect to `to`. With a `sealed` form (empty: none) of the same person, show that form instead."""
    form = carried.unseal(sealed)
    if form is not None and form.person == person.pk:
        response = carried.give_back(request, form, "signed_in")
    else:
        response = redirect(to)
        if form is not None:
            messages.warning(request, _("Det, der stod i formularen, er skrevet af en anden og er ikke sendt."))
    languages.remember(response, person.language)
    return response


def address_to_go_on(request: HttpRequest, *, to: str, sealed: str) -> str:
    """The address that goes on as `go_on` does, for a page or script that comes after the sign-in."""
    sealed = carried.short(sealed)
    if not sealed:
        return to
    request.session[_GOES_ON] = {"to": to, "sealed": sealed}
    return resolve_url("signed-in")


def go_on_as_kept(request: HttpRequest, person: Person) -> HttpResponse:
    """Go on as the sign-in of this session kept it; to the start page when it kept nothing. The page may be loaded
    again until a form is sent (`forget_kept`)."""
    kept = request.session.get(_GOES_ON) or {"to": resolve_url("start"), "sealed": ""}
    return go_on(request, person, to=kept["to"], sealed=kept["sealed"])


def forget_kept(request: HttpRequest) -> None:
    """Forget what the sign-in of this session kept: what was typed must not lie there as long as the session lasts."""
    request.session.pop(_GOES_ON, None)


def wanted(request: HttpRequest) -> str:
    """The destination of the request when it is an address of this site; else the start page."""
    return ours(request, request.POST.get("next") or request.GET.get("next") or "")


def ours(request: HttpRequest, target: str) -> str:
    """`target` when it is an address of this site; else the start page."""
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if safe and target.startswith("/") else resolve_url("start")

"""Signing in and out, one's own password and language."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, update_session_auth_hash
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from indgang.accounts import language as languages
from indgang.accounts import people, sessions
from indgang.accounts.forms import PasswordForm, SignInForm
from indgang.accounts.gate import person_of, public, requires
from indgang.accounts.models import Person, RoleAssignment
from indgang.accounts.roles import ROLES
from indgang.core import clock


@public
@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated and request.method == "GET":
        return redirect(_next(request))
    form = SignInForm(request, request.POST or None)
    if request.method == "POST" and form.is_valid():
        person = form.get_user()
        login(request, person)
        response = redirect(_next(request))
        languages.remember(response, person.language)
        return response
    context = {"form": form, "next": _next(request), "demo_people": _demo_people()}
    return render(request, "accounts/sign_in.html", context, status=422 if form.is_bound else 200)


@public
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    sessions.end(request, at=clock.now())
    messages.success(request, _("Du er logget ud."))
    return redirect("sign-in")


@requires()
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    form = PasswordForm(person, request.POST or None)
    if request.method == "POST" and form.is_valid():
        people.change_password(person, form.cleaned_data["new"], by=person, at=clock.now())
        update_session_auth_hash(request, person)
        messages.success(request, _("Din adgangskode er ændret."))
        return redirect("start")
    return render(request, "accounts/password.html", {"form": form}, status=422 if form.is_bound else 200)


@public
@require_GET
def password_rules(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/password_rules.html", {"limit": settings.AXES_FAILURE_LIMIT})


@public
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Choose the language of the pages; `next` is where to go back to."""
    chosen = request.POST.get("language", "")
    response = redirect(_next(request))
    if chosen in dict(settings.LANGUAGES):
        if request.user.is_authenticated:
            people.choose_language(person_of(request), chosen)
        languages.remember(response, chosen)
    return response


def _next(request: HttpRequest) -> str:
    """Where to go on, when it is an address of ours; else the start page."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if safe else resolve_url("start")


def _demo_people() -> list[dict[str, object]]:
    """People to try the demo as, with their roles; empty outside the demo."""
    if not settings.DEMO:
        return []
    current = Prefetch("roles", RoleAssignment.objects.valid_on(clock.today()).select_related("unit"), "roles_today")
    found = Person.objects.filter(is_active=True).prefetch_related(current).order_by("pk")[:40]
    people_with_roles = [
        {"username": person.username, "name": person.name, "roles": [_role_line(role) for role in person.roles_today]}
        for person in found
    ]
    return [person for person in people_with_roles if person["roles"]]


def _role_line(assignment: object) -> str:
    role, unit = getattr(assignment, "role", ""), getattr(assignment, "unit", None)
    name = str(ROLES[role].name)
    return f"{name}, {unit.name}" if unit else name

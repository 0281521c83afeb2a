"""Signing in and out, and the person's own password and language."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from indgang.accounts import (
    carried,
    entrance,
    people,
    second_step,
    second_step_views,
    session_limits,
    sessions,
    single_logout,
    throttling,
)
from indgang.accounts import language as languages
from indgang.accounts.forms import PasswordForm, SignInForm
from indgang.accounts.gate import person_of, public, requires
from indgang.accounts.models import Person, RoleAssignment
from indgang.accounts.roles import ROLES
from indgang.accounts.submission import own_transactions
from indgang.core import clock


@public
@own_transactions
@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in page. In a dialog on a page whose session has ended: the form alone, and then the page's new
    token."""
    in_place = request.headers.get("HX-Request") == "true"
    if request.user.is_authenticated and request.method == "GET" and not in_place:
        return redirect(entrance.wanted(request))
    form = SignInForm(request, request.POST or None)
    if request.method == "POST" and form.is_valid() and form.is_welcome(request.POST.get("same", "")):
        return _signed_in(request, form.get_user(), in_place=in_place)
    context = {
        "form": form,
        "next": entrance.wanted(request),
        "carried": request.POST.get(carried.FIELD, ""),
        "same": request.POST.get("same") or request.GET.get("same", ""),
        "demo_people": _demo_people(),
        "providers": settings.SIGN_ON,
    }
    template = "accounts/sign_in.html#in_place" if in_place else "accounts/sign_in.html"
    return render(request, template, context, status=422 if form.is_bound else 200)


def _signed_in(request: HttpRequest, person: Person, *, in_place: bool) -> HttpResponse:
    to, sealed = entrance.wanted(request), request.POST.get(carried.FIELD, "")
    if second_step.is_due(person):
        second_step.begin(request, person, to=to, sealed=sealed)
        return second_step_views.in_place(request, person) if in_place else redirect("second-step")
    entrance.begin_local_session(request, person)
    if not in_place:
        return entrance.go_on(request, person, to=to, sealed=sealed)
    answer = JsonResponse({"csrf": get_token(request), "seconds": session_limits.seconds_left(request.session)})
    languages.remember(answer, person.language)
    return answer


@requires()
@own_transactions
@never_cache
@require_GET
def signed_in(request: HttpRequest) -> HttpResponse:
    """Go on after a sign-in that ended on a page or in a script; this shows what had been typed before it."""
    return entrance.go_on_as_kept(request, person_of(request))


@public
@own_transactions
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out here, and at the provider where the person has signed in."""
    there = single_logout.address_there(request)
    sessions.end(request, at=clock.now())
    messages.success(request, _("Du er logget ud."))
    if not there:
        return redirect("sign-in")
    page = render(request, "accounts/to_sign_out.html", {"to": there})
    page.headers["Refresh"] = f"0; url={there}"
    return page


@requires()
@own_transactions
@require_POST
def sign_out_everywhere(request: HttpRequest) -> HttpResponse:
    """Sign out in every browser and telephone, this one included."""
    sessions.end_everywhere(person_of(request), by=person_of(request), at=clock.now())
    messages.success(request, _("Du er logget ud alle steder."))
    return redirect("sign-in")


@requires()
@own_transactions
@never_cache
@require_http_methods(["GET", "POST"])
def still_here(request: HttpRequest) -> HttpResponse:
    """How many seconds of the session are left. A POST counts as activity; a GET by the page itself does not.

    The answer also names the person and the CSRF token, for a page that waits for a sign-in in another tab.
    """
    if request.method == "POST":
        session_limits.sign_of_life(request.session)
    seconds, person = session_limits.seconds_left(request.session), str(person_of(request).pk)
    return JsonResponse({"seconds": seconds, "person": person, "csrf": get_token(request)})


@requires()
@own_transactions
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Choose a new password. Wrong present ones are counted, for the browser may have been left open."""
    person = person_of(request)
    if request.method == "POST" and (locked := throttling.locked(request, person)):
        return locked
    form = PasswordForm(person, request.POST or None)
    if request.method == "POST" and form.is_valid():
        people.change_password(person, form.cleaned_data["new"], by=person, at=clock.now())
        update_session_auth_hash(request, person)
        sessions.end_others(request, at=clock.now())
        messages.success(request, _("Din adgangskode er ændret. Du er logget ud alle andre steder."))
        return redirect("start")
    if form.has_error("old", "wrong"):
        throttling.count_failure(request, person)
    return render(request, "accounts/password.html", {"form": form}, status=422 if form.is_bound else 200)


@public
@require_GET
def password_rules(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/password_rules.html", {"limit": settings.AXES_FAILURE_LIMIT})


@public
@own_transactions
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Choose the language of the pages; `next` is the address to return to."""
    chosen = request.POST.get("language", "")
    response = redirect(entrance.wanted(request))
    if chosen in dict(settings.LANGUAGES):
        if request.user.is_authenticated:
            people.choose_language(person_of(request), chosen)
        languages.remember(response, chosen)
    return response


def _demo_people() -> list[dict[str, object]]:
    """People to sign in as in the demo, with their roles; empty outside the demo."""
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

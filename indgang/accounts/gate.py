"""The access rule of every view: it names the permission that it needs, or is declared public. A house test checks this
for all views."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils.translation import gettext as _

from indgang.accounts import carried, session_limits
from indgang.accounts.access import may
from indgang.accounts.models import Person
from indgang.accounts.permissions import SENTENCES, Permission
from indgang.accounts.sessions import SIGNED_IN_AT

View = Callable[..., HttpResponseBase]


def requires(*permissions: Permission) -> Callable[[View], View]:
    """Admit only people who have any of `permissions` for some unit; without permissions, everybody who is signed in.

    Sets `view.permissions`. Others are redirected to the sign-in page, or get a page (an htmx request: a line of text)
    with status 401 or 403 that names the missing permission.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            stopped = _stopped(request, permissions)
            if stopped is not None:
                return stopped
            if not _is_part(request):
                session_limits.sign_of_life(request.session)
            return view(request, *args, **kwargs)

        guarded.permissions = permissions  # type: ignore[attr-defined]  # functions carry attributes
        return guarded

    return decorate


def public(view: View) -> View:
    """Admit everybody, signed in or not."""
    view.public = True  # type: ignore[attr-defined]  # functions carry attributes
    return view


def person_of(request: HttpRequest) -> Person:
    """The person who is signed in. Only for views behind `requires`."""
    return cast(Person, request.user)


def refused(request: HttpRequest, *permissions: Permission) -> HttpResponse:
    """The answer 403, which names the missing permission in a sentence."""
    sentences = [str(SENTENCES[permission]) for permission in permissions]
    if _reads_a_line(request):
        text = _("Det har du ikke adgang til. Det kræver: %(what)s.") % {"what": " / ".join(sentences)}
        return _line(request, text, 403)
    return render(request, "accounts/refused.html", {"sentences": sentences}, status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponseBase:
    """The answer to a form that is older than the sign-in: the person who typed it gets it back.

    Anybody else, and a form with a password, gets a message that says where to try again.
    """
    if not request.user.is_authenticated:
        return _not_signed_in(request)
    if _is_program(request):
        return _line(request, _("Headeren X-CSRFToken mangler eller passer ikke til sessionen."), 403)
    form = carried.of(request)
    if _is_part(request):
        answer = _line(request, _("Du er logget ind på ny, efter at siden blev åbnet. Prøv igen."), 403)
        answer["X-CSRFToken"] = get_token(request)  # the page puts it in its forms and sends the request again
        return answer
    if form is None or form.person != request.user.pk:
        return render(request, "accounts/outdated.html", {"page": _page_of(request)}, status=403)
    return carried.give_back(request, form, "signed_in", status=403)


def _not_signed_in(request: HttpRequest) -> HttpResponseBase:
    """Redirect to the sign-in page with the typed values. A part of a page gets 401, and the page shows the sign-in
    form itself."""
    if _is_program(request):
        return _line(request, _("Log ind først."), 401)
    if _is_part(request):
        text = _("Du er ikke længere logget ind. Log ind igen; det, du har skrevet, bliver stående.")
        return _line(request, text, 401)
    if request.method in ("GET", "HEAD"):
        return redirect_to_login(request.get_full_path())
    form = carried.of(request)
    return redirect_to_login(_page_of(request)) if form is None else carried.ask_to_sign_in(request, form)


def _page_of(request: HttpRequest) -> str:
    """The page that held the form, by the Referer header; the start page without one, for an unreadable one, and for a
    page of another site."""
    try:
        referer = urlsplit(request.headers.get("Referer", ""))
    except ValueError:
        return resolve_url("start")
    is_ours = referer.netloc == request.get_host()
    return referer._replace(scheme="", netloc="", fragment="").geturl() if is_ours else resolve_url("start")


def _stopped(request: HttpRequest, permissions: tuple[Permission, ...]) -> HttpResponseBase | None:
    if not request.user.is_authenticated:
        return _not_signed_in(request)
    if _owes_password(request) and _name(request) not in _FREE_OF_PASSWORD_CHANGE:
        return _to_password(request)
    if permissions and not any(may(request.user, permission) for permission in permissions):
        return refused(request, *permissions)
    return None


def _owes_password(request: HttpRequest) -> bool:
    """Whether the person must choose a password of their own. Nobody must who came from a provider: they may not know
    the one that they were given here."""
    return person_of(request).must_change_password and SIGNED_IN_AT not in request.session


def _to_password(request: HttpRequest) -> HttpResponse:
    if not _reads_a_line(request):
        return redirect("password")
    answer = _line(request, _("Vælg først din egen adgangskode."), 403)
    answer.headers["HX-Redirect"] = reverse("password")
    return answer


_FREE_OF_PASSWORD_CHANGE = {"password", "sign-out", "language"}


def _name(request: HttpRequest) -> str | None:
    return request.resolver_match.url_name if request.resolver_match else None


def _is_part(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def _is_program(request: HttpRequest) -> bool:
    """A program that reads the API; a person's browser asks for HTML there too."""
    return request.path_info.startswith("/api/") and "text/html" not in request.headers.get("Accept", "")


def _reads_a_line(request: HttpRequest) -> bool:
    return _is_part(request) or _is_program(request)


def _line(request: HttpRequest, text: str, status: int) -> HttpResponse:
    """One line of text; the page shows it in its message area instead of swapping it in. A program gets it as JSON."""
    if _is_program(request):
        return JsonResponse({"error": text}, status=status)
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")

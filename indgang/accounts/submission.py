"""Carries out a form once, even if it is sent twice.

Every form with `{% csrf_token %}` has a token of its own: a signed random number and the person whom the page was made
for. A POST with a token runs in one transaction together with the row that marks the token as used (`Submission`). Only
one POST runs at a time for each address, so the second of two clicks waits for the first and gets its answer. A refusal
(a status of 400 or more) rolls everything back, so the form may be corrected and sent again.

Views that wait for the switchboard or count failures declare `@own_transactions`; views that only show something may do
so too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.messages import get_messages
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from indgang.accounts import carried, entrance
from indgang.accounts.form_tokens import FIELD, NOT_TYPED, made_for
from indgang.accounts.models import Submission
from indgang.core import clock

#: longer than any page lives: a session is 12 hours
KEPT = timedelta(days=2)

#: the first key of the advisory locks on addresses
_LOCKS = 20_733
_LONGEST = 200


def own_transactions(view: Callable[..., Any]) -> Callable[..., Any]:
    """The view manages its own transactions, and may be carried out any number of times."""
    view.own_transactions = True  # type: ignore[attr-defined]  # functions carry attributes
    return view


class Once:
    """Middleware that runs a form's POST in one transaction, and once. It comes last, so that the CSRF check comes
    before it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        if request.method != "POST" or getattr(view, "own_transactions", False):
            return None
        token = _token(request)
        if not token or not request.user.is_authenticated:
            return None
        entrance.forget_kept(request)
        with transaction.atomic():
            return _once(request, token, lambda: view(request, *args, **kwargs))


def forget_old(at: datetime) -> int:
    """Delete the rows whose form no open page can send again. Return how many."""
    return Submission.objects.filter(at__lt=at - KEPT).delete()[0]


def _once(request: HttpRequest, token: str, carry_out: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    digest, is_part = _digest(request), request.headers.get("HX-Request") == "true"
    _one_at_a_time(request.path)
    earlier = Submission.objects.filter(token=token)
    done = earlier.filter(digest=digest).first()
    if done is not None:
        return _answer_of(request, done, is_part)
    if not is_part and earlier.filter(path=request.path).exists():
        return _already_sent(request)
    response = carry_out()
    if response.status_code >= 400:
        transaction.set_rollback(True)
    else:
        _keep(request, Submission(token=token, path=request.path, digest=digest, at=clock.now()), response)
    return response


def _one_at_a_time(path: str) -> None:
    """Wait for any other change of the same thing, so that what the view reads from here on is what it changes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_LOCKS, path])


def _keep(request: HttpRequest, row: Submission, response: HttpResponseBase) -> None:
    row.location = str(response.headers.get("Location") or response.headers.get("Content-Location") or request.path)
    # messages that have not been shown yet; no public interface reads them without removing them
    queued = getattr(get_messages(request), "_queued_messages", [])
    row.words = [[message.level, str(message.message)] for message in queued]
    row.save(force_insert=True)


def _answer_of(request: HttpRequest, row: Submission, is_part: bool) -> HttpResponseBase:
    if is_part:
        text = _("Det er allerede gemt. Genindlæs siden, hvis du ikke kan se det.")
        return HttpResponse(text, status=409, content_type="text/plain; charset=utf-8")
    for level, text in row.words or [[messages.INFO, _("Det er allerede gemt.")]]:
        messages.add_message(request, level, text)
    return redirect(row.location)


def _already_sent(request: HttpRequest) -> HttpResponse:
    """The form was sent and then changed after the browser's back button: ask before a second row is made."""
    form = carried.of(request)
    assert form is not None, "it has a token"
    return carried.give_back(request, form, "already_sent", status=409)


def _token(request: HttpRequest) -> str:
    token = request.POST.get(FIELD, "")
    if not token or len(token) > _LONGEST:
        return ""
    return token if made_for(token) == request.user.pk else ""


def _digest(request: HttpRequest) -> str:
    typed: list[Any] = [request.path]
    typed += [(name, request.POST.getlist(name)) for name in sorted(request.POST) if name not in NOT_TYPED]
    files = [(name, file.name, file.size) for name in sorted(request.FILES) for file in request.FILES.getlist(name)]
    return hashlib.blake2b(repr((typed, files)).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()

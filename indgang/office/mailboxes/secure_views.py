"""Mailboxes of secure post: made, changed, tried and ended. Their rules are those of every mailbox."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.accounts.permissions import Permission as P
from indgang.accounts.submission import own_transactions
from indgang.core import clock
from indgang.correspondence.mail import mailboxes as shared
from indgang.correspondence.models import Mailbox
from indgang.correspondence.secure_post import mailboxes as secure
from indgang.messaging.secure_post import fault_words
from indgang.office.last_day import LastDayForm
from indgang.office.mailboxes import access
from indgang.office.mailboxes.secure_forms import NewSecureMailboxForm, SecureMailboxForm
from indgang.ui.refusals import refusals_on_form


@require_http_methods(["GET", "POST"])
@requires(P.SET_MAILBOXES)
def mailbox_new(request: HttpRequest) -> HttpResponse:
    access.mailboxes(person_of(request))
    form = NewSecureMailboxForm(request.POST or None)
    return _saved(request, form, Mailbox()) or _page(request, None, form)


@require_http_methods(["GET", "POST"])
@requires(P.SET_MAILBOXES)
def mailbox(request: HttpRequest, code: str) -> HttpResponse:
    shown = access.secure_mailbox(person_of(request), code)
    form = SecureMailboxForm(request.POST or None, row=shown)
    return _saved(request, form, shown) or _page(request, shown, form)


@own_transactions
@require_POST
@requires(P.SET_MAILBOXES)
def trial(request: HttpRequest, code: str) -> HttpResponse:
    """Ask the service for what waits, to see whether it can be used."""
    shown = access.secure_mailbox(person_of(request), code)
    fault = secure.trial(shown)
    said = fault_words.words_of(fault) if fault else _("Postkassen kan læses.")
    return _page(request, shown, SecureMailboxForm(row=shown), said=said, is_fault=bool(fault))


@require_POST
@requires(P.SET_MAILBOXES)
def mailbox_end(request: HttpRequest, code: str) -> HttpResponse:
    shown = access.secure_mailbox(person_of(request), code)
    form = LastDayForm(request.POST, row=shown)
    if form.is_valid():
        with refusals_on_form(form):
            shared.end(shown, on=form.cleaned_data["on"], by=person_of(request), at=clock.now())
            messages.success(request, _("Postkassen læses ikke længere fra den valgte dag."))
            return redirect("office:mailboxes")
    return _page(request, shown, SecureMailboxForm(row=shown), end_form=form)


def _saved(request: HttpRequest, form: NewSecureMailboxForm, row: Mailbox) -> HttpResponse | None:
    """The redirect after a save; None when the form has to be shown."""
    if request.method != "POST" or not form.is_valid():
        return None
    with refusals_on_form(form):
        secure.save(row, form.values(), secret=form.cleaned_data["secret"], by=person_of(request), at=clock.now())
        messages.success(request, _("Postkassen er gemt. Prøv, om den kan læses."))
        return redirect("office:secure-mailbox", row.code)
    return None


def _page(request: HttpRequest, shown: Mailbox | None, form: NewSecureMailboxForm, **more: Any) -> HttpResponse:
    forms = {"form": form, "end_form": LastDayForm(row=shown) if shown else None} | more
    there = access.rules_to_come(shown) if shown else []
    context: dict[str, Any] = {"row": shown, "today": clock.today(), "rules": there} | forms
    if shown is not None and hasattr(shown, "state"):
        context["fault"] = fault_words.words_of(shown.state.fault)
    wrong = any(getattr(each, "errors", None) for each in forms.values())
    return render(request, "office/mailboxes/secure_mailbox.html", context, status=422 if wrong else 200)

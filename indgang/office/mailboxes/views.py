"""Fællespostkasser: the list, one mailbox with its rules, a rule tried on mails of the past, and their ends."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.accounts.permissions import Permission as P
from indgang.accounts.submission import own_transactions
from indgang.core import clock
from indgang.correspondence.mail import mailboxes as shared
from indgang.correspondence.mail import rules
from indgang.correspondence.models import Mailbox, RoutingRule
from indgang.messaging.mailbox import fault_words
from indgang.messaging.mailbox.contract import MailboxFault
from indgang.messaging.secure_post import fault_words as secure_words
from indgang.office.last_day import LastDayForm
from indgang.office.mailboxes import access
from indgang.office.mailboxes.forms import ChangedRuleForm, MailboxForm, NewMailboxForm, RuleForm
from indgang.office.mailboxes.pages import MailboxPages
from indgang.ui.refusals import refusals_on_form


def words_of(fault: str) -> str:
    """What is wrong, for people; empty for nothing."""
    if fault == "secret_unreadable":
        return _("Den gemte adgangskode kan ikke læses. Skriv den igen.")
    if said := secure_words.words_of(fault):
        return said
    return str(fault_words.WORDS[MailboxFault(fault)]) if fault else ""


_PAGES = MailboxPages(
    "mailbox", "office/mailboxes/mailbox.html", gettext_lazy("Ny fællespostkasse"), NewMailboxForm, MailboxForm,
    of=access.mail_mailbox, save=shared.save, trial=shared.trial, words_of=words_of,
    places={"address": "mail_address"},
)  # fmt: skip


@require_GET
@requires(P.SET_MAILBOXES)
def mailboxes(request: HttpRequest) -> HttpResponse:
    rows = [(row, words_of(row.state.fault) if _has_state(row) else "") for row in access.mailboxes(person_of(request))]
    return render(request, "office/mailboxes/mailboxes.html", {"rows": rows, "today": clock.today()})


@require_http_methods(["GET", "POST"])
@requires(P.SET_MAILBOXES)
def mailbox_new(request: HttpRequest) -> HttpResponse:
    return _PAGES.made(request)


@require_http_methods(["GET", "POST"])
@requires(P.SET_MAILBOXES)
def mailbox(request: HttpRequest, code: str) -> HttpResponse:
    return _PAGES.changed(request, code)


@own_transactions
@require_POST
@requires(P.SET_MAILBOXES)
def trial(request: HttpRequest, code: str) -> HttpResponse:
    """Sign in at the mailbox, to see whether it can be read."""
    return _PAGES.tried(request, code)


@require_POST
@requires(P.SET_MAILBOXES)
def mailbox_end(request: HttpRequest, code: str) -> HttpResponse:
    return _PAGES.ended(request, code)


@require_http_methods(["GET", "POST"])
@requires(P.SET_MAILBOXES)
def rule_new(request: HttpRequest, code: str) -> HttpResponse:
    box = access.mailbox(person_of(request), code)
    return _rule(request, RoutingRule(mailbox=box), RuleForm(request.POST or None))


@require_http_methods(["GET", "POST"])
@requires(P.SET_MAILBOXES)
def rule(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    shown = access.rule(person_of(request), code, pk)
    return _rule(request, shown, ChangedRuleForm(request.POST or None, row=shown))


@require_POST
@requires(P.SET_MAILBOXES)
def rule_move(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    shown = access.rule(person_of(request), code, pk)
    rules.move(shown, up="up" in request.POST, by=person_of(request), at=clock.now())
    return redirect(page_of(shown.mailbox), code)


@require_POST
@requires(P.SET_MAILBOXES)
def rule_end(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    shown = access.rule(person_of(request), code, pk)
    form = LastDayForm(request.POST, row=shown)
    if form.is_valid():
        with refusals_on_form(form):
            rules.end(shown, on=form.cleaned_data["on"], by=person_of(request), at=clock.now())
            return redirect(page_of(shown.mailbox), code)
    return _rule_page(request, shown, ChangedRuleForm(row=shown), end_form=form)


def page_of(mailbox: Mailbox) -> str:
    """The name of the page of a mailbox, by its kind."""
    return "office:secure-mailbox" if mailbox.is_secure_post else "office:mailbox"


def _has_state(row: Mailbox) -> bool:
    return hasattr(row, "state")


def _rule(request: HttpRequest, shown: RoutingRule, form: RuleForm) -> HttpResponse:
    """Try the rule, save it, or show it."""
    if request.method != "POST" or not form.is_valid():
        return _rule_page(request, shown, form)
    with refusals_on_form(form, conditions="words"):
        if "try" in request.POST:
            treatment = form.cleaned_data["treatment"]
            tried = rules.trial(shown.mailbox, form.conditions(), treatment=treatment, at=clock.now())
            return _rule_page(request, shown, form, tried=tried)
        rules.save(shown, form.values(), by=person_of(request), at=clock.now())
        messages.success(request, _("Reglen gælder for de mails, der kommer fra nu af."))
        return redirect(page_of(shown.mailbox), shown.mailbox.code)
    return _rule_page(request, shown, form)


def _rule_page(request: HttpRequest, shown: RoutingRule, form: RuleForm, **more: Any) -> HttpResponse:
    forms = {"form": form, "end_form": LastDayForm(row=shown) if shown.pk else None} | more
    wrong = any(getattr(each, "errors", None) for each in forms.values())
    box = shown.mailbox
    context = {
        "row": shown,
        "box": box,
        "box_page": reverse(page_of(box), args=[box.code]),
        "today": clock.today(),
    } | forms
    return render(request, "office/mailboxes/rule.html", context, status=422 if wrong else 200)

"""Mailboxes of secure post: made, changed, tried and ended. Their rules are those of every mailbox."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from indgang.accounts.gate import requires
from indgang.accounts.permissions import Permission as P
from indgang.accounts.submission import own_transactions
from indgang.correspondence.secure_post import mailboxes as secure
from indgang.messaging.secure_post import fault_words
from indgang.office.mailboxes import access
from indgang.office.mailboxes.pages import MailboxPages
from indgang.office.mailboxes.secure_forms import NewSecureMailboxForm, SecureMailboxForm

_PAGES = MailboxPages(
    "secure-mailbox", "office/mailboxes/secure_mailbox.html", gettext_lazy("Ny postkasse i Digital Post"),
    NewSecureMailboxForm, SecureMailboxForm, of=access.secure_mailbox, save=secure.save, trial=secure.trial,
    words_of=fault_words.words_of,
)  # fmt: skip


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
    """Ask the service for what waits, to see whether it can be used."""
    return _PAGES.tried(request, code)


@require_POST
@requires(P.SET_MAILBOXES)
def mailbox_end(request: HttpRequest, code: str) -> HttpResponse:
    return _PAGES.ended(request, code)

"""The newsletter: subscribed to on a page, confirmed from the mailbox, changed and ended by links in every mail.

Pages behind a link show a button instead of acting at once, because mail scanners follow links. Only the one-click
unsubscription that mail programs send (RFC 8058) acts at once; it is a POST.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from indgang.accounts.gate import public
from indgang.catalogue.models import Service
from indgang.core import clock
from indgang.knowledge import newsletter
from indgang.knowledge.models import Subscription
from indgang.messaging import mail
from indgang.portal import access, votes
from indgang.portal.pages import View, address, language, protected, show
from indgang.portal.views.subjects import by_situation
from indgang.portal.visitors import Allowance

#: requests from one visitor; many people in an office may share one address
_SIGN_UPS = Allowance(20, 3600.0)


class SubjectsForm(forms.Form):
    """The subjects of a subscription: all news, or some subjects."""

    everything = forms.BooleanField(required=False, label=_("Alt nyt"))
    services = forms.MultipleChoiceField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        subjects = access.subjects(at=clock.now())
        self.groups = by_situation(subjects, language())
        self.subjects = {each.code: each.service for each in subjects}
        field = self.fields["services"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(each.code, each.name(language())) for each in subjects]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("everything") and not cleaned.get("services") and "services" not in self.errors:
            self.add_error("services", _("Vælg mindst ét emne, eller vælg alt nyt."))
        return cleaned

    def chosen(self) -> list[Service]:
        return [self.subjects[code] for code in self.cleaned_data["services"]]


class SignUpForm(SubjectsForm):
    email = forms.EmailField(
        max_length=254, error_messages={"required": _("Skriv din mailadresse, for eksempel navn@firma.dk."),
                                        "invalid": _("Det er ikke en mailadresse. Skriv den som navn@firma.dk.")}
    )  # fmt: skip


def letters(*methods: str) -> Callable[[View], View]:
    """A page about one subscription: never cached, never indexed, and without a Referer header."""

    def decorate(view: View) -> View:
        @csrf_exempt  # no cookie and no session: the token in the address authenticates the reader
        @public
        @require_http_methods([*methods])
        @wraps(view)
        def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                response: HttpResponseBase = view(request, *args, **kwargs)
            except newsletter.UnknownLink:
                response = show(request, "portal/newsletter_unknown.html", status=404)
            response.headers["Cache-Control"] = "no-store"
            response.headers["Referrer-Policy"] = "no-referrer"
            response.headers["X-Robots-Tag"] = "noindex"
            return protected(response)

        return shown

    return decorate


@letters("GET", "HEAD", "POST")
def sign_up(request: HttpRequest) -> HttpResponse:
    """Choose subjects and enter an address; the response is the same for known and unknown addresses."""
    if request.method != "POST":
        asked = request.GET.get("emne", "")
        form = SignUpForm(initial={"services": [asked], "everything": not asked})
        return _page(request, form, done=request.GET.get("sendt") == "1")
    form = SignUpForm(request.POST)
    if not votes.is_ours(request):
        form.add_error(None, _("Formularen blev sendt fra en anden hjemmeside. Send den igen herfra."))
    if form.is_valid() and not _SIGN_UPS.take(request):
        form.add_error(None, _("Der er bedt om nyhedsbrevet mange gange herfra. Prøv igen om en time."))
        return _page(request, form, status=429)
    if form.is_valid() and _asked(form):
        answer = redirect(f"{address(request, 'newsletter')}?sendt=1")
        answer.status_code = 303
        return answer
    return _page(request, form, status=422)


@letters("GET", "HEAD", "POST")
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Confirm the subscription from the mailbox."""
    at = clock.now()
    row = newsletter.subscriber(token, at=at)
    if request.method == "POST":
        row = newsletter.confirm(token, at=at)
    context = {"row": row, "token": token, "confirmed": row.confirmed_at is not None}
    return show(request, "portal/newsletter_confirm.html", context)


@letters("GET", "HEAD", "POST")
def choices(request: HttpRequest, token: str) -> HttpResponse:
    """Change the subjects."""
    at = clock.now()
    row = newsletter.subscriber(token, at=at)
    form = SubjectsForm(request.POST if request.method == "POST" else None, initial=_chosen(row))
    saved = False
    if request.method == "POST" and form.is_valid():
        newsletter.change(
            token, services=form.chosen(), everything=form.cleaned_data["everything"], language=language(), at=at
        )
        saved = True
    context = {"form": form, "token": token, "saved": saved, "picked": _picked(form)}
    status = 422 if form.errors else 200
    return show(request, "portal/newsletter_choices.html", context, status=status)


@letters("GET", "HEAD", "POST")
def end(request: HttpRequest, token: str) -> HttpResponse:
    """End the subscription and delete the subscriber. A second request gets the same response."""
    ended = request.method == "POST"
    if ended:
        newsletter.end(token)
    else:
        newsletter.subscriber(token, at=clock.now())
    return show(request, "portal/newsletter_end.html", {"token": token, "ended": ended})


def _asked(form: SignUpForm) -> bool:
    """Whether the confirmation was sent; False with the reason in the form."""
    try:
        newsletter.ask(
            form.cleaned_data["email"], services=form.chosen(), everything=form.cleaned_data["everything"],
            language=language(), at=clock.now(),
        )  # fmt: skip
    except mail.BadAddress:
        form.add_error("email", _("Det er ikke en mailadresse. Skriv den som navn@firma.dk."))
        return False
    return True


def _page(request: HttpRequest, form: SignUpForm, *, done: bool = False, status: int = 200) -> HttpResponse:
    context = {"form": form, "done": done, "picked": _picked(form)}
    return show(request, "portal/newsletter.html", context, status=status)


def _chosen(row: Subscription) -> dict[str, Any]:
    return {"everything": row.everything, "services": list(row.services.values_list("code", flat=True))}


def _picked(form: SubjectsForm) -> list[str]:
    """Codes of the ticked subjects."""
    return list(form["services"].value() or [])

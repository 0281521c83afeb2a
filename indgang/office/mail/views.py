"""The mail settings, and a test mail with the server's response."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from indgang.accounts.access import everywhere
from indgang.accounts.gate import person_of, requires
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission as P
from indgang.core import clock
from indgang.messaging import trial
from indgang.messaging.trial import ServerAnswer
from indgang.office.getting_started import milestones


class TestMailForm(forms.Form):
    to = forms.EmailField(label=gettext_lazy("Send en prøvemail til"), max_length=254)


@require_http_methods(["GET", "POST"])
@requires(P.SEE_OPERATIONS)
def mail(request: HttpRequest) -> HttpResponseBase:
    """The settings; a POST sends a test mail and shows the server's response."""
    person = person_of(request)
    if not everywhere(person, P.SEE_OPERATIONS):
        raise Http404
    form = TestMailForm(request.POST or None, initial={"to": person.email})
    answer = None
    if request.method == "POST" and form.is_valid():
        answer = _send(form.cleaned_data["to"], person)
    context = {"form": form, "answer": answer, "settings": _settings(), "has_server": bool(settings.EMAIL_HOST)}
    return render(request, "office/mail/mail.html", context, status=422 if form.errors else 200)


def _send(to: str, person: Person) -> ServerAnswer:
    text = _("Denne mail er en prøve, sendt af %(who)s. Når du læser den, når mails fra Indgang frem.")
    answer = trial.send(to=to, subject=_("Prøvemail fra Indgang"), text=text % {"who": person.name})
    if answer.taken and settings.EMAIL_HOST:
        milestones.reach(milestones.MAIL, by=person, at=clock.now())
    return answer


def _settings() -> list[tuple[str, str, str]]:
    """(label, value, variable that sets it); the password only as present or absent."""
    security = {"none": _("ubeskyttet"), "starttls": "STARTTLS", "tls": "TLS"}[settings.MAIL_SECURITY]
    return [
        (_("Mailserver"), settings.EMAIL_HOST or _("ingen"), "INDGANG_MAIL_HOST"),
        (_("Port"), str(settings.EMAIL_PORT), "INDGANG_MAIL_PORT"),
        (_("Forbindelse"), security, "INDGANG_MAIL_SECURITY"),
        (_("Bruger"), settings.EMAIL_HOST_USER or _("ingen"), "INDGANG_MAIL_USER"),
        (_("Adgangskode"), _("sat") if settings.EMAIL_HOST_PASSWORD else _("ingen"), "INDGANG_MAIL_PASSWORD"),
        (_("Afsender"), settings.DEFAULT_FROM_EMAIL, "INDGANG_MAIL_FROM"),
    ]

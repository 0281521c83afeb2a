"""What the pages of agreements between two parties share: the forms to sign and end one, and what is said then."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indgang.accounts.two_parties import SignedByTwo
from indgang.core import clock
from indgang.core.refusals import EditedMeanwhile
from indgang.ui.parameters import DayField


class SignatureForm(forms.Form):
    """The revision that the person has read."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)


class AgreementEndForm(forms.Form):
    """The day on which a signed agreement ends."""

    on = DayField(
        label=gettext_lazy("Slutter (dagen ikke medregnet)"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, agreement: SignedByTwo) -> None:
        super().__init__(data, auto_id="end-%s")
        self.fields["on"].initial = max(clock.today() + timedelta(days=1), agreement.valid_from)


def sign(request: HttpRequest, act: Callable[[], SignedByTwo]) -> None:
    """Sign, and say what follows. Whoever read an older draft is asked to read again."""
    try:
        signed = act()
    except EditedMeanwhile:
        messages.error(request, _("Aftalen er ændret, efter at du læste den. Læs den igen, før du underskriver."))
        return
    if signed.is_signed:
        messages.success(request, _("Begge har underskrevet. Aftalen gælder fra sin første dag."))
    else:
        messages.success(request, _("Du har underskrevet. Aftalen gælder, når den anden også har underskrevet."))


def say_ended(request: HttpRequest, on: date, *, is_there: bool) -> None:
    """Say until when an agreement lasts, or that it was removed before it began."""
    if is_there:
        ends = {"day": f"{on:%d.%m.%Y}"}
        messages.success(request, _("Aftalen slutter %(day)s (dagen ikke medregnet).") % ends)
    else:
        messages.success(request, _("Aftalen er fjernet, før den begyndte."))

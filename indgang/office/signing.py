"""What the pages of agreements between two parties share: what they say when one is signed, discarded or ended."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from indgang.accounts.two_parties import SignedByTwo
from indgang.core.refusals import EditedMeanwhile


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

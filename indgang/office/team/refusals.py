"""Sentences for the switchboard's refusals."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indgang.entry.commands import Refused

_REFUSALS: dict[str, str | Promise] = {
    "no_switchboard": gettext_lazy("Telefonsystemet svarer ikke lige nu. Intet er ændret; prøv igen om lidt."),
    "no_call": gettext_lazy("Medarbejderen er ikke i en samtale længere."),
    "not_signed_in": gettext_lazy("Du skal selv være logget ind på telefonen for at kunne det."),
    "busy": gettext_lazy("Medarbejderen er i en samtale og kan ikke flyttes, før den er slut."),
    "no_phone": gettext_lazy("Telefonen er ikke tilsluttet."),
    "not_there": gettext_lazy("Medarbejderen er ikke logget ind på telefonen."),
    "not_yours": gettext_lazy("Samtalen eller medarbejderen hører til et center, du ikke leder."),
    "no_role": gettext_lazy("Du har ingen rolle i dag, der tager telefonen. Spørg din leder."),
    "unknown_person": gettext_lazy("Medarbejderen er ikke logget på en telefon."),
    "already_listening": gettext_lazy("Du er allerede med i en samtale. Forlad den først."),
    "not_listening": gettext_lazy("Du er ikke med i nogen samtale."),
    "waits_for_nobody": gettext_lazy("Opkaldet venter ikke længere på en bestemt kollega."),
    "rings_there": gettext_lazy("Det ringer hos vedkommende lige nu. Vent et øjeblik."),
    "yourself": gettext_lazy("Du kan ikke lytte med på din egen samtale."),
}


def refusal_sentence(refusal: Refused) -> str:
    """The sentence for a refusal of the switchboard."""
    fallback = _("Telefonsystemet afviste det. Intet er ændret.") % {"code": refusal.code}
    return str(_REFUSALS.get(refusal.code, fallback))

"""What a person is told when another system gives no answer, and what they can do."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from indgang.registers.contract import RegisterFault

#: after the name of the system
WORDS: dict[RegisterFault, str | Promise] = {
    RegisterFault.DOWN: _("svarer ikke. Prøv igen om lidt, eller spørg sagsbehandleren."),
    RegisterFault.SLOW: _("svarer ikke inden for tre sekunder. Prøv igen om lidt, eller spørg sagsbehandleren."),
    RegisterFault.BUSY: _("har travlt: flere kolleger venter allerede på svar. Prøv igen om et øjeblik."),
    RegisterFault.RESTING: _("har ikke svaret de seneste gange. Vi prøver igen om et halvt minut."),
    RegisterFault.REFUSED: _("afviser os. Sig det til den, der administrerer systemet."),
    RegisterFault.WRONG_ANSWER: _("gav et svar, vi ikke kan bruge. Sig det til den, der administrerer systemet."),
    RegisterFault.TOO_MANY: _("fandt for mange sager. Søg på sagsnummeret."),
    RegisterFault.NOT_ALLOWED: _("må ikke læses fra den adresse. Sig det til den, der administrerer systemet."),
}

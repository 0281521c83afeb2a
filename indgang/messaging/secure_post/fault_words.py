"""What a person is told when the secure post service cannot be used."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from indgang.messaging.secure_post.contract import SecurePostFault

WORDS: dict[SecurePostFault, str | Promise] = {
    SecurePostFault.UNREACHABLE: _("Digital Post svarer ikke."),
    SecurePostFault.SLOW: _("Digital Post svarer for langsomt."),
    SecurePostFault.CUT: _("Forbindelsen til Digital Post blev afbrudt."),
    SecurePostFault.BUSY: _("Digital Post tager ikke imod mere lige nu. Vi prøver igen."),
    SecurePostFault.SIGN_IN: _("Digital Post afviser systemets id, nøgle eller certifikat."),
    SecurePostFault.CERTIFICATE: _("Certifikatet hos Digital Post er ikke gyldigt."),
    SecurePostFault.NO_CERTIFICATE: _("Vores certifikat kan ikke læses. Sig det til den, der driver serveren."),
    SecurePostFault.INSECURE: _("Adressen på Digital Post skal begynde med https://."),
    SecurePostFault.REFUSED: _("Digital Post afviser det, vi beder om."),
    SecurePostFault.UNREADABLE: _("Svaret fra Digital Post kan ikke læses."),
    SecurePostFault.NOT_STORED: _("En meddelelse blev hentet, men kunne ikke gemmes hos os. Vi prøver igen."),
    SecurePostFault.SECRET_UNREADABLE: _("Den gemte nøgle kan ikke læses. Skriv den igen."),
}


def words_of(fault: str) -> str:
    """The words for a code; empty for another code."""
    return str(WORDS[SecurePostFault(fault)]) if fault in set(SecurePostFault) else ""

"""What a person is told when a mailbox cannot be used."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from indgang.messaging.mailbox.contract import MailboxFault

WORDS: dict[MailboxFault, str | Promise] = {
    MailboxFault.UNREACHABLE: _("Mailserveren svarer ikke."),
    MailboxFault.SLOW: _("Mailserveren svarer for langsomt."),
    MailboxFault.CUT: _("Forbindelsen til mailserveren blev afbrudt."),
    MailboxFault.CLOSED_BY_SERVER: _("Mailserveren lukkede forbindelsen."),
    MailboxFault.CERTIFICATE: _("Mailserverens certifikat er ikke gyldigt."),
    MailboxFault.INSECURE: _("Forbindelsen til mailserveren kan ikke krypteres."),
    MailboxFault.LOGIN_REFUSED: _("Mailserveren afviser brugeren eller adgangskoden."),
    MailboxFault.FOLDER_MISSING: _("Mappen findes ikke i postkassen, eller vi har ikke adgang til den."),
    MailboxFault.FULL: _("Postkassen er fuld."),
    MailboxFault.NOT_SUPPORTED: _("Mailserveren mangler en funktion, som vi har brug for."),
    MailboxFault.REFUSED: _("Mailserveren afviser det, vi beder om."),
    MailboxFault.UNREADABLE: _("Mailserverens svar kan ikke læses."),
    MailboxFault.NOT_STORED: _("Mails blev hentet, men kunne ikke gemmes hos os. Vi prøver igen."),
    MailboxFault.TENANT_UNKNOWN: _("Microsoft 365 kender ikke kommunens lejer (tenant)."),
    MailboxFault.APP_UNKNOWN: _("Microsoft 365 kender ikke vores applikation."),
    MailboxFault.SECRET_WRONG: _("Microsoft 365 afviser hemmeligheden: den er forkert."),
    MailboxFault.SECRET_EXPIRED: _("Microsoft 365 afviser hemmeligheden: den er udløbet."),
    MailboxFault.SIGN_IN_REFUSED: _("Microsoft 365 afviser vores login."),
    MailboxFault.SIGN_IN_DOWN: _("Login hos Microsoft 365 svarer ikke."),
}

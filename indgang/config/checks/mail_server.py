"""The mail server: connects, encrypts and signs in, without sending anything."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator

from django.conf import settings
from django.core.mail import get_connection
from django.utils.translation import gettext as _

from indgang.health.finding import Finding, error, ok, warning

_SECONDS = 3
_SMTP = "django.core.mail.backends.smtp.EmailBackend"


def look() -> Iterator[Finding]:
    if not settings.EMAIL_HOST:
        text = _("Ingen mailserver: mails bliver til filer i %(folder)s.") % {"folder": settings.MAIL_FOLDER}
        yield ok(text) if settings.DEMO else warning(text, _("Sæt INDGANG_MAIL_HOST."))
        return
    where = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    try:
        _sign_in()
    except smtplib.SMTPAuthenticationError:
        text = _("Mailserveren %(where)s afviser brugeren.") % {"where": where}
        yield error(text, _("Ret INDGANG_MAIL_USER og INDGANG_MAIL_PASSWORD."))
    except ssl.SSLError as fault:
        text = _("Forbindelsen til mailserveren %(where)s kan ikke sikres: %(reason)s")
        told = {"where": where, "reason": fault.reason or type(fault).__name__}
        yield error(text % told, _("Passer INDGANG_MAIL_SECURITY til porten, og er serverens certifikat gyldigt?"))
    except (OSError, smtplib.SMTPException) as fault:
        text = _("Mailserveren %(where)s kan ikke bruges: %(reason)s") % {"where": where, "reason": _reason(fault)}
        yield error(text, _("Ret INDGANG_MAIL_HOST, INDGANG_MAIL_PORT og INDGANG_MAIL_SECURITY, eller åbn for den."))
    else:
        yield ok(_("Der er forbindelse til mailserveren %(where)s.") % {"where": where})
        yield from _unprotected()


def _sign_in() -> None:
    backend = get_connection(_SMTP, timeout=_SECONDS)
    try:
        backend.open()
    finally:
        backend.close()


def _unprotected() -> Iterator[Finding]:
    if settings.MAIL_SECURITY == "none" and settings.EMAIL_HOST not in ("127.0.0.1", "localhost", "::1"):
        text = _("Mails går ukrypteret til mailserveren.")
        yield warning(text, _("Sæt INDGANG_MAIL_SECURITY til starttls eller tls."))


def _reason(fault: Exception) -> str:
    """The reason in our own words. A server's answer may repeat what was sent to it, so it is not shown."""
    if isinstance(fault, smtplib.SMTPResponseException):
        return str(fault.smtp_code)
    return getattr(fault, "strerror", None) or type(fault).__name__

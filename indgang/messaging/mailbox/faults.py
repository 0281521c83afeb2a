"""What the errors of sockets, TLS, imaplib and smtplib mean. Their texts may repeat what was sent, so none is kept."""

from __future__ import annotations

import imaplib
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from imapclient import exceptions

from indgang.messaging.mailbox.contract import MailboxError, MailboxFault

#: codes of RFC 5530 in an IMAP answer, by what they mean here
_CODES = {
    "[OVERQUOTA]": MailboxFault.FULL,
    "[NONEXISTENT]": MailboxFault.FOLDER_MISSING,
    "[TRYCREATE]": MailboxFault.FOLDER_MISSING,
    "[UNAVAILABLE]": MailboxFault.UNREACHABLE,
}


@contextmanager
def translated() -> Iterator[None]:
    """Raise MailboxError instead of the errors of the libraries."""
    try:
        yield
    except (OSError, imaplib.IMAP4.error, smtplib.SMTPException) as error:
        raise MailboxError(fault_of(error), type(error).__name__) from None


def fault_of(error: Exception) -> MailboxFault:
    """The fault, for the errors that `translated` catches."""
    if isinstance(error, imaplib.IMAP4.error):
        return _of_imap(error)
    if isinstance(error, smtplib.SMTPException):
        return _of_smtp(error)
    return _of_socket(error)


def _of_socket(error: Exception) -> MailboxFault:
    match error:
        case ssl.SSLCertVerificationError():
            return MailboxFault.CERTIFICATE
        case ssl.SSLEOFError() | ssl.SSLZeroReturnError() | ConnectionResetError() | BrokenPipeError():
            return MailboxFault.CUT
        case ssl.SSLError():
            return MailboxFault.INSECURE
        case TimeoutError():
            return MailboxFault.SLOW
    # a socket whose time ran out once says so at the next use, too
    return MailboxFault.SLOW if "timed out" in str(error) else MailboxFault.UNREACHABLE


def _of_imap(error: imaplib.IMAP4.error) -> MailboxFault:
    if isinstance(error, exceptions.LoginError):
        return _of_login(error)
    words = str(error)
    if isinstance(error, imaplib.IMAP4.abort):
        return MailboxFault.CLOSED_BY_SERVER if "BYE" in words or "logging out" in words.lower() else MailboxFault.CUT
    if isinstance(error, exceptions.CapabilityError):
        return MailboxFault.NOT_SUPPORTED
    if isinstance(error, exceptions.ProtocolError):
        return MailboxFault.UNREADABLE
    return next((fault for code, fault in _CODES.items() if code in words.upper()), MailboxFault.REFUSED)


def _of_login(error: Exception) -> MailboxFault:
    """A sign-in that was cut off, or that the server cannot decide now, says nothing about the password."""
    cause = error.__context__
    if isinstance(cause, imaplib.IMAP4.abort):
        return _of_imap(cause)
    return MailboxFault.UNREACHABLE if "[UNAVAILABLE]" in str(error).upper() else MailboxFault.LOGIN_REFUSED


def _of_smtp(error: smtplib.SMTPException) -> MailboxFault:
    match error:
        case smtplib.SMTPServerDisconnected():
            return MailboxFault.CUT
        case smtplib.SMTPAuthenticationError():
            return MailboxFault.LOGIN_REFUSED if error.smtp_code >= 500 else MailboxFault.UNREACHABLE
        case smtplib.SMTPNotSupportedError():
            return MailboxFault.NOT_SUPPORTED
        case smtplib.SMTPResponseException() if error.smtp_code < 500:
            return MailboxFault.UNREACHABLE
    return MailboxFault.REFUSED

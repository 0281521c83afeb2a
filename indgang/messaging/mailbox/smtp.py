"""Sending over SMTP (RFC 5321) with 8BITMIME, SIZE, SMTPUTF8 (RFC 6531) and AUTH where the server has them.

The dialogue is led step by step, because what matters is when a connection ends: before the line with the final dot
nothing can have left, after it everything may have.
"""

from __future__ import annotations

import re
import selectors
import smtplib
import ssl
from base64 import b64encode

from django.core.mail.utils import DNS_NAME

from indgang.messaging.mailbox import oauth, transport
from indgang.messaging.mailbox.contract import (
    Doubt,
    Envelope,
    MailAccount,
    MailboxError,
    MailboxFault,
    Password,
    Rejected,
    Security,
    Sent,
)
from indgang.messaging.mailbox.faults import fault_of, translated

_BARE = re.compile(rb"(?<!\r)\n|\r(?!\n)")
_DOT_AT_BEGINNING = re.compile(rb"(?m)^\.")
_UNSENDABLE = re.compile(r"[\x00-\x20\x7f<>]")
#: seconds until the answer to the final dot; RFC 5321 asks for ten minutes, in which servers look for viruses
DOT_SECONDS = 600.0
#: how long a server may take to answer QUIT
_GOODBYE_SECONDS = 5.0
_PIECE = 262_144


def submit(account: MailAccount, raw: bytes, envelope: Envelope) -> Sent | Rejected | Doubt:
    """As `OpenMailbox.submit`."""
    check(raw, envelope)
    with translated():
        server = _connected(account)
        try:
            _sign_in(server, account)
            refused = _begin(server, raw, envelope)
            if refused is None:
                _hand_over(server, raw)
                _check_is_there(server)
        except BaseException:
            server.close()
            raise
    try:
        return refused or _answered(server)
    finally:
        _leave(server)


def sign_in(account: MailAccount) -> None:
    """Sign in and leave, to see that it works. Raises MailboxError."""
    with translated():
        server = _connected(account)
        try:
            _sign_in(server, account)
        finally:
            _leave(server)


def check(raw: bytes, envelope: Envelope) -> None:
    """Raise ValueError for what no server may get: another line end could begin a second mail (SMTP smuggling)."""
    if _BARE.search(raw) or not raw.endswith(b"\r\n"):
        raise ValueError("each line of a mail must end in CRLF")
    if not envelope.recipients:
        raise ValueError("a mail needs a recipient")
    for address in (*envelope.recipients, *filter(None, [envelope.sender])):
        if _UNSENDABLE.search(address) or "@" not in address:
            raise ValueError("an address of the envelope cannot be sent")


def _connected(account: MailAccount) -> smtplib.SMTP:
    at = account.smtp
    us, seconds = DNS_NAME.get_fqdn(), transport.ANSWER_SECONDS
    context = None if at.security is Security.NONE else transport.tls()
    if at.security is Security.TLS and context is not None:
        server: smtplib.SMTP = smtplib.SMTP_SSL(at.host, at.port, us, timeout=seconds, context=context)
    else:
        server = smtplib.SMTP(at.host, at.port, us, timeout=seconds)
    try:
        if server.sock is not None:
            transport.probe(server.sock)
        server.ehlo_or_helo_if_needed()
        if at.security is Security.STARTTLS and context is not None:
            _start_tls(server, context)
    except BaseException:
        server.close()
        raise
    return server


def _start_tls(server: smtplib.SMTP, context: ssl.SSLContext) -> None:
    if not server.has_extn("starttls"):
        raise MailboxError(MailboxFault.INSECURE, "STARTTLS")
    server.starttls(context=context)
    server.ehlo_or_helo_if_needed()


def _sign_in(server: smtplib.SMTP, account: MailAccount) -> None:
    login = account.login
    if isinstance(login, Password):
        # a server that trusts this machine's address asks for nothing
        if login.secret:
            _sign_in_by_password(server, account.user, login.secret)
        return
    code = _sign_in_by_token(server, oauth.first_answer(login, account.user))
    if code == 535:
        # a token may be withdrawn before it ends: a new one is tried once
        oauth.forget_token(login)
        code = _sign_in_by_token(server, oauth.first_answer(login, account.user))
    if code != 235:
        raise MailboxError(MailboxFault.LOGIN_REFUSED if code >= 500 else MailboxFault.UNREACHABLE, str(code))


def _sign_in_by_password(server: smtplib.SMTP, user: str, password: str) -> None:
    if "PLAIN" not in server.esmtp_features.get("auth", "").upper().split():
        server.login(user, password)
        return
    # as RFC 4616 has it, in UTF-8; smtplib itself knows ASCII alone
    encoded = b64encode(f"\0{user}\0{password}".encode()).decode()
    code, words = server.docmd("AUTH", f"PLAIN {encoded}")
    if code not in (235, 503):
        raise smtplib.SMTPAuthenticationError(code, words)


def _sign_in_by_token(server: smtplib.SMTP, first_answer: str) -> int:
    code, _words = server.docmd("AUTH", f"{oauth.MECHANISM} {b64encode(first_answer.encode()).decode()}")
    if code == 334:  # the refusal, of which the client takes note
        code, _words = server.docmd("")
    return code


def _begin(server: smtplib.SMTP, raw: bytes, envelope: Envelope) -> Rejected | None:
    """Name sender and recipients, and ask for the mail. Nobody gets it when one of them is refused."""
    options = [f"SIZE={len(raw)}"] if server.has_extn("size") else []
    if not raw.isascii():
        if not server.has_extn("8bitmime"):
            return Rejected(554, for_good=True, words="8BITMIME")
        options.append("BODY=8BITMIME")
    if not _is_plain(raw, envelope):
        if not server.has_extn("smtputf8"):
            return Rejected(553, for_good=True, words="SMTPUTF8")
        options.append("SMTPUTF8")
        server.command_encoding = "utf-8"
    code, words = server.mail(_for_wire(envelope.sender), options)
    if code != 250:
        return _refused(code, words)
    for recipient in envelope.recipients:
        code, words = server.rcpt(_for_wire(recipient))
        if code not in (250, 251):
            return _refused(code, words, recipient)
    code, words = server.docmd("DATA")
    return None if code == 354 else _refused(code, words)


def _is_plain(raw: bytes, envelope: Envelope) -> bool:
    """Whether headers and addresses are ASCII. A domain with other letters has an ASCII form, a local part has none."""
    headers = raw.partition(b"\r\n\r\n")[0]
    return headers.isascii() and all(_for_wire(each).isascii() for each in (envelope.sender, *envelope.recipients))


def _for_wire(address: str) -> str:
    """The address; its domain in ASCII form (IDNA) where the local part is ASCII, too."""
    local, at, domain = address.rpartition("@")
    if address.isascii() or not local.isascii():
        return address
    try:
        return f"{local}{at}{domain.encode('idna').decode()}"
    except UnicodeError:
        return address


def _hand_over(server: smtplib.SMTP, raw: bytes) -> None:
    """Send the mail without its end. A connection that ends here has sent nothing."""
    dotted = _DOT_AT_BEGINNING.sub(b"..", raw)
    for start in range(0, len(dotted), _PIECE):
        server.send(dotted[start : start + _PIECE])


def _check_is_there(server: smtplib.SMTP) -> None:
    """Raise MailboxError when the server has closed, or said something that nobody had asked for: the mail has no end
    yet, so it has not left."""
    with selectors.DefaultSelector() as waiting:
        if server.sock is not None:
            waiting.register(server.sock, selectors.EVENT_READ)
        if server.sock is None or waiting.select(0):
            raise MailboxError(MailboxFault.CUT, "before the end of the mail")


def _answered(server: smtplib.SMTP) -> Sent | Rejected | Doubt:
    """Send the end. From here on the mail may have left, until the server says otherwise."""
    try:
        if server.sock is not None:
            server.sock.settimeout(DOT_SECONDS)
        server.send(b".\r\n")
        code, words = server.getreply()
    except (smtplib.SMTPException, OSError) as error:
        return Doubt(fault_of(error))
    if not (200 <= code < 300 or code >= 400):  # no answer that SMTP knows here
        return Doubt(MailboxFault.UNREADABLE)
    return Sent(_text(words)) if code < 300 else _refused(code, words)


def _refused(code: int, words: bytes, recipient: str = "") -> Rejected:
    if code < 200:  # smtplib's mark for an answer without a code
        raise MailboxError(MailboxFault.UNREADABLE)
    return Rejected(code, for_good=code >= 500, recipient=recipient, words=_text(words))


def _text(words: bytes) -> str:
    return words.decode("utf-8", "replace")[:500]


def _leave(server: smtplib.SMTP) -> None:
    """Say goodbye; what was answered is known already and does not wait for a server that is silent now."""
    try:
        if server.sock is not None:
            server.sock.settimeout(_GOODBYE_SECONDS)
        server.quit()
    except (smtplib.SMTPException, OSError):
        server.close()

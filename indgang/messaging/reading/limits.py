"""How much of a mail is read. Pure."""

from __future__ import annotations

from dataclasses import dataclass

_MB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class MailLimits:
    """Sizes are bytes unless a line says otherwise. What is over a limit is left out, and the reading names the
    problem; the mail itself is never changed."""

    #: of a mail; of a larger one only the headers are read
    mail: int = 50 * _MB
    #: of the headers of a mail or of one of its parts
    headers: int = _MB
    #: header fields
    fields: int = 2_000
    #: characters of one header field that are looked at
    field: int = 50_000
    #: characters of the subject and of names
    line: int = 500
    #: addresses in each of To, Cc and Reply-To
    addresses: int = 500
    #: Message-IDs in References, the last ones
    references: int = 100
    #: parts of all levels together
    parts: int = 200
    #: levels of multiparts in one mail
    multiparts: int = 20
    #: levels of mails in mails that are opened; a deeper one is a file
    messages: int = 10
    #: characters of text
    text: int = 1_000_000
    #: characters of HTML; of longer HTML only the text is shown
    html: int = 4_000_000
    #: tags in HTML; the time that the cleaner needs grows with the square of their depth
    tags: int = 10_000
    #: blanks and equals signs in HTML: there are no more attributes than these, and one tag may have all of them
    blanks: int = 60_000
    #: of one file
    file: int = 30 * _MB
    #: of all files, those in mails in the mail as well
    files: int = 100 * _MB
    #: of a calendar
    calendar: int = 256 * 1024
    #: invitations in one mail
    invitations: int = 20
    #: recipients in one delivery report
    recipients: int = 100
    #: mail servers that a mail has passed; more is a loop
    hops: int = 50


DEFAULT = MailLimits()


def too_large(size: int, limits: MailLimits = DEFAULT) -> bool:
    """Whether a mail of so many bytes is too large to be read whole. A mail server can be asked for the size first."""
    return size > limits.mail

"""What is read from a mail: values that hold nothing which can run, load or mislead. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class MailKind(StrEnum):
    """What a mail is. Everything but a message was made by a machine or sent to many."""

    MESSAGE = "message"
    #: another system wrote it of itself, and people are to read it: a form, a scanner, a sensor (RFC 3834, section 5)
    GENERATED = "generated"
    AUTO_REPLY = "auto-reply"
    #: could not be delivered, or not yet (RFC 3464)
    BOUNCE = "bounce"
    #: was delivered (RFC 3464)
    DELIVERY_RECEIPT = "delivery-receipt"
    #: was displayed or deleted (RFC 8098)
    READ_RECEIPT = "read-receipt"
    #: to a mailing list, a newsletter or other bulk mail
    LIST = "list"
    #: our own mail that has come back, or a mail that goes in circles
    LOOP = "loop"


class NoAutoAnswer(StrEnum):
    """Why nothing may be answered automatically (RFC 3834, section 2). People may always answer."""

    AUTO_SUBMITTED = "auto-submitted"
    PRECEDENCE = "precedence"
    SUPPRESSED = "x-auto-response-suppress"
    LIST = "list"
    EMPTY_RETURN_PATH = "empty-return-path"
    MACHINE_SENDER = "machine-sender"
    NO_SENDER = "no-sender"
    REPORT = "report"
    AUTO_REPLY = "auto-reply"
    #: its subject begins like that of an automatic reply
    AUTO_SUBJECT = "auto-subject"
    LOOP = "loop"
    #: it comes from one of our mailboxes
    OWN_SENDER = "own-sender"


class MailProblem(StrEnum):
    """What was wrong with a mail. None of them keeps it from being read."""

    MAIL_TOO_LARGE = "mail-too-large"
    HEADERS_TOO_LARGE = "headers-too-large"
    BROKEN_HEADERS = "broken-headers"
    REPEATED_HEADER = "repeated-header"
    NO_SENDER = "no-sender"
    TOO_MANY_ADDRESSES = "too-many-addresses"
    IMPOSSIBLE_DATE = "impossible-date"
    #: the date contradicts the mail server that received the mail
    LYING_DATE = "lying-date"
    LYING_CHARSET = "lying-charset"
    UNKNOWN_CHARSET = "unknown-charset"
    BROKEN_ENCODING = "broken-encoding"
    BROKEN_PARTS = "broken-parts"
    #: the mail ends before its last part does
    TRUNCATED = "truncated"
    TOO_DEEP = "too-deep"
    TOO_MANY_PARTS = "too-many-parts"
    TEXT_TOO_LONG = "text-too-long"
    HTML_TOO_LARGE = "html-too-large"
    FILES_TOO_LARGE = "files-too-large"
    BROKEN_CALENDAR = "broken-calendar"
    BROKEN_WINMAIL = "broken-winmail"
    #: encrypted, or signed so that only its software can open it
    SEALED = "sealed"


class FileRefusal(StrEnum):
    """Why a file must not be handed to anybody."""

    TOO_LARGE = "too-large"
    #: a program, a script or a shortcut, by its name or by its content
    PROGRAM = "program"
    #: an office document that holds macros
    MACROS = "macros"
    #: the content is of another kind than the name says
    NAME_LIES = "name-lies"
    #: a disk image, which opens as a drive
    DISK_IMAGE = "disk-image"


@dataclass(frozen=True, slots=True)
class MailAddress:
    """`address` has one @, no blanks and at most 254 characters; `name` is one line of at most 200, or empty."""

    name: str
    address: str

    def __str__(self) -> str:
        return f"{self.name} <{self.address}>" if self.name else self.address


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """A file of a mail. The content is as it was sent, and may be dangerous unless somebody has scanned it.

    `name` has at most 150 characters. `kind` is a media type of at most 127, by the content where it shows, else as
    declared. `inline_id`, of at most 250, is how the HTML names a picture that it shows (`cid:` and the id); it is ""
    for a file that stands by itself. The content of a file that is too large is left out, and `size` is its length all
    the same. `mail` is what an attached mail says.
    """

    name: str
    kind: str
    content: bytes = field(repr=False)
    size: int
    inline_id: str = ""
    refused: FileRefusal | None = None
    mail: MailReading | None = None


@dataclass(frozen=True, slots=True)
class Invitation:
    """An event of a calendar (RFC 5545, 5546). Whole days begin and end at midnight in Copenhagen. `method` is in
    capital letters: REQUEST, REPLY, CANCEL, PUBLISH ..., or empty."""

    summary: str
    begins: datetime | None
    ends: datetime | None
    organiser: MailAddress | None
    method: str
    place: str
    uid: str
    recurs: bool


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """What became of a mail to one recipient (RFC 3464). `action` is failed, delayed, delivered, relayed or expanded.
    `status` is a code as 5.1.1, or empty; `for_good` says that trying again cannot help."""

    recipient: str
    action: str
    status: str
    for_good: bool
    diagnostic: str


@dataclass(frozen=True, slots=True)
class MailReading:
    """A mail as it was read. All texts are without control characters, except line breaks and tabs in bodies.

    Message-IDs have their angle brackets and at most 502 characters. `text` is the whole text; `new_text`, `signature`
    and `quoted_text` are its three parts. `html` is clean and complete, or empty when there was none. `about` is the
    Message-ID of the mail that a report is about, `reports` what became of it.
    """

    kind: MailKind
    message_id: str = ""
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    sender: MailAddress | None = None
    reply_to: tuple[MailAddress, ...] = ()
    to: tuple[MailAddress, ...] = ()
    cc: tuple[MailAddress, ...] = ()
    subject: str = ""
    sent_at: datetime | None = None
    text: str = field(default="", repr=False)
    new_text: str = field(default="", repr=False)
    signature: str = field(default="", repr=False)
    quoted_text: str = field(default="", repr=False)
    html: str = field(default="", repr=False)
    blocked_images: int = 0
    attachments: tuple[AttachedFile, ...] = ()
    invitations: tuple[Invitation, ...] = ()
    reports: tuple[DeliveryReport, ...] = ()
    about: str = ""
    no_auto_answer: tuple[NoAutoAnswer, ...] = ()
    problems: tuple[MailProblem, ...] = ()

    @property
    def may_be_answered(self) -> bool:
        """Whether a receipt or another automatic answer may be sent; `no_auto_answer` has the reasons."""
        return not self.no_auto_answer

    @property
    def failed(self) -> tuple[DeliveryReport, ...]:
        return tuple(each for each in self.reports if each.action == "failed")


def in_order(problems: Iterable[MailProblem]) -> tuple[MailProblem, ...]:
    found = set(problems)
    return tuple(each for each in MailProblem if each in found)

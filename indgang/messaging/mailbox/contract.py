"""The contract between the product and a shared mailbox: fetching what came, and sending.

A mailbox knows mails as bytes. It decides nothing about them, and it changes nothing on the server that it was not
asked to change: fetching leaves a mail unread and where it is.

**Nothing is lost or taken twice.** The caller keeps the `FetchPosition` up to which it has stored mails. It stores the
mails of a `FetchedBatch` and the batch's `position` in one transaction, in which it has locked the stored position and
found that it still is the batch's `after`. A process that is killed before the commit fetches the same mails again; a
second process with the same batch finds another position and stores nothing. When the server has numbered its mails
anew (`FetchedBatch.renumbered`), all mails of the folder come again from the first one. The caller then recognises
those that it has by a digest of their bytes.

**At most one mail leaves.** `OpenMailbox.submit` returns `Doubt` when the connection ended after the whole mail was
sent and before the server answered: it may have left. The caller writes down that it is about to submit before it does,
so a process that is killed leaves the same doubt. `OpenMailbox.find_sent` settles it where the server keeps copies of
what it sends; else a person decides. A mail in doubt is never sent again by a program.

Times are aware UTC datetimes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self


class Security(StrEnum):
    """How the way to a server is protected. `NONE` sends the password in clear text; it is for this machine alone."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where a server listens. Its certificate must be valid, for this host, and signed by somebody whom the system
    trusts."""

    host: str
    port: int
    security: Security = Security.TLS


@dataclass(frozen=True, slots=True)
class Password:
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class OAuth:
    """The product as an application at Microsoft 365 (client credentials). `sign_in_address` is where tokens come
    from, without the tenant."""

    tenant: str
    client: str
    secret: str = field(repr=False)
    sign_in_address: str = "https://login.microsoftonline.com"


@dataclass(frozen=True, slots=True)
class MailAccount:
    """A mailbox on servers: where, as whom, and the names of its folders.

    Without an `archive`, mails stay in `incoming`. Without a `sent` folder, no copies are looked for or kept.
    `server_keeps_copies`: the server itself puts a copy of each mail that it sends into `sent`, as Microsoft 365 does.
    """

    imap: MailServer
    smtp: MailServer
    user: str
    login: Password | OAuth
    incoming: str = "INBOX"
    archive: str = ""
    sent: str = ""
    server_keeps_copies: bool = False


@dataclass(frozen=True, slots=True)
class SimulatedAccount:
    """A mailbox in a folder of this machine, for demo and tests (simulator.py)."""

    folder: Path


@dataclass(frozen=True, slots=True)
class FetchPosition:
    """Up to which mail a mailbox has been fetched. Numbers grow within one `uid_validity`."""

    uid_validity: int
    uid: int


class Extent(StrEnum):
    """How much of a mail was fetched."""

    WHOLE = "whole"
    #: the mail is larger than allowed; at most 1 MB of its headers
    HEADERS = "headers"
    #: the server says that it has the mail and cannot give it
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class FetchedMail:
    """A mail of the incoming folder. `size` is in bytes, as the server states it; `arrived` is when the server took
    it."""

    uid: int
    size: int
    arrived: datetime
    extent: Extent
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class FetchedBatch:
    """Mails in the order in which they came.

    `after` is the position that was asked for, `position` the one to store with these mails; they are equal when
    nothing came. `renumbered`: the numbers of `after` are no longer valid, and `mails` begin with the first of the
    folder. `more`: the next batch is there already.
    """

    mails: tuple[FetchedMail, ...]
    after: FetchPosition | None
    position: FetchPosition
    renumbered: bool = False
    more: bool = False


@dataclass(frozen=True, slots=True)
class Envelope:
    """Whom a mail is from and for, as the servers see it. `sender` is empty for mails that must not be answered by a
    server, such as automatic replies (RFC 3834)."""

    sender: str
    recipients: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sent:
    """The server has accepted the mail for all recipients."""

    answer: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Rejected:
    """The server has refused the mail, and nobody gets it.

    `code` is SMTP's. `recipient` is the first that was refused; empty when the mail itself or its sender was.
    `for_good`: it will be refused again. Otherwise it can be submitted again later (greylisting, a full mailbox, a busy
    server). `words` are the server's: they may contain addresses, so they are shown but not logged.
    """

    code: int
    for_good: bool
    recipient: str = field(default="", repr=False)
    words: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Doubt:
    """The mail was handed over whole, and the connection ended before the answer: it may have left."""

    fault: MailboxFault


class MailboxFault(StrEnum):
    """Why a mailbox could not be used (fault_words.py has the words)."""

    UNREACHABLE = "unreachable"
    SLOW = "slow"
    CUT = "cut"
    CLOSED_BY_SERVER = "closed_by_server"
    CERTIFICATE = "certificate"
    INSECURE = "insecure"
    LOGIN_REFUSED = "login_refused"
    FOLDER_MISSING = "folder_missing"
    FULL = "full"
    NOT_SUPPORTED = "not_supported"
    REFUSED = "refused"
    UNREADABLE = "unreadable"
    NOT_STORED = "not_stored"
    TENANT_UNKNOWN = "tenant_unknown"
    APP_UNKNOWN = "app_unknown"
    SECRET_WRONG = "secret_wrong"  # noqa: S105  # the name of a fault
    SECRET_EXPIRED = "secret_expired"  # noqa: S105  # the name of a fault
    SIGN_IN_REFUSED = "sign_in_refused"
    SIGN_IN_DOWN = "sign_in_down"


#: faults that a person must mend; asking often would only lock the account
FOR_A_PERSON = frozenset(
    (
        MailboxFault.CERTIFICATE,
        MailboxFault.INSECURE,
        MailboxFault.LOGIN_REFUSED,
        MailboxFault.FOLDER_MISSING,
        MailboxFault.NOT_SUPPORTED,
        MailboxFault.TENANT_UNKNOWN,
        MailboxFault.APP_UNKNOWN,
        MailboxFault.SECRET_WRONG,
        MailboxFault.SECRET_EXPIRED,
        MailboxFault.SIGN_IN_REFUSED,
    )
)


class MailboxError(Exception):
    """The mailbox could not be used, and nothing has been changed or sent. The text holds no secret and no address."""

    def __init__(self, fault: MailboxFault, detail: str = "") -> None:
        super().__init__(f"{fault}: {detail}" if detail else str(fault))
        self.fault = fault


class OpenMailbox(Protocol):
    """An open mailbox, used by one thread at a time. Every method may raise MailboxError; close it then."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def latest(self) -> FetchPosition:
        """The position after all mails that are there now, to begin with what comes from now on."""

    def fetch(self, *, after: FetchPosition | None, limit: int = 100, content: bool = True) -> FetchedBatch:
        """At most `limit` mails after the position; from the first one with None. The batch may be smaller though
        there are more, because it is limited in bytes too. Without `content`, each mail is `Extent.NOTHING`."""

    def fetch_whole(self, uid: int, *, uid_validity: int) -> bytes | None:
        """One mail however large, or None when it is no longer in the incoming folder."""

    def wait(self, *, seconds: float) -> bool:
        """Wait until something has come since the last `fetch`, at most so long; returns whether something has."""

    def file_away(self, *, until: FetchPosition) -> int:
        """Move the incoming mails up to the position to the archive; returns how many. Safe to repeat: those that
        were moved are not there any more, and with another `uid_validity` nothing is moved."""

    def submit(self, raw: bytes, envelope: Envelope) -> Sent | Rejected | Doubt:
        """Send the mail to all recipients or, when one is refused, to none.

        `raw` is the mail with lines that end in CRLF; it is sent byte for byte. MailboxError means that nothing has
        left. Raises ValueError for a mail or an address that may not be sent to any server.
        """

    def keep_copy(self, raw: bytes, *, message_id: str) -> bool:
        """Put the sent mail into the sent folder unless it is there already; returns whether it was put there. Does
        nothing without a sent folder, or when the server keeps copies itself."""

    def find_sent(self, *, message_id: str) -> bool:
        """Whether the sent folder has a mail with this Message-ID (with its angle brackets).

        True: it has left. False is a proof only when the server keeps copies itself, and only some minutes after the
        attempt; else nobody knows.
        """

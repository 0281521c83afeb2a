"""Fetching over IMAP4rev1 (RFC 3501) with IDLE (RFC 2177), MOVE (RFC 6851) and UIDPLUS where the server has them.

Incoming mails are read with EXAMINE and BODY.PEEK, so no flag is changed. Folders are selected anew before each look:
the answer tells whether the mails were renumbered, and from which number on the next mail comes.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from imapclient import IMAPClient, SocketTimeout, exceptions

from indgang.core import clock
from indgang.messaging.mailbox import oauth, transport
from indgang.messaging.mailbox.contract import (
    Extent,
    FetchedBatch,
    FetchedMail,
    FetchPosition,
    MailAccount,
    MailboxError,
    MailboxFault,
    Password,
    Security,
)
from indgang.messaging.mailbox.faults import translated

# it logs the dialogue, mails included, when somebody asks for debug output
logging.getLogger("imapclient").setLevel(logging.WARNING)

#: bytes of headers that are read of a mail that is too large
HEADER_BYTES = 1_000_000
#: bytes of mails in one batch, after its first mail, and of one command's answer
BATCH_BYTES, ANSWER_BYTES = 64_000_000, 16_000_000
#: seconds of each IDLE. A notice that comes in the same packet as the server's consent is not seen before the IDLE
#: ends, so the first ones are short. None comes near the 29 minutes after which servers hang up.
_IDLE_TURNS = (1.0, 5.0, 30.0)
_LONGEST_TURN = 60.0
#: mails of one MOVE
_MOVED_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class _Facts:
    """The size in bytes and the arrival of a mail, as the server states them."""

    size: int
    arrived: datetime


class Imap:
    """A signed-in connection. After MailboxError it is good for nothing but `close`."""

    def __init__(self, account: MailAccount, *, poll_seconds: float) -> None:
        self._account = account
        self._poll_seconds = poll_seconds
        with translated():
            self._client = _connected(account)
            try:
                _sign_in(self._client, account)
            except BaseException:
                _hang_up(self._client)
                raise
        #: numbers of the mails after `_ahead_of`, from the last look
        self._ahead: list[int] = []
        self._ahead_of: FetchPosition | None = None
        #: the next number at the last look that found everything
        self._looked_up_to = 0

    def close(self) -> None:
        _hang_up(self._client)

    def latest(self) -> FetchPosition:
        with translated():
            validity, following = self._examined()
            return FetchPosition(validity, following - 1)

    def fetch(self, *, after: FetchPosition | None, limit: int, content: bool, largest: int) -> FetchedBatch:
        """`largest` is the size in bytes up to which mails are fetched whole."""
        with translated():
            position = self._look(after)
            wanted = self._ahead[:limit]
            mails, reached = self._mails(wanted, largest) if content else self._mails_without_content(wanted)
        self._ahead = self._ahead[reached:]
        new = FetchPosition(position.uid_validity, wanted[reached - 1]) if reached else position
        self._ahead_of = new
        renumbered = after is not None and after.uid_validity != new.uid_validity
        return FetchedBatch(tuple(mails), after, new, renumbered=renumbered, more=bool(self._ahead))

    def fetch_whole(self, uid: int, *, uid_validity: int) -> bytes | None:
        with translated():
            validity, _following = self._examined()
            found = self._client.fetch([uid], [b"BODY.PEEK[]"]) if validity == uid_validity else {}
        return _body(found.get(uid, {}))

    def wait(self, *, seconds: float) -> bool:
        ends = time.monotonic() + seconds
        turns = iter(_IDLE_TURNS)
        with translated():
            while True:
                _validity, following = self._examined()
                if following > self._looked_up_to:
                    return True
                left = ends - time.monotonic()
                if left <= 0:
                    return False
                self._wait_once(min(left, next(turns, _LONGEST_TURN)))

    def file_away(self, *, until: FetchPosition) -> int:
        account = self._account
        with translated():
            if not self._client.has_capability("MOVE"):
                raise MailboxError(MailboxFault.NOT_SUPPORTED, "MOVE")
            if not self._client.folder_exists(account.archive):
                self._client.create_folder(account.archive)
            chosen = self._client.select_folder(account.incoming)
            if int(chosen[b"UIDVALIDITY"]) != until.uid_validity:
                return 0
            found = [uid for uid in self._client.search(["UID", f"1:{until.uid}"]) if uid <= until.uid]
            for some in _groups(found, _MOVED_AT_ONCE):
                self._client.move(some, account.archive)
        return len(found)

    def find_sent(self, *, message_id: str) -> bool:
        with translated():
            self._select(self._account.sent)
            # servers look for a part of the header, so what they find is compared
            found = self._client.search(["HEADER", "Message-ID", message_id])
            fields = self._client.fetch(found, [b"BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]"]) if found else {}
        return any(message_id.encode() in (_body(each) or b"").split() for each in fields.values())

    def append_sent(self, raw: bytes) -> None:
        with translated():
            self._client.append(self._account.sent, raw, flags=[b"\\Seen"])

    def _examined(self) -> tuple[int, int]:
        """Open the incoming folder for reading; its validity of numbers, and the number that the next mail gets."""
        chosen = self._select(self._account.incoming)
        return int(chosen[b"UIDVALIDITY"]), int(chosen[b"UIDNEXT"])

    def _select(self, folder: str) -> dict[bytes, Any]:
        try:
            chosen: dict[bytes, Any] = self._client.select_folder(folder, readonly=True)
        except exceptions.IMAPClientAbortError:
            raise
        except exceptions.IMAPClientError:
            raise MailboxError(MailboxFault.FOLDER_MISSING, folder) from None
        if not {b"UIDVALIDITY", b"UIDNEXT"} <= chosen.keys():
            raise MailboxError(MailboxFault.NOT_SUPPORTED, "UIDNEXT")
        return chosen

    def _look(self, after: FetchPosition | None) -> FetchPosition:
        """Bring `_ahead` up to date; returns the position from which it counts."""
        if self._ahead and after == self._ahead_of and after is not None:
            return after
        validity, following = self._examined()
        last = after.uid if after is not None and after.uid_validity == validity else 0
        # the range n:* always has the last mail, also one before n
        found = self._client.search(["UID", f"{last + 1}:*"])
        self._ahead = sorted(uid for uid in found if uid > last)
        self._looked_up_to = max(following, self._ahead[-1] + 1 if self._ahead else 0)
        return FetchPosition(validity, last)

    def _mails(self, wanted: Sequence[int], largest: int) -> tuple[list[FetchedMail], int]:
        """The mails, as many as go into a batch, and how many of the numbers they stand for: some may be deleted."""
        about = self._facts(wanted)
        reached, size = 0, 0
        for uid in wanted:
            extra = min(about[uid].size, largest) if uid in about else 0
            if reached and size + extra > BATCH_BYTES:
                break
            reached, size = reached + 1, size + extra
        there = {uid: about[uid] for uid in wanted[:reached] if uid in about}
        contents: dict[int, bytes] = {}
        for some in _by_size((uid, facts.size) for uid, facts in there.items() if facts.size <= largest):
            contents.update(self._contents(some, f"BODY.PEEK[]<0.{largest + 1}>"))
        # the stated size of a mail need not be its true one
        large = [uid for uid, facts in there.items() if max(facts.size, len(contents.get(uid, b""))) > largest]
        headers = self._contents(large, f"BODY.PEEK[HEADER]<0.{HEADER_BYTES}>")
        given = {uid: content for uid, content in contents.items() if uid not in large} | headers
        refused = sorted(there.keys() - given.keys() - self._gone([uid for uid in there if uid not in given]))
        if refused:
            reached = _before(refused[0], wanted)
        made = [
            _mail(uid, there[uid], given[uid], Extent.HEADERS if uid in large else Extent.WHOLE)
            for uid in wanted[:reached] if uid in given
        ]  # fmt: skip
        return made, reached

    def _mails_without_content(self, wanted: Sequence[int]) -> tuple[list[FetchedMail], int]:
        about = self._facts(wanted)
        return [_mail(uid, about[uid], None, Extent.NOTHING) for uid in wanted if uid in about], len(wanted)

    def _facts(self, uids: Sequence[int]) -> dict[int, _Facts]:
        """Size and arrival of the mails, without those that are not there any more."""
        found = self._client.fetch(uids, [b"RFC822.SIZE", b"INTERNALDATE"]) if uids else {}
        # a server also tells which flags others have changed meanwhile, by another number than ours
        sized = {uid: parts for uid, parts in found.items() if b"RFC822.SIZE" in parts}
        now = clock.now()
        # without a time that can be read, it came now
        return {uid: _Facts(int(it[b"RFC822.SIZE"]), it.get(b"INTERNALDATE") or now) for uid, it in sized.items()}

    def _contents(self, uids: Sequence[int], part: str) -> dict[int, bytes]:
        """This part of each mail, without those that the server does not give."""
        if not uids:
            return {}
        try:
            found = self._client.fetch(uids, [part.encode()])
        except exceptions.IMAPClientAbortError:
            raise
        except exceptions.IMAPClientError:
            # those before the first broken mail must not wait for it
            half = len(uids) // 2
            first = self._contents(uids[:half], part)
            return first | self._contents(uids[half:], part) if 0 < half == len(first) else first
        bodies = {uid: _body(parts) for uid, parts in found.items()}
        return {uid: body for uid, body in bodies.items() if body is not None}

    def _gone(self, uids: Sequence[int]) -> set[int]:
        """Which of them somebody has deleted meanwhile."""
        return set(uids) - self._facts(uids).keys()

    def _wait_once(self, seconds: float) -> None:
        if not self._client.has_capability("IDLE"):
            time.sleep(min(seconds, self._poll_seconds))
            return
        self._client.idle()
        ends = time.monotonic() + seconds
        # Dovecot says "Still here" now and then, and flags change: only a new mail ends the turn
        while (left := ends - time.monotonic()) > 0:
            said = self._client.idle_check(timeout=left)
            if not said or any(len(each) > 1 and each[1] == b"EXISTS" for each in said):
                break
        self._client.idle_done()


def _connected(account: MailAccount) -> IMAPClient:
    server = account.imap
    limits = SocketTimeout(transport.CONNECT_SECONDS, transport.ANSWER_SECONDS)
    is_tls = server.security is Security.TLS
    context = None if server.security is Security.NONE else transport.tls()
    client = IMAPClient(server.host, server.port, ssl=is_tls, ssl_context=context, timeout=limits)
    client.normalise_times = False
    try:
        transport.probe(client.socket())
        if server.security is Security.STARTTLS:
            _start_tls(client, context)
    except BaseException:
        _hang_up(client)
        raise
    return client


def _start_tls(client: IMAPClient, context: Any) -> None:
    if not client.has_capability("STARTTLS"):
        raise MailboxError(MailboxFault.INSECURE, "STARTTLS")
    client.starttls(context)


def _sign_in(client: IMAPClient, account: MailAccount) -> None:
    login = account.login
    if isinstance(login, Password):
        # LOGIN carries ASCII alone
        sign_in = client.plain_login if client.has_capability("AUTH=PLAIN") else client.login
        sign_in(account.user, login.secret)
        return
    try:
        client.sasl_login(oauth.MECHANISM, _once(oauth.first_answer(login, account.user)))
    except exceptions.LoginError:
        # a token may be withdrawn before it ends: a new one is tried once
        oauth.forget_token(login)
        client.sasl_login(oauth.MECHANISM, _once(oauth.first_answer(login, account.user)))


def _once(answer: str) -> Any:
    """Gives the answer, and then the empty one with which the client takes note of a refusal."""
    answers = iter((answer,))
    return lambda _challenge: next(answers, "")


def _hang_up(client: IMAPClient) -> None:
    """Close without a farewell: the server may not answer any more."""
    try:
        client.shutdown()
    except (OSError, exceptions.IMAPClientError):
        return


def _mail(uid: int, facts: _Facts, content: bytes | None, extent: Extent) -> FetchedMail:
    extent = Extent.NOTHING if content is None else extent
    return FetchedMail(uid, facts.size, facts.arrived.astimezone(UTC), extent, content or b"")


def _body(parts: dict[bytes, Any]) -> bytes | None:
    return next(
        (bytes(value) for name, value in parts.items() if name.startswith(b"BODY[") and value is not None), None
    )


def _before(refused: int, wanted: Sequence[int]) -> int:
    """How many mails come before the one that the server does not give. Raises MailboxError when there are none: the
    server may give it at the next attempt, and whoever follows the mailbox counts those."""
    if refused == wanted[0]:
        raise MailboxError(MailboxFault.REFUSED, "FETCH")
    return wanted.index(refused)


def _by_size(sizes: Iterable[tuple[int, int]]) -> Iterator[list[int]]:
    """The numbers in groups whose mails fit into one answer."""
    group: list[int] = []
    total = 0
    for uid, size in sizes:
        if group and total + size > ANSWER_BYTES:
            yield group
            group, total = [], 0
        group.append(uid)
        total += size
    if group:
        yield group


def _groups(numbers: Iterable[int], size: int) -> Iterator[list[int]]:
    rest = iter(numbers)
    while some := list(islice(rest, size)):
        yield some

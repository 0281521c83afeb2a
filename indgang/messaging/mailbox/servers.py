"""A mailbox on real servers: IMAP for what comes and for copies, SMTP for what leaves."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from django.conf import settings

from indgang.messaging.mailbox import smtp
from indgang.messaging.mailbox.contract import Doubt, Envelope, FetchedBatch, FetchPosition, MailAccount, Rejected, Sent
from indgang.messaging.mailbox.imap import Imap


class ServerMailbox:
    """Keeps `contract.OpenMailbox`. Signs in over IMAP when it is first needed, and once for each mail over SMTP."""

    def __init__(self, account: MailAccount) -> None:
        self._account = account
        self._imap: Imap | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._imap is not None:
            self._imap.close()
            self._imap = None

    def latest(self) -> FetchPosition:
        return self._open().latest()

    def fetch(self, *, after: FetchPosition | None, limit: int = 100, content: bool = True) -> FetchedBatch:
        return self._open().fetch(after=after, limit=limit, content=content, largest=settings.MAILBOX_LARGEST)

    def fetch_whole(self, uid: int, *, uid_validity: int) -> bytes | None:
        return self._open().fetch_whole(uid, uid_validity=uid_validity)

    def wait(self, *, seconds: float) -> bool:
        return self._open().wait(seconds=seconds)

    def file_away(self, *, until: FetchPosition) -> int:
        return self._open().file_away(until=until) if self._account.archive else 0

    def submit(self, raw: bytes, envelope: Envelope) -> Sent | Rejected | Doubt:
        return smtp.submit(self._account, raw, envelope)

    def keep_copy(self, raw: bytes, *, message_id: str) -> bool:
        if self._account.server_keeps_copies or not self._account.sent or self.find_sent(message_id=message_id):
            return False
        self._open().append_sent(raw)
        return True

    def find_sent(self, *, message_id: str) -> bool:
        return bool(self._account.sent) and self._open().find_sent(message_id=message_id)

    def _open(self) -> Imap:
        if self._imap is None:
            self._imap = Imap(self._account, poll_seconds=settings.MAILBOX_POLL_SECONDS)
        return self._imap

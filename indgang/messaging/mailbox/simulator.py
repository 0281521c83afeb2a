"""A mailbox in a folder, for the demo and for tests without servers. Several processes may use it at once.

`incoming`, `archive` and `sent` hold one `.eml` file for each mail, named after its number; `left` holds the mails that
were sent, with their envelopes. What is sent to `TROUBLE` at any domain is refused or in doubt, as the names say.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from types import TracebackType
from typing import Self

from django.conf import settings

from indgang.core import clock
from indgang.messaging.mailbox import smtp
from indgang.messaging.mailbox.contract import (
    Doubt,
    Envelope,
    Extent,
    FetchedBatch,
    FetchedMail,
    FetchPosition,
    MailboxFault,
    Rejected,
    Sent,
)

#: local parts of recipients, and what becomes of mails to them; a mail in doubt has left
TROUBLE: dict[str, Rejected | Doubt] = {
    "findes-ikke": Rejected(550, for_good=True),
    "fuld": Rejected(552, for_good=True),
    "senere": Rejected(450, for_good=False),
    "tvivl": Doubt(MailboxFault.CUT),
}
_FOLDERS = ("incoming", "archive", "sent", "left")
_LOOK_SECONDS = 0.2
_HEADER_BYTES = 1_000_000


class SimulatedMailbox:
    """Keeps `contract.OpenMailbox`, and has the other side: `deliver`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._looked_up_to = 0
        for name in _FOLDERS:
            (folder / name).mkdir(mode=0o700, parents=True, exist_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return

    def deliver(self, raw: bytes) -> int:
        """A mail arrives; returns its number."""
        return self._put("incoming", raw)

    def latest(self) -> FetchPosition:
        with self._locked() as state:
            return FetchPosition(state["uid_validity"], state["next"] - 1)

    def fetch(self, *, after: FetchPosition | None, limit: int = 100, content: bool = True) -> FetchedBatch:
        now = self.latest()
        is_same = after is not None and after.uid_validity == now.uid_validity
        last = after.uid if after is not None and is_same else 0
        self._looked_up_to = now.uid
        ahead = [uid for uid in self._numbers("incoming") if last < uid <= now.uid]
        found = (self._mail(uid, content) for uid in ahead[:limit])
        new = FetchPosition(now.uid_validity, ahead[:limit][-1] if ahead else last)
        return FetchedBatch(
            tuple(mail for mail in found if mail), after, new, renumbered=after is not None and not is_same,
            more=len(ahead) > limit,
        )  # fmt: skip

    def fetch_whole(self, uid: int, *, uid_validity: int) -> bytes | None:
        if self.latest().uid_validity != uid_validity:
            return None
        try:
            return self._file("incoming", uid).read_bytes()
        except FileNotFoundError:
            return None

    def wait(self, *, seconds: float) -> bool:
        ends = time.monotonic() + seconds
        while self.latest().uid <= self._looked_up_to:
            if time.monotonic() >= ends:
                return False
            time.sleep(min(_LOOK_SECONDS, seconds))
        return True

    def file_away(self, *, until: FetchPosition) -> int:
        if self.latest().uid_validity != until.uid_validity:
            return 0
        moved = [uid for uid in self._numbers("incoming") if uid <= until.uid]
        for uid in moved:
            self._file("incoming", uid).replace(self._file("archive", uid))
        return len(moved)

    def submit(self, raw: bytes, envelope: Envelope) -> Sent | Rejected | Doubt:
        smtp.check(raw, envelope)
        doubt: Doubt | None = None
        for recipient in envelope.recipients:
            match TROUBLE.get(recipient.partition("@")[0]):
                case Rejected(code, for_good):
                    return Rejected(code, for_good=for_good, recipient=recipient)
                case Doubt() as found:
                    doubt = found
        uid = self._put("left", raw)
        self._write(self._file("left", uid).with_suffix(".json"), _written(envelope))
        return doubt or Sent("250 OK")

    def keep_copy(self, raw: bytes, *, message_id: str) -> bool:
        if self.find_sent(message_id=message_id):
            return False
        self._put("sent", raw)
        return True

    def find_sent(self, *, message_id: str) -> bool:
        return any(_headers(self._file("sent", uid))["Message-ID"] == message_id for uid in self._numbers("sent"))

    def left(self) -> list[bytes]:
        """The mails that have been sent, in their order."""
        return [self._file("left", uid).read_bytes() for uid in self._numbers("left")]

    def _mail(self, uid: int, content: bool) -> FetchedMail | None:
        file = self._file("incoming", uid)
        try:
            about, raw = file.stat(), file.read_bytes()
        except FileNotFoundError:
            return None
        arrived = datetime.fromtimestamp(about.st_mtime, UTC)
        if not content:
            return FetchedMail(uid, len(raw), arrived, Extent.NOTHING, b"")
        if len(raw) <= settings.MAILBOX_LARGEST:
            return FetchedMail(uid, len(raw), arrived, Extent.WHOLE, raw)
        headers = raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
        return FetchedMail(uid, len(raw), arrived, Extent.HEADERS, headers[:_HEADER_BYTES])

    def _numbers(self, folder: str) -> list[int]:
        return sorted(int(file.stem) for file in (self._folder / folder).glob("*.eml"))

    def _file(self, folder: str, uid: int) -> Path:
        return self._folder / folder / f"{uid:08}.eml"

    def _put(self, folder: str, raw: bytes) -> int:
        with self._locked() as state:
            uid = state["next"]
            state["next"] += 1
            self._write(self._file(folder, uid), raw)
            at = clock.now().timestamp()
            os.utime(self._file(folder, uid), (at, at))
            return uid

    def _write(self, file: Path, content: bytes) -> None:
        half = file.with_suffix(".part")  # nobody finds half a mail
        with open(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as writing:
            writing.write(content)
        half.replace(file)

    @contextmanager
    def _locked(self) -> Iterator[dict[str, int]]:
        """The numbering, for one process at a time; what it is afterwards is kept."""
        with open(os.open(self._folder / "numbers", os.O_RDWR | os.O_CREAT, 0o600), "r+") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            known = file.read()
            state: dict[str, int] = json.loads(known) if known else {"uid_validity": round(time.time()), "next": 1}
            yield state
            if (written := json.dumps(state)) != known:
                file.seek(0)
                file.write(written)
                file.truncate()


def _headers(file: Path) -> Message:
    return message_from_bytes(file.read_bytes().partition(b"\r\n\r\n")[0])


def _written(envelope: Envelope) -> bytes:
    return json.dumps({"from": envelope.sender, "to": envelope.recipients}, ensure_ascii=False).encode()

"""A process that follows one mailbox of Dovecot and stores its mails in an SQLite file, until it is killed.

python -m tests.messaging.following_process FILE IMAP_PORT USER PASSWORD
"""

from __future__ import annotations

import sqlite3
import sys
import time
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import django

#: seconds that storing a batch takes, so that some are killed in it
_STORING = 0.1


class SqliteLedger:
    """Owns the mailbox `kontakt`; what it stores is there, whole or not at all, however the process ends."""

    def __init__(self, file: Path) -> None:
        self.file = file
        with closing(self._open()) as ledger:
            ledger.execute("CREATE TABLE IF NOT EXISTS mail (content BLOB)")
            ledger.execute("CREATE TABLE IF NOT EXISTS position (uid_validity INTEGER, uid INTEGER)")

    def contents(self) -> list[bytes]:
        with closing(self._open()) as ledger:
            return [row[0] for row in ledger.execute("SELECT content FROM mail ORDER BY rowid")]

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(self.file, isolation_level=None, timeout=20)


def _follow(file: Path, port: int, user: str, password: str) -> None:
    from indgang.messaging.mailbox import keeping
    from indgang.messaging.mailbox.contract import FetchedBatch, FetchPosition, MailAccount, MailServer, Password
    from indgang.messaging.mailbox.contract import Security as S
    from indgang.messaging.mailbox.opening import AnyAccount

    server = MailServer("127.0.0.1", port, S.NONE)

    class Owner(SqliteLedger):
        def accounts(self) -> Mapping[str, AnyAccount]:
            return {"kontakt": MailAccount(server, server, user, Password(password))}

        def position(self, name: str) -> FetchPosition | None:
            with closing(self._open()) as ledger:
                row = ledger.execute("SELECT uid_validity, uid FROM position").fetchone()
            return FetchPosition(*row) if row else None

        def store(self, name: str, batch: FetchedBatch) -> bool:
            with closing(self._open()) as ledger:
                ledger.execute("BEGIN IMMEDIATE")
                row = ledger.execute("SELECT uid_validity, uid FROM position").fetchone()
                if (FetchPosition(*row) if row else None) != batch.after:
                    return False
                ledger.executemany("INSERT INTO mail VALUES (?)", [(mail.content,) for mail in batch.mails])
                time.sleep(_STORING)
                ledger.execute("DELETE FROM position")
                new = batch.position
                ledger.execute("INSERT INTO position VALUES (?, ?)", (new.uid_validity, new.uid))
                ledger.execute("COMMIT")
            return True

        def note(self, name: str, health: keeping.MailboxHealth) -> None:
            return

    keeping.BATCH = 10
    keeping.STANDBY_SECONDS = 0.1
    keeper = keeping.Keeper(Owner(file))
    keeper.start()
    keeper.join(600)


if __name__ == "__main__":
    django.setup()
    _follow(Path(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:])

"""One fetcher for each mailbox, whatever the number of processes: the one that holds the mailbox's advisory lock."""

from __future__ import annotations

from threading import Lock
from typing import Any

from django.db import DatabaseError, InterfaceError, connection

#: the first half of the keys of these locks; nothing else uses it
SPACE = 7_203_002


class MailboxLocks:
    """The locks of this process, on a connection of their own. All are lost when it ends."""

    def __init__(self) -> None:
        self._own: Any = None
        self._guard = Lock()

    def take(self, name: str) -> bool:
        """Whether this process has the lock of the mailbox now. It is taken once however often it is asked for, because
        each time would have to be given back."""
        return self.holds(name) or self._ask("SELECT pg_try_advisory_lock(%s, hashtext(%s))", name)

    def holds(self, name: str) -> bool:
        """Whether this process still has it. Without a database, nobody knows: False."""
        question = (
            "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid() AND granted"
            " AND classid = %s AND objid::bigint = hashtext(%s)::bigint & 4294967295)"
        )
        return self._ask(question, name)

    def release(self, name: str) -> None:
        self._ask("SELECT pg_advisory_unlock(%s, hashtext(%s))", name)

    def close(self) -> None:
        with self._guard:
            self._forget()

    def _ask(self, question: str, name: str) -> bool:
        with self._guard:
            try:
                if self._own is None:
                    self._own = connection.copy()
                    self._own.inc_thread_sharing()
                with self._own.cursor() as cursor:
                    cursor.execute(question, [SPACE, name])
                    return bool(cursor.fetchone()[0])
            except (DatabaseError, InterfaceError):
                self._forget()
                return False

    def _forget(self) -> None:
        if self._own is not None:
            self._own.close()
            self._own = None

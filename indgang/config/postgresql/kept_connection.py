"""Django's PostgreSQL, with a look at the socket in the place of a question before each request.

A kept connection may have died since the last request. Django asks `SELECT 1` to find out: half of the round trips of a
part with one query. A server that ended, or was killed, has closed its end: the socket of an idle connection has
something to read then, and nothing otherwise.
"""

from __future__ import annotations

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    def is_usable(self) -> bool:
        """Asks the server only when it has said something by itself, or when a query failed."""
        if self.connection is None or self.connection.closed:
            return False
        if self.errors_occurred or self._has_something_to_say():
            return bool(super().is_usable())
        return True

    def _has_something_to_say(self) -> bool:
        waiting = select.poll()
        waiting.register(self.connection.fileno(), select.POLLIN)
        return bool(waiting.poll(0))

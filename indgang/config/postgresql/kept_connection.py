"""Django's PostgreSQL backend, with a look at the socket instead of a query before each request.

A persistent connection may have died since the last request. Django finds out with `SELECT 1`, which is half of the
round trips of a part with one query. When a server ends or is killed, it closes its end of the connection, so an idle
socket becomes readable. A proxy or a network in between may keep the socket open after the server is gone, so after a
longer rest the query is sent all the same.
"""

from __future__ import annotations

import select
import time

from django.db.backends.postgresql import base

from indgang.telemetry import traces

#: a connection unused for this long is tested with a query
REST_SECONDS = 30.0
#: PostgreSQL otherwise plans a prepared statement anew each time, because it estimates a list of three as cheaper than
#: a list of unknown length
_PLAN_ONCE = "SET plan_cache_mode = force_generic_plan"


class DatabaseWrapper(base.DatabaseWrapper):
    _looked_at = 0.0

    def init_connection_state(self) -> None:
        super().init_connection_state()
        with self.connection.cursor() as cursor:
            cursor.execute(_PLAN_ONCE)
        traces.watch(self.execute_wrappers)
        if not self.get_autocommit():
            self.connection.commit()  # a rollback would undo it
        self._looked_at = time.monotonic()

    def is_usable(self) -> bool:
        """Whether the connection works. It queries the server only when the socket is readable, when a query has
        failed, or after a rest."""
        if self.connection is None or self.connection.closed:
            return False
        before, self._looked_at = self._looked_at, time.monotonic()
        if self.errors_occurred or self._looked_at - before > REST_SECONDS or self._has_something_to_say():
            return bool(super().is_usable())
        return True

    def _has_something_to_say(self) -> bool:
        waiting = select.poll()
        waiting.register(self.connection.fileno(), select.POLLIN)
        return bool(waiting.poll(0))

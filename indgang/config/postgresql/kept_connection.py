"""Django's PostgreSQL, with a look at the socket in the place of a question before each request.

A kept connection may have died since the last request. Django asks `SELECT 1` to find out: half of the round trips of a
part with one query. A server that ended, or was killed, has closed its end: the socket of an idle connection has
something to read then, and nothing otherwise. A proxy or a network in between may keep the socket open over a server
that is gone: after a rest the question is asked all the same.
"""

from __future__ import annotations

import select
import time

from django.db.backends.postgresql import base

from indgang.telemetry import traces

#: a connection that nobody has looked at for so long is asked
REST_SECONDS = 30.0
#: else PostgreSQL plans a prepared statement anew each time, since it takes a list of three for cheaper than a list of
#: unknown length
_PLAN_ONCE = "SET plan_cache_mode = force_generic_plan"


class DatabaseWrapper(base.DatabaseWrapper):
    _looked_at = 0.0

    def init_connection_state(self) -> None:
        super().init_connection_state()
        with self.connection.cursor() as cursor:
            cursor.execute(_PLAN_ONCE)
        traces.watch(self.execute_wrappers)
        if not self.get_autocommit():
            self.connection.commit()  # a rollback would take it back
        self._looked_at = time.monotonic()

    def is_usable(self) -> bool:
        """Asks the server only when it has said something by itself, when a query failed, or after a rest."""
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

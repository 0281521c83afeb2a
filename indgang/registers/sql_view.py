"""A case system that shows its cases in a view of a PostgreSQL database.

The transaction is read only, the server ends a statement in time, and only the columns of the agreement are asked for.
The address is `postgresql://host:port/database` or `postgresql://host:port/database?sslmode=verify-full`; the secret is
`user:password`.
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from indgang.registers import addresses, reading
from indgang.registers.contract import (
    ANSWER_SECONDS,
    MOST_CASES,
    SERVICE,
    Case,
    RegisterError,
    RegisterFault,
    SearchBy,
    Terms,
)

_MILLISECONDS = int(ANSWER_SECONDS * 1000)
#: when a connection is broken off: later than the server ends a statement
BREAKS_OFF_SECONDS = ANSWER_SECONDS + 1


class SqlViewCases:
    def __init__(self, terms: Terms) -> None:
        self._terms = terms

    def find(self, by: SearchBy, value: str) -> list[Case]:
        if not addresses.is_allowed(self._terms.address):
            raise RegisterError(RegisterFault.NOT_ALLOWED)
        values = {"spellings": _spellings(by, value), "services": sorted(self._terms.services or ())}
        try:
            connection = self._connect()
            with _ended_in_time(connection), connection, connection.cursor(row_factory=dict_row) as cursor:
                rows = cursor.execute(self._statement(by), values).fetchall()
        except psycopg.Error as error:
            raise RegisterError(_fault(error), error.sqlstate or type(error).__name__) from error
        return reading.cases(rows, self._terms, by, value)

    def _connect(self) -> psycopg.Connection[tuple[object, ...]]:
        parts = urlsplit(self._terms.address)
        user, _colon, password = self._terms.secret.partition(":")
        connection = psycopg.connect(
            host=parts.hostname, port=parts.port or 5432, dbname=unquote(parts.path.strip("/")),
            user=user, password=password, sslmode=ssl_mode(self._terms.address), application_name="indgang registers",
            connect_timeout=int(ANSWER_SECONDS), tcp_user_timeout=_MILLISECONDS, target_session_attrs="any",
            options=f"-c statement_timeout={_MILLISECONDS} -c default_transaction_read_only=on",
        )  # fmt: skip
        connection.read_only = True
        return connection

    def _statement(self, by: SearchBy) -> sql.Composed:
        """What is asked for, by its name here. One case more than may be shown is asked for, so that too many are
        seen."""
        fields = [
            sql.SQL("{} AS {}").format(sql.Identifier(self._terms.sources[name]), sql.Identifier(name))
            for name in self._terms.asked
        ]
        return sql.SQL("SELECT {} FROM {} WHERE {}::text = ANY(%(spellings)s) AND {} LIMIT {}").format(
            sql.SQL(", ").join(fields),
            sql.Identifier(*self._terms.place.split(".")),
            sql.Identifier(self._terms.searches[by]),
            self._of_services(),
            sql.Literal(MOST_CASES + 1),
        )

    def _of_services(self) -> sql.Composable:
        """The condition that a case belongs to a service of the agreement."""
        if self._terms.services is None:
            return sql.SQL("true")
        return sql.SQL("{}::text = ANY(%(services)s)").format(sql.Identifier(self._terms.sources[SERVICE]))


@contextmanager
def _ended_in_time(connection: psycopg.Connection[Any]) -> Iterator[None]:
    """Break the connection off after a time: a server that is halted neither answers nor ends a statement, and its
    machine still acknowledges what is sent."""
    line = socket.socket(fileno=os.dup(connection.fileno()))
    watch = threading.Timer(BREAKS_OFF_SECONDS, _break_off, [line])
    watch.daemon = True
    watch.start()
    try:
        yield
    finally:
        watch.cancel()
        line.close()


def _break_off(line: socket.socket) -> None:
    with suppress(OSError):  # it has been closed
        line.shutdown(socket.SHUT_RDWR)


def ssl_mode(address: str) -> str:
    return parse_qs(urlsplit(address).query).get("sslmode", ["prefer"])[0]


def _spellings(by: SearchBy, value: str) -> list[str]:
    """The forms in which another system may hold the value: telephone numbers are written in many ways."""
    if by is not SearchBy.TELEPHONE or not value.startswith("+45"):
        return [value]
    national = value.removeprefix("+45")
    pairs = " ".join(national[each : each + 2] for each in range(0, len(national), 2))
    return [value, f"45{national}", f"0045{national}", national, pairs, f"+45 {pairs}", f"+45 {national}"]


def _fault(error: psycopg.Error) -> RegisterFault:
    if isinstance(error, psycopg.errors.QueryCanceled | psycopg.errors.ConnectionTimeout):
        return RegisterFault.SLOW
    state = error.sqlstate or ""
    if state.startswith("28") or state == "42501" or "password" in str(error):
        return RegisterFault.REFUSED
    if isinstance(error, psycopg.OperationalError):
        return RegisterFault.DOWN
    return RegisterFault.WRONG_ANSWER

"""A query of Django's that is put together once, and then asked with other values as a prepared statement.

    _MINE = Query(lambda person, day: Membership.objects.serving_on(day).filter(person=person).values_list("queue"),
                  person=int, day=date)
    _MINE.rows(person=12, day=today)

The rules stay where they are, in the query sets of the models. What goes is the work of writing them down as SQL for
each request, which costs more than the answer does, and PostgreSQL's work of planning them (`statements`). Rows are
tuples in the order of `values_list`, and no models.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from psycopg import sql

from indgang.prepared import statements

#: values that no row has, by type; each name gets one of its own
_STAND_INS: dict[type, Callable[[int], Any]] = {
    int: lambda number: -7_301_944_000 - number,
    date: lambda number: date(1801, 1, 1 + number),
    datetime: lambda number: datetime(1801, 2, 1 + number, tzinfo=UTC),
    UUID: lambda number: UUID(int=7_301_944_000 + number),
    str: lambda number: f"\x1astand-in {number}",
}


class Query:
    """`build` makes the query set from its values, by name; `types` says what each is (int, date, datetime, UUID, str).

    Other values of the query become part of the statement. One that takes a list of changing length is none for this.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], **types: type) -> None:
        self._build, self._types = build, types
        self._statement = ""

    def rows(self, **values: Any) -> list[tuple[Any, ...]]:
        """The rows for these values. Raises Django's database errors, `ValueError` when a value takes no part in it."""
        self._statement = self._statement or self._written()
        return statements.rows(self._statement, values)

    def _written(self) -> str:
        stand_ins = {name: _STAND_INS[kind](number) for number, (name, kind) in enumerate(self._types.items())}
        text, given = self._build(**stand_ins).query.sql_with_params()
        names = {value: name for name, value in stand_ins.items()}
        places = [names.get(value) if type(value) in _STAND_INS else None for value in given]
        if missing := stand_ins.keys() - {place for place in places if place}:
            raise ValueError(f"{', '.join(sorted(missing))} takes no part in the query")
        words = [f"%({name})s" if name else _literal(value) for name, value in zip(places, given, strict=True)]
        written = iter(words)
        return re.sub("%[s%]", lambda place: next(written) if place[0] == "%s" else "%%", text)


def _literal(value: Any) -> str:
    """As SQL, with signs of per cent doubled: the statement is read by a cursor that looks for its values."""
    connection.ensure_connection()
    return sql.Literal(value).as_string(connection.connection).replace("%", "%%")

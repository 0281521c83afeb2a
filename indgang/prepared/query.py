"""A Django query that is built once and then run with other values as a prepared statement.

    _MINE = Query(lambda person, day: Membership.objects.serving_on(day).filter(person=person).values_list("queue"),
                  person=int, day=date)
    _MINE.rows(person=12, day=today)

`rows` gives the tuples of a `values_list`; `models` gives the objects of another query set, and respects
`select_related`, `only` and `annotate`.

The rules stay in the query sets of the models. This saves composing the SQL for each request, which costs more than the
answer itself, and PostgreSQL's planning (`statements`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from django.db.models.query import get_related_populators
from psycopg import sql

from indgang.prepared import statements

#: placeholder values that no row has, by type; each name gets its own
_STAND_INS: dict[type, Callable[[int], Any]] = {
    int: lambda number: -7_301_944_000 - number,
    date: lambda number: date(1801, 1, 1 + number),
    datetime: lambda number: datetime(1801, 2, 1 + number, tzinfo=UTC),
    UUID: lambda number: UUID(int=7_301_944_000 + number),
    str: lambda number: f"\x1astand-in {number}",
}


#: lists, and the type of what is in them
_LISTS: dict[Any, type] = {list[int]: int, list[str]: str, list[UUID]: UUID}


class Query:
    """`build` makes the query set from its values, by name; `types` gives the type of each (int, date, datetime, UUID,
    str, or a list of int, str or UUID for `__in`).

    Other values in the query become part of the statement.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], **types: Any) -> None:
        self._build, self._types = build, types

    def rows(self, **values: Any) -> list[tuple[Any, ...]]:
        """The rows for these values. Raises Django's database errors, and `ValueError` when the query does not use a
        value."""
        return statements.rows(self._written.statement, values)

    def models(self, **values: Any) -> list[Any]:
        """The objects for these values. Raises the same errors."""
        written = self._written
        return [written.model_of(row) for row in statements.rows(written.statement, values, binary=False)]

    @cached_property
    def _written(self) -> _Written:
        stand_ins = {name: _stand_in(kind, number) for number, (name, kind) in enumerate(self._types.items())}
        lists = {name for name, kind in self._types.items() if kind in _LISTS}
        values = {name: [value] if name in lists else value for name, value in stand_ins.items()}
        compiler = self._build(**values).query.get_compiler(connection.alias)
        text, given = compiler.as_sql()
        names = {value: name for name, value in stand_ins.items()}
        # the value of a column of small numbers is of a class of its own
        places = [names.get(value) if isinstance(value, tuple(_STAND_INS)) else None for value in given]
        if missing := stand_ins.keys() - {place for place in places if place}:
            raise ValueError(f"{', '.join(sorted(missing))} takes no part in the query")
        words = iter([f"%({name})s" if name else _literal(value) for name, value in zip(places, given, strict=True)])
        statement = re.sub("%[s%]", lambda place: next(words) if place[0] == "%s" else "%%", text)
        for name in lists:
            # a list of any length is one value
            statement = statement.replace(f"IN (%({name})s)", f"= ANY(%({name})s)")
        return _Written(statement, compiler)


def _stand_in(kind: Any, number: int) -> Any:
    """One value that no row has; that of a list stands alone in it."""
    return _STAND_INS[_LISTS.get(kind, kind)](number)


class _Written:
    """A query as SQL, and how a row of it becomes an object, as in Django's `ModelIterable`."""

    def __init__(self, statement: str, compiler: Any) -> None:
        self.statement = statement
        if compiler.klass_info is None:
            return
        self._model, fields = compiler.klass_info["model"], compiler.klass_info["select_fields"]
        self._own = slice(fields[0], fields[-1] + 1)
        self._names = [column[0].target.attname for column in compiler.select[self._own]]
        # the type stubs are those of a later Django
        populators: Any = get_related_populators
        self._related = populators(compiler.klass_info, compiler.select, connection.alias)
        self._annotations = compiler.annotation_col_map or {}
        self._converters = list(compiler.get_converters([column[0] for column in compiler.select]).items())

    def model_of(self, given: tuple[Any, ...]) -> Any:
        row = list(given)
        for place, (converters, expression) in self._converters:
            for convert in converters:
                row[place] = convert(row[place], expression, connection)
        made = self._model.from_db(connection.alias, self._names, row[self._own])
        for related in self._related:
            related.populate(row, made)
        for name, place in self._annotations.items():
            setattr(made, name, row[place])
        return made


def _literal(value: Any) -> str:
    """The value as SQL, with percent signs doubled, because the cursor looks for placeholders in the statement."""
    connection.ensure_connection()
    return sql.Literal(value).as_string(connection.connection).replace("%", "%%")

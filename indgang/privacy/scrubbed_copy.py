"""A copy of the database for testing: every personal text is replaced, and references still match.

The same value gets the same replacement everywhere, so that numbers still match their parties and events still produce
their rows; in columns too short for a hash it does so within the column. The salt is discarded, so nobody can find a
value by trial. Work in progress is left out, and so is the search index, which `indgang search` rebuilds. The copy is a
zip with one file for each table.
"""

from __future__ import annotations

import json
import secrets
import zlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models, transaction
from django.db.migrations.recorder import MigrationRecorder
from psycopg import sql

from indgang.events import kinds as event_kinds

_MANIFEST = "manifest.json"
_FORMAT = 1
#: work in progress, and tables that are rebuilt
_LEFT_OUT = frozenset(
    ("Mail", "Command", "LiveWork", "InHand", "Submission", "Mark", "Ending", "RunningProcess", "DeadLetter", "Erasure",
     "SubjectSearch", "SearchDocument", "SearchPosting", "SearchWord", "SearchTerm", "RoutineState", "Draft")
)  # fmt: skip
#: characters of a replacement text; shorter columns get as many as they hold
_LENGTH = 20
#: a hash of fewer characters could give two values the same replacement
_SHORTEST_HASH = 12


class CannotLoad(Exception):
    """The file cannot be read, or the copy does not fit: it is of another release, or the database is in use. Nothing
    was changed."""


def write(path: Path, *, at: datetime) -> dict[str, int]:
    """Write the copy. Return the number of rows by table. All tables are read in one snapshot."""
    salt, rows = secrets.token_hex(16), {}
    with transaction.atomic(), ZipFile(path, "w", ZIP_DEFLATED) as file, connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        for model in _copied():
            rows[model._meta.db_table] = _write_table(cursor, file, model, salt)
        about = {"format": _FORMAT, "made_at": at.isoformat(), "migrations": _migrations(), "rows": rows}
        file.writestr(_MANIFEST, json.dumps(about))
    return rows


def load(path: Path) -> dict[str, int]:
    """Load a copy into a migrated database that nobody uses yet. Raises `CannotLoad`. Return the number of rows by
    table."""
    try:
        return _loaded(path)
    except (OSError, BadZipFile, zlib.error, KeyError, ValueError) as error:
        raise CannotLoad(f"{path} is no copy that can be read: {error}") from error


def _loaded(path: Path) -> dict[str, int]:
    with ZipFile(path) as file, transaction.atomic(), connection.cursor() as cursor:
        about = json.loads(file.read(_MANIFEST))
        _check(about)
        tables = [model for model in _copied() if model._meta.db_table in about["rows"]]
        for model in reversed(tables):
            if not getattr(model, "APPEND_ONLY", False):
                cursor.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(model._meta.db_table)))
        for model in tables:
            _load_table(cursor, file, model)
    return dict(about["rows"])


def _check(about: dict[str, Any]) -> None:
    if about["format"] != _FORMAT or about["migrations"] != _migrations():
        raise CannotLoad("the copy was made by another release; load it into a database of that release")
    if any(model._default_manager.exists() for model in _copied() if model._meta.label == "accounts.Person"):
        raise CannotLoad("somebody works in this database; load the copy into an empty one")


def _migrations() -> list[str]:
    ours = {config.label for config in apps.get_app_configs() if config.name.startswith("indgang.")}
    applied = MigrationRecorder(connection).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in applied if app in ours)


def _copied() -> list[type[models.Model]]:
    found = [model for config in apps.get_app_configs() if config.name.startswith("indgang.")
             for model in config.get_models(include_auto_created=True)]  # fmt: skip
    return [model for model in found if model.__name__ not in _LEFT_OUT]


def _columns(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    return [field for field in model._meta.concrete_fields if field.column and not field.generated]


def _write_table(cursor: Any, file: ZipFile, model: type[models.Model], salt: str) -> int:
    personal = set(getattr(model, "PERSONAL", ()))
    columns = [_invented(field, salt) if field.name in personal else sql.Identifier(str(field.column))
               for field in _columns(model)]  # fmt: skip
    statement = sql.SQL("COPY (SELECT {} FROM {}) TO STDOUT").format(
        sql.SQL(", ").join(columns), sql.Identifier(model._meta.db_table)
    )
    with file.open(model._meta.db_table, "w") as out, cursor.copy(statement) as copy:
        for block in copy:
            out.write(bytes(block))
    cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(model._meta.db_table)))
    return int(cursor.fetchone()[0])


def _load_table(cursor: Any, file: ZipFile, model: type[models.Model]) -> None:
    table = sql.Identifier(model._meta.db_table)
    names = sql.SQL(", ").join(sql.Identifier(str(field.column)) for field in _columns(model))
    with (
        file.open(model._meta.db_table) as source,
        cursor.copy(sql.SQL("COPY {} ({}) FROM STDIN").format(table, names)) as copy,
    ):
        for block in iter(lambda: source.read(1 << 16), b""):
            copy.write(block)
    for field in _columns(model):
        for sequence in _sequences(cursor, model, field):
            cursor.execute(
                sql.SQL("SELECT setval(%s, greatest((SELECT max({}) FROM {}), 1))").format(
                    sql.Identifier(str(field.column)), table
                ),
                [sequence],
            )


def _sequences(cursor: Any, model: type[models.Model], field: models.Field[Any, Any]) -> Iterator[str]:
    cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [model._meta.db_table, field.column])
    (found,) = cursor.fetchone()
    if found:
        yield found
    elif model._meta.label == "events.StoredEvent" and field.column == "position":
        yield "events_event_position"


# --- Invented values -----------------------------------------------------------------------------


def _invented(field: models.Field[Any, Any], salt: str) -> sql.Composable:
    """The replacement for a personal field. Keys stay, because the rows that they refer to are replaced."""
    column = sql.Identifier(str(field.column))
    if field.model._meta.label == "events.StoredEvent" and field.name == "data":
        return _invented_data(salt)
    if isinstance(field, models.JSONField):
        return sql.SQL("{}::jsonb").format(sql.Literal("[]" if field.get_default() == [] else "{}"))
    if isinstance(field, ArrayField):
        return sql.SQL("'{{}}'")
    if isinstance(field, models.BinaryField):
        return sql.SQL("NULL") if field.null else sql.SQL("''::bytea")
    if field.name == "password":
        return sql.SQL("'!'")
    if field.name in ("by_id", "target_id", "subject_id"):
        return column  # keys of the trail
    if isinstance(field, models.CharField | models.TextField):
        is_mail = isinstance(field, models.EmailField)
        return _invented_text(column, salt, min(field.max_length or 200, 200), mail=is_mail)
    return column


def _invented_text(value: sql.Composable, salt: str, length: int, *, mail: bool = False) -> sql.Composable:
    """Replace a text: empty stays empty, numbers become numbers of a country that does not exist, everything else
    letters. The values of a short column are numbered in the order of their hashes, to the base 16; when there are more
    than the column has numbers, they begin again."""
    hashed = sql.SQL("md5({} || {})").format(sql.Literal(salt), value)
    if length < _SHORTEST_HASH:
        rank = sql.SQL("to_hex(dense_rank() OVER (ORDER BY {}))").format(hashed)
        number = sql.SQL("'x' || right({}, {})").format(rank, sql.Literal(length - 1))
        return sql.SQL("CASE WHEN {v} = '' THEN '' WHEN {v} IS NOT NULL THEN {n} END").format(v=value, n=number)
    letters = sql.SQL("left('x' || {}, {})").format(hashed, sql.Literal(min(length, _LENGTH)))
    if mail:
        letters = sql.SQL("{} || '@example.invalid'").format(letters)
    if length <= _LENGTH:
        return sql.SQL("CASE WHEN {v} = '' THEN '' ELSE {l} END").format(v=value, l=letters)
    digits = sql.SQL("'+999' || lpad((('x' || left({}, 8))::bit(32)::bigint)::text, 10, '0')").format(hashed)
    return sql.SQL("CASE WHEN {v} = '' THEN '' WHEN {v} ~ '^[+]?[0-9]+$' THEN {d} ELSE {l} END").format(
        v=value, d=digits, l=letters
    )


def _invented_data(salt: str) -> sql.Composable:
    """The data of an event, with each text of a personal field replaced."""
    personal = sorted({name for kind in event_kinds.declared() for name in kind.personal})
    text = _invented_text(sql.SQL("left(each.value #>> '{{}}', 200)"), salt, 200)
    return sql.SQL(
        "(SELECT coalesce(jsonb_object_agg(each.key, CASE WHEN each.key = ANY({personal}) AND"
        " jsonb_typeof(each.value) = 'string' THEN to_jsonb({text}) ELSE each.value END), '{{}}')"
        " FROM jsonb_each(data) AS each)"
    ).format(personal=sql.Literal(personal), text=text)

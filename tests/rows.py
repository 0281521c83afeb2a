"""Reads the content of tables in one statement, for comparisons before and after."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models import Model


def counts(models: Iterable[type[Model]]) -> dict[str, int]:
    """The number of rows of each model, by its label."""
    return _each(models, "SELECT count(*) FROM {table}")


def contents(models: Iterable[type[Model]]) -> dict[str, str | None]:
    """A digest of all rows of each model, by its label; None when it has no rows."""
    return _each(models, "SELECT md5(string_agg(each::text, '|' ORDER BY each::text)) FROM {table} AS each")


def _each(models: Iterable[type[Model]], question: str) -> dict[str, Any]:
    tables = {model._meta.label: connection.ops.quote_name(model._meta.db_table) for model in models}
    questions = [f"({question.format(table=table)})" for table in tables.values()]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(questions)}")
        answers = cursor.fetchone()
    assert answers is not None
    return dict(zip(tables, answers, strict=True))

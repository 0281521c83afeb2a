"""What stands in the tables, asked in one statement: to be compared before and after."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models import Model


def counts(models: Iterable[type[Model]]) -> dict[str, int]:
    """How many rows each has, by its label."""
    return _each(models, "SELECT count(*) FROM {table}")


def contents(models: Iterable[type[Model]]) -> dict[str, str | None]:
    """A digest of all rows of each, by its label; None when it has none."""
    return _each(models, "SELECT md5(string_agg(each::text, '|' ORDER BY each::text)) FROM {table} AS each")


def _each(models: Iterable[type[Model]], question: str) -> dict[str, Any]:
    tables = {model._meta.label: connection.ops.quote_name(model._meta.db_table) for model in models}
    questions = [f"({question.format(table=table)})" for table in tables.values()]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(questions)}")
        answers = cursor.fetchone()
    assert answers is not None
    return dict(zip(tables, answers, strict=True))

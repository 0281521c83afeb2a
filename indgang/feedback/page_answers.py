"""Stores an answer about a page in one statement: the response, unless its key is known, and its ratings.

Many readers may answer at once, and an answer is a row with some numbers; the ORM would send five statements.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.db import connection

from indgang.feedback.models import Rating, Response, SurveyQuestion


def store(response: Response, rated: Mapping[SurveyQuestion, int]) -> bool:
    """Store both; whether no other response has the key. Belongs in the transaction that writes the event."""
    values = [field.get_db_prep_save(getattr(response, field.attname), connection) for field in _fields()]
    with connection.cursor() as cursor:
        cursor.execute(_statement(), [*values, [each.pk for each in rated], list(rated.values())])
        (stored,) = cursor.fetchone()
    response._state.adding = False
    return bool(stored)


def _fields() -> list[Any]:
    return list(Response._meta.concrete_fields)


@lru_cache(maxsize=1)
def _statement() -> str:
    columns = ", ".join(field.column for field in _fields())
    places = ", ".join("%s" for _field in _fields())
    response, rating = Response._meta.db_table, Rating._meta.db_table
    return (
        f"WITH stored AS (INSERT INTO {response} ({columns}) VALUES ({places})"  # noqa: S608  # names of our models
        " ON CONFLICT (key) WHERE key <> '' DO NOTHING RETURNING id),"
        f" rated AS (INSERT INTO {rating} (response_id, question_id, value)"
        " SELECT stored.id, each.question, each.value FROM stored,"
        " unnest(%s::bigint[], %s::smallint[]) AS each (question, value))"
        " SELECT count(*) FROM stored"
    )

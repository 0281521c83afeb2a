"""Stores an answer about a page in one statement: the response, unless its key is known, its ratings, its comment, and
the event in the log. One statement is one transaction.

Many readers may answer at once, and an answer is a row with some numbers; the ORM would send eight statements.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.db import connection
from psycopg.types.json import Jsonb

from indgang.events import log
from indgang.feedback.models import Comment, Rating, Response, SurveyQuestion


def store(
    response: Response, rated: Mapping[SurveyQuestion, int], *, open_question: SurveyQuestion | None, words: str,
    event: Mapping[str, Any],
) -> bool:  # fmt: skip
    """Store all of it; whether no other response has the key. `words` are masked ("": no comment), and `event` is the
    row of the log (`log.row`)."""
    values: list[Any] = [field.get_db_prep_save(getattr(response, field.attname), connection) for field in _fields()]
    ratings: list[Any] = [[each.pk for each in rated], list(rated.values())]
    comment: list[Any] = [open_question.pk if open_question else None, response.answered_at, words, words]
    noted: list[Any] = [Jsonb(event[name]) if name == "data" else event[name] for name in log.COLUMNS]
    with connection.cursor() as cursor:
        cursor.execute(_statement(), values + ratings + comment + noted)
        (stored,) = cursor.fetchone()
    response._state.adding = False
    return bool(stored)


def _fields() -> list[Any]:
    return list(Response._meta.concrete_fields)


@lru_cache(maxsize=1)
def _statement() -> str:
    columns = ", ".join(field.column for field in _fields())
    places = ", ".join("%s" for _field in _fields())
    response, rating, comment = (model._meta.db_table for model in (Response, Rating, Comment))
    noted = ", ".join(f"%s::{kind}" for kind in log.COLUMNS.values())
    return (
        f"WITH stored AS (INSERT INTO {response} ({columns}) VALUES ({places})"  # noqa: S608  # names of our models
        " ON CONFLICT (key) WHERE key <> '' DO NOTHING RETURNING id),"
        f" rated AS (INSERT INTO {rating} (response_id, question_id, value)"
        " SELECT stored.id, each.question, each.value FROM stored,"
        " unnest(%s::bigint[], %s::smallint[]) AS each (question, value)),"
        f" said AS (INSERT INTO {comment} (response_id, question_id, at, text)"
        " SELECT stored.id, %s::bigint, %s::timestamptz, %s FROM stored WHERE %s <> ''),"
        f" noted AS (INSERT INTO {log.TABLE} ({', '.join(log.COLUMNS)}) SELECT {noted} FROM stored)"
        " SELECT count(*) FROM stored"
    )

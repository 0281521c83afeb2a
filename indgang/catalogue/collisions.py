"""Concurrent writes of the same value: the database refuses the second, which becomes a refusal in words at its field.

A check before a write may be outdated by the time of the write; the constraint still holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from django.db import IntegrityError, connection, models, transaction
from django.utils.functional import Promise

#: the first of the two numbers of these advisory locks
_LOCKS = 20_734
#: by the constraint's name: the field it is about ("" is the whole), and what to say there
CollisionWords = Mapping[str, tuple[str, str | Promise]]


@contextmanager
def refused_in_words(
    refusal: Callable[[Mapping[str, str | Promise]], Exception], collisions: CollisionWords, *, in_turn: bool = False
) -> Iterator[None]:
    """Write inside; a collision with one of the constraints raises `refusal({field: words})`, any other as it is.

    Two who check an exclusion constraint at once may wait for each other for ever, and PostgreSQL then ends one of them
    with an error of its own; `in_turn` lets one write after the other.
    """
    if in_turn:
        wait_for_turn(",".join(sorted(collisions)))
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        field_and_words = collisions.get(constraint_of(error))
        if field_and_words is None:
            raise
        field, words = field_and_words
        raise refusal({field: words}) from error


def wait_for_turn(what: str) -> None:
    """Lock `what` until the end of the transaction; reads after this see the changes of earlier holders."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_LOCKS, what])


def constraint_of(error: IntegrityError) -> str:
    """The name of the constraint that refused; empty when the database did not say."""
    diagnosis = getattr(error.__cause__, "diag", None)
    return str(getattr(diagnosis, "constraint_name", None) or "")


def of_row(row: models.Model) -> dict[str, tuple[str, str | Promise]]:
    """What the unique fields of a row say, as `told` takes it: Django's own words for each."""
    kind = type(row)
    return {
        f"{kind._meta.db_table}_{field.column}_key": (field.name, str(row.unique_error_message(kind, (field.name,))))
        for field in kind._meta.concrete_fields
        if field.unique and not field.primary_key
    }

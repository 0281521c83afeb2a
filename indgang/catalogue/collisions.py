"""Concurrent writes of the same value: the database refuses the second one, and the user gets a message at the field.

A check before a write may be outdated by the time of the write; the constraint still holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from django.db import IntegrityError, connection, models, transaction
from django.utils.functional import Promise

#: the first key of these advisory locks
_LOCKS = 20_734
#: for each constraint's name: its field ("" is the whole form) and the message
CollisionWords = Mapping[str, tuple[str, str | Promise]]


@contextmanager
def refused_in_words(
    refusal: Callable[[Mapping[str, str | Promise]], Exception], collisions: CollisionWords, *, in_turn: bool = False
) -> Iterator[None]:
    """Write inside this context. A violation of one of the constraints raises `refusal({field: words})`; other errors
    pass through.

    Two transactions that check an exclusion constraint at once may deadlock, and PostgreSQL then ends one of them with
    an error of its own. `in_turn` makes them write one after the other.
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
    """The messages for the unique fields of a row, in the form that `told` takes: Django's own wording for each."""
    kind = type(row)
    return {
        f"{kind._meta.db_table}_{field.column}_key": (field.name, str(row.unique_error_message(kind, (field.name,))))
        for field in kind._meta.concrete_fields
        if field.unique and not field.primary_key
    }

"""Checks and writes changes to the catalogue, records them in the audit trail and notifies the listeners.

Higher packages that cache parts of the catalogue `subscribe`. Listeners run in the transaction of the change, so what
they write is committed together with it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypeVar, Unpack

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _

from indgang.audit import trail
from indgang.audit.trail import Actor
from indgang.catalogue import collisions
from indgang.core.refusals import RefusedChange

Row = TypeVar("Row", bound=models.Model)
Listener = Callable[[Sequence[models.Model], Actor, datetime], None]

_listeners: list[Listener] = []


def subscribe(listener: Listener) -> None:
    """Have `listener(rows, by, at)` called in the transaction of every change. Adding it twice counts once."""
    if listener not in _listeners:
        _listeners.append(listener)


@transaction.atomic
def save(row: Row, values: Mapping[str, Any], *, by: Actor, at: datetime, why: str = "") -> Row:
    """Set `values` on a new or existing row, check and write it. Raises RefusedChange; nothing is written then."""
    new = row._state.adding
    before = {} if new else trail.values_of(row, values)
    for name, value in values.items():
        setattr(row, name, value)
    _check(row)
    with collisions.refused_in_words(RefusedChange, collisions.of_row(row)):
        row.save()
    after = trail.values_of(row, values)
    changed = {name for name, value in after.items() if new or before[name] != value}
    if changed:
        record_change(
            f"{row._meta.model_name}.{'add' if new else 'change'}",
            row,
            by=by,
            at=at,
            before={name: before[name] for name in changed if name in before},
            after={name: after[name] for name in changed},
            why=why,
        )
    return row


def record_change(action: str, row: models.Model, **difference: Unpack[trail.ChangeFacts]) -> None:
    """Write the change to the audit trail and call the listeners. Belongs in the transaction of the change."""
    trail.record(action=action, target=row, **difference)
    for listener in _listeners:
        listener([row], difference["by"], difference["at"])


def record_changes(differences: Sequence[trail.Difference], *, by: Actor, at: datetime, why: str) -> None:
    """Write many changes to the audit trail, and call the listeners once with all the rows."""
    trail.record_all(differences, by=by, at=at, why=why)
    for listener in _listeners if differences else ():
        listener([row for _action, row, _before, _after in differences], by, at)


def _check(row: models.Model) -> None:
    starts, ends = getattr(row, "valid_from", None), getattr(row, "valid_to", None)
    if isinstance(starts, date) and isinstance(ends, date) and ends <= starts:
        raise RefusedChange({"valid_to": _("Slutdatoen skal ligge efter startdatoen.")})
    try:
        row.full_clean()
    except ValidationError as error:
        raise RefusedChange(
            {"" if name == NON_FIELD_ERRORS else name: " ".join(texts) for name, texts in error.message_dict.items()}
        ) from error

"""The audit trail. Call `record` inside the transaction of the change that it describes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol, Required, TypedDict

from django.db import connection, models

from indgang.audit.models import Change, Look, LookReview
from indgang.core.masking import mask_cpr
from indgang.prepared.query import Query

#: characters of a look's reason; twenty long case numbers fit in
LONGEST_WHY = 6_000
#: a list that is redrawn while somebody types, or a part that is fetched again, counts as one look
ONE_LOOK = timedelta(minutes=5)


class Actor(Protocol):
    """Whoever acts: a person who signed in, or a part of the system."""

    @property
    def audit_id(self) -> str: ...

    @property
    def audit_label(self) -> str: ...


@dataclass(frozen=True, slots=True)
class System:
    """A part of the product that acts on its own."""

    name: str

    @property
    def audit_id(self) -> str:
        return f"system:{self.name}"

    @property
    def audit_label(self) -> str:
        return self.name


class OutsideTransaction(RuntimeError):
    """A change was recorded outside the transaction that made it."""


class ChangeFacts(TypedDict, total=False):
    """Who changed a row, when and why, and the values that differ: the other arguments of `record`."""

    by: Required[Actor]
    at: Required[datetime]
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    why: str


def _in_transaction() -> bool:
    return connection.in_atomic_block


def record(
    *,
    by: Actor,
    at: datetime,
    action: str,
    target: models.Model,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    why: str = "",
) -> Change:
    """Write one change. Raises `OutsideTransaction` when no transaction is open."""
    if not _in_transaction():
        raise OutsideTransaction(f"{action} must be recorded in the transaction of the change")
    row = _change((action, target, before or {}, after or {}), by=by, at=at, why=why)
    row.save(force_insert=True)
    return row


#: an action, the row it is about, and its values that differ, before and after
Difference = tuple[str, models.Model, Mapping[str, Any], Mapping[str, Any]]


def record_all(differences: Iterable[Difference], *, by: Actor, at: datetime, why: str = "") -> None:
    """Write many changes in a few statements. Raises `OutsideTransaction` when no transaction is open."""
    if not _in_transaction():
        raise OutsideTransaction("changes must be recorded in the transaction that makes them")
    Change.objects.bulk_create([_change(each, by=by, at=at, why=why) for each in differences], batch_size=1000)


def _change(difference: Difference, *, by: Actor, at: datetime, why: str) -> Change:
    action, target, before, after = difference
    return Change(
        at=at,
        by_id=by.audit_id,
        by_label=by.audit_label,
        action=action,
        target_type=target._meta.label_lower,
        target_id=str(target.pk),
        target_label=label_of(target),
        before=_all_plain(before),
        after=_all_plain(after),
        why=why,
    )


def look(*, by: Actor, at: datetime, subject: models.Model, page: str, why: str = "") -> Look:
    """Record that `by` saw the history of `subject` on `page`, and `why` where the page asks for a reason."""
    row = _look(by, at, subject, page, why)
    row.save(force_insert=True)
    return row


def looks(*, by: Actor, at: datetime, subjects: Sequence[models.Model], page: str, why: str = "") -> None:
    """Record that `by` saw these rows, all of one model, on `page`: each once within `ONE_LOOK`."""
    if not subjects:
        return
    again = _LOOKED_AT.rows(
        model=subjects[0]._meta.label_lower, keys=[str(subject.pk) for subject in subjects],
        by=by.audit_id, page=page, after=at - ONE_LOOK,
    )  # fmt: skip
    known = {key for (key,) in again}
    if new := [_look(by, at, subject, page, why) for subject in subjects if str(subject.pk) not in known]:
        Look.objects.bulk_create(new)


def _looked_at(model: str, keys: list[str], by: str, page: str, after: datetime) -> models.QuerySet[Look, Any]:
    seen = Look.objects.filter(subject_type=model, subject_id__in=keys, by_id=by, page=page, at__gt=after)
    return seen.order_by().values_list("subject_id")


_LOOKED_AT = Query(_looked_at, model=str, keys=list[str], by=str, page=str, after=datetime)


def review(look: Look, *, note: str, by: Actor, at: datetime) -> LookReview:
    """Record that a look has been reviewed. A later review replaces an earlier one."""
    row, _made = LookReview.objects.update_or_create(
        look=look.pk,
        defaults={"at": at, "by_id": by.audit_id, "by_label": by.audit_label, "note": mask_cpr(note)[:300]},
    )
    return row


def label_of(target: models.Model) -> str:
    """The label of a row in the trail. A citizen's name or number would outlive its retention time here, so such rows
    have a label of their own (`trail_label`) that gives only their number."""
    return str(getattr(target, "trail_label", None) or target)[:200]


def _look(by: Actor, at: datetime, subject: models.Model, page: str, why: str) -> Look:
    return Look(
        at=at,
        by_id=by.audit_id,
        by_label=by.audit_label,
        subject_type=subject._meta.label_lower,
        subject_id=str(subject.pk),
        subject_label=label_of(subject),
        page=page,
        why=why[:LONGEST_WHY],
    )


def values_of(row: models.Model, names: Iterable[str]) -> dict[str, Any]:
    """The fields of a row in the form that the trail stores; a foreign key by its text."""
    return {name: _plain(getattr(row, name)) for name in names}


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int | float | str | list | dict) else str(value)


def _all_plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _plain(value) for name, value in values.items()}

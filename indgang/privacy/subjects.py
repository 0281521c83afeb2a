"""A data subject: the data that we hold about them, searched only with a reason, and the copy that they receive."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from indgang.audit.trail import Actor
from indgang.core.masking import mask_cpr
from indgang.core.refusals import RefusedChange
from indgang.privacy import kinds
from indgang.privacy.kinds import Holding, PersonalData, Words
from indgang.privacy.models import SubjectSearch
from indgang.privacy.store import DjangoStore, Store

WHY_LENGTH = 300
#: a search that finds more enquiries than this does not identify a person
MOST_ENQUIRIES = 2_000
_EMPTY: tuple[Any, ...] = (None, "", [], {})


@dataclass(frozen=True, slots=True)
class DataSubject:
    """The identity of a person in the tables: numbers (E.164), e-mail addresses, keys of parties and of enquiries."""

    numbers: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    parties: tuple[int, ...] = ()
    enquiries: tuple[UUID, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.numbers or self.emails or self.parties or self.enquiries)

    @property
    def values(self) -> dict[str, list[Any]]:
        """The parameters for the conditions of holdings."""
        return {
            "numbers": list(self.numbers), "emails": list(self.emails), "parties": list(self.parties),
            "enquiries": list(self.enquiries),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Held:
    """The rows of one kind, as the subject receives them, oldest first within each table."""

    kind: PersonalData
    rows: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Copy:
    """Everything that is held about a subject, and the kinds that are not part of the copy, each with the reason."""

    held: list[Held]
    kept: list[PersonalData]

    @property
    def rows(self) -> int:
        return sum(len(each.rows) for each in self.held)

    def plain(self) -> dict[str, Any]:
        """The copy as JSON data, by the name of the kind."""
        return {
            "oplysninger": [
                {
                    "slags": str(each.kind.title), "formål": str(each.kind.purpose),
                    "grundlag": str(each.kind.basis.value), "rækker": each.rows,
                }
                for each in self.held
            ],
            "gemmes af andre grunde": [
                {"slags": str(kind.title), "hvorfor": str(kind.keeps)} for kind in self.kept
            ],
        }  # fmt: skip


def search(
    asked: str, found: DataSubject, *, why: str, by: Actor, at: datetime, action: str = "search"
) -> SubjectSearch:
    """Record that somebody looked a person up (or exported their data), and the reason. Raises RefusedChange without
    one."""
    why = " ".join(why.split())
    if len(why) < 5:
        raise RefusedChange({"why": _("Skriv, hvorfor du slår personen op, fx nummeret på anmodningen.")})
    with transaction.atomic():
        return SubjectSearch.objects.create(
            at=at, by_id=by.audit_id, by_label=by.audit_label, why=mask_cpr(why)[:WHY_LENGTH],
            asked=mask_cpr(asked)[:200], action=action, parties=len(found.parties), enquiries=len(found.enquiries),
        )  # fmt: skip


def copy_of(subject: DataSubject, store: Store | None = None) -> Copy:
    """Everything about the subject, as the declarations find it."""
    reading = store or DjangoStore()
    held = [Held(kind, [row for each in kind.holdings for row in _rows(reading, each, subject)])
            for kind in kinds.declared() if any(each.subject for each in kind.holdings)]  # fmt: skip
    return Copy([each for each in held if each.rows], [kind for kind in kinds.declared() if not kind.holdings])


def _rows(store: Store, holding: Holding, subject: DataSubject) -> list[dict[str, Any]]:
    if not holding.subject or not holding.exports:
        return []
    columns = ", ".join(holding.exports.values())
    found = store.rows(
        f"SELECT {columns} FROM {holding.table} AS held"  # noqa: S608  # our own declarations
        f" WHERE ({holding.subject}) AND ({holding.left}) ORDER BY held.{holding.key}",
        subject.values,
    )
    return [_named(holding.exports, row) for row in found]


def _named(names: Mapping[str, str], row: tuple[Any, ...]) -> dict[str, Any]:
    plain: dict[str, Any] = _plain(dict(zip(names, row, strict=True)))
    return plain


def _plain(value: Any) -> Any:
    """The value in a form that JSON can hold, without the empty values in it."""
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items() if each not in _EMPTY}
    if isinstance(value, list):
        return [_plain(each) for each in value if each not in _EMPTY]
    return value if isinstance(value, str | int | float | bool) else str(value)


def waiting_words(kind: PersonalData) -> Words:
    return next((each.waits for each in kind.holdings if each.waits), "")

"""Which tables a person may import and export, and which rows of them: permissions follow units."""

from __future__ import annotations

from django.http import Http404

from indgang.accounts.access import everywhere, may, units_of
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.tables.kinds import TableKind, UnitScope
from indgang.tables.registry import KINDS

PERMISSIONS = {
    "units": Permission.EDIT_CATALOGUE,
    "services": Permission.EDIT_CATALOGUE,
    "directory": Permission.EDIT_CATALOGUE,
    "people": Permission.EDIT_PEOPLE,
    "former-numbers": Permission.EDIT_CATALOGUE,
    "number-series": Permission.EDIT_CATALOGUE,
}


def kinds_of(person: Person) -> list[TableKind]:
    return [kind for code, kind in KINDS.items() if may(person, PERMISSIONS[code])]


def kind_for(person: Person, code: str) -> TableKind:
    """The kind of table. Raises Http404 when it does not exist or this person has no access to it."""
    kind = next((kind for kind in kinds_of(person) if kind.code == code), None)
    if kind is None:
        raise Http404
    return kind


def scope_of(person: Person, kind: TableKind) -> UnitScope:
    permission = PERMISSIONS[kind.code]
    if everywhere(person, permission):
        return UnitScope(None)
    return UnitScope(frozenset(units_of(person, permission).values_list("pk", flat=True)))

"""All kinds of tables, in the order in which a new centre imports them."""

from __future__ import annotations

from indgang.tables.directory import DirectoryTable
from indgang.tables.elsewhere import ElsewhereTable
from indgang.tables.former_numbers import FormerNumberTable
from indgang.tables.kinds import TableKind
from indgang.tables.offering import ServiceTable
from indgang.tables.people import PersonTable
from indgang.tables.units import UnitTable

KINDS: dict[str, TableKind] = {
    kind.code: kind
    for kind in (UnitTable(), ServiceTable(), DirectoryTable(), PersonTable(), FormerNumberTable(), ElsewhereTable())
}

"""The kinds of personal data: each is declared once, by the package that owns its tables, in `personal_data`.

A kind says why it is kept, on which legal basis, for how long by default, and which fields it covers. Its holdings say
how each table is scrubbed and how the rows of one data subject are found there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise

_CHANGED = re.compile(r"\b(?:UPDATE|DELETE FROM)\s+([a-z]+_[a-z_]+)")
_READ = re.compile(r"\b(?:FROM|JOIN|UPDATE)\s+([a-z]+_[a-z_]+)\b(?!\()")

#: the prefix with which a package declares fields of events, beside "app.Model.field"
EVENT = "event."


class Basis(Enum):
    """The legal bases in use, as the page and the record of processing name them."""

    PUBLIC_TASK = _("Opgave i samfundets interesse (databeskyttelsesforordningen, artikel 6, stk. 1, litra e)")
    CONSENT = _("Samtykke (databeskyttelsesforordningen, artikel 6, stk. 1, litra a)")
    LEGAL_DUTY = _("Retlig forpligtelse (databeskyttelsesforordningen, artikel 6, stk. 1, litra c)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """The rows of one table that hold a kind of personal data, and how they are scrubbed.

    All conditions are SQL about a row of `table`, under the alias `held`. The retention time of a row runs from the
    column `since`. `left` is true while the row has something to scrub. `free` is true when it may be scrubbed now;
    other rows wait. `scrubs` are statements that scrub the rows whose keys are in `%(keys)s`; no event or row that they
    touch is older than `%(floor)s`. `subject` is true when the row is about the data subject, by the lists
    `%(numbers)s`, `%(emails)s`, `%(parties)s` and `%(enquiries)s`. `exports` are the columns that the subject receives,
    by their name in the copy. With `by_time` the table has an index on `since`; otherwise it is scanned by its key.
    """

    table: str
    since: str
    scrubs: tuple[str, ...]
    left: str = "true"
    free: str = "true"
    outcome: str = ""
    subject: str = ""
    exports: Mapping[str, str] = field(default_factory=dict)
    key: str = "id"
    key_type: str = "bigint"
    by_time: bool = False
    waits: Words = ""
    free_to_erase: str = "true"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalData:
    """A kind of personal data. `days` is its retention time unless the plan says otherwise; a kind without `days`
    describes in `keeps` what ends its time. With 0 `days` each row holds, in its holding's column `since`, the moment
    when its own time is over, and `keeps` says how that is set. `outcomes` are the codes of outcomes that can have a
    time of their own."""

    name: str
    title: Words
    whose: Words
    purpose: Words
    basis: Basis
    since: Words = ""
    days: int | None = None
    keeps: Words = ""
    outcomes: Mapping[str, Words] = field(default_factory=dict)
    holdings: tuple[Holding, ...] = ()


_declared: dict[str, PersonalData] = {}
_more_enquiries: list[str] = []
_fields: dict[str, str] = {}


def declare(kind: PersonalData, *fields: str) -> PersonalData:
    """Declare a kind that covers `fields` ("app.Model.field"; "event.field" for those of events).

    Raises ValueError for a name or a field that is already declared, and for a kind without a retention time.
    """
    if kind.name in _declared:
        raise ValueError(f"the kind of personal data {kind.name!r} is declared already")
    if bool(kind.days) is bool(kind.keeps) or (kind.days is not None and not kind.holdings):
        raise ValueError(f"{kind.name!r} needs days with holdings, or the reason for which it is kept without")
    _declared[kind.name] = kind
    cover(kind.name, *fields)
    return kind


def cover(name: str, *fields: str) -> None:
    """Add fields to a kind that a lower package has declared."""
    if name not in _declared:
        raise ValueError(f"nobody declares the kind of personal data {name!r}")
    for each in fields:
        if each in _fields:
            raise ValueError(f"{each} is {_fields[each]!r} already")
        _fields[each] = name


def find_more_enquiries(statement: str) -> None:
    """Declare SQL that finds, when an erasure is carried out, enquiries of the data subject that have come since it was
    requested; its parameters are the subject's lists."""
    _more_enquiries.append(statement)


def more_enquiries() -> list[str]:
    return list(_more_enquiries)


def declared() -> list[PersonalData]:
    """All kinds: first those that are scrubbed, then the others, each in the order of declaration."""
    return sorted(_declared.values(), key=lambda kind: kind.days is None)


def scrubbed() -> list[PersonalData]:
    """The kinds that have a retention time."""
    return [kind for kind in declared() if kind.days is not None]


def named(name: str) -> PersonalData:
    """The kind with that name. Raises KeyError when there is none."""
    return _declared[name]


def fields() -> Mapping[str, str]:
    """The kind of each declared field."""
    return dict(_fields)


def fields_of(kind: PersonalData) -> list[str]:
    return sorted(name for name, of in _fields.items() if of == kind.name)


def tables_changed() -> set[str]:
    """The tables that scrubbing writes."""
    return {table for each in _holdings() for sql in each.scrubs for table in _CHANGED.findall(sql)}


def tables_read() -> set[str]:
    """The tables that scrubbing reads."""
    named = {
        table
        for each in _holdings()
        for sql in (*each.scrubs, each.left, each.free, each.subject)
        for table in _READ.findall(sql)
    }
    return named | {each.table for each in _holdings()}


def _holdings() -> list[Holding]:
    return [each for kind in declared() for each in kind.holdings]

"""The columns of a table: the name and content of each, and how it is read and written."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from indgang.core import phone_numbers
from indgang.core.text import folded
from indgang.tables.reading import folded_name

Named = TypeVar("Named")
_DAY = re.compile(r"(\d{1,2})[.\-/](\d{1,2})[.\-/](\d{4})|(\d{4})-(\d{2})-(\d{2})")


class BadValue(ValueError):
    """The content of a cell is invalid; the text tells a person why."""


@dataclass(frozen=True, slots=True)
class Column:
    """`name` heads the column, `field` is the field that it sets, `read` turns a cell into a value (or raises BadValue)
    and `write` turns a value into a cell. A `required` column may not be empty."""

    name: str
    field: str
    about: str | Promise = ""
    required: bool = False
    read: Callable[[str], Any] = str
    write: Callable[[Any], str] = lambda value: "" if value is None else str(value)

    @property
    def key(self) -> str:
        return folded_name(self.name)


class ByName(Generic[Named]):
    """Rows by code or by name; for an unknown name the nearest one is suggested."""

    def __init__(
        self,
        things: Sequence[Named],
        code: Callable[[Named], str],
        name: Callable[[Named], str],
        *,
        codes_shown: bool = True,
    ) -> None:
        """With `codes_shown`, people see the codes, so these are suggested too."""
        self._code = code
        self._codes = {folded(code(each)): each for each in things}
        self._names: dict[str, list[Named]] = {}
        for each in things:
            self._names.setdefault(folded(name(each)), []).append(each)
        self._written = {key: key for key in self._codes if codes_shown}
        self._written |= {folded(name(each)): name(each) for each in things}

    def find(self, written: str) -> Named:
        """The row with that code or name. Raises BadValue when there is none, or several."""
        key = folded(written)
        if key in self._codes:
            return self._codes[key]
        named = self._names.get(key, [])
        if len(named) == 1:
            return named[0]
        if named:
            codes = ", ".join(self._code(each) for each in named)
            raise BadValue(_("Flere hedder “%(name)s”. Skriv koden: %(codes)s.") % {"name": written, "codes": codes})
        near = get_close_matches(key, self._written, n=1)
        if near:
            words = {"name": written, "near": self._written[near[0]]}
            raise BadValue(_("“%(name)s” findes ikke. Mente du “%(near)s”?") % words)
        raise BadValue(_("“%(name)s” findes ikke.") % {"name": written})


def text(most: int, *, lines: bool = False) -> Callable[[str], str]:
    """A reader of texts with at most `most` characters, in one line or, with `lines`, several."""

    def read(cell: str) -> str:
        if len(cell) > most:
            raise BadValue(_("Højst %(most)s tegn; her står %(length)s.") % {"most": most, "length": len(cell)})
        return cell.replace("\r\n", "\n") if lines else " ".join(cell.splitlines())

    return read


def code(most: int) -> Callable[[str], str]:
    def read(cell: str) -> str:
        if len(cell) > most or not re.fullmatch(r"[a-zA-Z0-9_-]+", cell):
            raise BadValue(
                _("Koden må kun rumme bogstaverne a-z, tal og bindestreg, højst %(most)s tegn.") % {"most": most}
            )
        return cell

    return read


def phone(cell: str) -> str:
    """A telephone number in E.164. A number without country code is Danish."""
    if not cell:
        return ""
    try:
        number = phone_numbers.normalise(cell)
    except phone_numbers.NumberError:
        number = phone_numbers.ANONYMOUS
    if number == phone_numbers.ANONYMOUS:
        raise BadValue(_("“%(cell)s” er ikke et telefonnummer.") % {"cell": cell})
    return number


def phone_text(value: Any) -> str:
    return phone_numbers.for_people(value) if value else ""


def email(cell: str) -> str:
    if not cell:
        return ""
    try:
        validate_email(cell)
    except ValidationError as error:
        raise BadValue(_("“%(cell)s” er ikke en e-mailadresse.") % {"cell": cell}) from error
    return cell


def day(cell: str) -> date | None:
    """A day, written as 31.12.2026, 31-12-2026 or 2026-12-31."""
    if not cell:
        return None
    found = _DAY.fullmatch(cell)
    parts = found.groups() if found else ()
    try:
        if not parts:
            raise ValueError(cell)
        if parts[0]:
            read = date(int(parts[2]), int(parts[1]), int(parts[0]))
        else:
            read = date(int(parts[3]), int(parts[4]), int(parts[5]))
    except ValueError as error:
        raise BadValue(_("“%(cell)s” er ikke en dag. Skriv for eksempel 31.12.2026.") % {"cell": cell}) from error
    if not 1900 <= read.year <= 2200:
        raise BadValue(_("“%(cell)s” ligger for langt væk.") % {"cell": cell})
    return read


def day_text(value: Any) -> str:
    return f"{value:%d.%m.%Y}" if value else ""


def count(cell: str) -> int | None:
    if not cell:
        return None
    digits = cell.replace(".", "").replace(" ", "")
    if not digits.isascii() or not digits.isdigit() or len(digits) > 9:
        raise BadValue(_("“%(cell)s” er ikke et antal.") % {"cell": cell})
    return int(digits)


def one_of(choices: Mapping[str, str], *, empty: bool = False) -> Callable[[str], str]:
    """A reader of choices by code or by word. `choices` maps each code to its word."""

    def read(cell: str) -> str:
        if not cell and empty:
            return ""
        by_word = {folded(str(word)): value for value, word in choices.items()} | {
            folded(each): each for each in choices
        }
        if folded(cell) not in by_word:
            allowed = ", ".join(str(word) for word in choices.values())
            raise BadValue(
                _("“%(cell)s” kan ikke bruges. Skriv en af: %(allowed)s.") % {"cell": cell, "allowed": allowed}
            )
        return by_word[folded(cell)]

    return read


def word_of(choices: Mapping[str, str]) -> Callable[[Any], str]:
    return lambda value: str(choices.get(value, value or ""))


def parts(cell: str) -> list[str]:
    """The entries of a cell with a list: separated by semicolons, commas or line breaks, without duplicates."""
    found = (" ".join(part.split()) for part in re.split(r"[;,\n]", cell))
    return list(dict.fromkeys(part for part in found if part))

"""Reads what a case system has answered: checks it, and takes the given fields of it alone. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from indgang.core.clock import COPENHAGEN
from indgang.core.masking import mask_cpr
from indgang.registers.contract import (
    DAYS,
    MOST_CASES,
    NUMBER,
    SERVICE,
    Case,
    CaseField,
    RegisterError,
    RegisterFault,
    SearchBy,
    Terms,
)

#: longer texts are cut, in characters
LONGEST = 200


def cases(rows: Iterable[Mapping[str, Any]], terms: Terms, by: SearchBy, value: str) -> list[Case]:
    """The given cases in these rows, the latest change first. A row holds the fields by their name here.

    Raises RegisterError when there are too many, when one has no number, when a day is none, and when a case number
    was asked for and another one is in the answer: nobody is told about another's case.
    """
    found = [_case(row, terms) for row in rows if _is_given(row, terms)]
    if len(found) > MOST_CASES:
        raise RegisterError(RegisterFault.TOO_MANY)
    if by is SearchBy.NUMBER and any(not same_number(case.number, value) for case in found):
        raise RegisterError(RegisterFault.WRONG_ANSWER, "another case number")
    return sorted(found, key=lambda case: (case.changed_on or date.min, case.number), reverse=True)


def _is_given(row: Mapping[str, Any], terms: Terms) -> bool:
    """Whether the case belongs to a service of the agreement; one that does not say so does not."""
    return terms.services is None or _text(row.get(SERVICE), SERVICE) in terms.services


def same_number(one: str, other: str) -> bool:
    return "".join(one.split()).casefold() == "".join(other.split()).casefold()


def _case(row: Mapping[str, Any], terms: Terms) -> Case:
    number = _text(row.get(NUMBER), NUMBER)
    if not number:
        raise RegisterError(RegisterFault.WRONG_ANSWER, "no case number")
    values: dict[str, Any] = {}
    for each in terms.given:
        given = row.get(each)
        values[each] = _day(given, each) if each in DAYS else _text(given, each)
    if terms.statuses and CaseField.STATUS in values:
        values[CaseField.STATUS] = terms.statuses.get(values[CaseField.STATUS] or "")
    return Case(number, **values)


def _text(value: object, name: str) -> str | None:
    """The text without line ends and civil registration numbers; None for nothing."""
    if value is None:
        return None
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise RegisterError(RegisterFault.WRONG_ANSWER, f"{name} is no text")
    words = " ".join("".join(sign if sign.isprintable() else " " for sign in str(value)[: 5 * LONGEST]).split())
    return mask_cpr(words)[:LONGEST] or None


def _day(value: object, name: str) -> date | None:
    """The day in Copenhagen of a date, a time with or without zone, or either in ISO 8601."""
    if value is None or value == "":
        return None
    try:
        return _local(_moment(value))
    except (ValueError, OverflowError) as error:  # a zone can move a time beyond the last day there is
        raise RegisterError(RegisterFault.WRONG_ANSWER, f"{name} is no day") from error


def _local(moment: date | datetime) -> date:
    if isinstance(moment, datetime):
        return (moment.astimezone(COPENHAGEN) if moment.tzinfo else moment).date()
    return moment


def _moment(value: object) -> date | datetime:
    if isinstance(value, date):
        return value
    if not isinstance(value, str):
        raise ValueError(value)
    text = value.strip()
    return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)

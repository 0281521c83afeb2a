"""What somebody filled in, checked against what the form asks. Pure.

`read_answers` gives the values of the fields that are asked, as JSON data, and the fault of each field that is wrong:

text, address …   the text, trimmed and with CPR numbers masked; e-mail as typed, telephone in E.164, CVR eight digits
choice, yes_no    the code; `choices` a list of codes in the order of the form; `consent` "yes"
date, number      "2026-11-29"; "12.5"
place             {"address": …, "lat": …, "lon": …}, without coordinates unless they were given
file              the keys of the files, as a list
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from indgang.core import phone_numbers
from indgang.core.cvr import cvr_in, is_cvr
from indgang.core.masking import mask_cpr
from indgang.correspondence.forms.conditions import is_asked
from indgang.correspondence.forms.definition import LARGEST, YES, FieldKind, FormDefinition, FormField

#: what is added to the code of a place for its coordinates, as "55.6761, 12.5683"
COORDINATES = "-koordinater"
_EMAIL = re.compile(r"[^@\s\"<>(),;:\\\[\]]{1,64}@[^\W_](?:[\w-]*[^\W_])?(?:\.[^\W_](?:[\w-]*[^\W_])?)+")
_DAY = re.compile(r"(\d{1,2})[./ -]+(\d{1,2})[./ -]+(\d{4})")
_PAIR = re.compile(r"\s*(-?\d{1,3}(?:\.\d{1,10})?)\s*[,; ]\s*(-?\d{1,3}(?:\.\d{1,10})?)\s*")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class AnswerFault(StrEnum):
    """Why an answer is not taken."""

    MISSING = "missing"
    TOO_LONG = "too_long"
    NOT_AN_OPTION = "not_an_option"
    NO_DATE = "no_date"
    NO_NUMBER = "no_number"
    TOO_SMALL = "too_small"
    TOO_LARGE = "too_large"
    NO_EMAIL = "no_email"
    NO_PHONE = "no_phone"
    NO_CVR = "no_cvr"
    NO_COORDINATES = "no_coordinates"
    TOO_MANY_FILES = "too_many_files"
    FILE_ON_ITS_WAY = "file_on_its_way"


@dataclass(frozen=True, slots=True)
class FormAnswers:
    """`values` and `faults` by the code of the field. A field with a fault has no value."""

    values: dict[str, Any] = field(default_factory=dict, repr=False)
    faults: dict[str, AnswerFault] = field(default_factory=dict)


class _Wrong(Exception):
    def __init__(self, fault: AnswerFault) -> None:
        self.fault = fault


Typed = Mapping[str, Sequence[str]]


def read_answers(definition: FormDefinition, data: Typed, files: Typed) -> FormAnswers:
    """Check what was typed (`data`, by code) and given (`files`: the keys of the files, by code)."""
    found = FormAnswers()
    for asked in definition.fields:
        if not is_asked(asked, found.values):
            continue
        try:
            value = _value(asked, data, files)
        except _Wrong as wrong:
            found.faults[asked.code] = wrong.fault
            continue
        if value:
            found.values[asked.code] = value
        elif asked.required:
            found.faults[asked.code] = AnswerFault.MISSING
    return found


def _value(asked: FormField, data: Typed, files: Typed) -> Any:
    """The checked value; empty when nothing was answered."""
    if asked.kind is FieldKind.FILE:
        return _files(asked, files.get(asked.code, ()))
    typed = [each for each in (_clean(text) for text in data.get(asked.code, ())) if each]
    if asked.kind is FieldKind.CHOICES:
        return _chosen(asked, typed)
    text = typed[0] if typed else ""
    if asked.kind is FieldKind.PLACE:
        return _place(asked, text, _first(data, asked.code + COORDINATES))
    return _READERS[asked.kind](asked, text) if text else ""


def _clean(text: str) -> str:
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def _first(data: Typed, name: str) -> str:
    found = data.get(name, ())
    return _clean(found[0]) if found else ""


def _text(asked: FormField, text: str) -> str:
    if len(text) > asked.limit:
        raise _Wrong(AnswerFault.TOO_LONG)
    return mask_cpr(text)


def _line(asked: FormField, text: str) -> str:
    return _text(asked, " ".join(text.split()))


def _choice(asked: FormField, text: str) -> str:
    if text not in asked.answers:
        raise _Wrong(AnswerFault.NOT_AN_OPTION)
    return text


def _chosen(asked: FormField, typed: Sequence[str]) -> list[str]:
    if not set(typed) <= set(asked.answers):
        raise _Wrong(AnswerFault.NOT_AN_OPTION)
    return [code for code in asked.answers if code in typed]


def _date(asked: FormField, text: str) -> str:
    """A day as browsers send it (2026-11-29) or as people write it (29.11.2026)."""
    day = _DAY.fullmatch(text)
    try:
        return (date(int(day[3]), int(day[2]), int(day[1])) if day else date.fromisoformat(text)).isoformat()
    except ValueError as error:
        raise _Wrong(AnswerFault.NO_DATE) from error


def _number(asked: FormField, text: str) -> str:
    """A number as Danes write it (1.250,5) or plainly (1250.5)."""
    bare = text.replace(" ", "").replace("\u00a0", "")
    grouped = re.fullmatch(r"-?\d{1,3}(\.\d{3})+(,\d+)?", bare)
    plain = bare.replace(".", "").replace(",", ".") if grouped else bare.replace(",", ".")
    if len(plain) > 30 or not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", plain):
        raise _Wrong(AnswerFault.NO_NUMBER)
    try:
        number = Decimal(plain)
    except InvalidOperation as error:
        raise _Wrong(AnswerFault.NO_NUMBER) from error
    if number < (-LARGEST if asked.least is None else asked.least):
        raise _Wrong(AnswerFault.TOO_SMALL)
    if number > (LARGEST if asked.most is None else asked.most):
        raise _Wrong(AnswerFault.TOO_LARGE)
    return format(number, "f")


def _email(asked: FormField, text: str) -> str:
    if len(text) > 254 or not _EMAIL.fullmatch(text):
        raise _Wrong(AnswerFault.NO_EMAIL)
    return text


def _phone(asked: FormField, text: str) -> str:
    try:
        number = phone_numbers.normalise(text) if len(text) <= 40 else ""
    except phone_numbers.NumberError as error:
        raise _Wrong(AnswerFault.NO_PHONE) from error
    if not number.startswith("+"):  # short, withheld or far too long
        raise _Wrong(AnswerFault.NO_PHONE)
    return number


def _cvr(asked: FormField, text: str) -> str:
    number = cvr_in(text) if len(text) <= 40 else ""
    if not is_cvr(number):
        raise _Wrong(AnswerFault.NO_CVR)
    return number


def _place(asked: FormField, text: str, coordinates: str) -> dict[str, Any]:
    place: dict[str, Any] = {"address": _line(asked, text)} if text else {}
    if coordinates:
        pair = _PAIR.fullmatch(coordinates)
        if pair is None or not (-90 <= float(pair[1]) <= 90 and -180 <= float(pair[2]) <= 180):
            raise _Wrong(AnswerFault.NO_COORDINATES)
        place |= {"lat": float(pair[1]), "lon": float(pair[2])}
    return place


def _files(asked: FormField, keys: Sequence[str]) -> list[str]:
    if len(keys) > asked.limit:
        raise _Wrong(AnswerFault.TOO_MANY_FILES)
    return list(keys)


def _consent(asked: FormField, text: str) -> str:
    return YES


_READERS: Mapping[FieldKind, Callable[[FormField, str], str]] = {
    FieldKind.TEXT: _line,
    FieldKind.LONG_TEXT: _text,
    FieldKind.ADDRESS: _line,
    FieldKind.CHOICE: _choice,
    FieldKind.YES_NO: _choice,
    FieldKind.DATE: _date,
    FieldKind.NUMBER: _number,
    FieldKind.EMAIL: _email,
    FieldKind.PHONE: _phone,
    FieldKind.CVR: _cvr,
    FieldKind.CONSENT: _consent,
}

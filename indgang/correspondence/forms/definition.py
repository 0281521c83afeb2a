"""What an online form asks: sections of fields, each shown always or only after certain answers. Pure.

`FormDefinition.from_data` reads what `as_data` wrote; `check` says what must be mended before the form can be
published. A field may depend on earlier fields only, so that what is asked never goes in a circle and can be read from
the top.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from indgang.core.text import is_code


class BadDefinition(ValueError):
    """The data is no definition of a form; the text says where."""


class FieldKind(StrEnum):
    """What a field asks for."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    CHOICE = "choice"
    CHOICES = "choices"
    YES_NO = "yes_no"
    DATE = "date"
    NUMBER = "number"
    EMAIL = "email"
    PHONE = "phone"
    CVR = "cvr"
    ADDRESS = "address"
    PLACE = "place"
    FILE = "file"
    CONSENT = "consent"


WITH_OPTIONS = frozenset({FieldKind.CHOICE, FieldKind.CHOICES})
#: kinds that other fields may depend on, because their answers are known beforehand
DECIDING = frozenset({*WITH_OPTIONS, FieldKind.YES_NO, FieldKind.CONSENT})
YES, NO = "yes", "no"
#: the characters of texts, and the files of a field: (unless said otherwise, at most)
LIMITS: Mapping[FieldKind, tuple[int, int]] = {
    FieldKind.TEXT: (200, 500),
    FieldKind.LONG_TEXT: (4_000, 20_000),
    FieldKind.ADDRESS: (200, 500),
    FieldKind.PLACE: (200, 500),
    FieldKind.FILE: (1, 10),
}
#: the largest number that may be asked for, either way
LARGEST = 10**12
#: names of buttons on the pages of forms, which no field may have
BUTTON_NAMES = frozenset({"do", "remove", "files"})
MOST_FIELDS, MOST_OPTIONS, LONGEST_CODE = 100, 50, 40


@dataclass(frozen=True, slots=True)
class FieldOption:
    code: str
    label: str
    label_en: str = ""


@dataclass(frozen=True, slots=True)
class FieldCondition:
    """True when the answer to the field is one of these, or for several choices has one of them."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FormField:
    """One question. It is asked when all conditions of `when` are true.

    least, most   the smallest and largest number; of a text the most characters, of a file the most files
    """

    code: str
    kind: FieldKind
    label: str
    label_en: str = ""
    help: str = ""
    help_en: str = ""
    required: bool = False
    when: tuple[FieldCondition, ...] = ()
    options: tuple[FieldOption, ...] = ()
    least: int | None = None
    most: int | None = None

    @property
    def limit(self) -> int:
        """The most characters or files that are taken."""
        usual, highest = LIMITS.get(self.kind, (200, 500))
        return min(self.most or usual, highest)

    @property
    def answers(self) -> tuple[str, ...]:
        """The answers that conditions may name; empty for kinds that decide nothing."""
        if self.kind in WITH_OPTIONS:
            return tuple(option.code for option in self.options)
        return {FieldKind.YES_NO: (YES, NO), FieldKind.CONSENT: (YES,)}.get(self.kind, ())


@dataclass(frozen=True, slots=True)
class FormSection:
    title: str
    title_en: str = ""
    fields: tuple[FormField, ...] = ()


class FormProblemKind(StrEnum):
    """Why a form cannot be published."""

    EMPTY = "empty"
    NO_TITLE = "no_title"
    NO_LABEL = "no_label"
    BAD_CODE = "bad_code"
    CODE_TWICE = "code_twice"
    NO_OPTIONS = "no_options"
    OPTION_TWICE = "option_twice"
    NO_OPTION_LABEL = "no_option_label"
    LIMITS = "limits"
    NOT_EARLIER = "not_earlier"
    DECIDES_NOTHING = "decides_nothing"
    NO_SUCH_ANSWER = "no_such_answer"
    TOO_MANY = "too_many"


@dataclass(frozen=True, slots=True)
class FormProblem:
    """What is wrong, with the code of the field (or the number of the section) and what it is about."""

    kind: FormProblemKind
    where: str = ""
    about: str = ""


@dataclass(frozen=True, slots=True)
class FormDefinition:
    sections: tuple[FormSection, ...] = ()

    @property
    def fields(self) -> Iterator[FormField]:
        return (each for section in self.sections for each in section.fields)

    def field(self, code: str) -> FormField | None:
        return next((each for each in self.fields if each.code == code), None)

    @classmethod
    def from_data(cls, data: Any) -> FormDefinition:
        """The definition as `as_data` wrote it. Raises BadDefinition."""
        return cls(tuple(_section(each) for each in _list(_object(data, {"sections"}).get("sections", ()))))

    def as_data(self) -> dict[str, Any]:
        """The definition as JSON data, without what is empty."""
        return {"sections": [_data(each) for each in self.sections]}


def check(definition: FormDefinition) -> list[FormProblem]:
    """What must be mended before the form can be published; empty when it can be filled in."""
    found = [FormProblem(FormProblemKind.EMPTY)] if not any(definition.fields) else []
    if sum(1 for _each in definition.fields) > MOST_FIELDS:
        found.append(FormProblem(FormProblemKind.TOO_MANY))
    found += [
        FormProblem(FormProblemKind.NO_TITLE, str(number))
        for number, section in enumerate(definition.sections, start=1)
        if not section.title.strip()
    ]
    earlier: dict[str, FormField] = {}
    for each in definition.fields:
        found += _problems(each, earlier)
        earlier.setdefault(each.code, each)
    return found


def _problems(asked: FormField, earlier: Mapping[str, FormField]) -> Iterator[FormProblem]:
    if not asked.label.strip():
        yield FormProblem(FormProblemKind.NO_LABEL, asked.code)
    if not is_code(asked.code) or len(asked.code) > LONGEST_CODE or asked.code in BUTTON_NAMES:
        yield FormProblem(FormProblemKind.BAD_CODE, asked.code)
    if asked.code in earlier:
        yield FormProblem(FormProblemKind.CODE_TWICE, asked.code)
    if asked.kind in WITH_OPTIONS:
        yield from _option_problems(asked)
    if not _limits_fit(asked):
        yield FormProblem(FormProblemKind.LIMITS, asked.code)
    for condition in asked.when:
        yield from _condition_problems(asked, condition, earlier)


def _option_problems(asked: FormField) -> Iterator[FormProblem]:
    codes = [option.code for option in asked.options]
    if not codes or len(codes) > MOST_OPTIONS:
        yield FormProblem(FormProblemKind.NO_OPTIONS, asked.code)
    if len(set(codes)) < len(codes):
        yield FormProblem(FormProblemKind.OPTION_TWICE, asked.code)
    for option in asked.options:
        if not option.label.strip() or not is_code(option.code):
            yield FormProblem(FormProblemKind.NO_OPTION_LABEL, asked.code, option.code)


def _limits_fit(asked: FormField) -> bool:
    if asked.kind is FieldKind.NUMBER:
        least = -LARGEST if asked.least is None else asked.least
        most = LARGEST if asked.most is None else asked.most
        return -LARGEST <= least <= most <= LARGEST
    if asked.kind in LIMITS:
        return asked.most is None or 1 <= asked.most <= LIMITS[asked.kind][1]
    return True


def _condition_problems(
    asked: FormField, condition: FieldCondition, earlier: Mapping[str, FormField]
) -> Iterator[FormProblem]:
    on = earlier.get(condition.field)
    if on is None:
        yield FormProblem(FormProblemKind.NOT_EARLIER, asked.code, condition.field)
    elif on.kind not in DECIDING:
        yield FormProblem(FormProblemKind.DECIDES_NOTHING, asked.code, condition.field)
    elif not condition.values or not set(condition.values) <= set(on.answers):
        yield FormProblem(FormProblemKind.NO_SUCH_ANSWER, asked.code, condition.field)


# --- as data --------------------------------------------------------------------------------------

_NUMBER = re.compile(r"-?[0-9]{1,13}")


def _section(data: Any) -> FormSection:
    known = _object(data, {"title", "title_en", "fields"})
    asked = tuple(_field(each) for each in _list(known.get("fields", ())))
    return FormSection(_text(known, "title"), _text(known, "title_en"), asked)


def _field(data: Any) -> FormField:
    known = _object(data, {each.name for each in fields(FormField)})
    try:
        kind = FieldKind(str(known.get("kind", "")))
    except ValueError as error:
        raise BadDefinition(f"unknown kind of field: {known.get('kind')!r}") from error
    texts = {name: _text(known, name) for name in ("code", "label", "label_en", "help", "help_en")}
    return FormField(
        kind=kind, required=known.get("required") is True, least=_number(known, "least"), most=_number(known, "most"),
        when=tuple(_condition(each) for each in _list(known.get("when", ()))),
        options=tuple(_option(each) for each in _list(known.get("options", ()))), **texts,
    )  # fmt: skip


def _condition(data: Any) -> FieldCondition:
    known = _object(data, {"field", "values"})
    values = _list(known.get("values", ()))
    if not all(isinstance(each, str) for each in values):
        raise BadDefinition("the values of a condition are texts")
    return FieldCondition(_text(known, "field"), tuple(values))


def _option(data: Any) -> FieldOption:
    known = _object(data, {"code", "label", "label_en"})
    return FieldOption(_text(known, "code"), _text(known, "label"), _text(known, "label_en"))


def _object(data: Any, names: set[str]) -> Mapping[str, Any]:
    if not isinstance(data, Mapping):
        raise BadDefinition("an object was expected")
    if set(data) - names:
        raise BadDefinition(f"unknown: {', '.join(sorted(set(data) - names))}")
    return data


def _list(data: Any) -> Sequence[Any]:
    if not isinstance(data, list | tuple):
        raise BadDefinition("a list was expected")
    return data


def _text(known: Mapping[str, Any], name: str) -> str:
    text = known.get(name, "")
    if not isinstance(text, str):
        raise BadDefinition(f"{name} is a text")
    return text


def _number(known: Mapping[str, Any], name: str) -> int | None:
    number = known.get(name)
    if number is None:
        return None
    if isinstance(number, bool) or not isinstance(number, int) or not _NUMBER.fullmatch(str(number)):
        raise BadDefinition(f"{name} is a whole number")
    return number


def _data(part: Any) -> Any:
    """A part of the definition as JSON data, without what is empty."""
    if isinstance(part, tuple):
        return [_data(each) for each in part]
    if not isinstance(part, FormSection | FormField | FieldOption | FieldCondition):
        return part.value if isinstance(part, FieldKind) else part
    values = {each.name: getattr(part, each.name) for each in fields(part)}
    return {name: _data(value) for name, value in values.items() if value is not False and value not in ("", (), None)}

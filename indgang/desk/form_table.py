"""What was sent with an online form, as a table: each question with its answer, its files and its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from indgang.correspondence.forms import versions, words
from indgang.correspondence.forms.conditions import asked_fields
from indgang.correspondence.forms.definition import FieldKind, FormField
from indgang.correspondence.models import Enclosure, FormSubmission
from indgang.ui import maps

Files = Sequence[tuple[Enclosure, str]]


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One question. `text` is the answer as people read it and as it is copied; `files` stand with why one is not given
    out; `place` is "lat, lon" and `link` shows it."""

    label: str
    text: str
    files: Files = ()
    place: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class FormTable:
    """The sections that have answers, in Danish, with what is needed around them."""

    submission: FormSubmission
    sections: Sequence[tuple[str, Sequence[AnswerRow]]]

    @property
    def text(self) -> str:
        """All answers, to be copied at once."""
        return "\n".join(f"{row.label}: {row.text}" for _title, rows in self.sections for row in rows)


def of(submission: FormSubmission, files: Files) -> FormTable | None:
    """The table; None when the answers have been deleted, so that nothing is left to show."""
    definition, values = versions.definition_of(submission.version), submission.answers
    asked = {field.code for field in asked_fields(definition, values) if field.code in values}
    sections = [
        (section.title, [_row(field, values, files) for field in section.fields if field.code in asked])
        for section in definition.sections
    ]
    shown = [(title, rows) for title, rows in sections if rows]
    return FormTable(submission, shown) if shown else None


def _row(field: FormField, values: Mapping[str, Any], files: Files) -> AnswerRow:
    value = values[field.code]
    if field.kind is FieldKind.FILE:
        its = [(file, why) for file, why in files if file.name in value]
        return AnswerRow(field.label, ", ".join(value), its)
    text = words.answer(field, value, "da")
    if field.kind is FieldKind.PLACE and "lat" in value:
        return AnswerRow(
            field.label, text, (), f"{value['lat']}, {value['lon']}", maps.link(value["lat"], value["lon"])
        )
    return AnswerRow(field.label, text)

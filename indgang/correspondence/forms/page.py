"""An online form as a page shows it: each field with what was typed, its fault, and when it is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from indgang.correspondence.forms import saving, versions, words
from indgang.correspondence.forms.answers import COORDINATES
from indgang.correspondence.forms.conditions import asked_fields
from indgang.correspondence.forms.definition import (
    NO,
    WITH_OPTIONS,
    YES,
    FieldCondition,
    FieldKind,
    FormDefinition,
    FormField,
)
from indgang.correspondence.models import FileUpload, SavedAnswers, SavedFile

#: the type of the input and what the browser may fill in, by kind
_INPUTS = {
    FieldKind.EMAIL: ("email", "email"), FieldKind.PHONE: ("tel", "tel"), FieldKind.ADDRESS: ("text", "street-address"),
    FieldKind.PLACE: ("text", "off"),
}  # fmt: skip
#: what the browser may fill in, by the code of the field
_AUTOCOMPLETE = {"navn": "name", "virksomhed": "organization"}
_NUMERIC = {FieldKind.NUMBER: "decimal", FieldKind.CVR: "numeric", FieldKind.DATE: "numeric"}
_GROUPS = frozenset({*WITH_OPTIONS, FieldKind.YES_NO, FieldKind.FILE})


@dataclass(frozen=True, slots=True)
class FieldOnPage:
    """A field; `only_when` says when it is to be filled in, and `when` the same for the script that hides it."""

    field: FormField
    label: str
    help: str
    typed: Sequence[str]
    fault: str
    options: Sequence[tuple[str, str]]
    files: Sequence[SavedFile]
    uploads: Sequence[FileUpload]
    coordinates: str
    only_when: str
    when: str
    language: str

    @property
    def id(self) -> str:
        return f"felt-{self.field.code}"

    @property
    def first_id(self) -> str:
        """What the summary of faults leads to: the input, or the first of several."""
        return f"{self.id}-1" if self.options else self.id

    @property
    def value(self) -> str:
        return self.typed[0] if self.typed else ""

    @property
    def described_by(self) -> str:
        """The ids of what belongs to the field, for those who do not see it."""
        parts = (("fejl", self.fault), ("hvornaar", self.only_when), ("hjaelp", self.help or self.is_place))
        return " ".join(f"{self.id}-{name}" for name, there in parts if there)

    @property
    def input_type(self) -> str:
        return _INPUTS.get(self.field.kind, ("text", ""))[0]

    @property
    def autocomplete(self) -> str:
        return _AUTOCOMPLETE.get(self.field.code) or _INPUTS.get(self.field.kind, ("", "off"))[1]

    @property
    def inputmode(self) -> str:
        return _NUMERIC.get(self.field.kind, "")

    @property
    def is_group(self) -> bool:
        return self.field.kind in _GROUPS

    @property
    def is_file(self) -> bool:
        return self.field.kind is FieldKind.FILE

    @property
    def is_place(self) -> bool:
        return self.field.kind is FieldKind.PLACE


@dataclass(frozen=True, slots=True)
class SectionOnPage:
    title: str
    fields: Sequence[FieldOnPage]


def sections(
    definition: FormDefinition,
    data: Mapping[str, Sequence[str]],
    faults: Mapping[str, str],
    saved: SavedAnswers | None,
    language: str,
) -> list[SectionOnPage]:
    files = list(saved.files.defer("content")) if saved else []
    uploads = list(saved.uploads.all()) if saved else []
    return [
        SectionOnPage(
            (language == "en" and section.title_en) or section.title,
            [_on_page(definition, field, data, faults, files, uploads, language) for field in section.fields],
        )
        for section in definition.sections
    ]


def _on_page(
    definition: FormDefinition,
    field: FormField,
    data: Mapping[str, Sequence[str]],
    faults: Mapping[str, str],
    files: Sequence[SavedFile],
    uploads: Sequence[FileUpload],
    language: str,
) -> FieldOnPage:
    return FieldOnPage(
        field=field, label=words.label(field, language), help=(language == "en" and field.help_en) or field.help,
        typed=list(data.get(field.code, ())), fault=faults.get(field.code, ""), options=_options(field, language),
        files=[row for row in files if row.field == field.code],
        uploads=[row for row in uploads if row.field == field.code],
        coordinates=next(iter(data.get(field.code + COORDINATES, ())), ""),
        only_when=_only_when(definition, field, language),
        when="; ".join(f"{each.field}={'|'.join(each.values)}" for each in field.when),
        language="da" if language == "en" and not field.label_en else "",
    )  # fmt: skip


def _options(field: FormField, language: str) -> list[tuple[str, str]]:
    if field.kind is FieldKind.YES_NO:
        return [(YES, _("Ja")), (NO, _("Nej"))]
    return [(option.code, words.label(option, language)) for option in field.options]


def _only_when(definition: FormDefinition, field: FormField, language: str) -> str:
    """When the field is to be filled in, as a sentence; empty when always."""
    parts = [part for each in field.when if (part := _condition(definition, each, language))]
    if not parts:
        return ""
    return _("Udfyldes kun, hvis du har svaret %(answers)s.") % {"answers": _(" og ").join(parts)}


def _condition(definition: FormDefinition, condition: FieldCondition, language: str) -> str:
    on = definition.field(condition.field)
    if on is None:
        return ""
    known = dict(_options(on, language)) or {YES: _("Ja")}
    answers = _(" eller ").join(f"“{known[value]}”" for value in condition.values if value in known)
    return _("%(answer)s til “%(question)s”") % {"answer": answers, "question": words.label(on, language)}


def summary(found: Sequence[SectionOnPage], faults: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """The faults in the order of the page: the id to go to (empty for the whole form), the question, and the fault."""
    whole = [("", "", faults[""])] if faults.get("") else []
    fields = [each for section in found for each in section.fields]
    return whole + [(each.first_id, each.label, each.fault) for each in fields if each.fault]


def answers(saved: SavedAnswers, language: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """The answers as they will be sent: titles with pairs of question and answer."""
    definition, values = versions.definition_of(saved.version), saving.answers_of(saved).values
    names: dict[str, list[str]] = {}
    for row in saved.files.defer("content"):
        names.setdefault(row.field, []).append(row.name)
    asked = {field.code for field in asked_fields(definition, values)}
    found = []
    for section in definition.sections:
        lines = [(words.label(field, language), _answer(field, values, names, language))
                 for field in section.fields if field.code in asked]  # fmt: skip
        if lines:
            found.append(((language == "en" and section.title_en) or section.title, lines))
    return found


def _answer(field: FormField, values: Mapping[str, Any], names: Mapping[str, Sequence[str]], language: str) -> str:
    if field.code not in values:
        return _("Ikke udfyldt")
    return words.answer(field, values[field.code], language, names.get(field.code, ()))

"""What the engine of forms finds, in words for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indgang.core import phone_numbers
from indgang.correspondence.forms.answers import AnswerFault
from indgang.correspondence.forms.conditions import asked_fields
from indgang.correspondence.forms.definition import (
    NO,
    YES,
    FieldKind,
    FormDefinition,
    FormField,
    FormProblem,
    FormProblemKind,
)

KINDS: Mapping[FieldKind, str | Promise] = {
    FieldKind.TEXT: gettext_lazy("Tekst på én linje"),
    FieldKind.LONG_TEXT: gettext_lazy("Længere tekst"),
    FieldKind.CHOICE: gettext_lazy("Vælg én"),
    FieldKind.CHOICES: gettext_lazy("Vælg flere"),
    FieldKind.YES_NO: gettext_lazy("Ja eller nej"),
    FieldKind.DATE: gettext_lazy("Dato"),
    FieldKind.NUMBER: gettext_lazy("Tal"),
    FieldKind.EMAIL: gettext_lazy("Mailadresse"),
    FieldKind.PHONE: gettext_lazy("Telefonnummer"),
    FieldKind.CVR: gettext_lazy("CVR-nummer"),
    FieldKind.ADDRESS: gettext_lazy("Adresse"),
    FieldKind.PLACE: gettext_lazy("Sted (adresse eller koordinater)"),
    FieldKind.FILE: gettext_lazy("Filer"),
    FieldKind.CONSENT: gettext_lazy("Samtykke"),
}

_PROBLEMS: Mapping[FormProblemKind, str | Promise] = {
    FormProblemKind.EMPTY: gettext_lazy("Formularen har ingen felter."),
    FormProblemKind.TOO_MANY: gettext_lazy("Formularen har for mange felter. Højst 100."),
    FormProblemKind.NO_TITLE: gettext_lazy("Afsnit %(where)s mangler en overskrift."),
    FormProblemKind.NO_LABEL: gettext_lazy("Feltet %(where)s mangler et spørgsmål."),
    FormProblemKind.BAD_CODE: gettext_lazy("Feltet %(where)s har en kode, der ikke kan bruges."),
    FormProblemKind.CODE_TWICE: gettext_lazy("Koden til feltet %(where)s bruges to gange."),
    FormProblemKind.NO_OPTIONS: gettext_lazy("Feltet %(where)s skal have mellem 1 og 50 svar at vælge imellem."),
    FormProblemKind.OPTION_TWICE: gettext_lazy("Feltet %(where)s har det samme svar to gange."),
    FormProblemKind.NO_OPTION_LABEL: gettext_lazy("Et af svarene i feltet %(where)s mangler en tekst."),
    FormProblemKind.LIMITS: gettext_lazy("Grænserne i feltet %(where)s kan ikke bruges."),
    FormProblemKind.NOT_EARLIER: gettext_lazy("Feltet %(where)s afhænger af %(about)s, som ikke står før det."),
    FormProblemKind.DECIDES_NOTHING: gettext_lazy(
        "Feltet %(where)s afhænger af %(about)s, som ikke har faste svar at vælge imellem."
    ),
    FormProblemKind.NO_SUCH_ANSWER: gettext_lazy("Feltet %(where)s afhænger af et svar, som %(about)s ikke har."),
}

_FAULTS: Mapping[AnswerFault, str | Promise] = {
    AnswerFault.MISSING: gettext_lazy("Feltet skal udfyldes."),
    AnswerFault.TOO_LONG: gettext_lazy("Teksten er for lang. Der er plads til %(limit)s tegn."),
    AnswerFault.NOT_AN_OPTION: gettext_lazy("Vælg et af svarene på listen."),
    AnswerFault.NO_DATE: gettext_lazy("Det er ikke en dato. Skriv den som 31.12.2026."),
    AnswerFault.NO_NUMBER: gettext_lazy("Det er ikke et tal. Brug kun cifre og komma."),
    AnswerFault.TOO_SMALL: gettext_lazy("Tallet skal være mindst %(least)s."),
    AnswerFault.TOO_LARGE: gettext_lazy("Tallet må højst være %(most)s."),
    AnswerFault.NO_EMAIL: gettext_lazy("Det er ikke en mailadresse. Skriv den som navn@eksempel.dk."),
    AnswerFault.NO_PHONE: gettext_lazy("Det er ikke et telefonnummer. Tjek cifrene."),
    AnswerFault.NO_CVR: gettext_lazy("Det er ikke et CVR-nummer. Det har otte cifre."),
    AnswerFault.NO_COORDINATES: gettext_lazy("Koordinaterne kan ikke læses. Skriv dem som 55.6761, 12.5683."),
    AnswerFault.TOO_MANY_FILES: gettext_lazy("Der er for mange filer. Højst %(limit)s."),
    AnswerFault.FILE_ON_ITS_WAY: gettext_lazy("En fil er ikke kommet helt frem. Vælg den igen, eller fjern den."),
}
_MISSING: Mapping[FieldKind, str | Promise] = {
    FieldKind.CHOICE: gettext_lazy("Vælg et svar."),
    FieldKind.CHOICES: gettext_lazy("Vælg mindst ét svar."),
    FieldKind.YES_NO: gettext_lazy("Vælg ja eller nej."),
    FieldKind.FILE: gettext_lazy("Vedhæft en fil."),
    FieldKind.CONSENT: gettext_lazy("Sæt kryds for at gå videre."),
}


def problems(found: Iterable[FormProblem], definition: FormDefinition) -> list[str]:
    """What must be mended, as sentences that name fields by their questions."""
    return [
        str(_PROBLEMS[each.kind]) % {"where": _named(each.where, definition), "about": _named(each.about, definition)}
        for each in found
    ]


def _named(code: str, definition: FormDefinition) -> str:
    field = definition.field(code)
    return f"“{field.label}”" if field is not None and field.label.strip() else code or "?"


def fault(field: FormField, what: AnswerFault) -> str:
    """What to do about an answer that was not taken."""
    if what is AnswerFault.MISSING and field.kind in _MISSING:
        return str(_MISSING[field.kind])
    return str(_FAULTS[what]) % {"limit": field.limit, "least": field.least, "most": field.most}


def label(part: Any, language: str) -> str:
    """The label of a field or an option, in Danish where there is no English."""
    return str((language == "en" and part.label_en) or part.label)


def answer(field: FormField, value: Any, language: str, files: Sequence[str] = ()) -> str:
    """The value as people read it. `files` are the names of the files of the field."""
    if field.kind is FieldKind.FILE:
        return ", ".join(files)
    if field.kind in (FieldKind.CHOICE, FieldKind.CHOICES):
        chosen = value if isinstance(value, list) else [value]
        return ", ".join(label(option, language) for option in field.options if option.code in chosen)
    if value in (YES, NO):
        return _("Ja") if value == YES else _("Nej")
    if field.kind is FieldKind.PHONE:
        return phone_numbers.for_people(str(value))
    if field.kind is FieldKind.PLACE:
        where = f"{value['lat']}, {value['lon']}" if "lat" in value else ""
        return " · ".join(part for part in (value.get("address", ""), where) if part)
    if field.kind is FieldKind.DATE:
        year, month, day = str(value).split("-")
        return f"{int(day)}.{int(month)}.{year}"
    if field.kind is FieldKind.NUMBER:
        return formats.localize(str(value)).replace(".", "," if language != "en" else ".")
    return str(value)


def faults(definition: FormDefinition, found: Mapping[str, AnswerFault]) -> dict[str, str]:
    """What is to be mended, by the code of the field."""
    fields = {field.code: field for field in definition.fields}
    return {code: fault(fields[code], what) for code, what in found.items()}


def readable(
    definition: FormDefinition, values: Mapping[str, Any], language: str, files: Mapping[str, Sequence[str]]
) -> str:
    """All answers as a text: the titles of sections, and each question with its answer."""
    asked = {field.code for field in asked_fields(definition, values)}
    parts = []
    for section in definition.sections:
        lines = [
            f"{label(field, language)}\n{answer(field, values[field.code], language, files.get(field.code, ()))}"
            for field in section.fields
            if field.code in asked and field.code in values
        ]
        if lines:
            title = (language == "en" and section.title_en) or section.title
            parts.append("\n\n".join([title.upper(), *lines]))
    return "\n\n".join(parts)

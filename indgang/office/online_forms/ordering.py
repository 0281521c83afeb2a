"""The order of fields and sections in a form. Pure."""

from __future__ import annotations

from indgang.correspondence.forms.definition import FormDefinition, FormField, FormSection


def moved(definition: FormDefinition, code: str, step: int) -> FormDefinition:
    """The definition with the field one place up (-1) or down (1), also into the section beside it."""
    sections = [list(section.fields) for section in definition.sections]
    for number, fields in enumerate(sections):
        place = next((place for place, each in enumerate(fields) if each.code == code), None)
        if place is None:
            continue
        field = fields.pop(place)
        if 0 <= place + step <= len(fields):
            fields.insert(place + step, field)
        elif 0 <= number + step < len(sections):
            beside = sections[number + step]
            beside.insert(len(beside) if step < 0 else 0, field)
        else:
            fields.insert(place, field)
        break
    return _with_fields(definition, sections)


def titled(definition: FormDefinition, number: int, title: str, title_en: str) -> FormDefinition:
    """The definition with other titles of this section, counted from 1."""
    sections = list(definition.sections)
    sections[number - 1] = FormSection(title, title_en, sections[number - 1].fields)
    return FormDefinition(tuple(sections))


def without(definition: FormDefinition, code: str) -> FormDefinition:
    """The definition without the field; a section that becomes empty goes too."""
    sections = [[each for each in section.fields if each.code != code] for section in definition.sections]
    found = _with_fields(definition, sections)
    return FormDefinition(tuple(section for section in found.sections if section.fields))


def _with_fields(definition: FormDefinition, sections: list[list[FormField]]) -> FormDefinition:
    return FormDefinition(
        tuple(
            FormSection(section.title, section.title_en, tuple(fields))
            for section, fields in zip(definition.sections, sections, strict=True)
        )
    )

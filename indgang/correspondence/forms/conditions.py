"""Which fields of a form are asked, after the answers so far. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from indgang.correspondence.forms.definition import FieldCondition, FormDefinition, FormField


def is_asked(field: FormField, values: Mapping[str, Any]) -> bool:
    """Whether all conditions of the field are true. `values` are the checked answers to the fields before it; a field
    that is not asked has none, so what depends on it is not asked either."""
    return all(_holds(each, values) for each in field.when)


def asked_fields(definition: FormDefinition, values: Mapping[str, Any]) -> tuple[FormField, ...]:
    """The fields that are asked with these answers, in their order."""
    kept: dict[str, Any] = {}
    found = []
    for field in definition.fields:
        if is_asked(field, kept):
            found.append(field)
            if field.code in values:
                kept[field.code] = values[field.code]
    return tuple(found)


def _holds(condition: FieldCondition, values: Mapping[str, Any]) -> bool:
    given = values.get(condition.field)
    chosen = given if isinstance(given, list | tuple) else [given]
    return any(each in condition.values for each in chosen)

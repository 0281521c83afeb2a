"""Sets the choices of a form field that depend on the person or the day."""

from __future__ import annotations

from typing import Any

from django import forms


def offer(form: forms.BaseForm, name: str, choices: Any) -> None:
    """Set the choices of the field `name`: rows for a model choice field, otherwise pairs of value and label."""
    field = form.fields[name]
    if isinstance(field, forms.ModelChoiceField):
        field.queryset = choices
    else:
        assert isinstance(field, forms.ChoiceField), name
        field.choices = choices

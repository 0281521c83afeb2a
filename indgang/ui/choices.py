"""Sets the choices of a form field that depend on the person or the day."""

from __future__ import annotations

from typing import Any

from django import forms


def offer(form: forms.BaseForm, name: str, choices: Any) -> None:
    """Let the field `name` offer these: rows for a choice of rows, else pairs of value and words."""
    field = form.fields[name]
    if isinstance(field, forms.ModelChoiceField):
        field.queryset = choices
    else:
        assert isinstance(field, forms.ChoiceField), name
        field.choices = choices

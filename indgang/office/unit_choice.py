"""A form field for units."""

from __future__ import annotations

from django import forms

from indgang.catalogue.models import Unit


def indent(unit: Unit) -> str:
    """Spaces that show the unit's depth in the tree."""
    return "\u2003" * (unit.path.count("/") - 1)


class UnitChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # not subscriptable when it runs
    """Units in tree order, indented."""

    def label_from_instance(self, unit: Unit) -> str:
        return f"{indent(unit)}{unit.name}"

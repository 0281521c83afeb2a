"""Form fields for units."""

from __future__ import annotations

from django import forms

from indgang.catalogue.models import Unit


def indent(unit: Unit) -> str:
    """Spaces that show the unit's depth in the tree."""
    return "\u2003" * (unit.path.count("/") - 1)


class _Indented:
    """Shows each unit indented by its depth; the query set gives the order of the tree."""

    def label_from_instance(self, unit: Unit) -> str:
        return f"{indent(unit)}{unit.name}"


class UnitChoice(_Indented, forms.ModelChoiceField):  # type: ignore[type-arg]  # not subscriptable when it runs
    """One unit."""


class UnitsChoice(_Indented, forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # not subscriptable when it runs
    """Several units."""

"""A choice of units."""

from __future__ import annotations

from django import forms

from indgang.catalogue.models import Unit


def indent(unit: Unit) -> str:
    """As far as a list can show how deep in the tree the unit lies."""
    return "\u2003" * (unit.path.count("/") - 1)


class UnitChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # not subscriptable when it runs
    """Units in the order of the tree, indented."""

    def label_from_instance(self, unit: Unit) -> str:
        return f"{indent(unit)}{unit.name}"

"""Forms of skills and of pause reasons."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indgang.core.text import slug
from indgang.office.catalogue.forms import DatedForm


class _NamedForm(DatedForm):
    """A form with a name. The code of a new row follows from the name and never changes."""

    name = forms.CharField(label=gettext_lazy("Navn"), max_length=100)

    def clean_name(self) -> str:
        name = " ".join(str(self.cleaned_data["name"]).split())
        if not slug(name):
            raise forms.ValidationError(_("Skriv et navn med bogstaver."))
        return name

    def code(self) -> str:
        return slug(self.cleaned_data["name"], 40)


class SkillForm(_NamedForm):
    field_order = ["name", "valid_from", "valid_to"]


class PauseReasonForm(_NamedForm):
    name_en = forms.CharField(label=gettext_lazy("Navn på engelsk"), max_length=100, required=False)
    order = forms.IntegerField(
        label=gettext_lazy("Rækkefølge"), min_value=0, max_value=999, initial=0,
        help_text=gettext_lazy("Den laveste står øverst på medarbejderens liste."),
    )  # fmt: skip
    reachable = forms.BooleanField(
        label=gettext_lazy("Kolleger må spørge og stille om imens"), required=False, initial=True,
        help_text=gettext_lazy("Uden kryds kan ingen stille et opkald om til den, der holder denne pause."),
    )  # fmt: skip
    field_order = ["name", "name_en", "order", "reachable", "valid_from", "valid_to"]


def initial_of(row: Any, form: type[forms.Form]) -> dict[str, Any]:
    """Initial values of the form for an existing row."""
    return {name: getattr(row, name) for name in form.base_fields}

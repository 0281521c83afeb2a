"""Select fields are written as Django writes them."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

from indgang.ui.selects import FormRenderer


class Odd(forms.Form):
    texts = forms.ChoiceField(
        choices=[("", "Alle"), ('x<"', "A & B <i>"), ("1", gettext_lazy("Dag")), (2, 12345), ("s", mark_safe("<b>"))],
        initial="1",
    )
    groups = forms.ChoiceField(
        choices=[('Gruppe "1"', [("p", "P"), ("q", "Q")]), ("z", "Z")], required=False,
        widget=forms.Select(attrs={"class": "k", "disabled": True, "hidden": False, "data-x": 'a"b'}),
    )  # fmt: skip
    several = forms.MultipleChoiceField(choices=[("p", "P"), ("q", "Q")], required=False)
    unknown = forms.NullBooleanField(required=False)
    typed = forms.TypedChoiceField(choices=[(None, "ingen"), (True, "ja")], required=False)
    boxes = forms.ChoiceField(choices=[("p", "P")], widget=forms.RadioSelect)
    empty = forms.ChoiceField(choices=[])


@pytest.mark.parametrize("data", [None, {"texts": 'x<"', "groups": "q", "several": ["p", "q"], "unknown": "true"}])
@pytest.mark.parametrize("name", Odd.base_fields)
def test_a_select_field_is_the_text_that_django_writes(name: str, data: dict[str, Any] | None) -> None:
    theirs, ours = (Odd(data, renderer=each)[name].as_widget() for each in (DjangoTemplates(), FormRenderer()))
    assert ours == theirs


class Own(forms.Select):
    option_template_name = "django/forms/widgets/checkbox_option.html"


def test_options_with_a_template_of_their_own_keep_it() -> None:
    field = Own(choices=[("p", "P")])
    assert 'type="' in field.render("own", "p", renderer=FormRenderer())

"""The form of a new greeting."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from indgang.core import clock
from indgang.entry.setup.prompts import LONGEST_TEXT
from indgang.ui.parameters import DayField

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class GreetingForm(forms.Form):
    text_da = forms.CharField(
        label=_("På dansk"), widget=forms.Textarea(attrs={"rows": 3, "lang": "da"}), max_length=LONGEST_TEXT
    )
    text_en = forms.CharField(
        label=_("På engelsk"),
        widget=forms.Textarea(attrs={"rows": 3, "lang": "en"}),
        max_length=LONGEST_TEXT,
        required=False,
        help_text=_("Tom: den danske velkomst siges også til dem, der har valgt engelsk."),
    )
    valid_from = DayField(label=_("Siges fra"), widget=_DAY)
    valid_to = DayField(
        label=_("Siges til"),
        required=False,
        widget=_DAY,
        help_text=_("Dagen er ikke med. Tom: indtil videre. Bagefter siges den velkomst, der gjaldt før."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["valid_from"].initial = clock.today()

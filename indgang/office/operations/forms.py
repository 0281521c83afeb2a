"""Forms of the operations pages."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from indgang.core import phone_numbers


class TestCallForm(forms.Form):
    """The number that a test call rings."""

    number = forms.CharField(label=_("Telefonnummer"), max_length=40)

    def clean_number(self) -> str:
        try:
            number = phone_numbers.normalise(self.cleaned_data["number"])
        except phone_numbers.NumberError:
            number = phone_numbers.ANONYMOUS
        if number == phone_numbers.ANONYMOUS:
            raise forms.ValidationError(_("Skriv et telefonnummer, for eksempel 33 66 33 66."))
        return number

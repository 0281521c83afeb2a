"""The form for a no: whose, and what to do."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indgang.core import phone_numbers

_WISHES = (
    ("look", gettext_lazy("Se, om der er sagt nej tak")),
    ("no", gettext_lazy("Gem et nej tak")),
    ("yes", gettext_lazy("Fjern et nej tak")),
)


class OptOutForm(forms.Form):
    """`asked` is a number, cleaned to E.164, or a mail address."""

    asked = forms.CharField(label=gettext_lazy("Telefonnummer eller mailadresse"), max_length=254)
    wish = forms.ChoiceField(label=gettext_lazy("Hvad vil du?"), choices=_WISHES)

    def clean_asked(self) -> str:
        text: str = self.cleaned_data["asked"]
        if "@" in text:
            validate_email(text)
            return text
        try:
            number = phone_numbers.normalise(text)
        except phone_numbers.NumberError as error:
            raise ValidationError(_("Det er ikke et telefonnummer. Tjek cifrene.")) from error
        if phone_numbers.is_anonymous(number):
            raise ValidationError(_("Det er ikke et telefonnummer. Tjek cifrene."))
        return number

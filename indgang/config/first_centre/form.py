"""The rules for the answers to `indgang init`: the product's own rules, in one form."""

from __future__ import annotations

import re

from django import forms
from django.contrib.auth.password_validation import validate_password

from indgang.accounts.models import Person
from indgang.core import hours_text, phone_numbers
from indgang.core.hours_text import Spans
from indgang.core.text import slug
from indgang.office.people.forms import NewPersonForm

#: characters of a name; the names that are made of it (a service, a schedule) must fit their columns too
LONGEST_NAME = 150


class Names(forms.CharField):
    """Several names, separated by commas or line breaks, without duplicates."""

    def clean(self, value: str) -> tuple[str, ...]:
        text = super().clean(value)
        names = tuple(each.strip() for each in re.split(r"[,\n]", text) if each.strip())
        codes = [slug(each) for each in names]
        for name, code in zip(names, codes, strict=True):
            if not code:
                raise forms.ValidationError(f"“{name}” has no letters.")
            if codes.count(code) > 1:
                raise forms.ValidationError(f"“{name}” is there twice.")
            if len(name) > LONGEST_NAME:
                raise forms.ValidationError(f"“{name[:40]}…” is longer than {LONGEST_NAME} characters.")
        return names


class FirstCentreForm(forms.Form):
    municipality = forms.CharField(max_length=LONGEST_NAME)
    centre = forms.CharField(max_length=LONGEST_NAME)
    units = Names(required=False)
    hours = forms.CharField(max_length=200)
    number = forms.CharField(max_length=40, required=False)
    skills = Names(required=False)
    name = forms.CharField(max_length=200)
    username = forms.CharField(max_length=60, validators=NewPersonForm.base_fields["username"].validators)
    email = forms.EmailField(required=False)
    password = forms.CharField(strip=False, max_length=1000)

    def clean_municipality(self) -> str:
        return _with_letters(self.cleaned_data["municipality"])

    def clean_centre(self) -> str:
        return _with_letters(self.cleaned_data["centre"])

    def clean_hours(self) -> Spans:
        try:
            spans = hours_text.read(self.cleaned_data["hours"])
        except hours_text.NotHours as error:
            raise forms.ValidationError(f"“{error.part}” is no span of hours; write for example 9-16.") from error
        if not spans:
            raise forms.ValidationError("A centre that is never open cannot be called; write for example 9-16.")
        return spans

    def clean_number(self) -> str:
        typed = self.cleaned_data["number"]
        if not typed:
            return ""
        try:
            number = phone_numbers.normalise(typed)
        except phone_numbers.NumberError:
            number = ""
        if not re.fullmatch(r"\+45\d{8}", number):
            raise forms.ValidationError(f"“{typed}” is no Danish number; write eight digits, for example 33 66 33 66.")
        return number

    def clean(self) -> None:
        self._refuse_password()
        names = [self.cleaned_data.get("municipality", ""), self.cleaned_data.get("centre", "")]
        taken = {slug(each) for each in names}
        for unit in self.cleaned_data.get("units", ()):
            if slug(unit) in taken:
                self.add_error("units", f"“{unit}” is the name of the municipality or the centre.")
        if len(taken) < len(names):
            self.add_error("centre", "The centre needs another name than the municipality.")

    def _refuse_password(self) -> None:
        """Check the password by the product's rules, which compare it with the person's name too."""
        if "password" not in self.cleaned_data:
            return
        fields = {name: self.cleaned_data.get(name, "") for name in ("username", "name", "email")}
        try:
            validate_password(self.cleaned_data["password"], Person(**fields))
        except forms.ValidationError as error:
            self.add_error("password", error)


def _with_letters(name: str) -> str:
    if not slug(name):
        raise forms.ValidationError(f"“{name}” has no letters.")
    return name

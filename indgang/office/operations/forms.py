"""Forms of the operations pages."""

from __future__ import annotations

from typing import Any

import phonenumbers
from django import forms
from django.utils.translation import gettext_lazy as _

from indgang.core import phone_numbers
from indgang.core.barring import ALWAYS, EVERYWHERE
from indgang.core.dial_rules import DialRule, NumberKind
from indgang.entry.models import RoleDialRule
from indgang.entry.switchboard.trunk_trials import EMERGENCY
from indgang.office.operations import dial_rule_sentences, trunk_sentences
from indgang.ui.choices import offer
from indgang.ui.revision import Revised


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
        if number in ALWAYS:
            raise forms.ValidationError(trunk_sentences.of_refusal(EMERGENCY))
        return number


class DialRuleForm(Revised, forms.Form):
    """What people with a role may call."""

    kinds = forms.MultipleChoiceField(label=_("Må ringe til"), required=False, widget=forms.CheckboxSelectMultiple)
    countries = forms.CharField(
        label=_("Lande"), required=False, max_length=400,
        help_text=_("Landekoder med komma imellem, for eksempel SE, NO, DE. Tomt er alle lande, der ikke er spærret."),
    )  # fmt: skip
    longest_minutes = forms.IntegerField(
        label=_("Længste opkald i minutter"), min_value=0, max_value=1440, initial=0,
        help_text=_("0 er uden grænse. Opkaldet lægges på, når tiden er gået."),
    )  # fmt: skip
    at_once = forms.IntegerField(
        label=_("Opkald ad gangen"), min_value=0, max_value=1000, initial=0,
        help_text=_("For alle med rollen tilsammen. 0 er uden grænse."),
    )  # fmt: skip

    own_numbers = forms.BooleanField(
        label=_("Må selv tilføje det telefonnummer, de tager opkald på"), required=False,
        help_text=_("Ellers skal en administrator skrive nummeret på medarbejderens side."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "kinds", list(dial_rule_sentences.kinds().items()))

    @staticmethod
    def initial_of(row: RoleDialRule | None) -> dict[str, Any]:
        if row is None:
            return {"kinds": [kind.value for kind in NumberKind]}
        countries = ", ".join(country for country in row.countries if country != EVERYWHERE)
        return {
            "kinds": row.kinds, "countries": countries, "longest_minutes": row.longest_minutes, "at_once": row.at_once,
            "own_numbers": row.own_numbers,
        }  # fmt: skip

    def clean_countries(self) -> list[str]:
        typed = [word.strip().upper() for word in self.cleaned_data["countries"].replace(";", ",").split(",")]
        countries = [word for word in typed if word]
        for country in countries:
            if country not in phonenumbers.SUPPORTED_REGIONS:
                said = _("%(country)s er ikke en landekode. Skriv for eksempel SE, NO, DE.")
                raise forms.ValidationError(said, params={"country": country})
        return countries or [EVERYWHERE]

    def rule(self, role: str) -> DialRule:
        words = self.cleaned_data
        return DialRule(
            role,
            frozenset(NumberKind(kind) for kind in words["kinds"]),
            frozenset(words["countries"]),
            60 * words["longest_minutes"],
            words["at_once"],
            words["own_numbers"],
        )

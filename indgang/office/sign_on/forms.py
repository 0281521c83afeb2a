"""Forms of the table that says what the groups of a provider give."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from indgang.accounts.models import Person
from indgang.office.people.forms import RoleForm
from indgang.ui.choices import offer


class ClaimRuleForm(RoleForm):
    """A group, and the role that it gives."""

    provider = forms.ChoiceField(label=_("Loginudbyder"))
    value = forms.CharField(
        label=_("Gruppe"),
        max_length=200,
        help_text=_("Som udbyderen skriver den. * gælder alle, udbyderen kender."),
    )
    field_order = ["provider", "value", "role", "unit", "whole", "valid_from", "valid_to"]

    def __init__(self, administrator: Person, *args: Any, **kwargs: Any) -> None:
        super().__init__(administrator, *args, **kwargs)
        offer(self, "provider", provider_choices())


class TryOutForm(forms.Form):
    """Groups that somebody may have, to see what they would give."""

    provider = forms.ChoiceField(label=_("Loginudbyder"))
    groups = forms.CharField(
        label=_("Grupper"),
        max_length=4000,
        help_text=_("En på hver linje, som udbyderen skriver dem."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "provider", provider_choices())

    def clean_groups(self) -> list[str]:
        return [group for line in self.cleaned_data["groups"].splitlines() if (group := line.strip())]


def provider_choices() -> list[tuple[str, str]]:
    return [(provider.id, provider.name) for provider in settings.SIGN_ON]

"""Forms for the table that maps a provider's groups to roles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.forms.models import model_to_dict
from django.utils.translation import gettext_lazy as _

from indgang.accounts.models import Person, RoleSignOn
from indgang.office.people.forms import RoleForm, username_letters
from indgang.ui.choices import offer
from indgang.ui.revision import Revised


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


class BreakGlassForm(forms.Form):
    """A new account for a day when the provider is down."""

    username = forms.CharField(label=_("Brugernavn"), max_length=60, initial="noedkonto", validators=[username_letters])
    name = forms.CharField(label=_("Navn"), max_length=200, initial=_("Nødkonto"))


class RoleSignOnForm(Revised, forms.Form):
    """How long sessions of a role last, and whether a password is enough; a page has one form for each role."""

    session_hours = forms.IntegerField(label=_("Højst (timer)"), min_value=1, max_value=24)
    idle_minutes = forms.IntegerField(
        label=_("Uden aktivitet (minutter)"),
        min_value=0,
        max_value=720,
        error_messages={"min_value": _("Skriv 0 for ingen grænse, ellers mindst 5.")},
    )
    needs_second_factor = forms.BooleanField(label=_("Kræv to-trins-login"), required=False)

    def __init__(self, data: Mapping[str, Any] | None = None, *, row: RoleSignOn) -> None:
        super().__init__(data, auto_id=f"{row.role}-%s", initial=model_to_dict(row))

    def clean_idle_minutes(self) -> int:
        minutes: int = self.cleaned_data["idle_minutes"]
        if 0 < minutes < 5:
            raise forms.ValidationError(_("Skriv 0 for ingen grænse, ellers mindst 5."))
        return minutes


class TryOutForm(forms.Form):
    """Groups for a trial: the page shows the roles that they give."""

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

"""Forms for the retention of personal data."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indgang.privacy import plan
from indgang.privacy.kinds import PersonalData
from indgang.ui.choices import offer
from indgang.ui.parameters import DayField


class RetentionForm(forms.Form):
    """The retention period of a kind from a day on; an outcome without days follows its kind."""

    outcome = forms.ChoiceField(label=gettext_lazy("Gælder for"), required=False)
    days = forms.IntegerField(label=gettext_lazy("Gem i (dage)"), required=False, min_value=plan.SHORTEST,
                              max_value=plan.LONGEST)  # fmt: skip
    valid_from = DayField(
        label=gettext_lazy("Gælder fra"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    why = forms.CharField(label=gettext_lazy("Hvorfor"), max_length=plan.WHY_LENGTH)

    def __init__(self, *args: Any, kind: PersonalData, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kind.outcomes:
            offer(self, "outcome", [("", _("Alle udfald uden deres egen tid")), *kind.outcomes.items()])
            self.fields["days"].help_text = _("Tom for et udfald: det følger igen tiden for alle.")
        else:
            del self.fields["outcome"]


class SubjectForm(forms.Form):
    """The person concerned, and the reason for the look-up. `parties` are the candidates when a name is ambiguous."""

    asked = forms.CharField(
        label=gettext_lazy("Nummer, e-mail eller navn"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    why = forms.CharField(
        label=gettext_lazy("Hvorfor slår du personen op?"), max_length=300,
        help_text=gettext_lazy("Fx nummeret på anmodningen. Opslaget skrives i loggen."),
    )  # fmt: skip
    parties = forms.CharField(required=False, widget=forms.MultipleHiddenInput)
    #: the chosen ones of the enquiries that only share the caller's name
    unlinked = forms.CharField(required=False, widget=forms.MultipleHiddenInput)

    def clean_parties(self) -> list[str]:
        """The chosen keys; none means all."""
        return self._all("parties")

    def clean_unlinked(self) -> list[str]:
        return self._all("unlinked")

    def _all(self, name: str) -> list[str]:
        return [each for each in self.data.getlist(name) if each] if hasattr(self.data, "getlist") else []

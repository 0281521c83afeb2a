"""Forms for what is recorded, and for hearing it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from indgang.entry.models import RecordingPurpose
from indgang.entry.setup.recording_purposes import FIELDS, LONGEST_KEPT, listening_roles
from indgang.ui.parameters import DayField
from indgang.ui.revision import Revised

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
#: The most usual purpose, with the question for it. Callers hear the question in their language, so its text does not
#: follow the language in which the administrator reads the page.
SUGGESTED = {
    "purpose": "Oplæring af vores medarbejdere",
    "question": (
        "Må vi optage samtalen til oplæring af vores medarbejdere? Tryk 1 for ja. Ellers behøver du ikke gøre noget."
    ),
    "question_en": "May we record this call to train our staff? Press 1 for yes. Otherwise you need not do anything.",
}


class RecordingPurposeForm(Revised, forms.Form):
    """What a queue's conversations are recorded for, from a day on."""

    purpose = forms.CharField(
        label=gettext_lazy("Hvad optages samtalerne til?"), max_length=200,
        help_text=gettext_lazy("For eksempel oplæring af nye medarbejdere. Kun til det må de bruges."),
    )  # fmt: skip
    basis = forms.ChoiceField(
        label=gettext_lazy("Grundlag"), choices=RecordingPurpose.RecordingBasis.choices,
        help_text=gettext_lazy("Uanset grundlaget optages kun, når den, der ringer, har trykket 1."),
    )  # fmt: skip
    keep_days = forms.IntegerField(
        label=gettext_lazy("Slettes efter (dage)"), min_value=1, max_value=LONGEST_KEPT, initial=30,
        help_text=gettext_lazy("Sletningsdatoen fastsættes, når optagelsen begynder."),
    )  # fmt: skip
    question = forms.CharField(
        label=gettext_lazy("Spørgsmål til den, der ringer"), max_length=400, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Skal sige, at tasten 1 er ja. Trykkes der ikke 1, optages samtalen ikke."),
    )  # fmt: skip
    question_en = forms.CharField(
        label=gettext_lazy("Spørgsmål på engelsk"), max_length=400, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    listeners = forms.ChoiceField(label=gettext_lazy("Hvem må høre optagelserne?"))
    valid_from = DayField(label=gettext_lazy("Gælder fra"), widget=_DAY)

    def __init__(self, data: Any = None, *, holds: RecordingPurpose | None, today: date) -> None:
        stored = {name: getattr(holds, name) for name in FIELDS} if holds else SUGGESTED
        super().__init__(data, initial=stored | {"valid_from": today})
        field = self.fields["listeners"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(role.code, role.name) for role in listening_roles()]


class ReasonForm(forms.Form):
    """Why somebody wants to hear or delete a recording."""

    why = forms.CharField(label=gettext_lazy("Hvorfor vil du høre den?"), max_length=300)


class RemovalForm(forms.Form):
    why = forms.CharField(label=gettext_lazy("Hvorfor skal den slettes nu?"), max_length=300)

    prefix = "removal"

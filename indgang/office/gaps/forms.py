"""Forms of gaps: the days and the share that is assumed, and a measure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from indgang.accounts.models import Person
from indgang.analysis.gap_models import GapMeasure
from indgang.analysis.gaps.ranking import Uptake
from indgang.catalogue.models import Purpose, Service
from indgang.office.access import colleagues
from indgang.office.day_range import DayRange
from indgang.office.gaps import access
from indgang.office.gaps.words import KIND_WORDS
from indgang.ui.choices import offer
from indgang.ui.parameters import DayField
from indgang.ui.revision import Revised

_KINDS = [("", _("Alle")), *((kind.value, word) for kind, word in KIND_WORDS.items())]


class GapFilter(DayRange):
    """The whole of it stands in the address, so it can be kept as a bookmark."""

    kind = forms.ChoiceField(label=_("Slags"), required=False, choices=_KINDS)
    share = forms.IntegerField(
        label=_("Så mange procent ringer ikke, når svaret er på nettet"), min_value=1, max_value=100,
        help_text=_("Et skøn. Intervallet regner med fra halvt så mange til halvanden gang så mange."),
    )  # fmt: skip

    def __init__(self, data: Mapping[str, Any]) -> None:
        super().__init__(data, share="50")

    @property
    def uptake(self) -> Uptake:
        return Uptake.about(self.cleaned_data["share"] / 100)


class GapMeasureForm(Revised, forms.Form):
    """A measure: what, for which questions, who owns it, and from when people can use it."""

    UNCOMPARED = ("reason",)

    title = forms.CharField(label=_("Hvad gøres der?"), max_length=200)
    kind = forms.ChoiceField(label=_("Slags"), choices=GapMeasure.Kind.choices)
    service = forms.ModelChoiceField(Service.objects.none(), label=_("Ydelse"), empty_label=_("Vælg"))
    purpose = forms.ModelChoiceField(
        Purpose.objects.none(), label=_("Ærinde"), required=False, empty_label=_("Alle ydelsens ærinder"),
        help_text=_("Virkningen måles på disse spørgsmål."),
    )  # fmt: skip
    owner = forms.ModelChoiceField(Person.objects.none(), label=_("Ansvarlig"), empty_label=_("Vælg"))
    published_on = DayField(
        label=_("Udgivet den"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Dagen, fra den kunne bruges. Lad feltet stå tomt, til det er sket."),
    )  # fmt: skip
    reason = forms.CharField(label=_("Hvorfor"), max_length=500)

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, person: Person, stored: Mapping[str, Any], pk: int | None = None
    ) -> None:  # fmt: skip
        super().__init__(data, initial=stored)
        self.pk = pk
        offer(self, "service", access.services_to_change(person))
        offer(self, "purpose", access.purposes())
        offer(self, "owner", colleagues())

    @property
    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "reason"}


class DroppingForm(forms.Form):
    reason = forms.CharField(label=_("Hvorfor opgives det?"), max_length=500)

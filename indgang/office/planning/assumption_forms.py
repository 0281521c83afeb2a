"""Forms of assumptions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indgang.catalogue.models import ContactCentre
from indgang.core import clock
from indgang.planning.assumption_kinds import AssumptionKind
from indgang.planning.models import StaffingAssumption
from indgang.planning.models.assumptions import LONGEST_SOURCE
from indgang.ui.parameters import DayField
from indgang.ui.revision import Revised

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class AssumedCentreFilter(forms.Form):
    """For whom assumptions are shown: all centres, or one."""

    centre = forms.ModelChoiceField(
        ContactCentre.objects.none(), label=gettext_lazy("Center"), required=False, to_field_name="code"
    )

    def __init__(self, data: Mapping[str, Any], *, centres: QuerySet[ContactCentre]) -> None:
        super().__init__(data)
        field = self.fields["centre"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset, field.empty_label = centres, _("Alle centre")

    @property
    def chosen(self) -> ContactCentre | None:
        return self.cleaned_data.get("centre") if self.is_valid() else None


class AssumptionForm(Revised, forms.Form):
    """A value with its source, from a day on."""

    UNCOMPARED = ("valid_from",)

    assumed = forms.DecimalField(label=gettext_lazy("Værdi"), localize=True)
    source = forms.CharField(
        label=gettext_lazy("Kilde"), max_length=LONGEST_SOURCE,
        help_text=gettext_lazy("Hvor kommer tallet fra? En måling, et dokument eller et skøn."),
    )  # fmt: skip
    valid_from = DayField(label=gettext_lazy("Gælder fra"), widget=_DAY)

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, kind: AssumptionKind, holds: StaffingAssumption | None
    ) -> None:
        initial = {"assumed": holds.value.normalize(), "source": holds.source} if holds else {}
        super().__init__(data, initial={**initial, "valid_from": clock.today()})
        self.fields["assumed"] = forms.DecimalField(
            label=str(kind.name), help_text=str(kind.help_text), min_value=kind.low, max_value=kind.high,
            decimal_places=kind.places, localize=True,
        )  # fmt: skip

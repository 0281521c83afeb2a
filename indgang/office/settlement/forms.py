"""The form of the terms between two centres."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indgang.catalogue.models import ContactCentre
from indgang.core import clock
from indgang.measures.models import SettlementTerms
from indgang.measures.settlement import terms
from indgang.measures.settlement.terms import MONTHS_BACK, following
from indgang.ui.choices import offer
from indgang.ui.revision import Revised

#: how many months ahead terms may be planned
_MONTHS_AHEAD = 18
_MOST = Decimal("999999.99")


def months(first: date, today: date) -> Iterator[tuple[str, str]]:
    """The months from `first` on that terms may begin or end in, as choices."""
    month = first.replace(day=1)
    while month <= today + timedelta(days=31 * _MONTHS_AHEAD):
        yield month.isoformat(), date_format(month, "F Y")
        month = following(month)


def _amount(label: Any, *, help_text: Any = "", required: bool = False) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, help_text=help_text, required=required, min_value=Decimal(0), max_value=_MOST, decimal_places=2,
        localize=True,
    )  # fmt: skip


class MonthForm(forms.Form):
    """A month from which something holds."""

    month = forms.TypedChoiceField(label=gettext_lazy("Fra og med"), coerce=date.fromisoformat)

    def __init__(self, *args: Any, first: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = clock.today()
        offer(self, "month", list(months(first, today)))
        self.fields["month"].initial = max(first, today.replace(day=1)).isoformat()


class TermsOfSettlementForm(Revised, MonthForm):
    """What a centre pays from a month on."""

    UNCOMPARED = ("month",)

    rule = forms.ChoiceField(
        label=gettext_lazy("Hvem betaler?"), choices=SettlementTerms.Rule.choices, widget=forms.RadioSelect,
        help_text=gettext_lazy("Ved et fælles hovednummer er den første kø den, der vælges i menuen."),
    )  # fmt: skip
    per_call = _amount(gettext_lazy("Pris for et opkald (kr.)"), required=True)
    per_minute = _amount(gettext_lazy("Pris for hvert påbegyndt minut (kr.)"), required=True)
    free_seconds = forms.IntegerField(
        label=gettext_lazy("Gratis, når det varer højst (sekunder)"), min_value=0, max_value=3600
    )
    wrap_up = forms.BooleanField(label=gettext_lazy("Efterbehandlingen tæller med i minutterne"), required=False)
    minimum = _amount(
        gettext_lazy("Mindst om måneden (kr.)"),
        help_text=gettext_lazy("Betales også i en måned uden opkald. Tom: intet mindstebeløb."),
    )
    cap = _amount(
        gettext_lazy("Højst om måneden (kr.)"), help_text=gettext_lazy("For hvert center, der svarer. Tom: intet loft.")
    )
    vat_percent = forms.DecimalField(
        label=gettext_lazy("Moms (procent)"), required=False, min_value=Decimal(0), max_value=Decimal(100),
        decimal_places=2, localize=True,
        help_text=gettext_lazy("Priserne er uden moms. Tom: der lægges ikke moms til."),
    )  # fmt: skip

    def __init__(self, *args: Any, holds: SettlementTerms | None = None, **kwargs: Any) -> None:
        row = holds or SettlementTerms()
        initial = {name: getattr(row, name) for name in terms.FIELDS}
        super().__init__(*args, initial=initial, **kwargs)

    def agreed(self) -> dict[str, Any]:
        """All fields of the terms."""
        return {name: self.cleaned_data[name] for name in terms.FIELDS}


class NewTermsForm(TermsOfSettlementForm):
    """Terms between two centres that have none yet."""

    owner = forms.ModelChoiceField(
        label=gettext_lazy("Betales af"), queryset=ContactCentre.objects.none(), empty_label=None
    )
    answered_by = forms.ModelChoiceField(
        label=gettext_lazy("Opkald besvares af"), queryset=ContactCentre.objects.none(), required=False
    )
    field_order = ("owner", "answered_by")

    def __init__(self, *args: Any, owners: list[ContactCentre], **kwargs: Any) -> None:
        today = clock.today()
        first = today.replace(day=1)
        for _month in range(MONTHS_BACK):
            first = (first - timedelta(days=1)).replace(day=1)
        super().__init__(*args, first=first, **kwargs)
        offer(self, "owner", ContactCentre.objects.filter(pk__in=[each.pk for each in owners]).order_by("name"))
        offer(self, "answered_by", ContactCentre.objects.valid_on(today).order_by("name"))
        answered_by = self.fields["answered_by"]
        assert isinstance(answered_by, forms.ModelChoiceField)
        answered_by.empty_label = _("Alle andre centre")

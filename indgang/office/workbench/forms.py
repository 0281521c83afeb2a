"""Forms of the workbench: what is compared, and which variant is adopted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from indgang.agreements.models import AgreementTarget
from indgang.agreements.variants import FigureFamily
from indgang.office.cooperation.forms import AgreedPeriodFilter
from indgang.office.thresholds import ThresholdsField
from indgang.ui.choices import offer

_FAMILIES = {
    FigureFamily.SERVICE_LEVEL: _("Serviceniveau"),
    FigureFamily.ABANDONED: _("Opgivne opkald"),
    FigureFamily.WAIT: _("Ventetid"),
    FigureFamily.RESOLUTION: _("Straksafklaring"),
    FigureFamily.WRITTEN: _("Svartid på skrift"),
}
_FIRST_THRESHOLDS = "20, 60, 100"


class ComparisonForm(AgreedPeriodFilter):
    """The family of figures, the days, the level, other promises, and the limit to hold them against."""

    family = forms.ChoiceField(label=_("Nøgletal"), choices=[(each.value, word) for each, word in _FAMILIES.items()])
    level = forms.TypedChoiceField(label=_("Hvem"), choices=AgreementTarget.Level.choices, coerce=int)
    thresholds = ThresholdsField()
    limit = forms.DecimalField(
        label=_("Mål"), required=False, min_value=0, max_digits=10, decimal_places=2, localize=True,
        help_text=_("Tomt: aftalens mål."),
    )  # fmt: skip

    def __init__(self, data: Mapping[str, Any] | None = None, *, today: date) -> None:
        given = {name: (data or {})[name] for name in data or {}}
        first = {"family": FigureFamily.SERVICE_LEVEL.value, "level": "0", "thresholds": _FIRST_THRESHOLDS}
        super().__init__(first | given, today=today)
        self.order_fields(["family", "period", "level", "thresholds", "limit"])

    @property
    def chosen(self) -> FigureFamily:
        return FigureFamily(self._value("family", FigureFamily.SERVICE_LEVEL))

    @property
    def chosen_level(self) -> int:
        return int(self._value("level", 0))

    @property
    def chosen_thresholds(self) -> list[int]:
        return list(self._value("thresholds", []))

    @property
    def chosen_limit(self) -> float | None:
        found = self._value("limit", None)
        return None if found is None else float(found)

    def _value(self, name: str, otherwise: Any) -> Any:
        self.is_valid()
        return self.cleaned_data.get(name, otherwise)


class AdoptionForm(forms.Form):
    """The variant to adopt, and the value that it is to reach."""

    variant = forms.ChoiceField(label=_("Variant"))
    value = forms.DecimalField(label=_("Mål"), min_value=0, max_digits=10, decimal_places=2, localize=True)

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, variants: Sequence[tuple[str, str]], value: float | None
    ) -> None:
        super().__init__(data, initial={"value": value})
        offer(self, "variant", list(variants))

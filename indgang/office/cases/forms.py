"""What a case is shown with: a scenario, and other values for assumptions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indgang.plots.numbers import decimal
from indgang.programme import layout, words
from indgang.programme.cases.case import BusinessCase, CaseFault
from indgang.programme.cases.evaluation import price_factor, price_levels
from indgang.programme.cases.expressions import Expression, FormulaNumber
from indgang.programme.models import LONGEST
from indgang.ui.revision import Revised

#: of a typed value
_LARGEST = 1e9
_BEFORE = "set-"


class CaseFilter(forms.Form):
    """The whole of it stands in the address, so it can be kept as a bookmark and sent to a colleague."""

    def __init__(self, data: Mapping[str, Any], *, case: BusinessCase) -> None:
        super().__init__(data)
        self._case = case
        choices = [("", _("Uden ændringer")), *((each.code, each.name) for each in case.scenarios)]
        self.fields["scenario"] = forms.ChoiceField(label=_("Scenarie"), choices=choices, required=False)
        levels = _levels(case)
        needed = _("Andre år kræver et prisindeks. Lav din egen af forslaget, og skriv det der.")
        self.fields["price_year"] = forms.IntegerField(
            label=_("Vis i priser fra"), required=False, widget=forms.Select(choices=levels),
            help_text="" if levels[1:] else needed,
        )  # fmt: skip
        for each in case.assumptions:
            self.fields[_BEFORE + each.name] = forms.FloatField(
                label=layout.assumption_name(case, each), required=False, localize=True,
                min_value=-_LARGEST, max_value=_LARGEST,
            )  # fmt: skip

    @property
    def scenario(self) -> str:
        return str(self.cleaned_data["scenario"])

    @property
    def price_year(self) -> int | None:
        """None: that of the case."""
        year: int | None = self.cleaned_data["price_year"]
        return year

    @property
    def given(self) -> dict[str, float]:
        """The values that were typed."""
        typed = {name: self.cleaned_data[_BEFORE + name] for name in (each.name for each in self._case.assumptions)}
        return {name: float(value) for name, value in typed.items() if value is not None}

    def refuse(self, fault: CaseFault) -> None:
        """Say what is wrong with the values, at the field that it is about."""
        name = f"{_BEFORE}{fault.about.get('name', '')}"
        field = "price_year" if fault.code == "no_price_level" else name if name in self.cleaned_data else None
        self.add_error(field, words.sentence(fault))

    @property
    def values(self) -> dict[str, Expression]:
        """The formulas of the scenario and of the typed values."""
        return {**self._case.scenario_values(self.scenario),
                **{name: FormulaNumber(value) for name, value in self.given.items()}}  # fmt: skip

    def value_fields(self, values: Mapping[str, tuple[float, ...]]) -> Iterator[tuple[BoundField, str]]:
        """The field of each assumption, and what it is now, at the price level that it is typed at."""
        for each in self._case.assumptions:
            by_year = values.get(each.name, ())
            factor = price_factor(self._case, each.price_year)
            now = decimal(by_year[0] / factor, 4) if by_year and len(set(by_year)) == 1 else _("skifter med årene")
            yield self[_BEFORE + each.name], now


def _levels(case: BusinessCase) -> list[tuple[int | str, str]]:
    """The years that amounts can be shown at; the case's own is chosen by leaving the field as it is."""
    others = [each for each in price_levels(case) if each != case.price_year]
    return [("", str(case.price_year)), *((each, str(each)) for each in others)]


class CaseTextForm(Revised, forms.Form):
    """A case as a text, and why it is saved."""

    UNCOMPARED = ("reason",)

    case_text = forms.CharField(
        label=gettext_lazy("Forslaget"), max_length=LONGEST, strip=False,
        widget=forms.Textarea(attrs={"rows": 30, "spellcheck": "false"}),
    )  # fmt: skip
    reason = forms.CharField(label=gettext_lazy("Hvorfor"), max_length=500)

    def __init__(self, data: Mapping[str, Any] | None = None, *, text: str) -> None:
        super().__init__(data, initial={"case_text": text})

    def clean_case_text(self) -> str:
        """With the line ends of the stored text, whatever the browser sends."""
        text: str = self.cleaned_data["case_text"]
        return text.replace("\r\n", "\n")

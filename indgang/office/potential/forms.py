"""What the potential is shown for: days, centre, rules, and where their limits are."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indgang.analysis import own_rules, words
from indgang.analysis.counting.models import CountingWeek
from indgang.analysis.potential.presets import CBY, KEH, TMF, YDS, YDS_RULE
from indgang.analysis.potential.rules import MOST_MINUTES, RuleFault, RuleList
from indgang.analysis.rule_models import LONGEST
from indgang.core import clock
from indgang.office.day_range import DayRange
from indgang.office.figures.access import SeenCentres
from indgang.ui.choices import offer
from indgang.ui.parameters import DayField
from indgang.ui.revision import Revised

#: the lists that registrations can be decided by; those of YDS need the topic of a count
OFFERED: Mapping[str, RuleList] = {each.code: each for each in (TMF, KEH, CBY)}


class PotentialFilter(DayRange):
    """The whole of it stands in the address, so it can be kept as a bookmark."""

    week = forms.ModelChoiceField(
        CountingWeek.objects.none(), label=gettext_lazy("Tælleuge"), required=False,
        empty_label=gettext_lazy("Ingen: det, der er registreret"),
    )  # fmt: skip
    centre = forms.ChoiceField(label=gettext_lazy("Center"), required=False)
    rules = forms.ChoiceField(label=gettext_lazy("Regler"))
    digital = forms.FloatField(
        label=gettext_lazy("Digitalt, når det tager under (minutter)"), required=False, localize=True, min_value=0,
        max_value=MOST_MINUTES,
    )  # fmt: skip
    case_information = forms.FloatField(
        label=gettext_lazy("Sagsinformation, når det tager under (minutter)"), required=False, localize=True,
        min_value=0, max_value=MOST_MINUTES,
    )  # fmt: skip

    def __init__(self, data: Mapping[str, Any], *, centres: SeenCentres, weeks: QuerySet[CountingWeek]) -> None:
        super().__init__(data, rules=TMF.code)
        offer(self, "week", weeks)
        self._centres = centres
        self._choose("centre", [("", _("Alle")), *centres.names.items()])
        self._lists = dict(OFFERED) | {each.code: each for each in own_rules.in_force(self._last_day())}
        self._choose("rules", [(each.code, rule_list_name(each)) for each in self._lists.values()])
        chosen = self._lists.get(str(self.data.get("rules")), TMF)
        for name in ("digital", "case_information"):
            if name not in chosen.limits_by_name:
                del self.fields[name]

    def _last_day(self) -> date:
        """Of the chosen days: the rules that held then decide."""
        try:
            return date.fromisoformat(str(self.data.get("last")))
        except ValueError:
            return clock.today()

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        chosen = self._lists.get(str(data.get("rules")))
        limits = {name: data[name] for name in ("digital", "case_information") if data.get(name) is not None}
        if chosen is not None:
            try:
                data["moved"] = chosen.with_limits(limits)
            except RuleFault as fault:
                self.add_error(None, words.rule_fault(fault))
        return data

    @property
    def rule_list(self) -> RuleList:
        found: RuleList = self.cleaned_data["moved"]
        return found

    @property
    def centre_codes(self) -> Collection[str] | None:
        """The chosen centre, or those that are seen; None: everything."""
        chosen = str(self.cleaned_data["centre"])
        if chosen:
            return [chosen]
        return None if self._centres.is_all else list(self._centres.names)


def rule_list_name(rules: RuleList) -> str:
    """In the reader's language."""
    names = {
        TMF.code: _("Tælleuge i TMF"), KEH.code: _("Register i KEH"), CBY.code: _("Center for Bygninger"),
        YDS.code: _("Tælleuge i YDS"), YDS_RULE.code: _("Tælleuge i YDS, efter reglens ordlyd"),
    }  # fmt: skip
    return names.get(rules.code, rules.name)


class RulesTextForm(Revised, forms.Form):
    """Rules as a text, the day from which they hold, and why they are saved."""

    UNCOMPARED = ("reason", "valid_from")

    rules_text = forms.CharField(
        label=gettext_lazy("Reglerne"), max_length=LONGEST, strip=False,
        widget=forms.Textarea(attrs={"rows": 30, "spellcheck": "false"}),
    )  # fmt: skip
    valid_from = DayField(
        label=gettext_lazy("Gælder fra"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    reason = forms.CharField(label=gettext_lazy("Hvorfor"), max_length=500)

    def __init__(self, data: Mapping[str, Any] | None = None, *, text: str, valid_from: date) -> None:
        super().__init__(data, initial={"rules_text": text, "valid_from": valid_from})

    def clean_rules_text(self) -> str:
        """With the line ends of the stored text, whatever the browser sends."""
        text: str = self.cleaned_data["rules_text"]
        return text.replace("\r\n", "\n")

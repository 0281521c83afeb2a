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
from indgang.analysis.imported_counts import AssumedOfCounts
from indgang.analysis.potential.presets import CBY, KEH, PRESETS, TMF, YDS, YDS_RULE
from indgang.analysis.potential.reading import CountFile
from indgang.analysis.potential.rules import MOST_MINUTES, CountMark, RuleFault, RuleList
from indgang.analysis.rule_models import LONGEST
from indgang.core import clock
from indgang.core.refusals import RefusedChange
from indgang.history.models import HistoryImport
from indgang.office.day_range import DayRange
from indgang.office.figures.access import SeenCentres
from indgang.office.potential import count_files
from indgang.ui.choices import offer
from indgang.ui.parameters import DayField
from indgang.ui.revision import Revised

#: the lists that registrations can be decided by; those of YDS need the topic of a count
OFFERED: Mapping[str, RuleList] = {each.code: each for each in (TMF, KEH, CBY)}


#: what a limit is called that is short itself
_AT_MOST = {
    "digital": gettext_lazy("Digitalt, når det tager højst (minutter)"),
    "case_information": gettext_lazy("Sagsinformation, når det tager højst (minutter)"),
}
#: fields about what an imported count does not say
ASSUMED = ("counted_mark", "counted_resolved", "counted_minutes")


class _CountChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # the stubs make it generic, Django does not
    def label_from_instance(self, obj: HistoryImport) -> str:
        days = f"{obj.first_day:%d.%m.%Y} – {obj.last_day:%d.%m.%Y}" if obj.first_day and obj.last_day else ""
        return f"{obj.name}, {days}"


class PotentialFilter(DayRange):
    """The whole of it stands in the address, so it can be kept as a bookmark. Fields about imported counts are there
    when the person sees any."""

    week = forms.ModelChoiceField(
        CountingWeek.objects.none(), label=gettext_lazy("Tælleuge"), required=False,
        empty_label=gettext_lazy("Ingen: det, der er registreret"),
    )  # fmt: skip
    counts = _CountChoice(
        HistoryImport.objects.none(), label=gettext_lazy("Importeret optælling"), required=False,
        empty_label=gettext_lazy("Ingen"),
    )  # fmt: skip
    counted_mark = forms.ChoiceField(
        label=gettext_lazy("Optællingen handler om"), required=False,
        choices=[
            ("", gettext_lazy("Det vides ikke")), ("general", gettext_lazy("Generelle spørgsmål")),
            ("case_specific", gettext_lazy("Bestemte sager")),
        ],
    )  # fmt: skip
    counted_resolved = forms.ChoiceField(
        label=gettext_lazy("Optællingen blev straksafklaret"), required=False,
        choices=[("", gettext_lazy("Det vides ikke")), ("yes", gettext_lazy("Ja")), ("no", gettext_lazy("Nej"))],
    )  # fmt: skip
    counted_minutes = forms.FloatField(
        label=gettext_lazy("Optællingens henvendelser varede (minutter)"), required=False, localize=True, min_value=0,
        max_value=MOST_MINUTES - 1,
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

    def __init__(
        self, data: Mapping[str, Any], *, centres: SeenCentres, weeks: QuerySet[CountingWeek],
        counts: QuerySet[HistoryImport],
    ) -> None:  # fmt: skip
        super().__init__(data, rules=TMF.code)
        offer(self, "week", weeks)
        offer(self, "counts", counts)
        if not counts.exists():
            for name in ("counts", *ASSUMED):
                del self.fields[name]
        self._centres = centres
        self._choose("centre", [("", _("Alle")), *centres.names.items()])
        self._lists = dict(OFFERED) | {each.code: each for each in own_rules.in_force(self._last_day())}
        self._choose("rules", [(each.code, rule_list_name(each)) for each in self._lists.values()])
        chosen = self._lists.get(str(self.data.get("rules")), TMF)
        for name in ("digital", "case_information"):
            limit = chosen.limits_by_name.get(name)
            if limit is None:
                del self.fields[name]
            elif limit.is_inclusive:
                self.fields[name].label = _AT_MOST[name]

    def _last_day(self) -> date:
        """Of the counting week, or of the chosen days: the rules that held then decide."""
        weeks = self.fields["week"]
        assert isinstance(weeks, forms.ModelChoiceField)
        try:
            week = weeks.clean(self.data.get("week"))
            return week.ends_on if week else date.fromisoformat(str(self.data.get("last")))
        except forms.ValidationError:
            return clock.today()
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
        if data.get("week") and data.get("counts"):
            self.add_error("counts", _("Vælg enten en tælleuge eller en importeret optælling."))
        if chosen is not None:
            data["own"] = chosen
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
    def unmoved(self) -> RuleList | None:
        """The rules with their own limits, when the chosen ones are others."""
        own: RuleList = self.cleaned_data["own"]
        return None if own.limits == self.rule_list.limits else own

    @property
    def assumed(self) -> AssumedOfCounts:
        """What the imported counts do not say."""
        mark = {"general": CountMark.GENERAL, "case_specific": CountMark.CASE_SPECIFIC}
        resolved = {"yes": True, "no": False}
        given = {name: self.cleaned_data.get(name) for name in ASSUMED}
        return AssumedOfCounts(
            mark.get(str(given["counted_mark"])), resolved.get(str(given["counted_resolved"])), given["counted_minutes"]
        )

    @property
    def centre_codes(self) -> Collection[str] | None:
        """The chosen centre, or those that are seen; None: everything."""
        chosen = str(self.cleaned_data["centre"])
        if chosen:
            return [chosen]
        return None if self._centres.is_all else list(self._centres.names)


class CountFileForm(forms.Form):
    """A file of counted enquiries, the rules that decide them, and how they are scaled to a year."""

    table = forms.FileField(
        label=gettext_lazy("Fil"), help_text=gettext_lazy("CSV eller .xlsx, højst 8 MB og 50.000 linjer."),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.xlsx"}),
        error_messages={"required": gettext_lazy("Vælg en fil."), "empty": gettext_lazy("Filen er tom.")},
    )  # fmt: skip
    rules = forms.ChoiceField(label=gettext_lazy("Regler"))
    digital = forms.FloatField(
        label=gettext_lazy("Digitalt, når det tager under (minutter)"), required=False, localize=True, min_value=0,
        max_value=MOST_MINUTES,
    )  # fmt: skip
    case_information = forms.FloatField(
        label=gettext_lazy("Sagsinformation, når det tager under (minutter)"), required=False, localize=True,
        min_value=0, max_value=MOST_MINUTES,
    )  # fmt: skip
    factor = forms.FloatField(
        label=gettext_lazy("Ganges med, så det svarer til et år"), localize=True, initial=50, min_value=0.01,
        max_value=1_000, help_text=gettext_lazy("En talt uge ganges med 50. Et register over et år ganges med 1."),
    )  # fmt: skip
    skip_bad = forms.BooleanField(label=gettext_lazy("Spring linjer med fejl over"), required=False)

    def __init__(self, data: Mapping[str, Any] | None, given: Any) -> None:
        super().__init__(data, given)
        self._lists = {each.code: each for each in (*PRESETS.values(), *own_rules.in_force(clock.today()))}
        field = self.fields["rules"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(each.code, rule_list_name(each)) for each in self._lists.values()]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = self.cleaned_data
        own = self._lists.get(str(data.get("rules")))
        if own is None or "table" not in data:
            return data
        try:
            moved = own.with_limits(self._limits(own))
            data |= {"own": own, "moved": moved, "counted": count_files.read(data["table"], moved)}
        except RuleFault as fault:
            self.add_error(None, words.rule_fault(fault))
        except RefusedChange as refused:
            self.add_error("table", str(refused))
        return data

    def _limits(self, own: RuleList) -> dict[str, float]:
        """Those that were typed. One that the rules do not have is a fault of its field."""
        found = {}
        for name in ("digital", "case_information"):
            minutes = self.cleaned_data.get(name)
            if minutes is not None and name not in own.limits_by_name:
                self.add_error(name, _("De valgte regler har ikke denne grænse."))
            elif minutes is not None:
                found[name] = float(minutes)
        return found

    @property
    def counted(self) -> CountFile:
        found: CountFile = self.cleaned_data["counted"]
        return found

    @property
    def rule_list(self) -> RuleList:
        found: RuleList = self.cleaned_data["moved"]
        return found

    @property
    def unmoved(self) -> RuleList | None:
        own: RuleList = self.cleaned_data["own"]
        return None if own.limits == self.rule_list.limits else own


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

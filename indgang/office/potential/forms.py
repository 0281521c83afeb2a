"""What the potential is shown for: days, centre, rules, and where their limits are."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indgang.analysis import own_rules, words
from indgang.analysis.counting.models import CountingWeek
from indgang.analysis.imported_counts import AssumedOfCounts
from indgang.analysis.potential.presets import CBY, KEH, TMF, YDS, YDS_RULE
from indgang.analysis.potential.reading import CountFile
from indgang.analysis.potential.rules import MOST_MINUTES, MinuteLimit, RuleFault, RuleList, limit_parameter
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

#: fields about what an imported count does not say
ASSUMED = ("counted_mark", "counted_resolved", "counted_minutes")


class _CountChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # the stubs make it generic, Django does not
    def label_from_instance(self, obj: HistoryImport) -> str:
        days = f"{obj.first_day:%d.%m.%Y} – {obj.last_day:%d.%m.%Y}" if obj.first_day and obj.last_day else ""
        return f"{obj.name}, {days}"


class PotentialFilter(DayRange):
    """The whole of it stands in the address, so it can be kept as a bookmark. Fields about counting weeks and imported
    counts are there when the person sees any; the chosen rules have a field for each limit."""

    week = forms.ModelMultipleChoiceField(
        CountingWeek.objects.none(), label=gettext_lazy("Tælleuger"), required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "Uden en tælleuge regnes der på det, der er registreret. Flere giver en tabel over enheder."
        ),
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

    def __init__(
        self, data: QueryDict, *, centres: SeenCentres, weeks: QuerySet[CountingWeek], counts: QuerySet[HistoryImport]
    ) -> None:  # fmt: skip
        super().__init__(dict(data.items()) | {"week": [*filter(None, data.getlist("week"))]}, rules=TMF.code)
        offer(self, "week", weeks)
        offer(self, "counts", counts)
        if not counts.exists():
            for name in ("counts", *ASSUMED):
                del self.fields[name]
        if not weeks.exists() and not self.data.get("week"):
            del self.fields["week"]
        self._centres = centres
        self._choose("centre", [("", _("Alle")), *centres.names.items()])
        self._lists = own_rules.known(self._last_day())
        self._choose("rules", [(each.code, rule_list_name(each)) for each in self._lists.values()])
        chosen = self._lists.get(str(self.data.get("rules")), TMF)
        self.fields |= _limit_fields(chosen.limits)

    def _last_day(self) -> date:
        """Of the counting weeks, or of the chosen days: the rules that held then decide."""
        try:
            weeks = self.fields["week"].clean(self.data.get("week")) if "week" in self.fields else ()
            return max((each.ends_on for each in weeks), default=None) or date.fromisoformat(str(self.data.get("last")))
        except forms.ValidationError:
            return clock.today()
        except ValueError:
            return clock.today()

    @property
    def weeks(self) -> list[CountingWeek]:
        """The chosen counting weeks, the oldest first; none: what was registered, or an imported count."""
        return sorted(self.cleaned_data.get("week") or (), key=lambda each: (each.starts_on, each.pk))

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        chosen = self._lists.get(str(data.get("rules")))
        limits = _typed_limits(chosen.limits_by_name if chosen else (), data)
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
        mark, resolved, minutes = (self.cleaned_data.get(name) for name in ASSUMED)
        return AssumedOfCounts.read(mark or "", resolved or "", "" if minutes is None else str(minutes))

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
    unit = forms.CharField(
        label=gettext_lazy("Enhed, når filen ikke nævner nogen"), required=False, max_length=200
    )  # fmt: skip
    factor = forms.FloatField(
        label=gettext_lazy("Ganges med, så det svarer til et år"), localize=True, initial=50, min_value=0.01,
        max_value=1_000, help_text=gettext_lazy("En talt uge ganges med 50. Et register over et år ganges med 1."),
    )  # fmt: skip
    skip_bad = forms.BooleanField(label=gettext_lazy("Spring linjer med fejl over"), required=False)

    def __init__(self, data: Mapping[str, Any] | None, given: Any) -> None:
        super().__init__(data, given)
        self._lists = own_rules.known(clock.today())
        field = self.fields["rules"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(each.code, rule_list_name(each)) for each in self._lists.values()]
        self._limit_names = list(dict.fromkeys(name for each in self._lists.values() for name in each.limits_by_name))
        self.fields |= _limit_fields([MinuteLimit(name, 0.0) for name in self._limit_names])
        self.order_fields(["table", "rules", *map(limit_parameter, self._limit_names)])

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = self.cleaned_data
        own = self._lists.get(str(data.get("rules")))
        if own is None or "table" not in data:
            return data
        try:
            moved = own.with_limits(self._limits(own))
            data |= {"own": own, "moved": moved, "counted": count_files.read(data["table"], moved, unit=data["unit"])}
        except RuleFault as fault:
            self.add_error(None, words.rule_fault(fault))
        except RefusedChange as refused:
            self.add_error("table", str(refused))
        return data

    def _limits(self, own: RuleList) -> dict[str, float]:
        """Those that were typed. One that the rules do not have is a fault of its field."""
        found = _typed_limits(self._limit_names, self.cleaned_data)
        for name in set(found) - set(own.limits_by_name):
            self.add_error(limit_parameter(name), _("De valgte regler har ikke denne grænse."))
        return {name: minutes for name, minutes in found.items() if name in own.limits_by_name}

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


def _limit_fields(limits: Sequence[MinuteLimit]) -> dict[str, forms.Field]:
    """A field for each limit that can be moved, by its name in the address."""
    return {
        limit_parameter(each.name): forms.FloatField(
            label=words.limit_label(each), required=False, localize=True, min_value=0, max_value=MOST_MINUTES,
            # people name limits in words, and the id of a field has no spaces
            widget=forms.TextInput(attrs={"inputmode": "decimal", "id": f"id_limit_{number}"}),
        )
        for number, each in enumerate(limits)
    }  # fmt: skip


def _typed_limits(names: Iterable[str], data: Mapping[str, Any]) -> dict[str, float]:
    given = {name: data.get(limit_parameter(name)) for name in names}
    return {name: float(minutes) for name, minutes in given.items() if minutes is not None}


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

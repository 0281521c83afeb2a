"""Forms of benefits: which case is shown, a contract, a signature, and a month that is closed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indgang.accounts.models import Person
from indgang.agreements.models import AgreementTarget
from indgang.catalogue.models import ContactCentre, Service, Unit
from indgang.core import clock
from indgang.measures import definitions
from indgang.measures.figure_names import FIGURE_NAMES
from indgang.office.access import centres_of, units_for
from indgang.office.benefits import access
from indgang.office.unit_choice import UnitChoice
from indgang.programme.benefits import measuring, units_of_measure
from indgang.programme.benefits.models import BenefitVersion
from indgang.programme.benefits.terms import COUNTED, UnreadableSteps, read_steps, steps_of_years, steps_text
from indgang.programme.cases.case import BusinessCase
from indgang.programme.cases.evaluation import table
from indgang.ui.choices import offer
from indgang.ui.parameters import DayField
from indgang.ui.revision import Revised

_LARGEST_CHANGE, _LARGEST_PRICE = 1e8, 1e6


class BenefitFilter(forms.Form):
    """The case whose benefits are shown, and the unit."""

    case = forms.ChoiceField(label=gettext_lazy("Investeringsforslag"), required=False)
    unit = forms.ChoiceField(label=gettext_lazy("Enhed"), required=False)

    def __init__(
        self, data: Mapping[str, Any], *, cases: Sequence[BusinessCase], units: Sequence[Unit], usual: str
    ) -> None:
        super().__init__({"case": usual} | {name: value for name, value in data.items() if value})
        offer(self, "case", [(each.code, each.title) for each in cases])
        offer(self, "unit", [("", _("Alle enheder")), *((each.code, each.name) for each in units)])


class BenefitContractForm(Revised, forms.Form):
    """What a contract says. A new one also names its line and unit."""

    UNCOMPARED = ("reason",)

    line = forms.ChoiceField(label=gettext_lazy("Linje i investeringsforslaget"))
    unit = UnitChoice(Unit.objects.none(), label=gettext_lazy("Enhed"), empty_label=gettext_lazy("Vælg"))
    gain = forms.CharField(
        label=gettext_lazy("Hvad enheden får ud af det"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
    owner = forms.ModelChoiceField(
        Person.objects.none(), label=gettext_lazy("Ansvarlig"), empty_label=gettext_lazy("Vælg"),
        help_text=gettext_lazy("Underskriver kontrakten og lukker hver måned med en begrundelse."),
    )  # fmt: skip
    way = forms.ChoiceField(label=gettext_lazy("Sådan måles det"), choices=BenefitVersion.Way.choices)
    kpi = forms.ChoiceField(
        label=gettext_lazy("Nøgletal"), required=False, help_text=gettext_lazy("Kun når et nøgletal måler gevinsten.")
    )
    by_services = forms.BooleanField(
        label=gettext_lazy("Kun henvendelser om enhedens ydelser"), required=False, initial=True
    )
    counted_service = forms.ModelChoiceField(
        Service.objects.none(), label=gettext_lazy("Tælleugernes ydelse"), required=False,
        empty_label=gettext_lazy("Uger for alle ydelser"), to_field_name="code",
        help_text=gettext_lazy("Kun når tælleuger måler gevinsten. En uge for én ydelse måler ikke de andre."),
    )  # fmt: skip
    level = forms.TypedChoiceField(
        label=gettext_lazy("Hvem"), choices=AgreementTarget.Level.choices, coerce=int, initial=0
    )
    centre = forms.ModelChoiceField(
        ContactCentre.objects.none(), label=gettext_lazy("Kontaktcenter"), required=False,
        empty_label=gettext_lazy("Alle"), help_text=gettext_lazy("Skal vælges, når årsværk måler gevinsten."),
    )  # fmt: skip
    not_measured = forms.CharField(
        label=gettext_lazy("Hvorfor det ikke kan måles"), max_length=500, required=False
    )  # fmt: skip
    baseline_first = DayField(
        label=gettext_lazy("Udgangspunktets første dag"), required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip
    baseline_last = DayField(
        label=gettext_lazy("Udgangspunktets sidste dag"), required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip
    baseline_value = forms.FloatField(
        label=gettext_lazy("Udgangspunktets værdi"), required=False, localize=True, min_value=0,
        max_value=_LARGEST_CHANGE, help_text=gettext_lazy("Tomt: den måles i perioden. Antal er pr. dag."),
    )  # fmt: skip
    baseline_source = forms.CharField(
        label=gettext_lazy("Hvor værdien kommer fra"), max_length=300, required=False
    )  # fmt: skip
    change = forms.FloatField(
        label=gettext_lazy("Fuld virkning"), localize=True, min_value=-_LARGEST_CHANGE, max_value=_LARGEST_CHANGE,
        help_text=gettext_lazy(
            "Forskellen fra udgangspunktet, i det, der måles: færre er negativt. Antal er pr. dag. Kan gevinsten ikke "
            "måles: kroner om måneden."
        ),
    )  # fmt: skip
    kroner = forms.FloatField(
        label=gettext_lazy("Pris for én mere (kroner)"), localize=True, required=False, min_value=-_LARGEST_PRICE,
        max_value=_LARGEST_PRICE, help_text=gettext_lazy(
            "For antal: for hver. For andele, tider og årsværk: for en måned. Negativ, hvor mere af det sparer penge."
        ),
    )  # fmt: skip
    price_year = forms.IntegerField(label=gettext_lazy("Prisniveau (år)"), min_value=1900, max_value=2200)
    steps = forms.CharField(
        label=gettext_lazy("Indfasning"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("En linje for hvert trin: måned og procent af fuld virkning, for eksempel 2027-01: 80."),
    )  # fmt: skip
    assumption = forms.ChoiceField(
        label=gettext_lazy("Måler en forudsætning i forslaget"), required=False,
        help_text=gettext_lazy("Så genberegnes forslaget med de målte værdier."),
    )  # fmt: skip
    reason = forms.CharField(label=gettext_lazy("Hvorfor"), max_length=500)

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, case: BusinessCase, person: Person, line: str = "",
        version: BenefitVersion | None = None,
    ) -> None:  # fmt: skip
        super().__init__(data, initial=_stored(version) if version else _proposed(case, line))
        self._unit = version.contract.unit if version else None
        if version:
            del self.fields["line"], self.fields["unit"]
        else:
            offer(self, "line", [(each.code, each.name) for each in case.lines])
            offer(self, "unit", units_for(person, access.EDIT))
        offer(self, "owner", access.owners(self._unit))
        figures = [(each.code, str(FIGURE_NAMES.get(each.code, each.code))) for each in
                   definitions.holding(clock.today())]  # fmt: skip
        offer(self, "kpi", [("", _("Vælg")), *figures])
        offer(self, "centre", _centres(person, version))
        offer(self, "counted_service", _services(person, self._unit))
        assumed = [(each.name, each.labelled) for each in case.assumptions if units_of_measure.is_measurable(each.unit)]
        offer(self, "assumption", [("", _("Nej")), *assumed])

    def clean_steps(self) -> Any:
        try:
            return read_steps(self.cleaned_data["steps"])
        except UnreadableSteps as error:
            raise forms.ValidationError(_steps_sentence(error)) from error

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = self.cleaned_data
        unit, owner = self._unit or data.get("unit"), data.get("owner")
        if unit and owner and not access.owners(unit).filter(pk=owner.pk).exists():
            self.add_error("owner", _("%(name)s kan ikke se enhedens tal. Vælg en anden.") % {"name": owner.name})
        data |= {"kroner": data.get("kroner") or 0.0, "about": data.get("gain", "")}
        return data


def _centres(person: Person, version: BenefitVersion | None) -> QuerySet[ContactCentre]:
    """Those of the person, and the one that the contract has."""
    own = Q(pk__in=centres_of(person, access.EDIT).values("pk"))
    kept = Q(pk=version.centre_id if version else None)
    found: QuerySet[ContactCentre] = ContactCentre.objects.filter(own | kept).order_by("name")
    return found


def _services(person: Person, unit: Unit | None) -> QuerySet[Service]:
    """Those of the contract's unit, or of all units that the person writes contracts for."""
    units = [unit] if unit else units_for(person, access.EDIT)
    codes = {code for each in units for code in measuring.services_of(each, clock.today())}
    found: QuerySet[Service] = Service.objects.valid_on(clock.today()).filter(code__in=codes).order_by("name")
    return found


def _steps_sentence(error: UnreadableSteps) -> str:
    said = {
        "none": _("Skriv mindst ét trin."),
        "too_many": _("Der er for mange trin."),
        "order": _("Linje %(line)s: trinene skal stå i tidens orden, hver måned én gang."),
        "share": _("Linje %(line)s: højst 200 procent af fuld virkning."),
    }.get(error.code, _("Linje %(line)s kan ikke læses. Skriv måned og procent, for eksempel 2027-01: 80."))
    return said % {"line": error.line}


def _stored(version: BenefitVersion) -> dict[str, Any]:
    plain = (
        "owner", "way", "kpi", "level", "centre", "not_measured", "baseline_first", "baseline_last",
        "baseline_source", "change", "kroner", "price_year", "assumption",
    )  # fmt: skip
    return {name: getattr(version, name) for name in plain} | {
        "by_services": bool(version.services) or version.way != BenefitVersion.Way.FIGURE,
        "counted_service": next(iter(version.services), "") if version.measure in COUNTED else "",
        "baseline_value": version.baseline_value if version.baseline_source else None,
        "steps": steps_text(version.phasing),
        "gain": version.about,
    }


def _proposed(case: BusinessCase, line: str) -> dict[str, Any]:
    """The line's own phasing: that of the first saving, until another one is chosen."""
    rows = {each.code: amounts for each, amounts in table(case).lines}
    saving = next((code for code, amounts in rows.items() if amounts[-1] < 0), next(iter(rows), ""))
    chosen = line if line in rows else saving
    steps = steps_of_years(case.first_year, rows.get(chosen, ()))
    return {"line": chosen, "price_year": case.price_year, "steps": steps_text(steps)}


class BenefitSignatureForm(forms.Form):
    """The version that the person has read."""

    number = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)


class BenefitWithdrawalForm(forms.Form):
    """Why a contract counts no more."""

    reason = forms.CharField(label=gettext_lazy("Hvorfor den trækkes tilbage"), max_length=500)


class ClosedMonthForm(forms.Form):
    """A month that is over, and why it is as it is."""

    month = forms.ChoiceField(
        label=gettext_lazy("Måned"),
        error_messages={"invalid_choice": gettext_lazy("Måneden kan ikke lukkes, eller den er lukket. Vælg en anden.")},
    )
    reason = forms.CharField(
        label=gettext_lazy("Hvorfor det gik sådan"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, months: Sequence[date]) -> None:
        super().__init__(data)
        offer(self, "month", [(f"{each:%Y-%m}", date_format(each, "F Y")) for each in months])

    @property
    def chosen(self) -> date:
        return date.fromisoformat(f"{self.cleaned_data['month']}-01")

"""The form of the staffing calculator. It stands in the address and stores nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import time
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.formats import localize_input
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indgang.office.planning.starts import CalculatorStart
from indgang.planning.assumption_kinds import KINDS
from indgang.planning.calculation import Excess, StaffingQuestion, excess
from indgang.staffing.need import ServiceTarget
from indgang.staffing.presets import MOST_CALLS_OF_INTERVAL, MOST_INTERVALS, falling_day
from indgang.staffing.sizing import Demand, Seats, Supply, WorkingYear

_TIME = forms.TimeInput(attrs={"type": "time", "step": 1800}, format="%H:%M")
_EXCESS = {
    Excess.LOAD: gettext_lazy(
        "Tallene kræver mere end 2.000 medarbejdere på samme tid. Se på antal opkald, tider og åbningstid."
    ),
    Excess.PATIENCE: gettext_lazy(
        "Så tålmodige lægger ingen på, før de får svar. Skriv en kortere tid, eller lad feltet være tomt."
    ),
}


def number_field(
    label: Any, low: str, high: str, *, places: int = 2, required: bool = True, help_text: Any = ""
) -> Any:
    return forms.DecimalField(
        label=label, min_value=Decimal(low), max_value=Decimal(high), decimal_places=places, required=required,
        localize=True, help_text=help_text,
    )  # fmt: skip


def _assumed(code: str, *, required: bool = True) -> Any:
    kind = KINDS[code]
    return number_field(
        kind.name, str(kind.low), str(kind.high), places=kind.places, required=required, help_text=kind.help_text
    )


class IntervalsField(forms.CharField):
    """Numbers of calls, in the order of the day: `12 20,5 25`."""

    def clean(self, value: Any) -> list[float]:
        words = [word for word in re.split(r"[\s;]+", super().clean(value)) if word]
        if not all(re.fullmatch(r"\d{1,6}(?:[.,]\d{1,3})?", word, re.ASCII) for word in words):
            raise forms.ValidationError(_("Skriv tal med mellemrum imellem, for eksempel: 12 20 25,5."))
        found = [float(word.replace(",", ".")) for word in words]
        if len(found) > MOST_INTERVALS or any(each > MOST_CALLS_OF_INTERVAL for each in found):
            raise forms.ValidationError(
                _("Skriv højst %(most)s tal på højst %(calls)s opkald."),
                params={"most": MOST_INTERVALS, "calls": round(MOST_CALLS_OF_INTERVAL)},
            )
        if found and not sum(found):
            raise forms.ValidationError(_("Mindst ét interval skal have opkald."))
        return found


def typed(value: Any) -> str:
    """A value as a person writes it in its field."""
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(localize_input(value))


class NeedForm(forms.Form):
    """Everything that the need depends on. Fields that the address does not name have the start's values."""

    SECTIONS: Mapping[str | Promise, tuple[str, ...]] = {
        gettext_lazy("Opkald"): ("calls", "intervals", "busiest", "talk", "after_call", "patience"),
        gettext_lazy("Åbningstid"): ("opens", "closes", "days"),
        gettext_lazy("Mål"): ("in_time", "within", "mean_wait", "abandoned", "occupancy", "blocked"),
        gettext_lazy("Medarbejdere"): ("phone_share", "shrinkage", "seats", "kroner"),
        gettext_lazy("Arbejdsåret"): ("contracted", "holiday", "public_holidays", "sickness", "paid_break", "day"),
    }

    calls = number_field(gettext_lazy("Opkald om året"), "0", "100000000", required=False)
    intervals = IntervalsField(
        label=gettext_lazy("Opkald i hvert interval på en dag"), required=False, max_length=1000,
        help_text=gettext_lazy("Med mellemrum imellem. Bruges i stedet for opkald om året."),
    )  # fmt: skip
    busiest = _assumed("busiest")
    talk = _assumed("talk")
    after_call = _assumed("after_call")
    patience = _assumed("patience", required=False)
    opens = forms.TimeField(label=gettext_lazy("Åbner"), widget=_TIME)
    closes = forms.TimeField(label=gettext_lazy("Lukker"), widget=_TIME)
    days = _assumed("days")
    in_time = number_field(gettext_lazy("Andel besvaret i tide, mindst (%)"), "1", "99.9", required=False)
    within = number_field(gettext_lazy("I tide er inden for (sekunder)"), "0", "3600")
    mean_wait = number_field(gettext_lazy("Ventetid i gennemsnit, højst (sekunder)"), "1", "7200", required=False)
    abandoned = number_field(
        gettext_lazy("Andel, der lægger på, højst (%)"), "0.1", "100", required=False,
        help_text=gettext_lazy("Kræver en tålmodighed."),
    )  # fmt: skip
    occupancy = number_field(gettext_lazy("Belægning, højst (%)"), "1", "100", required=False)
    blocked = number_field(
        gettext_lazy("Andel, der møder optaget, højst (%)"), "0.01", "50", required=False,
        help_text=gettext_lazy("Så regnes også ud, hvor mange telefonlinjer der skal til."),
    )  # fmt: skip
    phone_share = _assumed("phone_share")
    shrinkage = _assumed("shrinkage")
    seats = forms.ChoiceField(
        label=gettext_lazy("Pladserne"),
        choices=[
            (Seats.FLAT.value, gettext_lazy("er de samme hele dagen")),
            (Seats.CURVE.value, gettext_lazy("følger opkaldene")),
        ],
    )
    kroner = _assumed("kroner", required=False)
    contracted = _assumed("contracted")
    holiday = _assumed("holiday")
    public_holidays = _assumed("public_holidays")
    sickness = _assumed("sickness")
    paid_break = _assumed("paid_break")
    day = _assumed("day")

    def __init__(self, data: Mapping[str, Any], *, start: CalculatorStart) -> None:
        usual = {name: typed(value) for name, value in start.values.items()}
        super().__init__({**usual, **{name: data[name] for name in data}})
        self.question: StaffingQuestion | None = None

    @property
    def sections(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields under their headings."""
        return [(str(heading), [self[name] for name in names]) for heading, names in self.SECTIONS.items()]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = self.cleaned_data
        if self.errors:
            return data
        if data["calls"] is None and not data["intervals"]:
            self.add_error("calls", _("Skriv opkald om året, eller opkald i hvert interval."))
        check_targets(self, data, has_patience=data["patience"] is not None)
        self._check_hours(data)
        if not self.errors:
            self._ask(data)
        return data

    def _check_hours(self, data: Mapping[str, Any]) -> None:
        hours = _hours(data["opens"], data["closes"])
        for name in [each for each in ("opens", "closes") if data[each].minute not in (0, 30)]:
            self.add_error(name, _("Vælg en hel eller halv time."))
        if hours <= 0:
            self.add_error("closes", _("Centret skal lukke, efter at det er åbnet."))
        elif not data["intervals"] and not _can_peak(hours, float(data["busiest"])):
            self.add_error("busiest", _("Så kort en dag kan ikke have så travl en halv time."))
        if _year(data).net <= 0:
            self.add_error("contracted", _("Ferie, helligdage og pauser skal være kortere end arbejdstiden."))

    def _ask(self, data: Mapping[str, Any]) -> None:
        question = _question(data)
        found = excess(question)
        if found is None:
            self.question = question
        else:
            self.add_error("patience" if found is Excess.PATIENCE else "calls", str(_EXCESS[found]))


def check_targets(form: forms.Form, data: Mapping[str, Any], *, has_patience: bool) -> None:
    """Say beside the fields what a target lacks."""
    if data["mean_wait"] is data["in_time"] is data["abandoned"] is data["occupancy"] is None:
        form.add_error("in_time", _("Skriv mindst ét mål: svar i tide, ventetid, lagt på eller belægning."))
    if data["abandoned"] is not None and not has_patience:
        form.add_error("patience", _("Skriv en tålmodighed, når der er et mål for, hvor mange der lægger på."))


def _question(data: Mapping[str, Any]) -> StaffingQuestion:
    return StaffingQuestion(
        _demand(data), _supply(data), target_of(data), Seats(data["seats"]), data["opens"], _share(data["blocked"])
    )


def _demand(data: Mapping[str, Any]) -> Demand:
    hours = _hours(data["opens"], data["closes"])
    intervals, days = data["intervals"], float(data["days"])
    calls = sum(intervals) * days if intervals else float(data["calls"])
    profile = tuple(intervals) or falling_day(round(2 * hours), float(data["busiest"]))
    patience = _float(data["patience"])
    return Demand(calls, float(data["talk"]), float(data["after_call"]), days, hours, profile, patience)


def _supply(data: Mapping[str, Any]) -> Supply:
    phone_share, shrinkage = (float(data[name]) / 100 for name in ("phone_share", "shrinkage"))
    return Supply(_year(data), phone_share, shrinkage, _float(data["kroner"]))


def target_of(data: Mapping[str, Any]) -> ServiceTarget:
    """From shares in percent and seconds."""
    in_time, abandoned, occupancy = (_share(data[name]) for name in ("in_time", "abandoned", "occupancy"))
    return ServiceTarget(in_time, float(data["within"]), _float(data["mean_wait"]), abandoned, occupancy)


def _year(data: Mapping[str, Any]) -> WorkingYear:
    contracted, holiday, public_holidays, day = (
        float(data[name]) for name in ("contracted", "holiday", "public_holidays", "day")
    )
    sickness, paid_break = float(data["sickness"]) / 100, float(data["paid_break"]) / 60
    return WorkingYear(contracted, holiday, public_holidays, sickness, paid_break, day)


def _hours(opens: time, closes: time) -> float:
    """From opening until closing; midnight ends the day."""
    first, last = opens.hour + opens.minute / 60, closes.hour + closes.minute / 60
    return (last or 24) - first


def _can_peak(hours: float, busiest: float) -> bool:
    intervals = round(2 * hours)
    return busiest < intervals or intervals == busiest == 1


def _float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _share(value: Decimal | None) -> float | None:
    return None if value is None else float(value) / 100

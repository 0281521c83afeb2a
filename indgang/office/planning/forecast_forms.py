"""Forms of forecasts: what is shown, and what a planner knows of days to come."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indgang.core import clock
from indgang.entry.models import Queue
from indgang.planning.models import CallEvent
from indgang.planning.models.forecasts import MOST_RAMP_DAYS
from indgang.ui.choices import offer
from indgang.ui.parameters import DayField

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
_WEEKS = {"4": gettext_lazy("4 uger"), "13": gettext_lazy("13 uger"), "52": gettext_lazy("52 uger")}


class ForecastPeriodForm(forms.Form):
    """How far ahead is shown."""

    weeks = forms.ChoiceField(label=gettext_lazy("Vis"), choices=list(_WEEKS.items()), required=False)

    day = DayField(required=False, widget=forms.HiddenInput)

    @property
    def chosen(self) -> int:
        self.is_valid()
        return int(self.cleaned_data.get("weeks") or 4)

    @property
    def chosen_day(self) -> date | None:
        """The day whose intervals are shown, if any."""
        self.is_valid()
        found: date | None = self.cleaned_data.get("day")
        return found


class CallEventForm(forms.Form):
    kind = forms.ChoiceField(label=gettext_lazy("Hvad sker der?"), choices=CallEvent.Kind.choices)
    name = forms.CharField(
        label=gettext_lazy("Navn"), max_length=100,
        help_text=gettext_lazy("Brug samme navn, når det sker igen. Så lærer prognosen af sidste gang."),
    )  # fmt: skip
    first = DayField(label=gettext_lazy("Første dag"), widget=_DAY)
    last = DayField(label=gettext_lazy("Sidste dag"), widget=_DAY)
    percent = forms.IntegerField(
        label=gettext_lazy("Flere opkald (%)"), min_value=-90, max_value=900,
        help_text=gettext_lazy("30 er 30 procent flere, -20 er 20 procent færre. 0, når du ikke ved det."),
    )  # fmt: skip
    all_queues = forms.BooleanField(label=gettext_lazy("Gælder alle køer i centret"), required=False)

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        tomorrow = clock.today() + timedelta(days=1)
        super().__init__(data, initial={"first": tomorrow, "last": tomorrow, "percent": 0}, prefix="event")


class MovedServiceForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Ydelse"), max_length=100)
    first = DayField(label=gettext_lazy("Fra og med"), widget=_DAY)
    calls_a_year = forms.IntegerField(
        label=gettext_lazy("Opkald om året"), min_value=-10_000_000, max_value=10_000_000,
        help_text=gettext_lazy("Et negativt tal, når ydelsen flytter ud af køen."),
    )  # fmt: skip
    ramp_days = forms.IntegerField(
        label=gettext_lazy("Dage, før alle opkald kommer hertil"), min_value=0, max_value=MOST_RAMP_DAYS
    )
    source = forms.CharField(label=gettext_lazy("Hvor kommer tallet fra?"), max_length=300)

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        tomorrow = clock.today() + timedelta(days=1)
        super().__init__(data, initial={"first": tomorrow, "ramp_days": 0}, prefix="move")


class JudgedDayForm(forms.Form):
    day = DayField(label=gettext_lazy("Dag"), widget=_DAY)
    is_kept = forms.ChoiceField(
        label=gettext_lazy("Dagen"),
        choices=[
            ("no", gettext_lazy("tæller ikke med")),
            ("yes", gettext_lazy("tæller med, selv om den er usædvanlig")),
        ],
    )  # fmt: skip
    reason = forms.CharField(label=gettext_lazy("Hvorfor?"), max_length=200)

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, initial={"day": clock.today() - timedelta(days=1)}, prefix="day")


class WeekField(forms.CharField):
    """Seven numbers from Monday to Sunday: `40 35 30 30 20 0 0`."""

    def clean(self, value: Any) -> list[int]:
        words = super().clean(value).split()
        if not words:
            return []
        if len(words) != 7 or not all(word.isascii() and word.isdigit() and len(word) <= 6 for word in words):
            raise forms.ValidationError(_("Skriv syv tal med mellemrum imellem, fra mandag til søndag."))
        return [int(word) for word in words]


class StandInForm(forms.Form):
    similar = forms.ModelChoiceField(
        Queue.objects.none(), label=gettext_lazy("Kø, der ligner"), required=False, to_field_name="code",
        empty_label=gettext_lazy("Ingen"),
    )  # fmt: skip
    week = WeekField(
        label=gettext_lazy("Eller opkald i en talt uge"), required=False, max_length=60,
        help_text=gettext_lazy("Syv tal fra mandag til søndag, for eksempel: 40 35 30 30 20 0 0."),
    )  # fmt: skip
    scaling = forms.DecimalField(
        label=gettext_lazy("Ganges med"), min_value=Decimal("0.001"), max_value=Decimal(1000), decimal_places=3,
        localize=True, help_text=gettext_lazy("1,2, når en almindelig uge har 20 procent flere opkald end den."),
    )  # fmt: skip
    source = forms.CharField(label=gettext_lazy("Hvor kommer tallene fra?"), max_length=300)

    def __init__(self, data: Mapping[str, Any] | None = None, *, queue: Queue) -> None:
        super().__init__(data, initial={"scaling": Decimal(1)}, prefix="start")
        same = Queue.objects.valid_on(clock.today()).filter(centre=queue.centre, work=queue.work)
        offer(self, "similar", same.exclude(pk=queue.pk).order_by("name"))

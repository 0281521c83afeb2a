"""Forms of duty rotas: a new one, who takes part, the days to plan, and swaps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from indgang.catalogue.models import Schedule
from indgang.core import clock
from indgang.entry.models import DutyRota, DutyShift, Queue
from indgang.office.rotas.words import when
from indgang.ui.choices import offer
from indgang.ui.parameters import DayField

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class NewRotaForm(forms.Form):
    name = forms.CharField(label=_("Navn"), max_length=200)
    hours = forms.ModelChoiceField(
        Schedule.objects.none(), label=_("Vagttider"), empty_label=_("Vælg"), to_field_name="code",
        help_text=_("En åbningstid. Hver åben periode er en vagt."),
    )  # fmt: skip

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        offer(self, "hours", Schedule.objects.valid_on(clock.today()).order_by("name"))


class RotaMemberForm(forms.Form):
    queue = forms.ModelChoiceField(
        Queue.objects.none(), label=_("Kø"), empty_label=_("Vælg"), to_field_name="code",
        help_text=_("Køen, som centrets medarbejdere betjener, når de har vagten."),
    )  # fmt: skip
    weight = forms.DecimalField(
        label=_("Vægt"), min_value=Decimal("0.01"), max_digits=8, decimal_places=2, initial=Decimal(1),
        help_text=_("For eksempel antal medarbejdere. Dobbelt vægt giver dobbelt så mange vagter."),
    )  # fmt: skip
    valid_from = DayField(label=_("Fra og med"), widget=_DAY)

    def __init__(self, data: Mapping[str, Any] | None = None, *, rota: DutyRota) -> None:
        super().__init__(data)
        today = clock.today()
        there = rota.members.valid_on(today).values("queue")
        offer(self, "queue", Queue.objects.valid_on(today).for_calls().exclude(pk__in=there).order_by("name"))
        self.fields["valid_from"].initial = today


class PlanForm(forms.Form):
    first = DayField(label=_("Fra og med"), widget=_DAY)
    last = DayField(label=_("Til og med"), widget=_DAY)

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        self.fields["first"].initial = clock.today()
        self.fields["last"].initial = clock.today() + timedelta(days=27)


class TakeForm(forms.Form):
    """Which centre takes the shift, and which of its shifts it gives in return."""

    queue = forms.ChoiceField(label=_("Center"))
    in_return = forms.ChoiceField(label=_("Giver til gengæld"), required=False)

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, queues: Iterable[Queue], own: Iterable[DutyShift]
    ) -> None:
        super().__init__(data)
        offer(self, "queue", [(each.code, each.centre.name) for each in queues])
        offer(self, "in_return", [("", _("Ingen vagt")), *((str(each.pk), when(each)) for each in own)])

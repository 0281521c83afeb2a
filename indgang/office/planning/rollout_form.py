"""Forms by which the services of a rollout stage come into a forecast."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from indgang.office.planning import rollout_words
from indgang.planning.models.forecasts import MOST_RAMP_DAYS
from indgang.programme.rollout.forecast_moves import OfferedService
from indgang.programme.rollout.models import RolloutMove, RolloutStage
from indgang.programme.rollout.moved_volume import MovedPart
from indgang.ui.choices import offer


class StageChoice(forms.Form):
    """Which stage is shown."""

    stage = forms.IntegerField(min_value=1, max_value=100, required=False)

    def chosen(self, stages: Sequence[RolloutStage], offers: Sequence[OfferedService]) -> RolloutStage | None:
        """The one that is named, else the first with a service that can be taken, else the last."""
        number = self.cleaned_data.get("stage") if self.is_valid() else None
        open_stages = {each.row.stage_id for each in offers if each.why_not is None}
        named = [each for each in stages if each.number == number]
        return next(iter([*named, *(each for each in stages if each.pk in open_stages), *stages[::-1]]), None)


class StageMovesForm(forms.Form):
    """The services of a stage that come into the queue, and how many of their enquiries."""

    services = forms.MultipleChoiceField(label=gettext_lazy("Ydelser"), widget=forms.CheckboxSelectMultiple)
    counts = forms.ChoiceField(
        label=gettext_lazy("Hvilke henvendelser kommer i køen?"), choices=RolloutMove.Counts.choices,
        initial=MovedPart.ALL.value,
    )  # fmt: skip
    by_phone = forms.IntegerField(
        label=gettext_lazy("Så mange af dem ringer (%)"), min_value=1, max_value=100, required=False,
        help_text=gettext_lazy("Tom: som talt i tælleugen. Uden en tælleuge regnes alle henvendelser som opkald."),
    )  # fmt: skip
    ramp_days = forms.IntegerField(
        label=gettext_lazy("Dage, før alle opkald kommer hertil"), min_value=0, max_value=MOST_RAMP_DAYS, initial=0
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, offers: Sequence[OfferedService]) -> None:
        open_offers = [each for each in offers if each.why_not is None]
        super().__init__(data, initial={"services": [each.service.code for each in open_offers]})
        offer(self, "services", [(each.service.code, rollout_words.offer(each)) for each in open_offers])

    @property
    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "services": data["services"],
            "part": MovedPart(data["counts"]),
            "by_phone": data["by_phone"],
            "ramp_days": data["ramp_days"],
        }

"""What figures are shown for: days, centre, queue, service, channel, and by what they are split."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indgang.catalogue.models import Service
from indgang.core import clock
from indgang.enquiries.models import Channel
from indgang.measures.definitions import Definition, holding
from indgang.measures.period import Period
from indgang.measures.rollups.hiding import ChosenParts
from indgang.measures.rollups.reading import GroupBy
from indgang.office.figures import days
from indgang.office.figures.access import SeenCentres, queues_seen
from indgang.office.figures.days import FigureDays, NamedDays
from indgang.office.figures.promised import also_within
from indgang.office.figures.sections import FigureSection, section_choices
from indgang.office.thresholds import ThresholdsField
from indgang.ui.choices import offer
from indgang.ui.parameters import FIRST_DAY, LAST_DAY, DayField

#: the longest period, and the longest that is shown day by day
MOST_DAYS, MOST_SINGLE_DAYS = 1_100, 92
_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

GROUP_WORDS = {
    GroupBy.NOTHING: gettext_lazy("Ikke opdelt"),
    GroupBy.DAY: gettext_lazy("Dag"),
    GroupBy.MONTH: gettext_lazy("Måned"),
    GroupBy.CENTRE: gettext_lazy("Center"),
    GroupBy.QUEUE: gettext_lazy("Kø"),
    GroupBy.SERVICE: gettext_lazy("Ydelse"),
    GroupBy.PURPOSE: gettext_lazy("Ærinde"),
    GroupBy.CHANNEL: gettext_lazy("Kanal"),
    GroupBy.LEVEL: gettext_lazy("Niveau"),
}


class FiguresFilter(forms.Form):
    """The whole of it stands in the address, so it can be kept as a bookmark. Without an address: this month."""

    period = forms.ChoiceField(label=gettext_lazy("Periode"), choices=NamedDays.choices, required=False)
    first = DayField(label=gettext_lazy("Fra"), widget=_DAY, required=False)
    last = DayField(label=gettext_lazy("Til og med"), widget=_DAY, required=False)
    centre = forms.ChoiceField(label=gettext_lazy("Center"), required=False)
    queue = forms.ChoiceField(label=gettext_lazy("Kø"), required=False)
    service = forms.ChoiceField(label=gettext_lazy("Ydelse"), required=False)
    channel = forms.ChoiceField(label=gettext_lazy("Kanal"), required=False)
    by = forms.ChoiceField(label=gettext_lazy("Opdelt efter"), choices=list(GROUP_WORDS.items()), required=False)
    within = ThresholdsField()
    section = forms.ChoiceField(label=gettext_lazy("Nøgletal om"), required=False)

    def __init__(self, data: Mapping[str, Any], *, centres: SeenCentres) -> None:
        filled = {name: value for name, value in data.items() if value}
        super().__init__(self._usual() | filled)
        self._centres = centres
        everything = ("", _("Alle"))
        offer(self, "centre", [everything, *centres.names.items()])
        several = len(centres.names) > 1
        queues = [(code, f"{name} ({centre})" if several else name) for code, name, centre in queues_seen(centres)]
        offer(self, "queue", [everything, *queues])
        offer(self, "service", [everything, *Service.objects.order_by("name").values_list("code", "name")])
        offer(self, "channel", [everything, *Channel.choices])
        offer(self, "section", [everything, *section_choices()])

    def _usual(self) -> dict[str, str]:
        return {"period": NamedDays.MONTH.value, "by": GroupBy.NOTHING.value}

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = self.cleaned_data
        first, last = data.get("first"), data.get("last")
        if data.get("period") == NamedDays.OWN and not self.errors:
            if not first or not last:
                self.add_error("last" if first else "first", _("Vælg både en første og en sidste dag."))
            elif last < first:
                self.add_error("last", _("Den sidste dag må ikke ligge før den første."))
            elif (last - first).days >= MOST_DAYS:
                self.add_error("last", _("Vælg højst %(days)s dage.") % {"days": MOST_DAYS})
        if not self.errors and self.group_by is GroupBy.DAY and self.days.number > MOST_SINGLE_DAYS:
            few = _("Vælg højst %(days)s dage, eller opdel efter måned.") % {"days": MOST_SINGLE_DAYS}
            self.add_error("by", few)
        return data

    @property
    def days(self) -> FigureDays:
        """The chosen days; this month while the form does not say which."""
        data = self.cleaned_data
        chosen = NamedDays(data.get("period") or NamedDays.MONTH)
        first, last = data.get("first"), data.get("last")
        if chosen is not NamedDays.OWN:
            return days.named(chosen, clock.today())
        return days.own(first, last) if first and last else days.named(NamedDays.MONTH, clock.today())

    @property
    def group_by(self) -> GroupBy:
        return GroupBy(self.cleaned_data.get("by") or GroupBy.NOTHING)

    @property
    def thresholds(self) -> list[int]:
        """Promises in seconds that service levels are also shown for."""
        return list(self.cleaned_data.get("within") or [])

    @property
    def definitions(self) -> list[Definition]:
        """All that hold on the last day, and the service levels by the other promises."""
        return also_within(holding(self.days.last), self.thresholds)

    def chosen(self, sections: list[FigureSection]) -> list[FigureSection]:
        """The section that is asked for, or all."""
        wanted = self.cleaned_data.get("section")
        return [each for each in sections if not wanted or each.code == wanted]

    @property
    def by_word(self) -> str:
        return str(GROUP_WORDS[self.group_by])

    @property
    def only(self) -> dict[str, list[str]]:
        """The choice of rows: what is asked for, within what the person sees."""
        return self._centres.only() | self._parts

    @property
    def _parts(self) -> dict[str, list[str]]:
        """What is asked for."""
        names = ("centre", "queue", "service", "channel")
        return {name: [self.cleaned_data[name]] for name in names if self.cleaned_data.get(name)}

    def parts_in(self, period: Period, *, times: bool, entered: Collection[str] | None) -> ChosenParts:
        """The parts that what is asked for is among, so that it is hidden here when it is hidden beside them."""
        return ChosenParts(period, self._parts, self._centres.only(), times=times, entered=entered)

    def is_part(self, by: GroupBy) -> bool:
        """Whether figures are those of a part, in which few are not shown: not of the whole in several days."""
        return by is not GroupBy.NOTHING or bool(self.only) or self.days.number == 1


class FigureFilter(FiguresFilter):
    """The same for one figure, whose course by day or month is always shown; its parts are by default the queues."""

    PARTS = (
        GroupBy.QUEUE, GroupBy.CENTRE, GroupBy.SERVICE, GroupBy.PURPOSE, GroupBy.CHANNEL, GroupBy.LEVEL,
        GroupBy.NOTHING,
    )  # fmt: skip

    def __init__(self, data: Mapping[str, Any], *, centres: SeenCentres) -> None:
        super().__init__(data, centres=centres)
        del self.fields["section"]
        offer(self, "by", [(each.value, GROUP_WORDS[each]) for each in self.PARTS])

    def _usual(self) -> dict[str, str]:
        return super()._usual() | {"by": GroupBy.QUEUE.value}


class ContactsFilter(FiguresFilter):
    """Which contacts behind a figure are listed: of one part (`part`, a code, a day or a month) of what is chosen, and
    those that count for it, against it, or both."""

    #: stands for the part without a code: no code holds a full stop
    NO_CODE = "."
    FOR, AGAINST = "for", "against"
    SIDES = (
        ("", gettext_lazy("Alle, der tæller med")), (FOR, gettext_lazy("Tæller i tallet")),
        (AGAINST, gettext_lazy("Tæller kun i grundlaget")),
    )  # fmt: skip

    part = forms.CharField(max_length=100, required=False)
    side = forms.ChoiceField(choices=SIDES, required=False)
    after = forms.UUIDField(required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not self.errors and self.group_by in (GroupBy.DAY, GroupBy.MONTH) and self._part_days() is None:
            self.add_error("part", _("Vælg en dag eller en måned."))
        return data

    def _part_days(self) -> Period | None:
        """The day or month that the part is; None for what is none."""
        try:
            first = date.fromisoformat(self.group if self.group_by is GroupBy.DAY else f"{self.group}-01")
        except ValueError:
            return None
        if not FIRST_DAY <= first <= LAST_DAY or self.group not in (f"{first:%Y-%m-%d}", f"{first:%Y-%m}"):
            return None
        return Period.day(first) if self.group_by is GroupBy.DAY else Period.month(first)

    @property
    def period_of_part(self) -> Period:
        """The chosen days, as far as they are in the part."""
        whole, part = self.days.period, None
        if self.group_by in (GroupBy.DAY, GroupBy.MONTH):
            part = self._part_days()
        return Period(max(whole.start, part.start), min(whole.end, part.end)) if part else whole

    @property
    def group_by(self) -> GroupBy:
        """By what the part is one; nothing when no part is asked for."""
        return super().group_by if self.cleaned_data.get("part") else GroupBy.NOTHING

    @property
    def group(self) -> str:
        part: str = self.cleaned_data.get("part") or ""
        return "" if part == self.NO_CODE else part

    @property
    def chosen_side(self) -> str:
        return str(self.cleaned_data.get("side") or "")

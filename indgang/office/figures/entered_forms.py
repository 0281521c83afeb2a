"""Forms of the figures that people count: which period, its value, and who types it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indgang.accounts.access import people_who_may
from indgang.accounts.models import Person
from indgang.core import clock
from indgang.measures.entered_kinds import EnteredKind, EnteredPeriod
from indgang.measures.entering import MOST
from indgang.measures.models import EnteredFigure, EnteredValue
from indgang.office.figures.entered_access import ENTER
from indgang.ui.choices import offer
from indgang.ui.revision import Revised

#: how many periods back a value may be typed on the page
_PERIODS_BACK: Mapping[EnteredPeriod, int] = {
    EnteredPeriod.MONTH: 36, EnteredPeriod.QUARTER: 16, EnteredPeriod.YEAR: 10,
}  # fmt: skip


def period_words(period: EnteredPeriod, first_day: date) -> str:
    """`marts 2026`, `1. kvartal 2026`, `2026`."""
    if period is EnteredPeriod.YEAR:
        return f"{first_day.year}"
    if period is EnteredPeriod.QUARTER:
        return _("%(quarter)s. kvartal %(year)s") % {"quarter": first_day.month // 3 + 1, "year": first_day.year}
    return date_format(first_day, "F Y")


def periods(period: EnteredPeriod, today: date) -> list[date]:
    """The first days of the period that goes on and of those before it."""
    found = [period.first_of(today)]
    for _number in range(_PERIODS_BACK[period]):
        found.append(period.first_of(date.fromordinal(found[-1].toordinal() - 1)))
    return found


class PeriodChoice(forms.Form):
    """Which value is to be typed."""

    period = forms.ChoiceField(label=gettext_lazy("Periode"))
    centre = forms.ChoiceField(label=gettext_lazy("Gælder for"))

    def __init__(self, data: Mapping[str, Any] | None, *, kind: EnteredKind, centres: Mapping[str, str]) -> None:
        super().__init__(data)
        days = periods(kind.period, clock.today())
        offer(self, "period", [(each.isoformat(), period_words(kind.period, each)) for each in days])
        offer(self, "centre", list(centres.items()))


class EnteredValueForm(Revised, forms.Form):
    """The value of one period. `counted` is out of `out_of` for a share."""

    counted = forms.IntegerField(label=gettext_lazy("Tal"), min_value=0, max_value=MOST)
    out_of = forms.IntegerField(label=gettext_lazy("Ud af"), min_value=1, max_value=MOST)
    note = forms.CharField(
        label=gettext_lazy("Bemærkning"), required=False, max_length=500,
        help_text=gettext_lazy("Hvordan det er talt, eller hvorfor tallet er rettet. Skriv ingen personoplysninger."),
    )  # fmt: skip

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, kind: EnteredKind, stands: EnteredValue | None
    ) -> None:
        initial = {"counted": stands.counted, "out_of": stands.out_of, "note": stands.note} if stands else {}
        super().__init__(data, initial=initial)
        if not kind.typed.is_share:
            del self.fields["out_of"]


class EnteredTakeBackForm(Revised, forms.Form):
    """Why a value is taken back: the one that the page showed."""

    note = forms.CharField(label=gettext_lazy("Hvorfor?"), max_length=500)

    def __init__(self, data: Mapping[str, Any] | None = None, *, stands: EnteredValue | None) -> None:
        super().__init__(data, also=_in_words(stands) if stands else {})


def _in_words(value: EnteredValue) -> dict[str, str]:
    """What stands, by the labels of the form that it is typed in."""
    out_of = "" if value.out_of is None else str(value.out_of)
    return {_("Tal"): str(value.counted), _("Ud af"): out_of, _("Bemærkning"): value.note}


class ArrangementForm(Revised, forms.Form):
    """Who types the values, and the imported series that feeds the figure."""

    responsible = forms.ModelChoiceField(
        label=gettext_lazy("Ansvarlig"), queryset=Person.objects.none(), required=False,
        empty_label=gettext_lazy("Ingen endnu"),
    )  # fmt: skip
    series = forms.CharField(
        label=gettext_lazy("Importeret serie"), required=False, max_length=300,
        help_text=gettext_lazy(
            "Emnet i en import, eller begyndelsen af det, for eksempel en adresse. Importerede tal tæller i de "
            "perioder, hvor ingen har skrevet et tal."
        ),
    )  # fmt: skip

    def __init__(self, data: Mapping[str, Any] | None = None, *, kind: EnteredKind, row: EnteredFigure | None) -> None:
        super().__init__(
            data, initial={"responsible": row.responsible_id if row else None, "series": row.series if row else ""}
        )
        offer(self, "responsible", people_who_may([ENTER], clock.today()).order_by("name", "pk"))
        if not kind.imported:
            del self.fields["series"]

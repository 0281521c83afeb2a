"""The attempts behind a figure of Aftalt og holdt: when somebody was asked, in the agreed time or not, and the result.

They do not say who was asked, and for a window with one person not why it was not answered: it would be known of whom.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indgang.catalogue.models import Unit
from indgang.core.clock import COPENHAGEN
from indgang.office.availability import kept
from indgang.office.availability.forms import KeptFilter
from indgang.ui.parameters import DayField
from indgang.workforce.models import ProvenAttempt

_WHICH: dict[str, dict[str, Any]] = {
    "inside": {"is_inside": True}, "outside": {"is_inside": False}, "answered": {"reason": ""},
}  # fmt: skip
UNANSWERED = "unanswered"


class AttemptFilter(KeptFilter):
    """Which attempts of a unit and month."""

    which = forms.ChoiceField(
        label=gettext_lazy("Vis"), required=False,
        choices=[
            ("", gettext_lazy("Alle")), ("inside", gettext_lazy("I tiden")),
            ("outside", gettext_lazy("Uden for tiden")), ("answered", gettext_lazy("Besvaret")),
            (UNANSWERED, gettext_lazy("Ikke besvaret")),
        ],
    )  # fmt: skip
    field_order = ["unit", "month", "which"]

    @property
    def wanted(self) -> str:
        return str(self.cleaned_data.get("which", "")) if self.is_valid() else ""


class OpenedFigure(forms.Form):
    """The window, subject and day whose figure was opened; a new choice in the filter is about all of them again."""

    window = forms.IntegerField(required=False, min_value=1, max_value=2**62)
    subject = forms.IntegerField(required=False, min_value=kept.WHOLE_UNIT, max_value=2**62)
    day = DayField(required=False)

    def chosen(self, name: str) -> Any:
        return self.cleaned_data.get(name) if self.is_valid() else None


def behind(units: QuerySet[Unit], form: AttemptFilter, figure: OpenedFigure) -> QuerySet[ProvenAttempt]:
    """The attempts behind a figure of these units, oldest first."""
    rows: QuerySet[ProvenAttempt] = ProvenAttempt.objects.filter(
        proven_day__window__agreement__unit__in=units,
        proven_day__day__gte=form.days.start,
        proven_day__day__lt=form.days.end,
    )
    of_figure = {
        "proven_day__window__agreement__unit": form.chosen, "proven_day__window": figure.chosen("window"),
        "proven_day__day": figure.chosen("day"),
    }  # fmt: skip
    rows = rows.filter(**{name: value for name, value in of_figure.items() if value is not None})
    subject = figure.chosen("subject")
    if subject is not None:
        rows = rows.filter(proven_day__window__service=None if subject == kept.WHOLE_UNIT else subject)
    rows = rows.exclude(reason="") if form.wanted == UNANSWERED else rows.filter(**_WHICH.get(form.wanted, {}))
    with_names = rows.select_related("service", "proven_day__window__agreement__unit", "proven_day__window__service")
    return with_names.order_by("at", "pk")


@dataclass(frozen=True, slots=True)
class AttemptLine:
    """An attempt as the page and the file show it."""

    at: datetime
    unit: str
    asked: str
    window: str
    hours: str
    place: str
    result: str
    reason: str


def line_of(row: ProvenAttempt) -> AttemptLine:
    day, window = row.proven_day, kept.of_window(row.proven_day.window)
    reason = "" if not row.reason or day.is_of_few else kept.reason_words(row.reason)
    return AttemptLine(
        at=row.at, unit=day.window.agreement.unit.name, asked=row.service.name if row.service else _("ved navn"),
        window=window.name, hours=window.about, place=_("i tiden") if row.is_inside else _("uden for"),
        result=_("ikke besvaret") if row.reason else _("besvaret"), reason=reason,
    )  # fmt: skip


COLUMNS = (
    gettext_lazy("Dag"), gettext_lazy("Klokkeslæt"), gettext_lazy("Enhed"), gettext_lazy("Spurgt om"),
    gettext_lazy("Aftalt om"), gettext_lazy("Aftalt tid"), gettext_lazy("I tiden eller uden for"),
    gettext_lazy("Resultat"), gettext_lazy("Hvorfor ikke"),
)  # fmt: skip


def file_rows(rows: Iterable[ProvenAttempt]) -> Iterator[list[str]]:
    """The cells of the file, in the order of `COLUMNS`."""
    for row in rows:
        line, at = line_of(row), row.at.astimezone(COPENHAGEN)
        yield [
            f"{at:%d-%m-%Y}", f"{at:%H:%M:%S}", line.unit, line.asked, line.window, line.hours, line.place, line.result,
            line.reason,
        ]  # fmt: skip

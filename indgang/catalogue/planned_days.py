"""Settings that hold by the day: from which day a change may hold, and how a planned change is dropped."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TypeVar

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from indgang.catalogue.models import Dated
from indgang.core.clock import day_of
from indgang.core.refusals import RefusedChange

Row = TypeVar("Row", bound=Dated)

#: a day further ahead is taken for a typing error
MOST_YEARS_AHEAD = 3


def refuse_day(day: date, at: datetime, *, field: str = "valid_from", years: int = MOST_YEARS_AHEAD) -> None:
    """Raise RefusedChange for a day that has passed or lies more than so many years ahead."""
    today = day_of(at)
    if day < today:
        raise RefusedChange({field: _("Dagen er passeret. Det, der gjaldt dengang, kan ikke laves om.")})
    if day > today + timedelta(days=years * 366):
        text = ngettext(
            "Dagen ligger mere end et år ude i fremtiden.",
            "Dagen ligger mere end %(years)s år ude i fremtiden.",
            years,
        )
        raise RefusedChange({field: text % {"years": years}})


def refuse_moment(moment: datetime, at: datetime, *, field: str) -> None:
    """Raise RefusedChange as `refuse_day` for the day of a moment, also where the calendar ends before it has one in
    Copenhagen."""
    try:
        day = day_of(moment)
    except OverflowError:
        day = date.max if moment > at else date.min
    refuse_day(day, at, field=field)


def refuse_begun(planned: Dated, at: datetime) -> None:
    """Raise RefusedChange for a row that holds already."""
    if planned.valid_from <= day_of(at):
        raise RefusedChange({"": _("Ændringen gælder allerede og kan ikke fjernes. Lav i stedet en ny.")})


def drop(planned: Row, rows: QuerySet[Row]) -> None:
    """Delete a planned row. The row before it, one of `rows`, holds for its period too."""
    before = rows.get(valid_to=planned.valid_from)
    before.valid_to = planned.valid_to
    planned.delete()
    before.save(update_fields=["valid_to"])

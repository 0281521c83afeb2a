"""The day on which a row that holds by the day is to end."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext as _

from indgang.catalogue.models import Dated
from indgang.core.clock import day_of
from indgang.core.refusals import RefusedChange


def refuse(row: Dated, on: date, at: datetime) -> None:
    """Raise RefusedChange, by the field `on`, for a day that has passed and for one after the day on which `row` ends
    anyway."""
    if on < day_of(at):
        raise RefusedChange({"on": _("Dagen er passeret. Vælg i dag eller senere.")})
    if row.valid_to is not None and row.valid_to < on:
        raise RefusedChange({"on": _("Den slutter allerede %(day)s.") % {"day": f"{row.valid_to:%d.%m.%Y}"}})

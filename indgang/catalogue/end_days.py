"""The day on which a row that holds by the day is to end: whether it may, and what becomes of the row."""

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


def apply(row: Dated, on: date) -> bool:
    """End the row on a day, or delete one that would not have begun by then. Returns whether it is still there."""
    if on <= row.valid_from:
        row.delete()
        return False
    row.valid_to = on
    row.save(update_fields=["valid_to"])
    return True

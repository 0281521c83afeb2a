"""The log of the day of each contact centre: what happened, for the colleagues and for the next shift."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.catalogue.models import ContactCentre
from indgang.core.clock import COPENHAGEN
from indgang.core.masking import mask_cpr
from indgang.core.refusals import RefusedChange
from indgang.entry.models import DayLogEntry
from indgang.live import stale

LONGEST = 500
_FIELDS = ("centre", "at", "text", *DayLogEntry.ABOUT)


def of_day(day: date) -> QuerySet[DayLogEntry]:
    """The entries of a day in Copenhagen, newest first."""
    start, end = (datetime.combine(each, time(), COPENHAGEN) for each in (day, day + timedelta(days=1)))
    rows = DayLogEntry.objects.filter(at__gte=start, at__lt=end)
    return rows.select_related("centre", "written_by", *DayLogEntry.ABOUT)


@transaction.atomic
def add(centre: ContactCentre, text: str, *, about: Model | None = None, by: Person, at: datetime) -> DayLogEntry:
    """Add a line; `about` is a queue, a service or a disturbance. CPR numbers are masked. Raises RefusedChange for an
    empty or long text."""
    text = mask_cpr(" ".join(text.replace("\x00", "").split()))
    if not text:
        raise RefusedChange({"text": _("Skriv, hvad der er sket.")})
    if len(text) > LONGEST:
        raise RefusedChange({"text": _("Skriv højst %(most)s tegn.") % {"most": LONGEST}})
    link: dict[str, Any] = {about._meta.model_name or "": about} if about else {}
    entry = DayLogEntry.objects.create(centre=centre, at=at, text=text, written_by=by, **link)
    trail.record(action="day_log.add", target=entry, by=by, at=at, after=trail.values_of(entry, _FIELDS))
    _tell(centre)
    return entry


@transaction.atomic
def remove(entry: DayLogEntry, *, by: Person, at: datetime) -> None:
    before = trail.values_of(entry, _FIELDS)
    trail.record(action="day_log.remove", target=entry, by=by, at=at, before=before)
    entry.delete()
    _tell(entry.centre)


def _tell(centre: ContactCentre) -> None:
    stale.mark(f"desks-{centre.code}/news")

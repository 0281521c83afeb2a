"""Reports of the demo: each centre with a leader has the shipped templates, and last period's are made at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from indgang.accounts.models import Person
from indgang.catalogue.models import ContactCentre
from indgang.core.clock import day_of
from indgang.reports import rights, templates
from indgang.reports.models import ReportMilestone, ReportTemplate
from indgang.reports.presets import PRESETS

#: centre and responsible
_CENTRES = (("tmf", "eva"),)
#: how far back reports may go: the demo has a past of some weeks
_BACK = timedelta(days=200)


def seed(centres: Mapping[str, ContactCentre], people: Mapping[str, Person], *, at: datetime) -> None:
    """Add the shipped templates and two milestones, unless there are any templates."""
    if ReportTemplate.objects.exists():
        return
    today = day_of(at)
    for code, username in _CENTRES:
        centre, person = centres.get(code), people.get(username)
        if centre is None or person is None or not rights.may_make(person, centre):
            continue
        for preset in PRESETS:
            templates.begin(centre, preset, responsible=person, starts_on=today - _BACK, by=person, at=at)
        for title, planned, reached in (("Nyt opkaldsforløb i luften", -20, -20), ("Alle er oplært", 30, None)):
            ReportMilestone.objects.create(
                centre=centre, title=title, planned=today + timedelta(days=planned),
                reached=None if reached is None else today + timedelta(days=reached),
            )  # fmt: skip

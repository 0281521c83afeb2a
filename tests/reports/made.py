"""Templates of the TMF centre, and calls that its reports count."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from indgang.accounts.models import Person
from indgang.agreements.models import CooperationAgreement
from indgang.entry.event_kinds import Kind
from indgang.reports import templates
from indgang.reports.models import ReportTemplate
from indgang.reports.presets import PRESETS
from tests.measures.test_reading import one, write
from tests.world import MORNING, World

#: a Monday; reports of the week of MORNING are due the Monday after
WEEK = date(2026, 3, 9)
#: Monday 16 March 2026, 7.00 in Copenhagen
DUE = datetime(2026, 3, 16, 6, tzinfo=UTC)


def template(
    world: World, code: str = "weekly-board", *, starts_on: date = WEEK, responsible: Person | None = None
) -> ReportTemplate:
    preset = next(each for each in PRESETS if each.code == code)
    return templates.begin(
        world.centres["tmf"], preset, responsible=responsible or world.eva, starts_on=starts_on, by=world.eva,
        at=MORNING,
    )  # fmt: skip


def calls(answered: int = 10, gave_up: int = 0, *, start: datetime = MORNING, first: int = 1) -> None:
    """Calls to the TMF centre: answered after ten seconds and resolved at once, or given up after ninety."""
    made = [
        one(Kind.ANSWERED, 10, number, start=start + timedelta(minutes=number), outcomes=["resolved"], digital=True)
        for number in range(first, first + answered)
    ]
    made += [one(Kind.ABANDONED, 90, 1000 + first + number, start=start) for number in range(gave_up)]
    write(*made)


def in_force(made: CooperationAgreement, until: date | None = None) -> None:
    """Signed by both, from the first day of the week."""
    rows = CooperationAgreement.objects.filter(pk=made.pk)
    rows.update(valid_from=made.valid_from, valid_to=until, owner_signed_at=MORNING, operator_signed_at=MORNING)

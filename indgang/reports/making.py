"""Reports are made on their day, once. A worker that is killed half-way leaves nothing of a report."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.core.clock import COPENHAGEN, day_of
from indgang.measures.period import Period
from indgang.measures.rollups import counting
from indgang.reports import addressees, composing, periods, rights
from indgang.reports.links import url_of
from indgang.reports.models import Report, ReportTemplate

logger = logging.getLogger(__name__)

#: in the morning the roll-ups hold all that happened the day before
FROM = time(6)


def make_due(*, at: datetime) -> list[Report]:
    """Make the reports whose day has come, each template by itself: a fault in one does not stop the others. When
    nothing ran for longer than a period, only the latest period is made.

    Raises the first fault when all have had their turn.
    """
    if at.astimezone(COPENHAGEN).time() < FROM:
        return []
    made: list[Report] = []
    fault: Exception | None = None
    for template in _due(at):
        try:
            made += _make(template.pk, at)
        except Exception as error:
            logger.exception("the report of template %s could not be made", template.pk)
            fault = fault or error
    if fault is not None:
        raise fault
    return made


def _due(at: datetime) -> Iterable[ReportTemplate]:
    """The templates whose latest period has no report, and whose events are all counted."""
    for template in ReportTemplate.objects.filter(is_running=True):
        period = period_of(template, at)
        if period is None or _is_made(template, period[0]):
            continue
        # figures that are not counted yet would be frozen too low
        if counting.has_counted_until(Period.day(period[1]).end):
            yield template


def _is_made(template: ReportTemplate, first: date) -> bool:
    return template.nobody_for == first or template.reports.filter(first_day=first).exists()


def period_of(template: ReportTemplate, at: datetime) -> tuple[date, date] | None:
    """The latest period whose day has come."""
    before = day_of(at) - timedelta(days=template.days_after - 1)
    return periods.last_whole(template.cadence, before=before, starts_on=template.starts_on)


@transaction.atomic
def _make(pk: int, at: datetime) -> list[Report]:
    rows = ReportTemplate.objects.select_for_update(of=("self",), skip_locked=True)
    template = rows.select_related("centre__owner", "centre__operator", "responsible").filter(pk=pk).first()
    period = period_of(template, at) if template else None
    if template is None or period is None or _is_made(template, period[0]):
        return []
    people: list[Person | None] = [None]
    if template.readers == ReportTemplate.Readers.EMPLOYEES:
        people = list(rights.team_within(template.centre, *period))
    made = [make(template, *period, person=person, at=at) for person in people]
    if not made:
        template.nobody_for = period[0]
        template.save(update_fields=["nobody_for"])
    elif template.sending_days:
        _tell_responsible(template, made)
    return made


@transaction.atomic
def make(template: ReportTemplate, first: date, last: date, *, person: Person | None, at: datetime) -> Report:
    """Make and store one report, for an employee or for all readers."""
    with translation.override("da"):
        content = composing.content(template, first, last, person=person, at=at)
    return Report.objects.create(
        template=template, person=person, title=template.title, first_day=first, last_day=last, made_at=at,
        sends_on=day_of(at) + timedelta(days=template.sending_days), content=content,
    )  # fmt: skip


def _tell_responsible(template: ReportTemplate, made: list[Report]) -> None:
    """Write to the responsible that a draft waits for notes; the page of the template says when they get no mail."""
    is_for_nobody = rights.has_nobody(template, made[0].sends_on)
    with translation.override("da"):
        words = {"title": template.title, "period": made[0].content["period"], "day": f"{made[0].sends_on:%d.%m.%Y}"}
        state = addressees.mail_to(
            template.responsible,
            subject=_("Kladde til %(title)s, %(period)s") % words,
            text=_("Rapporten bliver sendt af sig selv den %(day)s. Skriv dine bemærkninger inden.") % words
            + (" " + _("Ingen får den endnu: nævn modtagere i skabelonen.") if is_for_nobody else "")
            + f"\n\n{url_of(made[0])}\n",
        )
    if state is not addressees.State.MAILED:
        logger.warning("the responsible of report template %s cannot be told of its draft", template.pk)

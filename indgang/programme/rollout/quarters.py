"""Milestones are reported each quarter: a text and how everything stands, which freeze together."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.catalogue import changes
from indgang.core.clock import day_of
from indgang.core.masking import mask_cpr
from indgang.core.refusals import RefusedChange
from indgang.programme.rollout import overview, unit_facts
from indgang.programme.rollout.models import QuarterReport, RolloutPlan
from indgang.programme.rollout.plans import opened
from indgang.programme.rollout.timing import next_quarter, quarter_of


def quarters(plan: RolloutPlan, today: date) -> list[date]:
    """The first days of the quarters that can be reported, the newest first: from that of the grant to this one."""
    last, found = quarter_of(today), []
    each = quarter_of(plan.granted_on)
    while each <= last:
        found.append(each)
        each = next_quarter(each)
    return found[::-1]


@transaction.atomic
def write(plan: RolloutPlan, first_day: date, text: str, *, by: Person, at: datetime) -> QuarterReport:
    """Write or change the text of a quarter. Raises RefusedChange once it is frozen."""
    locked = opened(plan)
    if first_day not in quarters(locked, day_of(at)):
        raise RefusedChange({"": _("Kvartalet kan ikke rapporteres.")})
    row = locked.reports.filter(first_day=first_day).first() or QuarterReport(plan=locked, first_day=first_day)
    _refuse_frozen(row)
    return changes.save(row, {"text": mask_cpr(text)}, by=by, at=at)


@transaction.atomic
def freeze(report: QuarterReport, *, by: Person, at: datetime) -> QuarterReport:
    """Keep the text, and how everything stands now. Raises RefusedChange before the quarter is over."""
    plan = opened(report.plan)
    row = QuarterReport.objects.select_for_update().get(pk=report.pk)
    _refuse_frozen(row)
    if day_of(at) < next_quarter(row.first_day):
        raise RefusedChange({"": _("Kvartalet kan afsluttes, når det er gået.")})
    if not row.text.strip():
        raise RefusedChange({"text": _("Skriv først, hvordan det går.")})
    shown = overview.standing(plan, today=day_of(at))
    row.content = overview.snapshot(shown, unit_facts.of_plan(plan, at=at), overview.risks(shown))
    row.frozen_at, row.frozen_by = at, by
    row.save()
    trail.record(by=by, at=at, action="quarterreport.freeze", target=row, after={"text": row.text})
    return row


def _refuse_frozen(row: QuarterReport) -> None:
    if row.frozen_at is not None:
        raise RefusedChange({"": _("Rapporten er afsluttet og kan ikke ændres.")})

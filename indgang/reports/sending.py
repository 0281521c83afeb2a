"""Drafts get notes and are sent, by themselves or by hand. What has been sent is never changed."""

from __future__ import annotations

import logging
from datetime import date, datetime

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.core.clock import COPENHAGEN, day_of
from indgang.core.masking import mask_cpr
from indgang.core.refusals import RefusedChange
from indgang.reports import addressees, document, letter, rights
from indgang.reports.making import FROM
from indgang.reports.models import Report, ReportReceipt
from indgang.reports.templates import refuse_text

logger = logging.getLogger(__name__)

_ITSELF = trail.System("reports")


def send_due(*, at: datetime) -> list[Report]:
    """Send the drafts whose day has come, in the morning, each by itself. Raises the first fault when all have had
    their turn."""
    if at.astimezone(COPENHAGEN).time() < FROM:
        return []
    sent: list[Report] = []
    fault: Exception | None = None
    for pk in Report.objects.filter(sent_at=None, sends_on__lte=day_of(at)).order_by("pk").values_list("pk", flat=True):
        try:
            report = _send(pk, None, at)
        except Exception as error:
            logger.exception("report %s could not be sent", pk)
            fault = fault or error
        else:
            sent += [report] if report else []
    if fault is not None:
        raise fault
    return sent


def send(report: Report, *, by: Person, at: datetime) -> Report:
    """Send a draft before its day. Raises RefusedChange for one that has been sent."""
    sent = _send(report.pk, by, at)
    if sent is None:
        raise RefusedChange({"": _("Rapporten er allerede sendt.")})
    return sent


def missed(report: Report, on: date) -> list[Person]:
    """Who should have a sent report and has not got it, and can be reached now: those of the role and those named on
    that day, or the employee whose figures it holds."""
    if report.sent_at is None:
        return []
    got = set(report.receipts.filter(state=ReportReceipt.State.MAILED).values_list("person", flat=True))
    people = [report.person] if report.person else rights.receivers(report.template, on)
    return [each for each in people if each.pk not in got and addressees.state_of(each) is addressees.State.MAILED]


@transaction.atomic
def send_missed(report: Report, *, by: Person, at: datetime) -> list[Person]:
    """Send a report that was sent, as it was, to who has not got it. Raises RefusedChange when that is nobody."""
    rows = Report.objects.select_for_update(of=("self",)).select_related("template__centre__owner", "person")
    locked = rows.select_related("template__centre__operator").get(pk=report.pk)
    people = missed(locked, day_of(at))
    if not people:
        raise RefusedChange({"": _("Der er ingen, der mangler rapporten og kan få mail.")})
    for person in people:
        state = _mail(locked, person)
        ReportReceipt.objects.update_or_create(report=locked, person=person, defaults={"state": state})
    after = {"people": sorted(person.name for person in people)}
    trail.record(by=by, at=at, action="report.send_missed", target=locked, after=after)
    return people


@transaction.atomic
def write_notes(report: Report, notes: str, *, by: Person, at: datetime) -> Report:
    """Write the notes of the responsible. Raises RefusedChange for a report that has been sent."""
    refuse_text(notes, "notes")
    notes = mask_cpr(notes)
    locked = Report.objects.select_for_update(of=("self",)).get(pk=report.pk)
    if locked.sent_at is not None:
        raise RefusedChange({"": _("Rapporten er sendt og kan ikke ændres.")})
    if locked.notes != notes:
        before, locked.notes = locked.notes, notes
        locked.save(update_fields=["notes"])
        trail.record(
            by=by, at=at, action="report.change", target=locked, before={"notes": before}, after={"notes": notes}
        )
    return locked


@transaction.atomic
def _send(pk: int, by: Person | None, at: datetime) -> Report | None:
    """Freeze the PDF, queue the mails, and mark the report as sent: all or nothing. None when it has been sent."""
    rows = Report.objects.select_for_update(of=("self",)).select_related("template__centre__owner", "person")
    report = rows.select_related("template__centre__operator").filter(pk=pk, sent_at=None).first()
    if report is None:
        return None
    report.sent_at, report.sent_by = at, by
    report.pdf = document.pdf(report)
    report.save(update_fields=["sent_at", "sent_by", "pdf"])
    people = [report.person] if report.person else rights.receivers(report.template, day_of(at))
    receipts = [ReportReceipt(report=report, person=person, state=_mail(report, person)) for person in people]
    ReportReceipt.objects.bulk_create(receipts)
    trail.record(by=by or _ITSELF, at=at, action="report.send", target=report, after={"title": report.title})
    return report


def _mail(report: Report, person: Person) -> ReportReceipt.State:
    with translation.override("da"):
        return addressees.mail_to(person, subject=letter.subject(report), text=letter.text(report))

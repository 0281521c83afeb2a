"""Who reads and who makes reports.

Whoever sees figures for the owner or the operator reads what has been sent; so do the team, of its own reports, and
those who are named. Drafts are for those who make them. A report of an employee's own figures is for them alone.
"""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.http import Http404

from indgang.accounts.access import of_either_side
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.catalogue.models import ContactCentre
from indgang.core import clock
from indgang.entry.models import QueueMembership
from indgang.reports import rights
from indgang.reports.models import EarlyWarning, Report, ReportBlock, ReportMilestone, ReportTemplate
from indgang.ui.missing import not_found


def _made_by(person: Person) -> Q:
    """Rows of a centre whose reports this person makes."""
    return of_either_side(person, *rights.MAKERS, before="centre__")


def centres_made(person: Person) -> QuerySet[ContactCentre]:
    """The centres of today whose reports this person makes."""
    today = ContactCentre.objects.valid_on(clock.today()).select_related("owner", "operator")
    found: QuerySet[ContactCentre] = today.filter(of_either_side(person, *rights.MAKERS))
    return found


def centre_for(person: Person, code: str) -> ContactCentre:
    """The centre. Raises Http404, as all functions below do, for what this person may not see."""
    found = centres_made(person).filter(code=code).first()
    if found is None:
        raise Http404
    return found


def reports_seen(person: Person) -> QuerySet[Report]:
    """What this person may read, the newest first; without the stored PDFs."""
    centre = "template__centre__"
    served = QueueMembership.objects.valid_on(clock.today()).filter(person=person).values("queue__centre")
    is_team = Q(template__readers=ReportTemplate.Readers.TEAM, template__centre__in=served)
    is_named = Q(template__named__person=person)
    sent = Q(sent_at__isnull=False) & (
        of_either_side(person, Permission.SEE_FIGURES, before=centre) | is_team | is_named
    )
    shared = Q(person=None) & (sent | of_either_side(person, *rights.MAKERS, before=centre))
    own = Q(person=person, sent_at__isnull=False)
    found = Report.objects.filter(pk__in=Report.objects.filter(own | shared).values("pk")).defer("pdf")
    return found.select_related("template__centre__owner", "template__centre__operator", "template__responsible")


def report_for(person: Person, pk: int) -> Report:
    found = reports_seen(person).filter(pk=pk).first()
    if found is None:
        raise not_found(Report, pk)
    return found


def may_change(person: Person, report: Report) -> bool:
    """Whether the person notes on and sends the report. Nobody does for an employee's own figures."""
    return report.person_id is None and rights.may_make(person, report.template.centre)


def report_to_change(person: Person, pk: int) -> Report:
    found = report_for(person, pk)
    if not may_change(person, found):
        raise Http404
    return found


def report_of(template: ReportTemplate, pk: int) -> Report:
    """A report of a template, also an employee's own, to send it: its content is not for whoever does."""
    found = template.reports.defer("pdf", "content").filter(pk=pk).first()
    if found is None:
        raise not_found(Report, pk)
    return found


def templates_made(person: Person) -> QuerySet[ReportTemplate]:
    found: QuerySet[ReportTemplate] = ReportTemplate.objects.filter(_made_by(person))
    return found.select_related("centre__owner", "centre__operator", "responsible")


def template_for(person: Person, pk: int) -> ReportTemplate:
    found = templates_made(person).filter(pk=pk).first()
    if found is None:
        raise not_found(ReportTemplate, pk)
    return found


def block_for(template: ReportTemplate, pk: int) -> ReportBlock:
    found = template.blocks.select_related("template").filter(pk=pk).first()
    if found is None:
        raise not_found(ReportBlock, pk)
    return found


def milestone_for(centre: ContactCentre, pk: int) -> ReportMilestone:
    found = ReportMilestone.objects.filter(centre=centre, pk=pk).first()
    if found is None:
        raise not_found(ReportMilestone, pk)
    return found


def warnings_seen(person: Person) -> QuerySet[EarlyWarning]:
    """The warnings of the centres whose reports this person makes, those without an answer first."""
    found: QuerySet[EarlyWarning] = EarlyWarning.objects.filter(_made_by(person))
    return found.select_related("centre", "answered_by").order_by("-answered_at", "-day", "figure")


def warning_for(person: Person, pk: int) -> EarlyWarning:
    found = warnings_seen(person).filter(pk=pk).first()
    if found is None:
        raise not_found(EarlyWarning, pk)
    return found

"""The pages of report templates and milestones."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.accounts.permissions import Permission as P
from indgang.core import clock
from indgang.office.reports import access
from indgang.office.reports.forms import NewReportForm, ReportBlockForm, ReportMilestoneForm, ReportTemplateForm
from indgang.office.reports.words import named
from indgang.reports import addressees, rights, sending, templates
from indgang.reports.models import ReportBlock, ReportMilestone, ReportReceipt, ReportTemplate
from indgang.reports.presets import PRESETS
from indgang.ui.refusals import refusals_as_messages, refusals_on_form

_MAKERS = (P.SIGN_COOPERATION, P.LEAD_TEAM)
#: missed receivers that the page of a template shows
_MOST_MISSED = 20


@require_GET
@requires(*_MAKERS)
def templates_list(request: HttpRequest) -> HttpResponse:
    return _templates(request)


@require_POST
@requires(*_MAKERS)
def new(request: HttpRequest) -> HttpResponse:
    """Begin a template from a shipped one."""
    person = person_of(request)
    form = NewReportForm(request.POST, centres=access.centres_made(person))
    if form.is_valid():
        preset = next(each for each in PRESETS if each.code == form.cleaned_data["preset"])
        with refusals_on_form(form):
            made = templates.begin(
                form.cleaned_data["centre"], preset, responsible=person, starts_on=form.cleaned_data["starts_on"],
                by=person, at=clock.now(),
            )  # fmt: skip
            messages.success(request, _("Rapporten er oprettet. Se den igennem, og ret den til."))
            return redirect("office:report-template", made.pk)
    return _templates(request, form)


@require_http_methods(["GET", "POST"])
@requires(*_MAKERS)
def template(request: HttpRequest, pk: int) -> HttpResponse:
    shown = access.template_for(person_of(request), pk)
    form = ReportTemplateForm(request.POST or None, template=shown)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        with refusals_on_form(form):
            templates.save(shown, values, named=values.pop("named"), by=person_of(request), at=clock.now())
            messages.success(request, _("Rapporten er gemt."))
            return redirect("office:report-template", pk)
    context = {
        "template": shown, "form": form, "blocks": shown.blocks.all(), "missed": _missed(shown),
        "unreachable": addressees.unreachable([shown.responsible]),
        "has_nobody": rights.has_nobody(shown, clock.today()),
    }  # fmt: skip
    return render(request, "office/reports/template.html", context, status=422 if form.errors else 200)


@require_POST
@requires(*_MAKERS)
def sending_missed(request: HttpRequest, pk: int, report: int) -> HttpResponse:
    """Send a report of the template to those who have not got it and can be reached now."""
    shown = access.template_for(person_of(request), pk)
    with refusals_as_messages(request):
        people = sending.send_missed(access.report_of(shown, report), by=person_of(request), at=clock.now())
        messages.success(request, _("Rapporten er sendt til %(names)s.") % {"names": named(people)})
    return redirect("office:report-template", pk)


@require_http_methods(["GET", "POST"])
@requires(*_MAKERS)
def block_new(request: HttpRequest, pk: int) -> HttpResponse:
    shown = access.template_for(person_of(request), pk)
    last = max((each.position for each in shown.blocks.all()), default=0)
    return _block(request, shown, ReportBlock(template=shown, position=min(last + 10, 999)), _("Nyt afsnit"))


@require_http_methods(["GET", "POST"])
@requires(*_MAKERS)
def block(request: HttpRequest, pk: int, block: int) -> HttpResponse:
    shown = access.template_for(person_of(request), pk)
    return _block(request, shown, access.block_for(shown, block), _("Ret afsnit"))


@require_POST
@requires(*_MAKERS)
def removal(request: HttpRequest, pk: int, block: int) -> HttpResponse:
    shown = access.template_for(person_of(request), pk)
    templates.remove_block(access.block_for(shown, block), by=person_of(request), at=clock.now())
    messages.success(request, _("Afsnittet er fjernet."))
    return redirect("office:report-template", pk)


@require_http_methods(["GET", "POST"])
@requires(*_MAKERS)
def milestones(request: HttpRequest, code: str) -> HttpResponse:
    """The milestones of a centre, and a form for a new one."""
    centre = access.centre_for(person_of(request), code)
    form = ReportMilestoneForm(request.POST or None, milestone=ReportMilestone(centre=centre))
    if request.method == "POST" and form.is_valid():
        with refusals_on_form(form):
            values = {**form.cleaned_data, "centre": centre}
            templates.save_milestone(ReportMilestone(), values, by=person_of(request), at=clock.now())
            messages.success(request, _("Milepælen er gemt."))
            return redirect("office:report-milestones", code)
    context = {"centre": centre, "form": form, "rows": list(centre.report_milestones.all())}
    return render(request, "office/reports/milestones.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@requires(*_MAKERS)
def milestone(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    centre = access.centre_for(person_of(request), code)
    shown = access.milestone_for(centre, pk)
    form = ReportMilestoneForm(request.POST or None, milestone=shown)
    if request.method == "POST" and form.is_valid():
        with refusals_on_form(form):
            templates.save_milestone(shown, form.cleaned_data, by=person_of(request), at=clock.now())
            messages.success(request, _("Milepælen er gemt."))
            return redirect("office:report-milestones", code)
    context = {"form": form, "heading": _("Ret milepæl"), "back": reverse("office:report-milestones", args=[code])}
    return render(request, "office/form.html", context, status=422 if form.errors else 200)


@require_POST
@requires(*_MAKERS)
def milestone_removal(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    centre = access.centre_for(person_of(request), code)
    with refusals_as_messages(request):
        templates.remove_milestone(access.milestone_for(centre, pk), by=person_of(request), at=clock.now())
        messages.success(request, _("Milepælen er fjernet."))
    return redirect("office:report-milestones", code)


def _block(request: HttpRequest, shown: ReportTemplate, row: ReportBlock, heading: str) -> HttpResponse:
    form = ReportBlockForm(request.POST or None, block=row)
    if request.method == "POST" and form.is_valid():
        with refusals_on_form(form):
            templates.save_block(row, form.cleaned_data, by=person_of(request), at=clock.now())
            messages.success(request, _("Afsnittet er gemt."))
            return redirect("office:report-template", shown.pk)
    context = {"form": form, "heading": heading, "back": reverse("office:report-template", args=[shown.pk])}
    return render(request, "office/form.html", context, status=422 if form.errors else 200)


def _templates(request: HttpRequest, form: NewReportForm | None = None) -> HttpResponse:
    person = person_of(request)
    centres = access.centres_made(person)
    context: dict[str, Any] = {
        "rows": list(access.templates_made(person)), "form": form or NewReportForm(centres=centres), "centres": centres,
    }  # fmt: skip
    return render(request, "office/reports/templates.html", context, status=422 if form else 200)


def _missed(shown: ReportTemplate) -> list[tuple[ReportReceipt, str]]:
    """The receivers who did not get a report, the latest first; with the first of each report the names of those to
    whom it can be sent now."""
    rows = ReportReceipt.objects.filter(report__template=shown).exclude(state=ReportReceipt.State.MAILED)
    rows = rows.select_related("report__template", "report__person", "person").defer("report__pdf", "report__content")
    latest = rows.order_by("-report__last_day", "person__name")[:_MOST_MISSED]
    found, told = [], set()
    for each in latest:
        people = [] if each.report_id in told else sending.missed(each.report, clock.today())
        found.append((each, named(people)))
        told.add(each.report_id)
    return found

"""Who serves a queue: present, future and past members, and the form that adds more."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.accounts.permissions import Permission as P
from indgang.core import clock
from indgang.entry.models import Queue, QueueMembership
from indgang.entry.team import memberships
from indgang.office.last_day import LastDayForm
from indgang.office.queues.access import queue_for
from indgang.office.serving import access, shown
from indgang.office.serving.forms import MembersForm
from indgang.ui.refusals import refusals_on_form


@require_http_methods(["GET", "POST"])
@requires(P.LEAD_TEAM)
def members(request: HttpRequest, queue: str) -> HttpResponse:
    """The members of the queue; a POST adds people."""
    served = queue_for(person_of(request), queue, P.LEAD_TEAM)
    form = MembersForm(request.POST or None, people=access.people_to_serve(served))
    if request.method == "POST" and form.is_valid():
        with refusals_on_form(form, queues=""):
            made = memberships.begin(
                form.cleaned_data["people"], [served], day=form.cleaned_data["day"], until=form.cleaned_data["until"],
                by=person_of(request), at=clock.now(),
            )  # fmt: skip
            said = ngettext(
                "%(number)s medarbejder er føjet til køen.", "%(number)s medarbejdere er føjet til køen.", made
            )
            messages.success(request, said % {"number": made})
            return redirect("office:queue-members", queue)
    return _page(request, served, form)


@require_POST
@requires(P.LEAD_TEAM)
def member_end(request: HttpRequest, queue: str, membership: int) -> HttpResponse:
    served = queue_for(person_of(request), queue, P.LEAD_TEAM)
    ended = access.membership_for(served, membership)
    form = LastDayForm(request.POST, row=ended)
    if form.is_valid():
        with refusals_on_form(form):
            memberships.end(ended, on=form.cleaned_data["on"], by=person_of(request), at=clock.now())
            messages.success(request, _("%(name)s holder op i køen.") % {"name": ended.person.name})
            return redirect("office:queue-members", queue)
    people = MembersForm(people=access.people_to_serve(served))
    return _page(request, served, people, leaving=(ended, form))


@require_POST
@requires(P.LEAD_TEAM)
def member_switch(request: HttpRequest, queue: str, membership: int) -> HttpResponse:
    """Re-enable a membership that was switched off on the wallboard."""
    served = queue_for(person_of(request), queue, P.LEAD_TEAM)
    switched = access.membership_for(served, membership)
    memberships.switch_on(switched, by=person_of(request), at=clock.now())
    messages.success(request, _("%(name)s er slået til igen.") % {"name": switched.person.name})
    return redirect("office:queue-members", queue)


def _page(
    request: HttpRequest, queue: Queue, form: MembersForm, *,
    leaving: tuple[QueueMembership, LastDayForm] | None = None,
) -> HttpResponse:  # fmt: skip
    rows = queue.memberships.select_related("person", "queue__centre__owner").order_by("person__name", "-valid_from")
    listed = shown.described(list(rows), leader=person_of(request), typed=dict([leaving] if leaving else []))
    context = {"queue": queue, "form": form, "rows": listed}
    status = 422 if form.errors or leaving else 200
    return render(request, "office/serving/members.html", context, status=status)

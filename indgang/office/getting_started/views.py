"""What a new centre still needs, in order. Administrators start here until the centre is live."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from indgang.accounts.access import everywhere, permissions_of
from indgang.accounts.gate import person_of, requires
from indgang.accounts.permissions import Permission as P
from indgang.core import clock
from indgang.office.getting_started import milestones, steps
from indgang.office.getting_started.progress import StepState
from indgang.office.getting_started.steps import STEPS


@require_GET
@requires(P.EDIT_CATALOGUE, P.EDIT_PEOPLE, P.EDIT_QUEUES, P.EDIT_FLOWS)
def getting_started(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    shown = steps.shown(frozenset(permissions_of(person)), clock.now())
    finished = sum(each.progress.state is StepState.DONE for each in shown)
    context = {"steps": shown, "finished": finished, "may_say": everywhere(person, P.EDIT_CATALOGUE)}
    return render(request, "office/getting_started/getting_started.html", context)


@require_POST
@requires(P.EDIT_CATALOGUE)
def milestone(request: HttpRequest, milestone: str) -> HttpResponseBase:
    """Confirm that a milestone is reached."""
    _check(request, milestone)
    milestones.reach(milestone, by=person_of(request), at=clock.now())
    messages.success(request, _("Det er noteret."))
    return redirect("office:getting-started")


@require_POST
@requires(P.EDIT_CATALOGUE)
def milestone_removal(request: HttpRequest, milestone: str) -> HttpResponseBase:
    """Confirm that a milestone is not reached after all."""
    _check(request, milestone)
    milestones.take_back(milestone, by=person_of(request), at=clock.now())
    messages.success(request, _("Det er taget tilbage."))
    return redirect("office:getting-started")


def _check(request: HttpRequest, milestone: str) -> None:
    """Check that the permission covers the whole municipality and that a person may confirm the milestone."""
    said_by_people = {each.milestone for each in STEPS if each.milestone}
    if milestone not in said_by_people or not everywhere(person_of(request), P.EDIT_CATALOGUE):
        raise Http404

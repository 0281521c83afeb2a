"""What conversations of a queue are recorded for."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.accounts.permissions import Permission as P
from indgang.accounts.roles import ROLES
from indgang.core import clock
from indgang.entry.models import SINCE_EVER
from indgang.entry.setup import recording_purposes
from indgang.office.periods import periods
from indgang.office.queues.access import queue_for
from indgang.office.recordings import access
from indgang.office.recordings.forms import RecordingPurposeForm
from indgang.ui.refusals import refusals_as_messages, refusals_on_form


@require_http_methods(["GET", "POST"])
@requires(P.EDIT_QUEUES)
def purposes(request: HttpRequest, queue: str) -> HttpResponseBase:
    """The purposes of a queue, past, present and planned; a POST decides the next one."""
    person, today = person_of(request), clock.today()
    shown = queue_for(person, queue, P.EDIT_QUEUES)
    holds = recording_purposes.on(shown, today)
    form = RecordingPurposeForm(request.POST or None, holds=holds, today=today)
    if request.method == "POST" and form.is_valid():
        fields = dict(form.cleaned_data)
        day = fields.pop("valid_from")
        with refusals_on_form(form):
            recording_purposes.decide(shown, fields, day=day, by=person, at=clock.now())
            messages.success(request, _("Samtaler optages til det formål fra %(day)s.") % {"day": f"{day:%d.%m.%Y}"})
            return redirect("office:recording-purposes", queue)
    rows = periods(shown.recording_purposes.order_by("-valid_from"), today=today, first=SINCE_EVER)
    for each in rows:
        purpose = each["row"]
        each["listeners"] = ROLES[purpose.listeners].name if purpose.listeners in ROLES else purpose.listeners
        each["holds"] = each["holds"] and purpose.stopped_at is None
    context = {"queue": shown, "form": form, "holds": holds, "purposes": rows}
    return render(request, "office/recordings/purposes.html", context, status=422 if form.errors else 200)


@require_POST
@requires(P.EDIT_QUEUES)
def purpose_stop(request: HttpRequest, queue: str, purpose: int) -> HttpResponseBase:
    """Stop recording for a purpose at once, or remove a planned one."""
    person, at = person_of(request), clock.now()
    found = access.purpose_of(queue_for(person, queue, P.EDIT_QUEUES), purpose)
    has_begun = found.valid_from <= clock.day_of(at)
    with refusals_as_messages(request):
        recording_purposes.stop(found, by=person, at=at)
        done = _("Der optages ikke længere til det formål.") if has_begun else _("Det planlagte formål er fjernet.")
        messages.success(request, done)
    return redirect("office:recording-purposes", queue)

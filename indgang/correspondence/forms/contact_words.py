"""What the sender of a form is told about it on the public page. In the active language."""

from __future__ import annotations

from datetime import datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from indgang.core.clock import COPENHAGEN
from indgang.correspondence.models import FormSubmission, Thread, ThreadMessage

#: what we wrote and the sender may read here
_TOLD = (ThreadMessage.State.SENT, ThreadMessage.State.DELIVERED, ThreadMessage.State.DOUBT)


def what_happens(submission: FormSubmission, at: datetime) -> str:
    """How it stands, in one or two sentences."""
    thread = submission.thread
    if thread.is_over:
        return _how_it_ended(thread)
    if thread.state == Thread.State.IN_WORK:
        return _("En medarbejder er i gang med at svare.")
    if thread.due_at is not None and thread.due_at > at:
        return _("Den venter på at blive besvaret. Du får svar senest %(when)s.") % {"when": _moment(thread.due_at)}
    return _("Den venter på at blive besvaret. Vi er desværre forsinkede.")


def replies(submission: FormSubmission) -> list[ThreadMessage]:
    """Our answers that have left, in order."""
    rows = ThreadMessage.objects.filter(thread=submission.thread, direction=ThreadMessage.Direction.OUT)
    return list(rows.filter(automatic=False, state__in=_TOLD).exclude(text="").order_by("at", "id"))


def _how_it_ended(thread: Thread) -> str:
    if thread.ending == Thread.Ending.ANSWERED:
        return _("Vi har svaret, og henvendelsen er afsluttet.")
    if thread.ending == Thread.Ending.HANDED_OVER:
        return _("Vi har sendt henvendelsen videre til en sagsbehandler, som svarer dig.")
    return _("Henvendelsen er afsluttet.")


def _moment(at: datetime) -> str:
    local = at.astimezone(COPENHAGEN)
    return _("%(day)s kl. %(time)s") % {"day": date_format(local, "j. F Y"), "time": f"{local:%H.%M}"}

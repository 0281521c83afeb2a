"""What the sender of a form is told about it on the public page. In the active language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from indgang.core.clock import COPENHAGEN
from indgang.correspondence.models import FormSubmission, Thread, ThreadMessage

_DOUBT = ThreadMessage.State.DOUBT
#: what we wrote and the sender may read here
_TOLD = (ThreadMessage.State.SENT, ThreadMessage.State.DELIVERED, _DOUBT)


@dataclass(frozen=True, slots=True)
class ToldReply:
    """An answer of ours as the page tells it."""

    at: datetime
    text: str


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


def replies(submission: FormSubmission) -> list[ToldReply]:
    """Our answers that have left, in order. The page needs no sign-in, so an answer by secure post is named only, once
    it is sent for certain."""
    rows = ThreadMessage.objects.filter(thread=submission.thread, direction=ThreadMessage.Direction.OUT)
    left = rows.filter(automatic=False, state__in=_TOLD).exclude(text="").select_related("secure_post")
    return [_reply(row) for row in left.order_by("at", "id") if not (_is_secure(row) and row.state == _DOUBT)]


def _reply(row: ThreadMessage) -> ToldReply:
    return ToldReply(row.at, _("Vi har svaret med Digital Post.") if _is_secure(row) else row.text)


def _is_secure(row: ThreadMessage) -> bool:
    return hasattr(row, "secure_post")


def _how_it_ended(thread: Thread) -> str:
    if thread.ending == Thread.Ending.ANSWERED:
        return _("Vi har svaret, og henvendelsen er afsluttet.")
    if thread.ending == Thread.Ending.HANDED_OVER:
        return _("Vi har sendt henvendelsen videre til en sagsbehandler, som svarer dig.")
    return _("Henvendelsen er afsluttet.")


def _moment(at: datetime) -> str:
    local = at.astimezone(COPENHAGEN)
    return _("%(day)s kl. %(time)s") % {"day": date_format(local, "j. F Y"), "time": f"{local:%H.%M}"}

"""How the questions of an enquiry ended because it was handed over: what the registration offers and presets."""

from __future__ import annotations

from uuid import UUID

from indgang.enquiries.models import Enquiry, Outcome
from indgang.handover.models import Handover
from indgang.prepared.query import Query

_Kind = Handover.Kind
#: a message and a task both end at the case worker, a callback with a call that was promised
OUTCOME_OF: dict[str, str] = {
    _Kind.WARM: Outcome.TRANSFERRED,
    _Kind.COLD: Outcome.TRANSFERRED,
    _Kind.MESSAGE: Outcome.MESSAGE,
    _Kind.TASK: Outcome.MESSAGE,
    _Kind.CALLBACK: Outcome.CALLBACK,
}

_KINDS = Query(
    lambda enquiry: (
        Handover.objects.filter(enquiry=enquiry)
        .exclude(state=Handover.State.CANCELLED)
        .order_by("-sent_at")
        .values_list("kind")
    ),
    enquiry=UUID,
)


def of(enquiry: Enquiry) -> list[str]:
    """The outcomes that the enquiry's hand-overs stand for, the newest first, without those that were withdrawn."""
    return list(dict.fromkeys(str(OUTCOME_OF[kind]) for (kind,) in _KINDS.rows(enquiry=enquiry.pk)))

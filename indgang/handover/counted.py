"""What hand-overs and their promises count in the figures (`measures.rollups.facts`): a pure function of their events.

They count for the centre that handed over, the service that it was about and the second level. A promise counts when it
ended; one that was moved or cancelled in time never had to be kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from uuid import UUID

from indgang.handover.event_kinds import HandoverKind
from indgang.handover.models import Handover
from indgang.handover.verdicts import Verdict
from indgang.measures.rollups.facts import CountedFact, FactKey, Measure, OtherStreams, StreamEvent, quarter_of

#: the promises that should have been kept
_DUE = frozenset({Verdict.KEPT, Verdict.LATE, Verdict.MISSED})


def facts(noted: Sequence[StreamEvent]) -> Iterator[CountedFact]:
    """The facts of one hand-over, from its events in order."""
    first, kinds = noted[0], {each.event.kind for each in noted}
    if HandoverKind.CANCELLED not in kinds:
        yield CountedFact(_key(first, first, Measure.HANDOVERS), part=HandoverKind.RETURNED in kinds)
    for each in noted:
        if each.event.kind == HandoverKind.SETTLED and each.event.payload.state in _DUE:
            yield CountedFact(_key(first, each, Measure.PROMISES), part=each.event.payload.state == Verdict.KEPT)


def _key(first: StreamEvent, counted: StreamEvent, measure: Measure) -> FactKey:
    return FactKey(
        quarter_of(counted.event.at), measure, first.centre, service=first.event.payload.service,
        channel=first.channel, level=2,
    )  # fmt: skip


def enquiry_of(handover: UUID) -> UUID | None:
    """The contact whose question was handed over; None when its row is gone."""
    found: UUID | None = Handover.objects.filter(pk=handover).values_list("enquiry_id", flat=True).first()
    return found


def of_enquiry(enquiry: UUID) -> list[UUID]:
    """The hand-overs of a contact."""
    return list(Handover.objects.filter(enquiry=enquiry).values_list("pk", flat=True))


STREAMS = OtherStreams(
    begins=HandoverKind.HANDED_OVER,
    kinds=frozenset({
        HandoverKind.HANDED_OVER, HandoverKind.RETURNED, HandoverKind.CANCELLED, HandoverKind.SETTLED,
    }),
    facts=facts,
    dated_by={Measure.HANDOVERS: (HandoverKind.HANDED_OVER,), Measure.PROMISES: (HandoverKind.SETTLED,)},
    enquiry_of=enquiry_of,
    of_enquiry=of_enquiry,
)  # fmt: skip

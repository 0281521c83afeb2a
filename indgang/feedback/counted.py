"""What answers count in the figures (`measures.rollups.facts`): a pure function of the events of one invitation.

They count for the centre, queue, service, channel and level that was asked about, in the quarter in which somebody
answered first. No single contact stands behind a figure of answers: who answered what is nobody's business.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from uuid import UUID

from indgang.feedback.event_kinds import FeedbackKind
from indgang.feedback.models import SurveyQuestion
from indgang.measures.rollups.facts import CountedFact, FactKey, Measure, OtherStreams, StreamEvent, quarter_of
from indgang.measures.sums import YES_FROM

_I = SurveyQuestion.Indicator
_COUNTED = (_I.SATISFACTION, _I.COURTESY, _I.WAITING, _I.RESOLUTION)


def facts(noted: Sequence[StreamEvent]) -> Iterator[CountedFact]:
    """One fact for each question that was answered, by the last event that says what was."""
    answered = [each for each in noted if each.event.kind == FeedbackKind.ANSWERED]
    if not answered:
        return
    first, last = answered[0], answered[-1]
    for indicator in _COUNTED:
        hundredths = last.event.payload.indexes.get(indicator.value)
        if hundredths is not None:
            key = FactKey(
                quarter_of(first.event.at), Measure.RATED, last.centre, last.event.queue, last.event.payload.service,
                channel=last.channel, level=last.level, outcome=indicator.value,
            )  # fmt: skip
            yield CountedFact(key, part=hundredths >= 100 * YES_FROM, milliseconds=int(hundredths))


def _nobody(_stream: UUID) -> UUID | None:
    return None


def _no_streams(_enquiry: UUID) -> list[UUID]:
    return []


#: a stream begins when somebody is to be asked, is asked at once, or answers on a page
STREAMS = tuple(
    OtherStreams(
        begins=begins, kinds=frozenset({begins, FeedbackKind.ANSWERED}), facts=facts, dated_by={Measure.RATED: ()},
        enquiry_of=_nobody, of_enquiry=_no_streams,
    )
    for begins in (FeedbackKind.PLANNED, FeedbackKind.TRIED, FeedbackKind.ENDED, FeedbackKind.ANSWERED)
)  # fmt: skip

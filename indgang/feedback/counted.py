"""What answers count in the figures (`measures.rollups.facts`): a pure function of the events of one invitation.

They count for the centre, queue, service, channel and level that was asked about, in the quarter in which somebody
answered first. No single contact stands behind a figure of answers: who answered what is nobody's business.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from indgang.events.event import EventKind
from indgang.feedback.event_kinds import FeedbackKind, SurveyEnded, SurveyPlanned
from indgang.feedback.models import AskingRule, SurveyInvitation, SurveyQuestion
from indgang.measures.rollups.facts import CountedFact, FactKey, Measure, OtherStreams, StreamEvent, quarter_of
from indgang.measures.sums import YES_FROM

_I = SurveyQuestion.Indicator
_COUNTED = (_I.SATISFACTION, _I.COURTESY, _I.WAITING, _I.RESOLUTION)
_State = SurveyInvitation.State
#: an attempt that reached nobody
_IN_VAIN = frozenset({_State.NOT_REACHED.value, _State.MACHINE.value})


def facts(noted: Sequence[StreamEvent]) -> Iterator[CountedFact]:
    """One fact for each question that was answered, by the last event that says what was; and whether somebody who was
    to be asked could be, and answered."""
    answered = [each for each in noted if each.event.kind == FeedbackKind.ANSWERED]
    yield from _asked(noted, was_answered=bool(answered))
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


def _asked(noted: Sequence[StreamEvent], *, was_answered: bool) -> Iterator[CountedFact]:
    """Once an invitation is over, when it was asked first; nothing for one that was cancelled, and for an answer that
    nobody asked for."""
    invited = [each for each in noted if each.event.kind in (FeedbackKind.PLANNED, FeedbackKind.TRIED)]
    ended = next((each.event.payload for each in noted if each.event.kind == FeedbackKind.ENDED), None)
    if not invited or not (was_answered or ended) or (ended and ended.state in SurveyInvitation.NEVER_ASKED):
        return
    tried = [each for each in invited if each.event.kind == FeedbackKind.TRIED]
    planned = [each.event.payload for each in invited if each.event.kind == FeedbackKind.PLANNED]
    reached = was_answered or _was_shown(planned) or _was_reached(tried, ended)
    first, last = (tried or invited)[0], noted[-1]
    services = [each.event.payload.service for each in noted if each.event.kind != FeedbackKind.TRIED]
    key = FactKey(
        quarter_of(first.event.at), Measure.ASKED, last.centre, last.event.queue,
        next(filter(None, reversed(services)), ""), channel=last.channel, level=last.level,
    )  # fmt: skip
    yield CountedFact(key, part=was_answered, short=not reached)


def _was_shown(planned: Sequence[SurveyPlanned]) -> bool:
    """Whether the questions stood on the page of a chat, where nobody has to be reached."""
    return bool(planned) and planned[-1].way == AskingRule.Way.PAGE


def _was_reached(tried: Sequence[StreamEvent], ended: SurveyEnded | None) -> bool:
    asked = bool(tried) and tried[-1].event.payload.result == "asking"
    return asked and ended is not None and ended.state not in _IN_VAIN


def _nobody(_stream: UUID) -> UUID | None:
    return None


def _no_streams(_enquiry: UUID) -> list[UUID]:
    return []


_KINDS: frozenset[EventKind[Any]] = frozenset(
    {FeedbackKind.PLANNED, FeedbackKind.TRIED, FeedbackKind.ENDED, FeedbackKind.ANSWERED}
)
#: a stream begins when somebody is to be asked, is asked at once, or answers on a page
STREAMS = tuple(
    OtherStreams(
        begins=begins, kinds=_KINDS, facts=facts, dated_by={Measure.RATED: (), Measure.ASKED: ()},
        enquiry_of=_nobody, of_enquiry=_no_streams,
    )
    for begins in sorted(_KINDS, key=str)
)  # fmt: skip

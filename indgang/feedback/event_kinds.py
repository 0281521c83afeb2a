"""The event kinds of feedback. The stream is the invitation, or the response when somebody answers on a page.

Who answered is in none of them, and of what they say only the numbers. `level`, `channel` and `centre` of the stored
event are those of the part that was asked about.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from indgang.events.kinds import declare


@dataclass(frozen=True, slots=True)
class SurveyPlanned:
    """Somebody is to be asked about a part of `enquiry`, in this `way` (`AskingRule.Way`)."""

    questionnaire: str = ""
    number: int = 0
    way: str = ""
    enquiry: str = ""
    service: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class SurveyTried:
    """An attempt to ask; `result` is "asking", why nobody could be asked this time, or "no_attempt": it has disturbed
    nobody, and does not count."""

    attempt: int = 0
    result: str = ""


@dataclass(frozen=True, slots=True)
class SurveyEnded:
    """It is over without a (whole) answer: `state` is `SurveyInvitation.State`, `reason` a code of the way."""

    state: str = ""
    reason: str = ""
    service: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class SurveyAnswered:
    """All that has been answered until now, which takes the place of what an earlier event of the stream says.

    `asked_about` is `SurveyKind`. `indexes` holds hundredths of an index point by indicator: 7500 for key 7 of 9.
    """

    questionnaire: str = ""
    number: int = 0
    asked_about: str = ""
    way: str = ""
    enquiry: str = ""
    service: str = ""
    unit: str = ""
    page: str = ""
    complete: bool = False
    indexes: Mapping[str, int] = field(default_factory=dict)


class FeedbackKind:
    """The event kinds of this package."""

    PLANNED = declare("survey_planned", SurveyPlanned)
    TRIED = declare("survey_tried", SurveyTried)
    ENDED = declare("survey_ended", SurveyEnded)
    ANSWERED = declare("survey_answered", SurveyAnswered)

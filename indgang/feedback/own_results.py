"""What an employee may know of the answers about their own conversations: indexes of enough answers, and no single one.

The employee sees them at the desk, and the leader of their team in the office: of the first level's conversations the
leader in the centre, of the second level's the one in the unit. Nobody else does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from indgang.accounts.access import centres_led, units_led
from indgang.accounts.models import Person
from indgang.core.clock import day_of
from indgang.feedback import results
from indgang.feedback.index import Index, Ratings, index
from indgang.feedback.models import SurveyQuestion
from indgang.measures.definitions import FEWEST
from indgang.measures.period import Period

#: the days that are shown
DAYS = 90
#: what employees can do something about themselves
INDICATORS = (
    SurveyQuestion.Indicator.SATISFACTION, SurveyQuestion.Indicator.COURTESY, SurveyQuestion.Indicator.RESOLUTION,
)  # fmt: skip
__all__ = ["DAYS", "FEWEST", "INDICATORS", "OwnIndex", "led_by", "of"]


@dataclass(frozen=True, slots=True)
class OwnIndex:
    """`index` is None while there are fewer than `FEWEST` answers."""

    indicator: str
    index: Index | None


def led_by(leader: Person, prefix: str = "") -> Q:
    """The responses about the conversations of the teams that the person leads, of either level. `prefix` leads from
    the rows that are filtered to the response."""
    first = {f"{prefix}level": 1, f"{prefix}centre__in": centres_led(leader)}
    second = {f"{prefix}level": 2, f"{prefix}unit__in": units_led(leader)}
    return Q(**first) | Q(**second)


def of(person: Person, at: datetime, *, scope: Q | None = None) -> list[OwnIndex]:
    """The last `DAYS` days without today, so that a single call cannot be told from its answer. A leader's `scope` is
    `led_by` them."""
    today = day_of(at)
    period = Period.days(today - timedelta(days=DAYS), today - timedelta(days=1))
    found = results.of_employee(person, period, scope=scope)
    return [
        OwnIndex(str(each.label), index(of) if of.count >= FEWEST else None)
        for each in INDICATORS
        for of in [found.get(each.value, Ratings())]
    ]

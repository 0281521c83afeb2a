"""What was answered in a period: indexes by groups, who was asked and answered, and whom they resemble.

Every figure comes with how many it rests on. Groups of fewer than five answers are hidden by `index.shown`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth

from indgang.accounts.models import Person
from indgang.core.clock import COPENHAGEN
from indgang.feedback import scales
from indgang.feedback.index import Ratings
from indgang.feedback.models import Rating, Response, SurveyInvitation, SurveyQuestion
from indgang.feedback.resemblance import Sample
from indgang.measures.period import Period

State = SurveyInvitation.State
SATISFACTION = SurveyQuestion.Indicator.SATISFACTION
#: seconds of waiting, until which a band reaches
_BANDS = ((60, "0-1"), (180, "1-3"), (600, "3-10"))
_LONGEST_BAND = "10-"


class FeedbackGroup(StrEnum):
    """What answers are split by."""

    NOTHING = ""
    MONTH = "month"
    SERVICE = "service"
    UNIT = "unit"
    LEVEL = "level"
    CHANNEL = "channel"
    QUEUE = "queue"
    WAY = "way"


_COLUMNS: Mapping[FeedbackGroup, Any] = {
    FeedbackGroup.MONTH: TruncMonth("response__answered_at", tzinfo=COPENHAGEN),
    FeedbackGroup.SERVICE: F("response__service__code"),
    FeedbackGroup.UNIT: F("response__unit__code"),
    FeedbackGroup.LEVEL: F("response__level"),
    FeedbackGroup.CHANNEL: F("response__channel"),
    FeedbackGroup.QUEUE: F("response__queue__code"),
    FeedbackGroup.WAY: F("response__invitation__way"),
}


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which answers: of a period, and with the values of `only` (fields of `Response`) within `scope`."""

    period: Period
    only: Mapping[str, Any] = field(default_factory=dict)
    scope: Q = field(default_factory=Q)

    def responses(self) -> QuerySet[Response]:
        within = Response.objects.filter(answered_at__gte=self.period.start, answered_at__lt=self.period.end)
        return within.filter(self.scope, **self.only)

    def invitations(self) -> QuerySet[SurveyInvitation]:
        """The parts that ended in the period; `kind` is that of their questionnaire."""
        only = {("version__questionnaire__kind" if name == "kind" else name): to for name, to in self.only.items()}
        rows = SurveyInvitation.objects.filter(part_ended_at__gte=self.period.start, part_ended_at__lt=self.period.end)
        return rows.filter(self.scope, **only)


def ratings(chosen: Chosen, by: FeedbackGroup = FeedbackGroup.NOTHING) -> dict[Any, dict[str, Ratings]]:
    """By group and indicator. The group is a code, a level, or the first moment of a month; None when unknown."""
    rows = Rating.objects.filter(response__in=chosen.responses()).order_by()
    group = {"group": _COLUMNS[by]} if by else {}
    rows = rows.annotate(**group).values(*group, "question__indicator", "question__scale")
    found: dict[Any, dict[str, Ratings]] = defaultdict(lambda: defaultdict(Ratings))
    for row in rows.annotate(count=Count("pk"), total=Sum("value"), squares=Sum(F("value") * F("value"))):
        of = Ratings.of_values(row["question__scale"], row["count"], row["total"], row["squares"])
        of_group = found[row.get("group", "")]
        of_group[row["question__indicator"]] = of_group[row["question__indicator"]] + of
    return {group: dict(each) for group, each in found.items()}


def of_employee(person: Person, period: Period) -> dict[str, Ratings]:
    """What people answered about this employee's own parts, by indicator."""
    return ratings(Chosen(period, {"employee": person})).get("", {})


@dataclass(frozen=True, slots=True)
class AskedParts:
    """How many of the ended parts were asked about, and what became of it. Those still open are in neither."""

    parts: int
    states: Mapping[str, int]
    reasons: Mapping[str, int]

    @property
    def asked(self) -> int:
        over = (State.ANSWERED, State.PARTLY, State.NOT_REACHED, State.MACHINE, State.REFUSED, State.EXPIRED)
        return sum(self.states.get(state, 0) for state in over)

    @property
    def answered(self) -> int:
        return self.states.get(State.ANSWERED, 0) + self.states.get(State.PARTLY, 0)

    @property
    def rate(self) -> float | None:
        """Per cent of those asked who answered at least one question."""
        return 100.0 * self.answered / self.asked if self.asked else None


def asked(chosen: Chosen) -> AskedParts:
    rows = chosen.invitations().order_by().values("state", "reason").annotate(count=Count("pk"))
    states: dict[str, int] = defaultdict(int)
    reasons: dict[str, int] = defaultdict(int)
    for row in rows:
        states[row["state"]] += row["count"]
        if row["state"] in SurveyInvitation.NEVER_ASKED:
            reasons[row["reason"]] += row["count"]
    return AskedParts(sum(states.values()), dict(states), dict(reasons))


def sample(chosen: Chosen) -> Sample:
    """All whose part ended in the period, who of them was asked and who answered, by service, hour, wait and level."""
    found = Sample()
    rows = (
        chosen.invitations()
        .order_by()
        .values_list("service__code", "part_ended_at", "wait_seconds", "level", "state", "pk")
    )
    indexes = _satisfaction(chosen)
    for service, ended_at, waited, level, state, key in rows.iterator():
        traits = {
            "service": service or "", "hour": f"{ended_at.astimezone(COPENHAGEN):%H}", "wait": wait_band(waited),
            "level": str(level),
        }  # fmt: skip
        found.add(
            traits, asked=state not in SurveyInvitation.NEVER_ASKED,
            answered=state in (State.ANSWERED, State.PARTLY), index=indexes.get(key),
        )  # fmt: skip
    return found


def wait_band(seconds: float) -> str:
    """The band of minutes that a wait is in."""
    return next((name for until, name in _BANDS if seconds < until), _LONGEST_BAND)


def _satisfaction(chosen: Chosen) -> dict[Any, float]:
    rows = Rating.objects.filter(
        response__invitation__in=chosen.invitations(), question__indicator=SATISFACTION
    ).values_list("response__invitation", "question__scale", "value")
    return {key: scales.index(scale, value) for key, scale, value in rows}

"""What was answered in a period: indexes by groups, who was asked and answered, and whom they resemble.

Every figure comes with how many it rests on. Groups of fewer than five answers are hidden by `index.shown`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.db.models import BooleanField, Case, Count, ExpressionWrapper, F, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce, ExtractHour, TruncMonth

from indgang.accounts.models import Person
from indgang.core.clock import COPENHAGEN
from indgang.feedback.index import Ratings
from indgang.feedback.models import Rating, Response, SurveyInvitation, SurveyInvitationQuerySet, SurveyQuestion
from indgang.feedback.resemblance import Sample
from indgang.measures.period import Period

State = SurveyInvitation.State
SATISFACTION = SurveyQuestion.Indicator.SATISFACTION
#: seconds of waiting, until which a band reaches
_BANDS = ((60, "0-1"), (180, "1-3"), (600, "3-10"))
_LONGEST_BAND = "10-"
#: over without an answer
_WITHOUT_ANSWER = (State.NOT_REACHED, State.MACHINE, State.REFUSED, State.EXPIRED)


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
    return ratings_of(chosen.responses(), _COLUMNS[by] if by else None)


def ratings_of(responses: QuerySet[Response], by: Any = None) -> dict[Any, dict[str, Ratings]]:
    """The sums of these responses by the expression `by` of their ratings ("": all together) and indicator."""
    group = {"group": Value("") if by is None else by}
    rows = Rating.objects.filter(response__in=responses).order_by().annotate(**group)
    rows = rows.values(*group, "question__indicator", "question__scale")
    found: dict[Any, dict[str, Ratings]] = defaultdict(lambda: defaultdict(Ratings))
    for row in rows.annotate(count=Count("pk"), total=Sum("value"), squares=Sum(F("value") * F("value"))):
        of = Ratings.of_values(row["question__scale"], row["count"], row["total"], row["squares"])
        of_group = found[row["group"]]
        of_group[row["question__indicator"]] = of_group[row["question__indicator"]] + of
    return {group: dict(each) for group, each in found.items()}


def of_employee(person: Person, period: Period, *, scope: Q | None = None) -> dict[str, Ratings]:
    """What people answered about this employee's own parts (within `scope`), by indicator."""
    return ratings(Chosen(period, {"employee": person}, scope or Q())).get("", {})


@dataclass(frozen=True, slots=True)
class AskedParts:
    """How many of the ended parts were asked about, and what became of it. Those still open are in neither.

    `missed` were to be asked and never were (no line was free in time, say): they are in no state.
    """

    parts: int
    states: Mapping[str, int]
    reasons: Mapping[str, int]
    missed: int = 0

    @property
    def asked(self) -> int:
        return self.answered + sum(self.states.get(state, 0) for state in _WITHOUT_ANSWER)

    @property
    def answered(self) -> int:
        return sum(self.states.get(state, 0) for state in SurveyInvitation.WITH_ANSWER)

    @property
    def rate(self) -> float | None:
        """Per cent of those asked who answered at least one question."""
        return 100.0 * self.answered / self.asked if self.asked else None


def asked(chosen: Chosen) -> AskedParts:
    was_asked = ExpressionWrapper(SurveyInvitationQuerySet.was_asked(), output_field=BooleanField())
    rows = chosen.invitations().order_by().annotate(was_asked=was_asked).values("state", "reason", "was_asked")
    states: dict[str, int] = defaultdict(int)
    reasons: dict[str, int] = defaultdict(int)
    missed = 0
    for row in rows.annotate(count=Count("pk")):
        if row["state"] in _WITHOUT_ANSWER and not row["was_asked"]:
            missed += row["count"]
            continue
        states[row["state"]] += row["count"]
        if row["state"] in SurveyInvitation.NEVER_ASKED:
            reasons[row["reason"]] += row["count"]
    return AskedParts(sum(states.values()) + missed, dict(states), dict(reasons), missed)


def sample(chosen: Chosen) -> Sample:
    """All parts of the period that a rule was about, which of them were asked about and answered, by service, hour,
    wait and level. The database counts: a few thousand rows, however many parts."""
    found = Sample()
    rows = _with_traits(chosen.invitations(), "").annotate(
        number=Count("pk"), asked=Count("pk", filter=SurveyInvitationQuerySet.was_asked()),
        answered=Count("pk", filter=Q(state__in=SurveyInvitation.WITH_ANSWER)),
    )  # fmt: skip
    for row in rows:
        found.add(_traits(row), number=row["number"], asked=row["asked"], answered=row["answered"])
    ratings = Rating.objects.filter(
        response__invitation__in=chosen.invitations(), question__indicator=SATISFACTION
    )  # fmt: skip
    rows = _with_traits(ratings, "response__invitation__", "question__scale")
    for row in rows.annotate(count=Count("pk"), total=Sum("value"), squares=Sum(F("value") * F("value"))):
        of = Ratings.of_values(row["question__scale"], row["count"], row["total"], row["squares"])
        found.rate(_traits(row), of)
    return found


def _with_traits(rows: QuerySet[Any], of: str, *more: str) -> QuerySet[Any, dict[str, Any]]:
    """The rows grouped by the traits of their invitations, which `of` leads to."""
    bands = [When(**{f"{of}wait_seconds__lt": until}, then=Value(name)) for until, name in _BANDS]
    return rows.order_by().values(
        *more, in_service=Coalesce(F(f"{of}service__code"), Value("")), at_level=F(f"{of}level"),
        in_hour=ExtractHour(f"{of}part_ended_at", tzinfo=COPENHAGEN),
        in_band=Case(*bands, default=Value(_LONGEST_BAND)),
    )  # fmt: skip


def _traits(row: Mapping[str, Any]) -> dict[str, str]:
    return {
        "service": row["in_service"], "hour": f"{row['in_hour']:02}", "wait": row["in_band"],
        "level": str(row["at_level"]),
    }  # fmt: skip

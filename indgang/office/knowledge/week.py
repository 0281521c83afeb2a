"""One week of a unit's subjects: questions, missing or insufficient answers, and candidates for the website.

Every number counts the rows that `behind` lists under the same conditions.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Self

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from indgang.catalogue.models import Unit
from indgang.core.clock import COPENHAGEN
from indgang.enquiries.models import ArticleUse, GuideWalk, Outcome, Question
from indgang.knowledge.models import Task
from indgang.knowledge.search import log

MOST_ROWS = 15


@dataclass(frozen=True, slots=True)
class Week:
    """An ISO week, from Monday to Sunday in Copenhagen."""

    monday: date

    @classmethod
    def of(cls, day: date) -> Self:
        return cls(day - timedelta(days=day.weekday()))

    @classmethod
    def read(cls, text: str, otherwise: date) -> Self:
        """Parse `2026-W11`; an invalid text gives the week of `otherwise`."""
        year, _w, number = text.partition("-W")
        try:
            monday = date.fromisocalendar(int(year), int(number), 1)
        except (ValueError, OverflowError):
            return cls.of(otherwise)
        # the neighbouring weeks are shown too, and Python's calendar ends in year 9999
        return cls(monday) if 1900 < monday.year < 2200 else cls.of(otherwise)

    def __str__(self) -> str:
        year, number, _day = self.monday.isocalendar()
        return f"{year:04}-W{number:02}"

    @property
    def number(self) -> int:
        return self.monday.isocalendar().week

    @property
    def sunday(self) -> date:
        return self.monday + timedelta(days=6)

    @property
    def start(self) -> datetime:
        return datetime.combine(self.monday, time(), COPENHAGEN)

    @property
    def end(self) -> datetime:
        return datetime.combine(self.monday + timedelta(days=7), time(), COPENHAGEN)

    def other(self, weeks: int) -> Week:
        return Week(self.monday + timedelta(days=7 * weeks))


@dataclass(frozen=True, slots=True)
class QuestionCount:
    """Questions of one service and purpose.

    Their number, that of the week before, those resolved at first contact, and those without an answer.
    """

    service: str
    service_name: str
    purpose: str
    purpose_name: str
    count: int
    before: int
    solved: int
    not_there: int

    @property
    def change(self) -> int:
        return self.count - self.before

    @property
    def solved_percent(self) -> float:
        return 100 * self.solved / self.count


@dataclass(frozen=True, slots=True)
class InsufficientArticle:
    """An article that was open in enquiries with questions it did not answer, and the number of these questions."""

    slug: str
    title: str
    count: int


def questions(unit: Unit, week: Week) -> QuerySet[Question]:
    """The questions registered in the week about services of the unit and those below."""
    return Question.objects.filter(
        service__unit__path__startswith=unit.path, registered_at__gte=week.start, registered_at__lt=week.end
    )


def most_asked(unit: Unit, week: Week) -> list[QuestionCount]:
    return _asked(questions(unit, week), questions(unit, week.other(-1)))


def should_be_digital(unit: Unit, week: Week) -> list[QuestionCount]:
    """Questions that, according to the agents, could have been resolved on the website."""
    wanted = Q(should_be_digital=True)
    return _asked(questions(unit, week).filter(wanted), questions(unit, week.other(-1)).filter(wanted))


def shown_without_answer(unit: Unit, week: Week) -> list[InsufficientArticle]:
    """Articles of the unit that were open in enquiries of the week although they did not hold the answer."""
    uses = ArticleUse.objects.filter(
        version__article__unit__path__startswith=unit.path,
        enquiry__questions__in_knowledge=False,
        enquiry__questions__registered_at__gte=week.start,
        enquiry__questions__registered_at__lt=week.end,
    )
    lacked: dict[str, set[int]] = defaultdict(set)
    titles: dict[str, str] = {}
    for slug, title, question in uses.values_list("version__article__slug", "version__title", "enquiry__questions"):
        lacked[slug].add(question)
        titles[slug] = title
    most = sorted(lacked, key=lambda slug: (-len(lacked[slug]), slug))[:MOST_ROWS]
    return [InsufficientArticle(slug, titles[slug], len(lacked[slug])) for slug in most]


def marked(unit: Unit, week: Week) -> QuerySet[Task]:
    """Reports of the week (missing, wrong or unclear) of the unit and of its articles and services."""
    of_unit = Q(unit__path__startswith=unit.path) | Q(article__unit__path__startswith=unit.path)
    of_unit |= Q(service__unit__path__startswith=unit.path)
    found = Task.objects.filter(of_unit, raised_at__gte=week.start, raised_at__lt=week.end)
    return found.exclude(kind=Task.Kind.PROPOSAL).select_related("article", "service", "owner").order_by("raised_at")


def not_found(unit: Unit | None, week: Week) -> log.Gaps:
    return log.gaps(start=week.start, end=week.end, unit=unit)


def guide_walks(unit: Unit, week: Week) -> list[dict[str, Any]]:
    """Guides of the unit that were used with callers: how often, and how often to the end."""
    walks = GuideWalk.objects.filter(
        version__guide__unit__path__startswith=unit.path, began_at__gte=week.start, began_at__lt=week.end
    )
    counted = walks.values("version__guide__slug").annotate(
        count=Count("id"), finished=Count("id", filter=~Q(result=""))
    )
    titles = dict(walks.values_list("version__guide__slug", "version__title"))
    rows = counted.order_by("-count", "version__guide__slug")[:MOST_ROWS]
    return [{"slug": row["version__guide__slug"], "title": titles[row["version__guide__slug"]], **row} for row in rows]


def behind(
    unit: Unit,
    week: Week,
    *,
    service: str = "",
    purpose: str = "",
    digital: bool = False,
    not_there: bool = False,
    article: str = "",
) -> QuerySet[Question]:
    """The questions that a number of the page counts."""
    found = questions(unit, week)
    if article:
        used = ArticleUse.objects.filter(
            enquiry=OuterRef("enquiry"),
            version__article__slug=article,
            version__article__unit__path__startswith=unit.path,
        )
        # the article belongs to the unit; the question may be about any service
        found = Question.objects.filter(
            Exists(used), registered_at__gte=week.start, registered_at__lt=week.end, in_knowledge=False
        )
    if service:
        found = found.filter(service__code=service)
    if purpose:
        found = found.filter(purpose__code=purpose)
    if digital:
        found = found.filter(should_be_digital=True)
    if not_there:
        found = found.filter(in_knowledge=False)
    related = ("service", "purpose", "local_purpose", "enquiry")
    return found.select_related(*related).order_by("registered_at", "pk")


def _asked(now: QuerySet[Question], before: QuerySet[Question]) -> list[QuestionCount]:
    names = ("service__code", "service__name", "purpose__code", "purpose__name")
    rows = now.values(*names).annotate(
        count=Count("id"),
        solved=Count("id", filter=Q(outcome=Outcome.RESOLVED)),
        not_there=Count("id", filter=Q(in_knowledge=False)),
    )
    earlier = {
        (row["service__code"], row["purpose__code"]): row["count"]
        for row in before.values("service__code", "purpose__code").annotate(count=Count("id"))
    }
    ordered = rows.order_by("-count", "service__name", "purpose__name")[:MOST_ROWS]
    return [
        QuestionCount(
            service=row["service__code"],
            service_name=row["service__name"],
            purpose=row["purpose__code"],
            purpose_name=row["purpose__name"],
            count=row["count"],
            before=earlier.get((row["service__code"], row["purpose__code"]), 0),
            solved=row["solved"],
            not_there=row["not_there"],
        )
        for row in ordered
    ]

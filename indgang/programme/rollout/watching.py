"""The figures that risks watch: what callers answered before the first go-live and what they answer now.

A centre that is new has no answers of its own from the time before, so the services are compared, not the centre.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models.functions import TruncWeek

from indgang.core.clock import COPENHAGEN
from indgang.feedback import index, results
from indgang.feedback.index import Index, Ratings
from indgang.feedback.results import Chosen
from indgang.measures.period import Period
from indgang.programme.rollout import judging, past_baseline
from indgang.programme.rollout.judging import Dip, IndexDifference
from indgang.programme.rollout.models import RolloutPlan, RolloutRisk
from indgang.programme.rollout.past_baseline import PastBaseline

#: days before the go-live, and the last days since
BEFORE, NOW = 90, 28
#: weeks of the plot
WEEKS = 26


@dataclass(frozen=True, slots=True)
class WatchedFigure:
    """The index of a period before the go-live and of the last days since; None where too few answered. Before the
    go-live there is only `before`: the last days until now. `past`: where `before` was imported."""

    before: Index | None
    now: Index | None
    difference: IndexDifference | None
    dip: Dip
    past: PastBaseline | None = None


def watched(plan: RolloutPlan, risk: RolloutRisk, first_live: date | None, today: date) -> WatchedFigure | None:
    """What the risk's figure says; None when it watches none. `first_live` is the day on which the first stage went
    live, if it has."""
    if not risk.watched:
        return None
    edge = first_live or today
    before = _ratings(plan, risk.watched, edge - timedelta(days=BEFORE), edge)
    now = _ratings(plan, risk.watched, max(first_live, today - timedelta(days=NOW)), today) if first_live else Ratings()
    if _shown(before) is None and (past := past_baseline.before(plan, risk, edge)) is not None:
        difference = _from_past(past, now)
        return WatchedFigure(past.index, _shown(now), difference, judging.dip(difference, risk.limit), past)
    difference = _difference(before, now)
    return WatchedFigure(_shown(before), _shown(now), difference, judging.dip(difference, risk.limit))


def _difference(before: Ratings, now: Ratings) -> IndexDifference | None:
    change = index.change(before, now)
    return IndexDifference(change.by, change.is_certain) if change else None


def _from_past(past: PastBaseline, now: Ratings) -> IndexDifference | None:
    """Where nobody knows how many answered, chance may always be why."""
    if past.ratings is not None:
        return _difference(past.ratings, now)
    shown = _shown(now)
    if shown is None or shown.mean is None or past.index.mean is None:
        return None
    return IndexDifference(shown.mean - past.index.mean, is_certain=False)


def _ratings(plan: RolloutPlan, indicator: str, first: date, end: date) -> Ratings:
    if first >= end:
        return Ratings()
    chosen = Chosen(Period.days(first, end - timedelta(days=1)), _moved(plan))
    return results.ratings(chosen).get("", {}).get(indicator, Ratings())


def _moved(plan: RolloutPlan) -> dict[str, Any]:
    """Answers about the services that have moved, whoever answered the call; before the first go-live about all that
    are to move."""
    live = plan.services.exclude(stage__live_on=None)
    rows = live if live.exists() else plan.services.all()
    return {"service__in": rows.values("service")}


def _shown(ratings: Ratings) -> Index | None:
    found = index.index(ratings)
    return None if found.is_hidden or found.mean is None else found


def weekly(plan: RolloutPlan, indicator: str, today: date) -> list[tuple[date, Index | None]]:
    """The index of each of the last weeks, from Monday; None where too few answered."""
    this = today - timedelta(days=today.weekday())
    mondays = [this - timedelta(weeks=number) for number in range(WEEKS - 1, -1, -1)]
    chosen = Chosen(Period.days(mondays[0], today), _moved(plan))
    by_week = results.ratings_of(chosen.responses(), TruncWeek("response__answered_at", tzinfo=COPENHAGEN))
    found = {at.astimezone(COPENHAGEN).date(): each.get(indicator, Ratings()) for at, each in by_week.items()}
    return [(monday, _shown(found.get(monday, Ratings()))) for monday in mondays]


def indicators(risks: Iterable[RolloutRisk]) -> list[str]:
    """The figures that open risks watch, each once."""
    return list(dict.fromkeys(each.watched for each in risks if each.watched and each.closed_on is None))

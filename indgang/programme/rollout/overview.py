"""How a rollout plan stands on a day: its stages, activities, milestones and risks, also as values for programs."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from indgang.accounts.models import Person
from indgang.core.clock import day_of
from indgang.core.months import months_later
from indgang.programme.rollout import unit_facts, watching
from indgang.programme.rollout.judging import ActivityProgress, Dip, Lateness, lateness, risk_size
from indgang.programme.rollout.models import RolloutActivity, RolloutMilestone, RolloutPlan, RolloutRisk, RolloutStage
from indgang.programme.rollout.past_baseline import PastBaseline
from indgang.programme.rollout.plans import days_of
from indgang.programme.rollout.timing import due
from indgang.programme.rollout.unit_facts import PlanReadiness
from indgang.programme.rollout.watching import WatchedFigure

#: an activity that nobody works on any more
_OVER = (RolloutActivity.State.DONE, RolloutActivity.State.DROPPED)


@dataclass(frozen=True, slots=True)
class StandingStage:
    """A stage with the day of its go-live; `latest` is the last day that the plan allows, if it says so."""

    stage: RolloutStage
    day: date
    latest: date | None
    services: int

    @property
    def is_live(self) -> bool:
        return self.stage.live_on is not None

    @property
    def is_too_late(self) -> bool:
        return self.latest is not None and self.day > self.latest


@dataclass(frozen=True, slots=True)
class StandingActivity:
    """An activity with its days; `waits_for` are those it needs that are neither finished nor given up."""

    activity: RolloutActivity
    starts: date | None
    ends: date | None
    lateness: Lateness
    waits_for: Sequence[RolloutActivity]

    @property
    def is_late(self) -> bool:
        return self.lateness in (Lateness.OVERDUE, Lateness.NOT_BEGUN)


@dataclass(frozen=True, slots=True)
class StandingMilestone:
    milestone: RolloutMilestone
    due: date | None
    is_late: bool


@dataclass(frozen=True, slots=True)
class StandingRisk:
    """A risk with its size, and the figure that it watches, if any."""

    risk: RolloutRisk
    size: str
    figure: WatchedFigure | None


@dataclass(frozen=True, slots=True)
class StandingPlan:
    """A plan on a day. `days` are those of the grant (0) and of each stage."""

    plan: RolloutPlan
    today: date
    days: Mapping[int, date]
    stages: Sequence[StandingStage]
    activities: Sequence[StandingActivity]
    milestones: Sequence[StandingMilestone]

    @property
    def first_live(self) -> date | None:
        """The day on which the first stage went live."""
        lived = [each.stage.live_on for each in self.stages if each.stage.live_on is not None]
        return min(lived) if lived else None

    def counts(self) -> Counter[str]:
        """Activities by state."""
        return Counter(each.activity.progress for each in self.activities)

    def late(self) -> list[StandingActivity]:
        return [each for each in self.activities if each.is_late]


def standing(plan: RolloutPlan, *, today: date) -> StandingPlan:
    stages = list(plan.stages.all())
    days = days_of(plan, stages)
    sizes = Counter(plan.services.values_list("stage", flat=True))
    activities = list(plan.activities.select_related("person").prefetch_related("needs__needs"))
    milestones = [_milestone(each, days, today) for each in plan.milestones.all()]
    milestones.sort(key=lambda each: (each.due is None, each.due or today, each.milestone.pk))
    return StandingPlan(
        plan, today, days, [_stage(each, days, sizes[each.pk]) for each in stages],
        [_activity(each, days, today) for each in activities], milestones,
    )  # fmt: skip


def _stage(stage: RolloutStage, days: Mapping[int, date], services: int) -> StandingStage:
    latest = months_later(days[stage.number - 1], stage.latest_months) if stage.latest_months is not None else None
    return StandingStage(stage, days[stage.number], latest, services)


def _activity(activity: RolloutActivity, days: Mapping[int, date], today: date) -> StandingActivity:
    starts = due(days, activity.from_stage, activity.from_months, activity.starts_on)
    ends = due(days, activity.until_stage, activity.until_months, activity.ends_on)
    unfinished = [each.needs for each in activity.needs.all() if each.needs.progress not in _OVER]
    judged = lateness(ActivityProgress(activity.progress), starts, ends, today)
    return StandingActivity(activity, starts, ends, judged, [] if activity.progress in _OVER else unfinished)


def _milestone(milestone: RolloutMilestone, days: Mapping[int, date], today: date) -> StandingMilestone:
    day = due(days, milestone.from_stage, milestone.from_months, milestone.planned)
    return StandingMilestone(milestone, day, milestone.reached is None and day is not None and day < today)


def risks(shown: StandingPlan) -> list[StandingRisk]:
    """Open risks first, the largest first."""
    found = [
        StandingRisk(
            each, risk_size(each.likelihood, each.consequence),
            watching.watched(shown.plan, each, shown.first_live, shown.today),
        )
        for each in shown.plan.risks.select_related("person")
    ]  # fmt: skip
    found.sort(key=lambda each: (each.risk.closed_on is not None, -each.risk.likelihood * each.risk.consequence))
    return found


def heading(plan: RolloutPlan, *, today: date) -> dict[str, Any]:
    """What a list of plans says of one, as plain values."""
    stages = list(plan.stages.all())
    days = days_of(plan, stages)
    return {
        "plan": plan.pk, "name": plan.name, "centre": plan.centre.code, "granted_on": plan.granted_on.isoformat(),
        "is_open": plan.closed_at is None, "today": today.isoformat(),
        "stages": [
            {"number": each.number, "name": each.name, "day": days[each.number].isoformat(),
             "live_on": _day(each.live_on)}
            for each in stages
        ],
    }  # fmt: skip


def dips(risks_of_plan: Sequence[StandingRisk]) -> list[StandingRisk]:
    """The open risks whose watched figure has fallen by more than the risk allows, and by more than chance."""
    return [
        each
        for each in risks_of_plan
        if each.risk.closed_on is None and each.figure is not None and each.figure.dip is Dip.CERTAIN
    ]


def as_data(plan: RolloutPlan, *, at: datetime) -> dict[str, Any]:
    """Everything as plain values, for programs: days in ISO 8601, states as codes, people as user names."""
    shown = standing(plan, today=day_of(at))
    known, services = risks(shown), _services(plan)
    found = snapshot(shown, unit_facts.of_plan(plan, at=at), known)
    return {
        **heading(plan, today=shown.today), **found,
        "stages": [{**each, "moves": services[each["number"]]} for each in found["stages"]],
        "milestones": [
            {**each, "measure": row.milestone.measure, "responsible": row.milestone.responsible,
             "source": row.milestone.source}
            for each, row in zip(found["milestones"], shown.milestones, strict=True)
        ],
        "risks": [_risk_data(each) for each in known],
        "activities": [_activity_data(each) for each in shown.activities],
        "old_places": [
            {"kind": each.kind, "place": each.place, "address": each.address, "contact": each.old_contact,
             "responsible": each.responsible, "due": _day(each.due_on), "done": _day(each.done_on)}
            for each in plan.old_places.all()
        ],
        "messages": [
            {"told_to": each.told_to, "message": each.message, "channel": each.channel,
             "responsible": each.responsible, "due": _day(each.due_on), "done": _day(each.done_on)}
            for each in plan.messages.all()
        ],
        "quarters": [
            {"first_day": each.first_day.isoformat(), "text": each.text, "frozen_by": _username(each.frozen_by),
             "frozen_at": each.frozen_at.isoformat() if each.frozen_at else None, "content": each.content}
            for each in plan.reports.select_related("frozen_by")
        ],
    }  # fmt: skip


def snapshot(shown: StandingPlan, ready: PlanReadiness, known: Sequence[StandingRisk]) -> dict[str, Any]:
    """How stages, units, milestones, activities and open risks stand, as plain values: what a quarter's report
    freezes."""
    return {
        "stages": [
            {"number": each.stage.number, "name": each.stage.name, "day": each.day.isoformat(),
             "live_on": _day(each.stage.live_on), "services": each.services, "is_too_late": each.is_too_late,
             "units": [_unit(unit) for unit in ready.of(each.stage)]}
            for each in shown.stages
        ],
        "milestones": [
            {"title": each.milestone.title, "due": _day(each.due), "reached": _day(each.milestone.reached),
             "is_late": each.is_late}
            for each in shown.milestones
        ],
        "activity_counts": dict(shown.counts()),
        "late": [str(each.activity) for each in shown.late()],
        "risks": [_risk(each) for each in known if each.risk.closed_on is None],
        "services_without_unit": [each.name for each in ready.homeless],
    }  # fmt: skip


def _services(plan: RolloutPlan) -> dict[int, list[dict[str, str | None]]]:
    """The services that move, by the number of their stage, with the day on which they were switched."""
    found: dict[int, list[dict[str, str | None]]] = defaultdict(list)
    for each in plan.services.select_related("stage", "service").order_by("service__name"):
        found[each.stage.number].append(
            {"service": each.service.code, "name": each.service.name, "switched_on": _day(each.switched_on)}
        )
    return found


def _unit(unit: unit_facts.UnitReadiness) -> dict[str, Any]:
    return {
        "unit": unit.unit.code, "name": unit.unit.name, "is_ready": unit.is_ready,
        "points": [
            {"point": each.point, "is_ready": each.is_ready, "is_needed": each.is_needed,
             "missing": [{"lack": lack.lack, "names": list(lack.names)} for lack in each.missing]}
            for each in unit.states
        ],
    }  # fmt: skip


def _activity_data(shown: StandingActivity) -> dict[str, Any]:
    row = shown.activity
    return {
        "code": row.code, "title": row.title, "track": row.track, "part_of": row.part_of,
        "responsible": row.responsible, "progress": row.progress, "starts": _day(shown.starts),
        "ends": _day(shown.ends), "done_on": _day(row.done_on), "lateness": shown.lateness, "source": row.source,
        "person": _username(row.person),
        "waits_for": [each.code or each.title for each in shown.waits_for],
    }  # fmt: skip


def _risk(shown: StandingRisk) -> dict[str, Any]:
    figure = shown.figure
    return {
        "title": shown.risk.title, "likelihood": shown.risk.likelihood, "consequence": shown.risk.consequence,
        "size": shown.size, "measure": shown.risk.measure, "watched": shown.risk.watched,
        "before": _mean(figure.before) if figure else None, "now": _mean(figure.now) if figure else None,
        "dip": figure.dip if figure else None, "imported": _imported(figure.past) if figure and figure.past else None,
    }  # fmt: skip


def _risk_data(shown: StandingRisk) -> dict[str, Any]:
    row = shown.risk
    return _risk(shown) | {
        "responsible": row.responsible, "person": _username(row.person), "closed_on": _day(row.closed_on),
        "source": row.source,
    }  # fmt: skip


def _imported(past: PastBaseline) -> dict[str, Any]:
    """Where a baseline was imported from."""
    return {"first": past.first.isoformat(), "last": past.last.isoformat(), "files": list(past.names)}


def _mean(index: Any) -> float | None:
    return None if index is None else round(index.mean, 1)


def _username(person: Person | None) -> str | None:
    return None if person is None else person.username


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()

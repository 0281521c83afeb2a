"""Plans, meetings, fixed shifts and wishes as data, for the API and commands."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import datetime, timedelta
from typing import Any

from indgang.accounts.models import Person
from indgang.core.clock import day_of, local_text
from indgang.staffing.shifts.checker import PlanCost, cost, shares
from indgang.staffing.shifts.problem import HOUR, ShiftPrices
from indgang.staffing.shifts.wire import gap
from indgang.workforce.models import (
    LeaveRequest,
    PlannedShift,
    PlanRun,
    ShiftActivity,
    ShiftAppointment,
    ShiftPlan,
    SwapRequest,
    TimeWish,
    WorkContract,
    Workplace,
)
from indgang.workforce.shifts import coverage, wishes
from indgang.workforce.shifts.published import PARTS, PublishedShift, published
from indgang.workforce.shifts.question import PlanQuestion
from indgang.workforce.shifts.wishes import PlanWishes, WishOutcome


def plan(row: ShiftPlan) -> dict[str, Any]:
    return {
        "plan": row.pk, "first": row.first.isoformat(), "last": row.last.isoformat(), "state": row.state,
        "revision": row.revision, "follows": row.follows_id,
    }  # fmt: skip


def meeting(row: ShiftAppointment) -> dict[str, Any]:
    """`last` is its last day, None for one without an end. Weekdays are numbers, 0 for Monday."""
    mentors = [each.person.username for each in row.people.all() if each.is_mentor]
    last = row.valid_to and row.valid_to - timedelta(days=1)
    return {
        "meeting": row.pk, "title": row.title, "activity": row.activity.code, "kind": row.activity.kind,
        "people": [each.person.username for each in row.people.all() if not each.is_mentor],
        "mentor": mentors[0] if mentors else None, "weekdays": row.weekdays, "every_weeks": row.every_weeks,
        "opens": f"{row.opens:%H:%M}", "closes": f"{row.closes:%H:%M}", "valid_from": row.valid_from.isoformat(),
        "last": last.isoformat() if last else None,
    }  # fmt: skip


def run(row: PlanRun) -> dict[str, Any]:
    """`share` is how much of the work is done, from 0 to 1; `bound` what any plan costs at least, and `over_bound` how
    much this one costs over it, as a share of it; `course` how both went while the search did; `conflict` the person
    whose rules contradict each other, and the rules."""
    over = None if row.cost is None or not row.course else gap(row.cost, row.bound)
    is_impossible = row.state == PlanRun.State.IMPOSSIBLE
    return {
        "run": row.pk, "state": row.state, "share": row.share, "cost": row.cost, "bound": row.bound,
        "over_bound": over,
        "course": [{"seconds": seconds, "cost": cost, "bound": bound} for seconds, cost, bound in row.course],
        "asked_at": local_text(row.asked_at), "ended_at": local_text(row.ended_at) if row.ended_at else None,
        "conflict": _conflict(row) if is_impossible else None,
    }  # fmt: skip


def _conflict(row: PlanRun) -> dict[str, Any]:
    person = Person.objects.filter(pk=int(row.answer.get("person") or 0)).first()
    return {"person": person.username if person else None, "rules": row.answer.get("rules", [])}


def made_plan(row: ShiftPlan, at: datetime) -> dict[str, Any]:
    """A plan with its last run, the hours of people that it lacks, in all and where and at what, what it costs, in all
    and by kind, and the rules that it breaks, each with the person and the day. Raises UnusableProblem."""
    asked, last = PlanQuestion(row, at), row.runs.first()
    price = cost(asked.problem, asked.value)
    return plan(row) | {
        "run": run(last) if last else None, "missing_hours": price.short / HOUR,
        "missing": [
            {
                "activity": each.activity.code, "workplace": each.workplace.code, "needed_hours": each.needed_hours,
                "missing_hours": each.missing_hours,
            }
            for each in coverage.rows(asked)
        ],
        "cost": price.total, "costs": _costs(price), "shares": person_shares(asked), "shifts": row.shifts.count(),
        "broken": [
            {
                "person": asked.people[int(each.person)].username, "rule": each.rule,
                "day": day_of(asked.calendar.moment(each.quarter)).isoformat(),
            }
            for each in (asked.breaches() if row.shifts.exists() else [])
        ],
    }  # fmt: skip


def _costs(price: PlanCost) -> dict[str, float]:
    """In paid quarters; together they are the cost."""
    return {name: value for name, value in asdict(price).items() if name != "short"}


def person_shares(asked: PlanQuestion) -> list[dict[str, Any]]:
    """For each person, hours of their shifts, late and weekend shifts beside an even share of them, and hours off the
    phone beside what is agreed. Raises UnusableProblem."""
    found = shares(asked.problem, asked.value)
    return [
        {
            "person": person.username, "hours": sum(each.length for each in asked.value[str(pk)]) / HOUR,
            "late_shifts": found[str(pk)].late, "even_late_shifts": found[str(pk)].even_late,
            "off_phone_hours": found[str(pk)].off_phone_hours,
            "agreed_off_phone_hours": found[str(pk)].agreed_off_phone_hours,
        }
        for pk, person in asked.people.items()
    ]  # fmt: skip


def staffing(row: ShiftPlan, at: datetime) -> list[dict[str, Any]]:
    """By day, activity and workplace the people needed and at work in each quarter from midnight. Raises
    UnusableProblem."""
    asked = PlanQuestion(row, at)
    return [
        {
            "day": day.date.isoformat(), "activity": each.activity.code, "workplace": each.workplace.code,
            "need": list(each.need[day.start : day.end]), "at_work": list(each.at_work[day.start : day.end]),
        }
        for each in coverage.rows(asked)
        for day in asked.calendar.days
        if any(each.need[day.start : day.end]) or any(each.at_work[day.start : day.end])
    ]  # fmt: skip


def leave_request(row: LeaveRequest) -> dict[str, Any]:
    return {
        "leave": row.pk, "person": row.person.username, "kind": row.kind, "first": row.first.isoformat(),
        "last": row.last.isoformat(), "note": row.note, "state": row.state, "answer": row.answer,
    }  # fmt: skip


def swap_request(row: SwapRequest) -> dict[str, Any]:
    """`in_return` is the shift that the taker gives, None for none."""
    return {
        "swap": row.pk, "state": row.state, "person": row.asked_by.username,
        "offered_to": row.offered_to.username if row.offered_to else None, "shift": row.shift_id,
        "workplace": row.shift.workplace.code,
        "taken_by": row.taken_by.username if row.taken_by else None, "starts_at": local_text(row.shift.starts_at),
        "ends_at": local_text(row.shift.ends_at), "in_return": row.in_return_id, "answer": row.answer,
    }  # fmt: skip


def own_shift(row: PlannedShift) -> dict[str, Any]:
    return {
        "shift": row.pk, "workplace": row.workplace.code, "starts_at": local_text(row.starts_at),
        "ends_at": local_text(row.ends_at), "parts": parts(published(row)),
    }  # fmt: skip


def parts(shift: PublishedShift) -> list[dict[str, Any]]:
    """`title` says which meeting or training it is, "" for anything else."""
    return [
        {
            "kind": each.kind, "activity": each.activity, "title": each.title, "starts_at": local_text(each.starts_at),
            "ends_at": local_text(each.ends_at),
        }
        for each in shift.parts
    ]  # fmt: skip


def fixed_shift(row: PlannedShift) -> dict[str, Any]:
    return {
        "shift": row.pk, "person": row.person.username, "workplace": row.workplace.code,
        "starts_at": local_text(row.starts_at), "ends_at": local_text(row.ends_at),
    }  # fmt: skip


def wish(row: TimeWish, outcome: WishOutcome | None) -> dict[str, Any]:
    """`days` and `met` count the days of published plans; both are None when no plan holds yet."""
    return {
        "wish": row.pk, "kind": row.kind, "day": row.day.isoformat() if row.day else None, "weekday": row.weekday,
        "weight": row.weight, "days": outcome.days if outcome else None, "met": outcome.met if outcome else None,
    }  # fmt: skip


def whole_plan(row: ShiftPlan, at: datetime) -> dict[str, Any]:
    """A plan with its shifts, the people needed and at work, and with what it makes of wishes. Raises
    UnusableProblem."""
    fixed = row.shifts.filter(is_fixed=True).select_related("person", "workplace")
    wished = wishes.of_plan(PlanQuestion(row, at))
    return made_plan(row, at) | {
        "shifts": plan_shifts(row), "fixed_shifts": [fixed_shift(each) for each in fixed], "prices": prices(row),
        "staffing": staffing(row, at), "people": [plan_wishes(each) for each in wished],
    }  # fmt: skip


def plan_shifts(row: ShiftPlan) -> list[dict[str, Any]]:
    rows = row.shifts.select_related("person", "workplace").prefetch_related(*PARTS).order_by("starts_at", "person")
    return [own_shift(each) | {"person": each.person.username, "is_fixed": each.is_fixed} for each in rows]


def needs(row: ShiftPlan) -> list[dict[str, Any]]:
    """By day, activity and workplace the people of each quarter from midnight; `base` is the same without time that is
    lost, empty where nothing was added, and `about` says which queues and what was added."""
    return [
        {
            "day": each.day.isoformat(), "activity": each.activity.code, "workplace": each.workplace.code,
            "people": each.people, "base": each.base, "about": each.about,
        }
        for each in row.needs.select_related("activity", "workplace")
    ]  # fmt: skip


def prices(row: ShiftPlan) -> dict[str, float]:
    """Of soft rules, in paid quarters."""
    usual = ShiftPrices()
    return {each.name: row.prices.get(each.name, getattr(usual, each.name)) for each in fields(usual)}


def contract(row: WorkContract) -> dict[str, Any]:
    """`last` is its last day, None for one without an end; `workplaces` are codes, none where all are allowed."""
    last = row.valid_to and row.valid_to - timedelta(days=1)
    return {
        "contract": row.pk, "person": row.person.username, "weekly_hours": float(row.weekly_hours),
        "days_a_week": row.days_a_week, "shortest": row.shortest, "longest": row.longest,
        "earliest": f"{row.earliest:%H:%M}", "latest": f"{row.latest:%H:%M}", "weekends_off": row.weekends_off,
        "off_phone_share": float(row.off_phone_share),
        "workplaces": [each.workplace.code for each in row.workplaces.all()],
        "valid_from": row.valid_from.isoformat(), "last": last.isoformat() if last else None,
    }  # fmt: skip


def workplace(row: Workplace) -> dict[str, Any]:
    return {"workplace": row.code, "name": row.name}


def activity(row: ShiftActivity) -> dict[str, Any]:
    return {"activity": row.code, "name": row.name, "kind": row.kind, "skill": row.skill.code if row.skill else None}


def plan_wishes(found: PlanWishes) -> dict[str, Any]:
    return {
        "person": found.person.username, "wishes": found.number, "met": found.kept, "price": found.price,
        "unmet": [{"kind": kind, "day": day.isoformat()} for kind, day in found.unmet],
    }  # fmt: skip

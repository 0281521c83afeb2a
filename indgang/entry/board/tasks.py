"""Tasks: offered on the screen to whoever is in a promised window of their subject, or to the people whom they name.

No telephone rings. The package that owns the hand-over orders, withdraws and closes them, and learns from their events
who has taken or put back which (`enquiries.journal.Follow`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from indgang.entry.board.calls import Calls
from indgang.entry.board.outcome import Ask
from indgang.entry.board.task import LINE, OFFER_SECONDS, TaskItem
from indgang.entry.event_kinds import Kind
from indgang.routing.availability.reachability import Precedence
from indgang.routing.availability.windows import AtDesk, Medium
from indgang.routing.centre import offers, presence
from indgang.routing.centre.core import RefusedOrder
from indgang.routing.centre.desk import Desk
from indgang.routing.centre.work import Offered, WorkItem, as_kind
from indgang.routing.distribution.requirement import TASK, Choose, QueueRule, Skill
from indgang.routing.flows import state as fs

#: the timer that looks who is in a window now, and how often
LOOK_TIMER, LOOK_SECONDS = "!task-windows", 60.0
#: how long whoever rejected a task does not get it again while others can take it, and when nobody can
REOFFER_SECONDS, MIN_REOFFER_SECONDS = 900.0, 300.0
#: levels of the skill: promised people are offered a task before substitutes, and these before back-ups
LEVELS = {Precedence.PROMISED: 3, Precedence.SUBSTITUTE: 2, Precedence.BACK_UP: 1}


def subject_skill(task: TaskItem) -> Skill:
    """The skill that stands for being inside a promised window of the task's subject: of any medium, because no
    telephone rings and nobody chats; for a promised call of one by telephone."""
    return f"call:{task.subject}" if task.is_call else f"subject:{task.subject}"


def task_skill(task: str) -> Skill:
    """The skill that stands for being one of the people of a task."""
    return f"task:{task}"


class TaskCarrier:
    """The carrier of tasks. `levels` are the levels of people by the skill of a subject, as of the last look."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self.tasks: dict[str, TaskItem] = {}
        self.levels: dict[Skill, dict[int, int]] = {}
        self.looked_at = calls.centre.at
        self._named: dict[int, dict[str, None]] = {}
        self._told: dict[int, Mapping[Skill, int]] = {}

    def is_up(self, item: WorkItem) -> bool:
        return self._calls.halted_since is None

    def needs(self, item: WorkItem) -> Mapping[Skill, int]:
        task = as_kind(TaskItem, item)
        return {task_skill(task.id) if task.people else subject_skill(task): 1}

    def skills_at(self, desk: Desk) -> Mapping[Skill, int]:
        found = self._told[desk.person] = self._skills_of(desk.person)
        return found

    def offer(self, item: WorkItem, desk: Desk, offer: Offered) -> Mapping[str, Any]:
        return {}

    def withdraw(self, item: WorkItem, offer: Offered) -> None:
        """Do nothing: the desk updates itself."""

    def perform(self, item: WorkItem, instruction: fs.Instruction) -> None:
        raise AssertionError(f"no flow leads a task: {instruction!r}")

    def nobody_able(self, item: WorkItem) -> None:
        """It waits in the list of its unit until somebody is in a window, or takes it."""

    def waits_for_limit(self, item: WorkItem) -> bool:
        return False

    def lay_down(self, item: WorkItem, desk: Desk) -> None:
        """Whoever goes home keeps what they took: it leaves the board, and nobody else is offered it."""
        _leave(self._calls, as_kind(TaskItem, item), desk.person, why="went_home")

    # --- which tasks there are, and who may take them ---------------------------------------------

    def add(self, task: TaskItem) -> None:
        self.tasks[task.id] = task
        for person in task.people:
            self._named.setdefault(person, {})[task.id] = None

    def forget(self, task: TaskItem) -> None:
        self.tasks.pop(task.id, None)
        for person in task.people:
            named = self._named.get(person, {})
            named.pop(task.id, None)
            if not named:
                self._named.pop(person, None)

    def look(self) -> None:
        """Find who is in a window of the subjects of tasks now, and tell the distributor about those who changed."""
        calls, centre = self._calls, self._calls.centre
        self.looked_at = centre.at
        there = [desk for desk in centre.desks.values() if desk.signed_in]
        waiting = (task for task in self.tasks.values() if task.subject and not task.people)
        wanted = {subject_skill(task): task for task in waiting}
        desks = {desk.person: AtDesk.FREE for desk in there}
        self.levels = {skill: self._levels_of(task, desks) for skill, task in sorted(wanted.items())}
        for desk in there:
            if self._skills_of(desk.person) != self._told.get(desk.person, {}):
                calls.reach_changed(desk.person)

    def _skills_of(self, person: int) -> Mapping[Skill, int]:
        if self._calls.halted_since is not None:
            return {}
        found = {skill: who[person] for skill, who in self.levels.items() if person in who}
        return found | {task_skill(task): 1 for task in self._named.get(person, ())}

    def _levels_of(self, task: TaskItem, desks: Mapping[int, AtDesk]) -> dict[int, int]:
        """The levels of everybody who is in a window; the distributor knows itself who is there and free."""
        centre, medium = self._calls.centre, Medium.PHONE if task.is_call else None
        answer = centre.plan.second_level.who_can_take(task.subject, desks, centre.at, medium=medium)
        return {each.person: LEVELS[each.precedence] for each in answer.available}


def connect(calls: Calls) -> TaskCarrier:
    """Register the carrier and the line of tasks with the centre."""
    centre, carrier = calls.centre, TaskCarrier(calls)
    centre.carriers[TASK] = carrier
    rule = QueueRule(
        LINE, ring_seconds=OFFER_SECONDS, choose=Choose.BEST_SKILLED, reoffer_seconds=REOFFER_SECONDS,
        min_reoffer_seconds=MIN_REOFFER_SECONDS, rings=False,
    )  # fmt: skip
    centre.open_lines |= {LINE}
    centre.post(centre.distributor.set_rule(rule, centre.now))
    centre.item_timers[LOOK_TIMER] = lambda item: _look_again(calls, as_kind(TaskItem, item))
    return carrier


def look(calls: Calls) -> None:
    """Who is in a window may have changed."""
    carrier = _carrier(calls)
    if carrier.tasks:
        carrier.look()


def go_on(calls: Calls) -> None:
    """After a time in which nothing could be done: look who is in a window, now and from now on."""
    look(calls)
    for task in _carrier(calls).tasks.values():
        _watch(calls, task)


def restore(calls: Calls, task: TaskItem) -> None:
    """Restore a stored task: in the hands of its holder, or waiting. A holder who has gone home keeps it, off the
    board."""
    _put_in(calls, task)
    desk = calls.centre.desks.get(task.holder or 0)
    if task.holder is None:
        _wait(calls, task)
    elif desk is not None and desk.signed_in:
        offers.occupy(calls.centre, desk, task.id, TASK)
        presence.show_state(calls.centre, desk)
    else:
        _leave(calls, task, task.holder, why="went_home")


def offered_to(calls: Calls, person: int) -> TaskItem | None:
    """The task that is offered to this person now."""
    desk = calls.centre.desks.get(person)
    items = (calls.centre.items.get(each) for each in desk.in_hand) if desk else ()
    found = (item for item in items if isinstance(item, TaskItem) and item.offer and item.offer.person == person)
    return next(found, None)


# --- orders --------------------------------------------------------------------------------------


def order(calls: Calls, ask: Ask) -> dict[str, Any]:
    """Offer a task. An order for a task that is there already changes whom it is for; one that somebody has in hand
    waits again."""
    task = _wanted(calls, ask.payload)
    there = _carrier(calls).tasks.get(task.id)
    if there is not None and there.holder is None and _is_same(there, task):
        return {"task": task.id}
    if there is not None:
        task.arrived, task.delays = there.arrived, there.delays | task.delays
        _release(calls, there)
        _forget(calls, there)
    _put_in(calls, task)
    due = task.due.isoformat() if task.due else None
    calls.centre.note(
        task, Kind.TASK_QUEUED, person=ask.person or None, subject=task.subject, recipients=list(task.people), due=due
    )  # fmt: skip
    _wait(calls, task)
    return {"task": task.id}


def _wanted(calls: Calls, wanted: Mapping[str, Any]) -> TaskItem:
    """Raises KeyError, TypeError or ValueError for an order that does not say which task, or for whom."""
    due = wanted.get("due")
    task = TaskItem(
        id=str(UUID(str(wanted["task"]))), story=str(UUID(str(wanted["enquiry"]))),
        subject=str(wanted.get("subject") or "")[:60], arrived=calls.centre.at,
        people=tuple(sorted({int(person) for person in wanted.get("people") or ()})),
        is_call=wanted.get("is_call") is True, due=datetime.fromisoformat(str(due)) if due else None,
    )  # fmt: skip
    if not task.subject and not task.people:
        raise ValueError("a task is about a subject or for some people")
    if wanted.get("laid_down_by") is not None:
        _delay(calls, task, int(wanted["laid_down_by"]))
    return task


def _is_same(one: TaskItem, other: TaskItem) -> bool:
    return (one.subject, one.people, one.is_call, one.due) == (other.subject, other.people, other.is_call, other.due)


def accept(calls: Calls, task: TaskItem) -> dict[str, Any]:
    """The person takes the task that is offered to them."""
    desk = offers.accepted(calls.centre, task)
    assert desk is not None
    task.holder = desk.person
    presence.show_state(calls.centre, desk)
    return {"task": task.id}


def put_back(calls: Calls, ask: Ask) -> None:
    """Return a task that the person has in hand to those who may take it. It comes to them again only after a delay."""
    task, centre = _known(calls, ask), calls.centre
    if task.holder != ask.person:
        raise RefusedOrder("not_taken")
    centre.note(task, Kind.TASK_PUT_BACK, person=ask.person, why="put_back")
    _delay(calls, task, ask.person)
    offers.finish(centre, centre.desk(ask.person), task.id, task, 0.0)
    _wait(calls, task)


def withdraw(calls: Calls, ask: Ask) -> None:
    """Nobody is to take it any more: it was closed, or somebody took it without their desk. Whoever it was accepted by
    (`unless_held_by`) keeps it, if they have it in hand."""
    task, theirs = _known(calls, ask), ask.payload.get("unless_held_by")
    if theirs is None or task.holder != theirs:
        _over(calls, task, ask, why=str(ask.payload.get("why") or "withdrawn")[:40])


def _known(calls: Calls, ask: Ask) -> TaskItem:
    task = _carrier(calls).tasks.get(str(ask.payload["task"]))
    if task is None:
        raise RefusedOrder("no_task")
    return task


# --- internals -----------------------------------------------------------------------------------


def _carrier(calls: Calls) -> TaskCarrier:
    carrier = calls.centre.carriers[TASK]
    assert isinstance(carrier, TaskCarrier)
    return carrier


def _put_in(calls: Calls, task: TaskItem) -> None:
    """Register the task; whoever may take it gets the skill for it."""
    carrier = _carrier(calls)
    calls.centre.add(task)
    carrier.add(task)
    for person in task.people:
        if person in calls.centre.desks:
            calls.reach_changed(person)
    if not task.people and (subject_skill(task) not in carrier.levels or len(carrier.tasks) == 1):
        carrier.look()  # else that of the last minute holds


def _wait(calls: Calls, task: TaskItem) -> None:
    """Let it wait, at the place of its arrival."""
    task.holder, task.queued_since = None, task.arrived
    calls.centre.touch(task)
    offers.place(calls.centre, task)
    _watch(calls, task)


def _delay(calls: Calls, task: TaskItem, person: int) -> None:
    """Whoever does not want it after all is offered it again only after a while."""
    now = calls.centre.now
    task.delays[person] = [now + MIN_REOFFER_SECONDS, now + REOFFER_SECONDS]


def _watch(calls: Calls, task: TaskItem) -> None:
    if not task.people:
        calls.centre.set_timer_in(task, LOOK_TIMER, LOOK_SECONDS)


def _look_again(calls: Calls, task: TaskItem) -> None:
    if not task.waits:
        return
    carrier = _carrier(calls)
    if (calls.centre.at - carrier.looked_at).total_seconds() >= LOOK_SECONDS / 2:
        carrier.look()
    _watch(calls, task)


def _over(calls: Calls, task: TaskItem, ask: Ask, *, why: str) -> None:
    _leave(calls, task, task.holder or ask.person or None, why=why)


def _leave(calls: Calls, task: TaskItem, person: int | None, *, why: str) -> None:
    """Take it from the board."""
    _release(calls, task)
    calls.centre.note(task, Kind.TASK_OVER, person=person, why=why)
    _forget(calls, task)


def _release(calls: Calls, task: TaskItem) -> None:
    """Take it from whoever has it in hand, or from its line."""
    centre, holder = calls.centre, task.holder
    if holder is not None:
        offers.finish(centre, centre.any_desk(holder), task.id, task, 0.0)
    task.queued_since = None
    offers.take_out(centre, task)


def _forget(calls: Calls, task: TaskItem) -> None:
    _carrier(calls).forget(task)
    calls.centre.forget(task)

"""What follows which opening hours: centres, queues, and flows that ask whether it is open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from indgang.catalogue.models import ContactCentre
from indgang.entry.models import Queue
from indgang.entry.setup.prompts import versions_that_count


@dataclass(frozen=True, slots=True)
class ScheduleUse:
    """`kind` is centre, queue or flow; a draft follows the hours when it is published."""

    kind: str
    name: str
    is_draft: bool = False


def uses(day: date) -> dict[str, list[ScheduleUse]]:
    """By the schedule's code: the centres and queues of the day, the versions in force and the drafts of flows."""
    found: dict[str, list[ScheduleUse]] = {}
    for centre in ContactCentre.objects.valid_on(day).select_related("schedule"):
        found.setdefault(centre.schedule.code, []).append(ScheduleUse("centre", centre.name))
    for queue in Queue.objects.valid_on(day).filter(schedule__isnull=False).select_related("schedule"):
        found.setdefault(queue.schedule.code, []).append(ScheduleUse("queue", queue.name))
    for version in versions_that_count():
        for code in sorted(_schedules_in(version.definition)):
            use = ScheduleUse("flow", version.flow.name, version.published_at is None)
            if use not in found.setdefault(code, []):
                found[code].append(use)
    return found


def _schedules_in(part: Any) -> set[str]:
    """The schedules that a flow's steps and their conditions name: their fields are called `schedule`."""
    if isinstance(part, list):
        return {code for each in part for code in _schedules_in(each)}
    if not isinstance(part, Mapping):
        return set()
    own = {part["schedule"]} if isinstance(part.get("schedule"), str) and part["schedule"] else set()
    return own | {code for each in part.values() for code in _schedules_in(each)}

"""Milestones on the way to a running centre. Each is reached once and stored with the person who reached it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from indgang.audit import trail
from indgang.office.models import Milestone

#: the centre was made by `indgang init`; the server accepted a test mail; and what only a person can confirm
SET_UP, MAIL, PRIVACY, LIVE = "set_up", "mail", "privacy", "live"


def has_reached(name: str) -> bool:
    return Milestone.objects.filter(name=name).exists()


def is_starting() -> bool:
    """Whether the centre was made by `indgang init` and has not gone live yet."""
    reached = set(Milestone.objects.filter(name__in=(SET_UP, LIVE)).values_list("name", flat=True))
    return reached == {SET_UP}


@transaction.atomic
def reach(name: str, *, by: trail.Actor, at: datetime) -> Milestone:
    """Record that a milestone is reached. A milestone that is already reached does not change."""
    found, new = Milestone.objects.get_or_create(name=name, defaults={"reached_at": at, "reached_by": by.audit_label})
    if new:
        trail.record(by=by, at=at, action="milestone.reach", target=found, after={"name": name})
    return found


@transaction.atomic
def take_back(name: str, *, by: trail.Actor, at: datetime) -> None:
    """Record that the milestone has not been reached after all."""
    for found in Milestone.objects.select_for_update().filter(name=name):
        trail.record(by=by, at=at, action="milestone.take_back", target=found, before={"name": name})
        found.delete()

"""What every change to knowledge has in common: its row in the trail, the search index, and word to the pages.

All of it is part of the transaction of the change: what is found and what is shown changes when the text does.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import models

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.audit.trail import Actor
from indgang.knowledge.models import Article
from indgang.knowledge.search import following
from indgang.live import stale


def tell(
    action: str,
    target: models.Model,
    *,
    by: Actor,
    at: datetime,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    why: str = "",
    shown: Article | None = None,
) -> None:
    """Write the change in the trail. `shown` is the article of which readers see something else from now on."""
    trail.record(by=by, at=at, action=action, target=target, before=before, after=after, why=why)
    if shown is not None:
        following.refresh_article(shown)
        stale.mark("all/knowledge")


def mark_tasks(*people: Person | None) -> None:
    """The list of tasks of these people is out of date."""
    parts = [f"person-{person.pk}/tasks" for person in people if person is not None]
    if parts:
        stale.mark(*parts)


def person(by: Actor) -> Person | None:
    """The person who acts, for columns that keep one; a part of the system is only in the trail."""
    return by if isinstance(by, Person) else None

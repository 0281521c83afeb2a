"""Records a change to knowledge in the audit trail, and updates the search index and the pages.

All of this happens in the transaction of the change, so that search and pages change together with the text.
"""

from __future__ import annotations

from typing import Unpack

from django.db import models

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.audit.trail import Actor
from indgang.knowledge.models import Article
from indgang.knowledge.search import following
from indgang.live import stale


def record_change(
    action: str, target: models.Model, *, shown: Article | None = None, **difference: Unpack[trail.ChangeFacts]
) -> None:
    """Write the change to the audit trail. `shown` is the article whose text for readers has changed."""
    trail.record(action=action, target=target, **difference)
    if shown is not None:
        following.refresh_article(shown)
        stale.mark("all/knowledge")


def mark_tasks(*people: Person | None) -> None:
    """Mark the task lists of these people as stale."""
    parts = [f"person-{person.pk}/tasks" for person in people if person is not None]
    if parts:
        stale.mark(*parts)


def person(by: Actor) -> Person | None:
    """The acting person, for columns that store one; None for a part of the system, which only the audit trail
    names."""
    return by if isinstance(by, Person) else None

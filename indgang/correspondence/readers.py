"""Who has the page of a thread open: a colleague is warned before both answer it.

A page says so when it is opened and about once a minute after that, and when it is left. A browser that ends without a
word counts as gone after some minutes.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from indgang.accounts.models import Person
from indgang.correspondence.models import Thread, ThreadReader
from indgang.live import stale

#: how long a page that says nothing counts as open
GONE_AFTER = timedelta(minutes=4)
#: how often the row of a page that stays open is written
_AGAIN_AFTER = timedelta(seconds=40)


@transaction.atomic
def opened(thread: Thread, *, by: Person, at: datetime) -> None:
    """The person has the thread on their screen. No trail: the look is logged where the page is shown."""
    mine = ThreadReader.objects.filter(thread=thread, person=by).first()
    if mine is not None and at - mine.seen_at < _AGAIN_AFTER:
        return
    is_back = mine is None or at - mine.seen_at > GONE_AFTER
    since = at if mine is None or is_back else mine.since
    ThreadReader.objects.update_or_create(thread=thread, person=by, defaults={"since": since, "seen_at": at})
    if is_back:
        _mark(thread)


@transaction.atomic
def left(thread: Thread, *, by: Person) -> None:
    """The person has left the page."""
    if ThreadReader.objects.filter(thread=thread, person=by).delete()[0]:
        _mark(thread)


def others(thread: Thread, *, by: Person, at: datetime) -> list[ThreadReader]:
    """Who else has it open, the first one first."""
    rows = ThreadReader.objects.filter(thread=thread, seen_at__gt=at - GONE_AFTER).exclude(person=by)
    return list(rows.select_related("person").order_by("since", "pk"))


def forget(*, at: datetime) -> int:
    """Delete the rows of pages that are gone; returns how many."""
    return ThreadReader.objects.filter(seen_at__lt=at - GONE_AFTER).delete()[0]


def _mark(thread: Thread) -> None:
    stale.mark(f"thread-{thread.pk}/readers")

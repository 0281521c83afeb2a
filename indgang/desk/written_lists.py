"""The page "Skriftligt": what one person has in hand, what waits in their queues, and what a search finds."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.correspondence import deadline
from indgang.correspondence.models import Thread
from indgang.desk import access
from indgang.enquiries.models import Channel
from indgang.handover import time_words

#: lines of one list; the most urgent come first
MOST = 100
_TOKEN = re.compile(r"^\[?#?(\w{4})-?(\w{4})\]?$")


@dataclass(frozen=True, slots=True)
class WrittenLine:
    """One thread in a list. `left` is the opening time left until it is due, in words."""

    pk: UUID
    subject: str
    sender: str
    channel: str
    queue: str
    began_at: datetime
    left: str
    is_overdue: bool
    holder: str
    state: str
    may_take: bool


@dataclass(frozen=True, slots=True)
class WrittenList:
    """One list of the page; `code` makes its ids."""

    code: str
    title: str
    empty: str
    lines: list[WrittenLine]
    count: int


class WrittenLists:
    """The lists, most urgent first."""

    def __init__(self, person: Person, *, at: datetime, asked: str = "") -> None:
        self.person, self.at, self.asked = person, at, asked.strip()[:100]

    @cached_property
    def all(self) -> list[WrittenList]:
        if self.asked:
            return [self._list("found", _("Fundet"), _("Ingen henvendelser passer til søgningen."), self._found())]
        mine = _without_chats(Thread.objects.open()).filter(holder=self.person).order_by("due_at", "began_at")
        waiting = self._reachable().filter(state=Thread.State.WAITING).order_by("due_at", "began_at")
        return [
            self._list("mine", _("I hånden"), _("Du har ingen skriftlige henvendelser."), mine),
            self._list("waiting", _("Venter i dine køer"), _("Ingen venter på svar."), waiting),
        ]

    @property
    def scopes(self) -> list[str]:
        """The scopes that the page listens to."""
        return [f"person-{self.person.pk}"]

    def _reachable(self) -> QuerySet[Thread]:
        return _without_chats(access.threads_of(self.person))

    def _found(self) -> QuerySet[Thread]:
        """What has the words in its subject or sender, or the number; the newest first."""
        number = _TOKEN.match(self.asked)
        by_number = Q(token="".join(number.groups()).upper()) if number else Q(pk=None)
        words = Q(subject__icontains=self.asked) | Q(contact_address__icontains=self.asked)
        named = words | Q(contact_name__icontains=self.asked) | by_number
        return self._reachable().filter(named).order_by("-began_at")

    def _list(self, code: str, title: str, empty: str, rows: QuerySet[Thread]) -> WrittenList:
        found = rows.select_related("queue__schedule", "queue__centre__schedule", "holder")[:MOST]
        lines = list(self._lines(found))
        return WrittenList(code, title, empty, lines, rows.count() if len(lines) == MOST else len(lines))

    def _lines(self, rows: Iterable[Thread]) -> Iterable[WrittenLine]:
        for row in rows:
            yield WrittenLine(
                pk=row.pk, subject=row.subject or _("(intet emne)"), sender=row.shown_contact,
                channel=row.get_channel_display(), queue=row.queue.name if row.queue else "", began_at=row.began_at,
                left=time_left(row, self.at), is_overdue=is_overdue(row, self.at),
                holder=row.holder.name if row.holder else "",
                state=row.get_ending_display() if row.is_over else row.get_state_display(),
                may_take=row.state == Thread.State.WAITING,
            )  # fmt: skip


def _without_chats(rows: QuerySet[Thread]) -> QuerySet[Thread]:
    """Without the chats that go on: they have their own page. One that is over can be found and read."""
    return rows.exclude(channel=Channel.CHAT, state__in=Thread.OPEN)


def time_left(thread: Thread, at: datetime) -> str:
    """The opening time until the thread is due, or since then, in words; empty when nothing waits for an answer."""
    if thread.is_over or thread.due_at is None or thread.queue is None or thread.waits_since is None:
        return ""
    if thread.due_at >= at:
        return time_words.left(deadline.open_seconds(thread.queue, at, thread.due_at))
    return time_words.left(-deadline.open_seconds(thread.queue, thread.due_at, at) - 1)


def is_overdue(thread: Thread, at: datetime) -> bool:
    waits = not thread.is_over and thread.waits_since is not None
    return waits and thread.due_at is not None and thread.due_at < at

"""Which queues of chats can be offered to visitors now, and how long one waits there.

A chat is offered only when somebody can answer: the queue has a public name, is open, and somebody who serves it is
there with room; or the expected wait is within what the queue promises.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Avg, F

from indgang.core.clock import day_of
from indgang.correspondence import deadline
from indgang.correspondence.models import Thread
from indgang.enquiries.models import Channel, Enquiry
from indgang.entry.models import AgentState, InHand, Presence, Queue, QueueMembership
from indgang.entry.setup import queue_terms
from indgang.entry.team import capacity
from indgang.routing.distribution.requirement import CHAT, WRITTEN

#: how long a chat takes until the day has its own measurement, in seconds
USUAL_SECONDS = 480.0
#: chats that began within this time give the mean
LATELY = timedelta(hours=12)
#: states in which somebody is at work; whoever is on the phone is free again in a while
_AT_WORK = (AgentState.READY, AgentState.RINGING, AgentState.TALKING, AgentState.WORKING, AgentState.WRAP_UP)
#: work beside which a chat is offered
_BESIDE = frozenset({CHAT, WRITTEN})


@dataclass(frozen=True, slots=True)
class ChatOffer:
    """A queue in which a chat can begin now, and the expected wait in seconds."""

    queue: Queue
    seconds: float

    @property
    def minutes(self) -> int:
        """Rounded up, because a wait shorter than promised is better than a longer one."""
        return -(-round(self.seconds) // 60)


def offers(at: datetime) -> list[ChatOffer]:
    """The queues that visitors can chat with now, by centre and name."""
    open_ones = [queue for queue in public_queues(at) if _is_open(queue, at)]
    found = ((queue, _expected_seconds(queue, at)) for queue in open_ones)
    return [
        ChatOffer(queue, seconds)
        for queue, seconds in found
        if seconds is not None and seconds <= queue_terms.then(queue).service_level_seconds
    ]


def public_queues(at: datetime) -> list[Queue]:
    """The queues of chats with a public name, whether they are open or not."""
    rows = Queue.objects.with_terms(day_of(at)).valid_on(day_of(at)).filter(work=Queue.Work.CHAT)
    shown = rows.exclude(public_name="").select_related("centre__schedule", "schedule", "terms_then")
    return list(shown.order_by("centre__name", "public_name"))


def _is_open(queue: Queue, at: datetime) -> bool:
    return not queue.is_closed_at(at) and deadline.schedule_of(queue).is_open(at)


def has_closed(queue: Queue, day: date, at: datetime) -> bool:
    """Whether the queue is closed, and does not open again on `day`, on which a chat began to wait; or is no more. A
    break of its day is no closing, nor is that of a queue that opens again by itself on that day."""
    by_hand, schedule = queue.is_closed_at(at), deadline.schedule_of(queue)
    if not queue.valid_on(day_of(at)) or (by_hand and queue.closed_until is None):
        return True
    if not by_hand and schedule.is_open(at):
        return False
    since = queue.closed_until if by_hand and queue.closed_until else at
    if day_of(since) > day:
        return True
    return all(span.end is not None and span.end <= since for span in schedule.spans(day))


def _expected_seconds(queue: Queue, at: datetime) -> float | None:
    """The wait of a new chat: none while somebody has room and nobody waits before it; else position x work per place.
    None when nobody is there."""
    places, free = _places(queue, at)
    if not places:
        return None
    waiting = Thread.objects.filter(queue=queue, channel=Channel.CHAT, state=Thread.State.WAITING).count()
    behind = waiting + 1 - free
    return behind * _handling_seconds(queue, at) / places if behind > 0 else 0.0


def _places(queue: Queue, at: datetime) -> tuple[int, int]:
    """How many chats those at work can have at once, and how many more now."""
    day = day_of(at)
    serving = QueueMembership.objects.serving_on(day).filter(queue=queue, active=True).values("person")
    there = set(Presence.objects.filter(person__in=serving, state__in=_AT_WORK).values_list("person_id", flat=True))
    loads = capacity.loads_on(day) if there else {}
    most = {person: loads.get(person, capacity.USUAL).capacity.get(CHAT, 0) for person in there}
    return sum(most.values()), _free_places(most)


def _free_places(most: Mapping[int, int]) -> int:
    in_hand = list(InHand.objects.filter(person__in=most).values_list("person_id", "kind"))
    chats = Counter(person for person, kind in in_hand if kind == CHAT)
    busy = {person for person, kind in in_hand if kind not in _BESIDE}
    return sum(max(0, number - chats[person]) for person, number in most.items() if person not in busy)


def _handling_seconds(queue: Queue, at: datetime) -> float:
    lately = Enquiry.objects.filter(queue=queue, channel=Channel.CHAT, arrived_at__gte=at - LATELY, talk_seconds__gt=0)
    found = lately.aggregate(mean=Avg(F("talk_seconds") + F("wrap_up_seconds")))["mean"]
    return float(found or USUAL_SECONDS)


def minutes_left(queue: Queue, since: datetime, at: datetime) -> int | None:
    """The expected wait, in minutes, of a chat that began then and waits; None when nobody is there."""
    places, free = _places(queue, at)
    if not places:
        return None
    waiting = Thread.objects.filter(queue=queue, channel=Channel.CHAT, state=Thread.State.WAITING)
    behind = waiting.filter(began_at__lte=since).count() - free
    return max(1, -(-round(behind * _handling_seconds(queue, at) / places) // 60))

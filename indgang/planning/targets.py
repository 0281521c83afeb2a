"""The targets of queues, as staffing reads them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _

from indgang.entry.models import Queue
from indgang.entry.setup import queue_terms
from indgang.staffing.need import ServiceTarget

#: stands for 100 percent: no number of people answers every caller in time
MOST_IN_TIME = 0.99


def remarks(queues: Iterable[Queue], day: date) -> list[str]:
    """A sentence for each queue that promises what no number of people can keep, so that another target is counted
    with."""
    return [capped_words(each) for each in that_promise_all(queues, day)]


def that_promise_all(queues: Iterable[Queue], day: date) -> tuple[str, ...]:
    """The names of these queues."""
    promised = ((each.name, queue_terms.on(each, day).service_level_percent / 100) for each in queues)
    return tuple(name for name, in_time in promised if in_time > MOST_IN_TIME)


def capped_words(name: str) -> str:
    said = _(
        "%(queue)s har målet 100 %%. Intet antal medarbejdere kan besvare alle opkald i tide, så der er regnet med "
        "%(most)s %%."
    )
    return said % {"queue": name, "most": round(100 * MOST_IN_TIME)}


def target_of(queue: Queue, day: date) -> ServiceTarget:
    """What the queue promises on a day; less than all, where it promises that (`remarks`)."""
    terms = queue_terms.on(queue, day)
    return ServiceTarget(min(terms.service_level_percent / 100, MOST_IN_TIME), float(terms.service_level_seconds))


def common_target(queues: Iterable[Queue], day: date) -> ServiceTarget | None:
    """What all the queues promise; None when they do not promise the same."""
    found = {target_of(each, day) for each in queues}
    return found.pop() if len(found) == 1 else None

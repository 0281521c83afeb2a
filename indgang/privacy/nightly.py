"""The nightly retention: scrubs every kind of personal data whose time is over, by the rules of that day.

The work is done in short batches. The caller may stop it after some seconds and continue later; finished batches stay.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from indgang.core.clock import day_of
from indgang.privacy import kinds, plan
from indgang.privacy.kinds import PersonalData
from indgang.privacy.scrubbing import REST, Pass
from indgang.privacy.store import Store


def run(store: Store, *, at: datetime, seconds: float | None = None, rest: float = REST) -> bool:
    """Scrub what is due at `at`; with `seconds`, stop after that time. Return whether all of it is done."""
    ends = None if seconds is None else time.monotonic() + seconds

    def is_over() -> bool:
        return ends is not None and time.monotonic() >= ends

    night = day_of(at)
    return all(each.run(store, until=is_over, rest=rest) for each in passes(night, at))


def passes(night: date, at: datetime) -> Iterator[Pass]:
    """The passes of a night, table by table."""
    for kind in kinds.scrubbed():
        yield from _of_kind(kind, night, at)


def _of_kind(kind: PersonalData, night: date, at: datetime) -> Iterator[Pass]:
    times = plan.times(kind, night)
    apart = [each.outcome for each in times if each.outcome]
    for each in times:
        for holding in kind.holdings:
            if holding.outcome or not each.outcome:
                before = at - timedelta(days=each.days)
                yield Pass(kind, holding, each.outcome, apart, each.days, before, night, at)

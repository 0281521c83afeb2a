"""Forecasts of the demo: what its planner knows, and what would have been forecast in the past weeks."""

from __future__ import annotations

from datetime import datetime, timedelta

from indgang.accounts.models import Person
from indgang.catalogue.models import ContactCentre
from indgang.core.clock import day_of
from indgang.measures.rollups import rebuilding
from indgang.planning import call_changes, forecasts
from indgang.planning.models import CallEvent

#: days before the demo begins on which forecasts were made too; on the first, two weeks were counted
_EARLIER = (8, 4, 1)


def make_past(*, until: datetime) -> None:
    """Count the past weeks, and make the forecasts that would have been made in them. An event is planned."""
    rebuilding.keep_current(seconds=120, at=until)
    for days in _EARLIER:
        _forecast(until - timedelta(days=days))
    _plan(until)
    _forecast(until)


def _forecast(at: datetime) -> None:
    for queue in forecasts.queues(at):
        forecasts.keep_current(queue, at=at)


def _plan(at: datetime) -> None:
    planner, centre = Person.objects.filter(username="gerda").first(), ContactCentre.objects.filter(code="tmf").first()
    if planner is None or centre is None:
        return
    first = day_of(at) + timedelta(days=7)
    letters = CallEvent(
        kind=CallEvent.Kind.MAILING, name="Breve om affaldsgebyr", centre=centre, first=first,
        last=first + timedelta(days=2), percent=30,
    )  # fmt: skip
    call_changes.add_event(letters, by=planner, at=at)

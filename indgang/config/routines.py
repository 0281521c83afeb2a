"""The daily routines: each runs once for each day, however many workers there are.

A routine is due at a time of day in Copenhagen by the product's own clock (a demo's is offset). If days were missed
while nothing ran, it runs once for all of them. A routine and its completion mark are one transaction, so a worker that
dies in the middle leaves all or nothing of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from asgiref.sync import async_to_sync
from django.db import transaction
from procrastinate.contrib.django import app

from indgang.accounts import submission, throttling
from indgang.analysis import kept_gaps
from indgang.catalogue.models import ContactCentre
from indgang.config import database_roles
from indgang.config.models import RoutineState
from indgang.core.clock import COPENHAGEN, day_of
from indgang.correspondence.forms import saving
from indgang.enquiries import repeats
from indgang.entry import commands, robot_calls
from indgang.entry.team import kept_windows, recomputed_windows
from indgang.feedback import link_sending
from indgang.feedback.follow_ups import telling
from indgang.knowledge import newsletter, reviews
from indgang.knowledge.search import fading, following, index
from indgang.measures.rollups import recomputing
from indgang.messaging import mail
from indgang.planning import forecasts
from indgang.programme.rollout import dip_alerts

#: failed jobs, and their mails, are kept this long for whoever investigates them
FAILED_KEPT_HOURS = 14 * 24


#: the job that scrubs personal data; it works in batches, so it does not run in the transaction of its routine
SCRUB = "config.scrub"
#: the job that looks for early warnings in one centre; it is tried again until the day is counted, and no centre waits
#: for another
WATCH = "config.watch_centre"
#: the job that makes the forecast of one queue; it is tried again until the day before is counted, and no queue waits
#: for another's fault
FORECAST = "config.forecast_queue"


@dataclass(frozen=True, slots=True)
class Routine:
    """`time` is the time of day in Copenhagen at which it is due; `work` gets the present moment."""

    time: time
    work: Callable[[datetime], object]

    def due(self, at: datetime) -> datetime:
        """The last moment at which it was due, up to and including `at`."""
        day = day_of(at)
        moment = datetime.combine(day, self.time, COPENHAGEN)
        if moment > at:
            moment = datetime.combine(day - timedelta(days=1), self.time, COPENHAGEN)
        return moment.astimezone(UTC)


def begin_due(*, at: datetime, make_job: Callable[[str, datetime], object]) -> list[str]:
    """Make a job for each routine that is due and has none. Return their names."""
    begun = []
    for name, routine in ROUTINES.items():
        due = routine.due(at)
        with transaction.atomic():
            state = _state(name)
            if state.begun_for is None or state.begun_for < due:
                make_job(name, due)
                state.begun_for = due
                state.save(update_fields=["begun_for"])
                begun.append(name)
    return begun


def do(name: str, *, due: datetime, at: datetime) -> bool:
    """Run the routine for the day `due`, unless that has been done. Raises KeyError for an unknown name."""
    routine = ROUTINES[name]
    with transaction.atomic():
        state = _state(name)
        if state.done_for is not None and state.done_for >= due:
            return False
        routine.work(at)
        state.done_for = due
        state.save(update_fields=["done_for"])
    return True


def _state(name: str) -> RoutineState:
    """The state, locked until the transaction ends: a second worker waits here."""
    RoutineState.objects.bulk_create([RoutineState(name=name)], ignore_conflicts=True)
    return RoutineState.objects.select_for_update().get(pk=name)


def _follow_periods(_at: datetime) -> None:
    """Update the search index for services, units and people that begin or end today. Articles carry their own
    dates."""
    following.refresh_services()
    following.refresh_units()
    following.refresh_people()
    index.recount()


def _watch_centres(at: datetime) -> None:
    day = day_of(at) - timedelta(days=1)
    for centre in ContactCentre.objects.valid_on(day):
        app.configure_task(WATCH).defer(centre=centre.pk, day=day.isoformat())


def _forecast_queues(at: datetime) -> None:
    for queue in forecasts.queues(at):
        app.configure_task(FORECAST).defer(queue=queue.pk)


def _forget_given_up(_at: datetime) -> None:
    async_to_sync(app.job_manager.delete_old_jobs)(
        nb_hours=FAILED_KEPT_HOURS, include_failed=True, include_cancelled=True, include_aborted=True
    )
    mail.forget_failed()


ROUTINES: Mapping[str, Routine] = {
    "windows-are-proven": Routine(time(0, 20), lambda at: kept_windows.prove_due(at)),
    "repeats-are-decided": Routine(time(0, 30), lambda at: repeats.decide_due(at)),
    "figures-agree": Routine(time(0, 50), lambda at: recomputing.check(at)),
    "proven-days-agree": Routine(time(0, 40), lambda at: recomputed_windows.check(at)),
    "gaps-are-ranked": Routine(time(4, 20), lambda at: kept_gaps.rank_usual(at=at)),
    "early-warnings": Routine(time(6, 20), lambda at: _watch_centres(at)),
    "dips-are-told": Routine(time(6, 40), lambda at: dip_alerts.follow(at=at)),
    "forecasts-are-made": Routine(time(1, 10), _forecast_queues),
    "search-follows-periods": Routine(time(0, 5), _follow_periods),
    "popularity-fades": Routine(time(3, 30), lambda _at: fading.fade()),
    "unconfirmed-subscribers-go": Routine(time(3, 40), lambda at: newsletter.forget_unconfirmed(at=at)),
    "unsent-forms-go": Routine(time(3, 47), lambda at: saving.forget_expired(at)),
    "numbers-of-links-go": Routine(time(3, 48), lambda at: link_sending.forget_numbers(at=at)),
    "old-submissions-go": Routine(time(3, 50), lambda at: submission.forget_old(at)),
    "old-orders-go": Routine(time(3, 42), lambda at: commands.forget(at=at)),
    "old-robot-calls-go": Routine(time(3, 43), lambda at: robot_calls.delete_old(at=at)),
    "given-up-jobs-go": Routine(time(3, 45), _forget_given_up),
    "old-sign-ins-go": Routine(time(3, 52), lambda at: throttling.forget_old(at)),
    "old-trail-goes": Routine(time(3, 55), lambda _at: database_roles.delete_due()),
    "personal-data-goes": Routine(time(1, 30), lambda _at: app.configure_task(SCRUB).defer()),
    "reviews-remind": Routine(time(7, 0), lambda at: reviews.remind(at=at)),
    "follow-ups-are-told": Routine(time(7, 10), lambda at: telling.tell(at=at)),
    "newsletter-goes": Routine(time(7, 30), lambda at: newsletter.send_due(at=at)),
}

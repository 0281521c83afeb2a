"""The worker: runs the jobs that wait in the database, starts the daily routines, and takes over from dead workers.

Jobs are queued through Django's own connection, in the transaction that wants them, also by other jobs. The worker
fetches them through connections of its own; therefore its App is not the one that knows the tasks.
"""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from uuid import UUID

from asgiref.sync import sync_to_async
from django.db import Error, connections, transaction
from django.utils import translation
from django.utils.translation import gettext as _
from procrastinate import JobContext
from procrastinate.app import WorkerOptions
from procrastinate.contrib.django import DjangoApp, app, connector_params
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job, Status
from procrastinate.middleware import SyncCallNext
from procrastinate.psycopg_connector import PsycopgConnector
from procrastinate.worker import Worker

from indgang.accounts import sessions
from indgang.catalogue import collisions
from indgang.catalogue.models import ContactCentre
from indgang.config import database_roles, routines, watch
from indgang.core import clock
from indgang.correspondence import file_scanning, queueing, readers
from indgang.correspondence.chat import sweeping
from indgang.correspondence.forms import uploading
from indgang.correspondence.mail import sending
from indgang.correspondence.secure_post import following
from indgang.correspondence.secure_post import sending as secure_sending
from indgang.entry import robot_calls
from indgang.entry.models import Alert
from indgang.entry.team import loans
from indgang.feedback import inviting, link_sending, robot_asking, spoken_comments, transcribing
from indgang.feedback.follow_ups import opening
from indgang.handover import climbing, closed_days, ownership, pushing
from indgang.history import waiting as waiting_imports
from indgang.history.importing import ImportUnderWay
from indgang.history.models import HistoryImport
from indgang.knowledge import reindexing
from indgang.live import stale
from indgang.measures.rollups import duty, rebuilding
from indgang.measures.rollups.formula import OutdatedRollups
from indgang.messaging.mail import NotSent
from indgang.messaging.patience import DAILY, HOUR, MINUTE, Patience
from indgang.planning import forecasts, scenarios
from indgang.privacy import erasure
from indgang.privacy.models import Erasure
from indgang.programme.switchover import carrying
from indgang.reports import making, warnings
from indgang.reports import sending as report_sending
from indgang.workforce.calendars import feeds, free_busy
from indgang.workforce.shifts import running

logger = logging.getLogger(__name__)

#: attempts after which a job that never ends is given up: it probably kills its worker each time
MOST_ATTEMPTS = 10
#: the queues of jobs that are over soon, and of those that take up to an hour, in a process of their own
SOON_OVER, SIMULATIONS = ("default", "mail", "routines"), ("simulations",)
#: the longest time that scrubbing delays other jobs
SCRUBBING_SECONDS = 20.0
#: the longest time that counting figures delays other jobs
COUNTING_SECONDS = 20.0
#: the pauses before early warnings and forecasts are tried again, when the day before is not counted yet
_UNTIL_COUNTED = (MINUTE, 10 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR)
#: the pauses before a switch that failed is tried again; then it is stopped
_SWITCH_PAUSES = (MINUTE, MINUTE, MINUTE)
#: the pauses before an import that failed is tried again; then it is given up
_IMPORT_PAUSES = (MINUTE,) * 10
_EVERY_MINUTE = "* * * * *"
_EVERY_HOUR = "7 * * * *"


@app.task(name="config.routine", queue="routines", retry=Patience(DAILY))
def do_routine(*, name: str, due: str) -> None:
    """Run a daily routine; `due` is the moment it was due, in ISO 8601."""
    if name in routines.ROUTINES:  # else it was in the queue when the product was brought up to date
        routines.do(name, due=datetime.fromisoformat(due), at=clock.now())


@app.periodic(cron=_EVERY_MINUTE)
@app.task(name="config.begin_due", queue="routines", queueing_lock="config.begin_due")
def begin_due(timestamp: int) -> None:
    """Queue the routines that are due. The machine's clock triggers this each minute, the product's clock decides."""
    begun = routines.begin_due(
        at=clock.now(), make_job=lambda name, due: do_routine.defer(name=name, due=due.isoformat())
    )
    if begun:
        logger.info("due: %s", ", ".join(begun))


@app.task(name=routines.SCRUB, queue="routines", retry=Patience(DAILY))
def scrub() -> None:
    """Scrub the personal data whose time is over for some seconds. Then other jobs have their turn, and it
    continues."""
    if not database_roles.scrub_due(at=clock.now(), seconds=SCRUBBING_SECONDS):
        scrub.defer()


@app.task(name=routines.WATCH, queue="routines", retry=Patience(_UNTIL_COUNTED))
def watch_centre(*, centre: int, day: str) -> None:
    """Look for early warnings in a centre, on a day and on those before it that nobody has looked at; tried again until
    the roll-ups hold the days."""
    found = ContactCentre.objects.select_related("owner", "operator").filter(pk=centre).first()
    if found is not None:
        for each in warnings.unwatched(found, date.fromisoformat(day)):
            warnings.watch(centre=found, day=each, at=clock.now())


@app.task(name=routines.FORECAST, queue="routines", retry=Patience(_UNTIL_COUNTED))
def forecast_queue(*, queue: int) -> None:
    """Judge the forecasts of a queue and make today's, unless it has ended meanwhile; tried again until the roll-ups
    hold the day before."""
    at = clock.now()
    found = forecasts.queues(at).filter(pk=queue).first()
    if found is not None:
        forecasts.keep_current(found, at=at)


@app.task(name=erasure.TASK, queue="routines", retry=Patience(DAILY))
def erase() -> None:
    """Carry out the requests for erasure."""
    database_roles.erase(at=clock.now())


@app.task(name=reindexing.TASK, queue="routines", retry=Patience(DAILY))
def refresh_search(*, kinds: list[str]) -> None:
    """Rebuild these kinds of entries of the search index after a large change of the catalogue."""
    for kind in kinds:
        reindexing.refresh_kind(kind)


@app.periodic(cron=_EVERY_MINUTE)
@app.task(name="config.erase_waiting", queue="routines", queueing_lock="config.erase_waiting")
def erase_waiting(timestamp: int) -> None:
    """Try again the erasures that wait for something to end."""
    if Erasure.objects.filter(done_at=None).exists():
        database_roles.erase(at=clock.now())


@app.periodic(cron=_EVERY_MINUTE)
@app.task(name="config.begin_switchovers", queue="routines", queueing_lock="config.begin_switchovers")
def begin_switchovers(timestamp: int) -> None:
    """Begin the switches of services whose time has come, each in a job of its own: none waits for another's fault.
    One whose job waits for its next attempt gets no other."""
    waiting = {each["key"] for each in ProcrastinateJob.objects.filter(
        task_name=carrying.JOB, status="todo"
    ).values_list("args", flat=True)}  # fmt: skip

    def begin(key: str) -> None:
        if key not in waiting:
            carry_out_switchover.defer(key=key)

    carrying.begin_due(at=clock.now(), make_job=begin)


@app.task(name=carrying.JOB, queue="routines", retry=Patience(_SWITCH_PAUSES), pass_context=True)
def carry_out_switchover(context: JobContext, *, key: str) -> None:
    """Carry out a switch, unless another job has done so. After the last attempt it is stopped."""
    try:
        carrying.carry_out_due(UUID(key), at=clock.now())
    except Exception as error:
        if context.job.attempts >= len(_SWITCH_PAUSES):
            carrying.give_up(UUID(key), error, at=clock.now())
        raise


@app.task(name=running.TASK, queue="routines", retry=Patience((MINUTE,)))
def plan_shifts(*, run: int) -> None:
    """Start a run of the shift planner. It is a process of its own: it takes minutes, and no other job waits for it."""
    subprocess.Popen([sys.executable, "-m", "indgang", "shifts", "--run", str(run)], start_new_session=True)


@app.periodic(cron=_EVERY_MINUTE)
@app.task(name="config.give_up_shift_runs", queue="routines", queueing_lock="config.give_up_shift_runs")
def give_up_shift_runs(timestamp: int) -> None:
    """End the runs of the shift planner whose process is gone."""
    running.give_up_lost(clock.now())


@app.task(name=waiting_imports.JOB, queue="routines", retry=Patience(_IMPORT_PAUSES), pass_context=True)
def import_history(context: JobContext, *, source: int) -> None:
    """Import a file of history that is too long for a page: at most 200,000 rows, some ten seconds. After the last
    attempt it is given up. One that has to wait for others has not failed."""
    try:
        waiting_imports.carry_out(source, at=clock.now())
    except (ImportUnderWay, OutdatedRollups):
        waiting_imports.put_off(source)
    except Exception:
        if context.job.attempts >= len(_IMPORT_PAUSES):
            waiting_imports.give_up(source, HistoryImport.Fault.BROKEN, at=clock.now())
        raise


@app.periodic(cron=_EVERY_MINUTE)
@app.task(name="config.give_up_imports", queue="routines", queueing_lock="config.give_up_imports")
def give_up_imports(timestamp: int) -> None:
    """End the imports whose job is gone."""
    waiting_imports.give_up_lost(at=clock.now())


@app.periodic(cron=_EVERY_MINUTE)
@app.task(name="config.lend_agents", queue="routines", queueing_lock="config.lend_agents")
def lend_agents(timestamp: int) -> None:
    """Begin the loans between centres whose time has come, and take people back when it is over."""
    loans.carry_out_due(clock.now())


@app.periodic(cron=_EVERY_MINUTE)
@app.task(name="config.read_calendars", queue="routines", queueing_lock="config.read_calendars")
def read_calendars(timestamp: int) -> None:
    """Read the calendars that have not been asked for some minutes."""
    feeds.read_due(clock.now())


@app.periodic(cron=_EVERY_MINUTE)
@app.task(name="config.read_free_busy", queue="routines", queueing_lock="config.read_free_busy")
def read_free_busy(timestamp: int) -> None:
    """Ask Microsoft 365 for the people who have not been asked for some minutes."""
    free_busy.read_due(clock.now())


@app.periodic(cron=_EVERY_MINUTE)
@app.task(name="config.end_expired", queue="routines", queueing_lock="config.end_expired")
def end_expired(timestamp: int) -> None:
    """Sign out people whose session has run out: their phone must neither ring nor stay signed in."""
    sessions.end_expired(at=clock.now())


@app.periodic(cron=_EVERY_MINUTE)
@app.task(name="config.follow_handovers", queue="routines", queueing_lock="config.follow_handovers")
def follow_handovers(timestamp: int) -> None:
    """Keep open hand-overs with somebody who can act, and tell people of deadlines that come near or have passed."""
    at = clock.now()
    try:
        ownership.restore(at=at)
    finally:  # deadlines do not wait for a fault of the other
        climbing.climb_all(at=at)


@app.periodic(cron=_EVERY_MINUTE)
@app.task(name="config.find_closed_promises", queue="routines", queueing_lock="config.find_closed_promises")
def find_closed_promises(timestamp: int) -> None:
    """Tell the leaders of promises whose day has been closed since they were made."""
    closed_days.tell(at=clock.now())


@app.periodic(cron=_EVERY_MINUTE)
@app.task(name="config.offer_handovers", queue="routines", queueing_lock="config.offer_handovers")
def offer_handovers(timestamp: int) -> None:
    """Have the switchboard offer the hand-overs that wait, each to the people of today."""
    pushing.restore(at=clock.now())


@app.periodic(cron=_EVERY_MINUTE)
@app.task(name="config.offer_threads", queue="routines", queueing_lock="config.offer_threads")
def offer_threads(timestamp: int) -> None:
    """Have the switchboard offer the written enquiries that it does not have, and forget pages that are gone."""
    queueing.restore(at=clock.now())
    readers.forget(at=clock.now())


@app.periodic(cron=_EVERY_MINUTE)
@app.task(name="config.send_answers", queue="mail", queueing_lock="config.send_answers")
def send_answers(timestamp: int) -> None:
    """Send the answers to mails that are due, and settle those that a killed worker left; give answers by secure post
    that have lost their job another."""
    at = clock.now()
    try:
        sending.send_due(at=at)
    finally:  # the one does not wait for a fault of the other
        secure_sending.take_up_left(at=at)


@app.periodic(cron=_EVERY_MINUTE)
@app.task(name="config.ask_by_link", queue="mail", queueing_lock="config.ask_by_link")
def ask_by_link(timestamp: int) -> None:
    """Send the links to questions whose time has come, by SMS and mail."""
    link_sending.send_due(at=clock.now())


@app.periodic(cron=_EVERY_MINUTE)
@app.task(name=following.JOB, queue="mail", queueing_lock=following.JOB, lock=following.JOB)
def fetch_secure_post(timestamp: int) -> None:
    """Take what waits in the mailboxes of secure post, and the receipts of what was sent."""
    following.fetch_all(at=clock.now())


@app.periodic(cron=_EVERY_MINUTE)
@app.task(name="config.count_figures", queue="routines", queueing_lock="config.count_figures")
def count_figures(timestamp: int) -> None:
    """Count the events of the last minute into the roll-ups, and each quarter of an hour the time on duty; a log
    without any roll-ups is counted little by little."""
    rebuilding.keep_current(seconds=COUNTING_SECONDS, at=clock.now())
    duty.keep_current(at=clock.now())


@app.periodic(cron=_EVERY_MINUTE)
@app.task(name="config.issue_reports", queue="routines", queueing_lock="config.issue_reports")
def issue_reports(timestamp: int) -> None:
    """Make the reports whose day has come, and send the drafts whose time for notes is over."""
    at = clock.now()
    try:
        making.make_due(at=at)
    finally:  # what is ready does not wait for a fault of another report
        report_sending.send_due(at=at)


@app.task(name=scenarios.JOB, queue="simulations")
def simulate_scenario(key: int) -> None:
    """Play a run of a scenario that takes longer than a page waits."""
    scenarios.simulate(key)


@app.periodic(cron=_EVERY_MINUTE)
@app.task(name=scenarios.START_JOB, queue="routines", queueing_lock=scenarios.START_JOB)
def start_simulations(timestamp: int) -> None:
    """Start a process that plays the runs of scenarios that wait, unless one does so. It takes up to an hour, and no
    other job waits for it."""
    runs = ProcrastinateJob.objects.filter(task_name=scenarios.JOB)
    if runs.filter(status="todo").exists() and not runs.filter(status="doing").exists():
        subprocess.Popen([sys.executable, "-m", "indgang", "worker", "--simulations"], start_new_session=True)


@app.periodic(cron=_EVERY_MINUTE)
@app.task(name="config.give_up_simulations", queue="routines", queueing_lock="config.give_up_simulations")
def give_up_simulations(timestamp: int) -> None:
    """End the simulations of scenarios whose job is gone."""
    scenarios.give_up_lost()


@app.periodic(cron=_EVERY_MINUTE)
@app.task(name="config.plan_feedback", queue="routines", queueing_lock="config.plan_feedback")
def plan_feedback(timestamp: int) -> None:
    """Decide who is asked how it went, and end the invitations whose time to answer is over."""
    at = clock.now()
    inviting.follow(at=at, seconds=COUNTING_SECONDS)
    inviting.expire(at=at)


@app.periodic(cron=_EVERY_MINUTE)
@app.task(name="config.ask_by_robot", queue="routines", queueing_lock="config.ask_by_robot")
def ask_by_robot(timestamp: int) -> None:
    """Store the answers of the robot calls that are over, and have those rung whose time has come."""
    at = clock.now()
    robot_asking.collect(at=at)
    spoken_comments.take()
    spoken_comments.expire(at=at)
    robot_calls.forget_comments(at=at)
    robot_asking.ask_due(at=at)


@app.periodic(cron=_EVERY_MINUTE)
@app.task(name="config.transcribe_comments", queue="routines", queueing_lock="config.transcribe_comments")
def transcribe_comments(timestamp: int) -> None:
    """Have a program propose the words of the next spoken comment, where one is named."""
    transcribing.propose_next(transcribing.configured(), at=clock.now())


@app.periodic(cron=_EVERY_MINUTE)
@app.task(name="config.follow_up_feedback", queue="routines", queueing_lock="config.follow_up_feedback")
def follow_up_feedback(timestamp: int) -> None:
    """Open the follow-ups of low scores and comments."""
    opening.follow(at=clock.now(), seconds=COUNTING_SECONDS)


@app.periodic(cron=_EVERY_MINUTE)
@app.task(name="config.scan_files", queue="mail", queueing_lock="config.scan_files")
def scan_files(timestamp: int) -> None:
    """Scan the files that wait: the virus scanner was away, or they came before there was one."""
    file_scanning.scan_waiting(at=clock.now())


@app.periodic(cron=_EVERY_HOUR)
@app.task(name="config.forget_abandoned_files", queue="routines", queueing_lock="config.forget_abandoned_files")
def forget_abandoned_files(timestamp: int) -> None:
    """Delete the parts of files for online forms that nobody has gone on sending for a day."""
    uploading.forget_abandoned(clock.now())


@app.periodic(cron=_EVERY_MINUTE)
@app.task(name="config.sweep_chats", queue="routines", queueing_lock="config.sweep_chats")
def sweep_chats(timestamp: int) -> None:
    """Warn and end chats in which nobody writes, and suggest another way where nobody answers."""
    sweeping.sweep(at=clock.now())


@app.periodic(cron=_EVERY_HOUR)
@app.task(name="config.watch", queue="routines", queueing_lock="config.watch")
def watch_installation(timestamp: int) -> None:
    """Raise alerts for certificates, disks and backups."""
    watch.watch(at=clock.now())


@app.periodic(cron=_EVERY_MINUTE)
@app.task(name="config.take_up", queue="routines", queueing_lock="config.take_up", pass_context=True)
async def take_up(context: JobContext, timestamp: int) -> None:
    """Requeue jobs whose worker has sent no heartbeat for half a minute."""
    for job in await context.app.job_manager.get_stalled_jobs():
        try:
            if job.attempts < MOST_ATTEMPTS:
                logger.warning("job %s (%s) was left by its worker and is taken up again", job.id, job.task_name)
                await context.app.job_manager.retry_job(job)
            else:
                await context.app.job_manager.finish_job(job, status=Status.FAILED, delete_job=False)
                await sync_to_async(raise_alert)(job, _no_end())
        except ConnectorException:
            logger.info("job %s has been taken up meanwhile", job.id)


def raise_alert(job: Job, why: str) -> None:
    """Raise an alert that a job was given up. Until somebody has seen it, one alert covers all jobs of its kind."""
    code = f"job {job.task_name}"[:60]
    with transaction.atomic(), translation.override("da"):
        collisions.wait_for_turn(code)
        if Alert.objects.filter(code=code, seen_at=None).exists():
            return
        said = {"task": job.task_name, "number": job.id, "why": why}
        text = _("Baggrundsopgaven %(task)s (nr. %(number)s) er opgivet: %(why)s") % said
        Alert.objects.create(at=clock.now(), code=code, text=text)
        stale.mark("all/alerts")


def tell_when_given_up(call_next: SyncCallNext, context: JobContext, worker: Worker) -> Any:
    """Runs around each job: raises an alert when a job fails and will not be tried again."""
    try:
        return call_next()
    except Exception as error:
        task = worker.find_task(context.job.task_name)
        if task.get_retry_exception(error, context.job) is None:
            try:
                raise_alert(context.job, _why(error))
            except Error:
                logger.exception("no alert could be raised for job %s", context.job.id)
        raise


async def run_worker(*, wait: bool = True, obey_signals: bool = True, queues: Collection[str] = ()) -> None:
    """Work until a signal ends it, or without `wait` until no job is left; of these queues, or of all.

    On a signal it waits for the running job to end. If the worker is killed before that, another takes the job over.
    """
    connector = PsycopgConnector(kwargs=connector_params(), min_size=1, max_size=3)
    around: WorkerOptions = {"task_middleware": [tell_when_given_up]}
    if queues:
        around["queues"] = list(queues)
    worker = DjangoApp(connector=connector, import_paths=app.import_paths, worker_defaults=around)
    worker.tasks, worker.periodic_registry = app.tasks, app.periodic_registry
    try:
        async with worker.open_async():
            await worker.run_worker_async(wait=wait, install_signal_handlers=obey_signals, delete_jobs="successful")
    finally:
        for in_django_thread in (True, False):
            await sync_to_async(connections.close_all, thread_sensitive=in_django_thread)()


def _why(error: Exception) -> str:
    """The reason for a failure. Only our own errors are known to hold nothing personal; of others only the type is
    given, and the log has the rest."""
    return str(error) if isinstance(error, NotSent) else type(error).__name__


def _no_end() -> str:
    with translation.override("da"):
        return _("den er begyndt %(count)s gange uden at blive færdig") % {"count": MOST_ATTEMPTS}

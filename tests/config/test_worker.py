"""Background jobs run once, even if a worker dies, and daily routines run each day."""

from __future__ import annotations

import asyncio
import os
import smtplib
import subprocess
import sys
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import Mock

import pytest
from django.core import mail as outbox
from django.core.mail import EmailMessage
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import AlreadyEnqueued

from indgang.config import jobs, routines, watch
from indgang.config.models import RoutineState
from indgang.config.routines import Routine
from indgang.core import clock
from indgang.enquiries.models import Enquiry
from indgang.entry.models import Alert
from indgang.live import processes
from indgang.messaging import mail
from indgang.messaging.models import Mail
from indgang.planning import scenarios
from indgang.privacy import erasure
from indgang.privacy.subjects import DataSubject
from tests.enquiries.told_calls import talked
from tests.processes import Started
from tests.world import build

MORNING = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
SEVEN = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)

#: a worker whose mail server takes the mail's text and never answers
_STUCK = """
import os, time, django
django.setup()
from indgang.config import watch
watch.watch = lambda at: None
from django.core.mail import EmailMessage
from django.core.management import call_command

def send(message, fail_silently=False):
    print("sending", flush=True)
    time.sleep(600)

EmailMessage.send = send
call_command("worker", "--until-empty")
"""


@pytest.fixture(autouse=True)
def unwatched(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the first minutes of an hour the worker would also raise alerts about this machine."""
    monkeypatch.setattr(watch, "watch", lambda at: None)


@pytest.fixture
def only(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let one routine be the only one."""

    def set_routine(name: str, routine: Routine) -> None:
        monkeypatch.setattr(routines, "ROUTINES", {name: routine})

    return set_routine


def _work(workers: int = 1) -> None:
    async def run() -> None:
        await asyncio.gather(*(jobs.run_worker(wait=False, obey_signals=False) for _ in range(workers)))

    with clock.frozen(MORNING):
        asyncio.run(run())


@pytest.mark.django_db(transaction=True)
def test_no_other_job_waits_for_a_simulation(monkeypatch: pytest.MonkeyPatch) -> None:
    played, started = list[int](), Mock()
    monkeypatch.setattr(scenarios, "simulate", played.append)
    monkeypatch.setattr(subprocess, "Popen", started)

    def work(queues: tuple[str, ...]) -> None:
        with clock.frozen(MORNING):
            asyncio.run(jobs.run_worker(wait=False, obey_signals=False, queues=queues))

    jobs.start_simulations(0)
    assert not started.called, "nothing waits"
    app.configure_task(scenarios.JOB, queue="simulations").defer(key=7)
    work(jobs.SOON_OVER)
    assert played == []
    jobs.start_simulations(0)
    assert started.call_args.args[0][-2:] == ["worker", "--simulations"]
    work(jobs.SIMULATIONS)
    assert played == [7]
    assert {task.queue for task in app.tasks.values() if not task.name.startswith("builtin")} == {
        *jobs.SOON_OVER[1:], *jobs.SIMULATIONS
    }  # fmt: skip


def _send(number: int = 1) -> None:
    mail.send(to=f"ida{number}@firma.example", subject="Svar", text="Goddag")


def _look_for_the_dead() -> None:
    with suppress(AlreadyEnqueued):  # the minute has changed, and a worker has thought of it itself
        jobs.take_up.configure(task_kwargs={"timestamp": 0}).defer()


def _begin(at: datetime) -> list[str]:
    return routines.begin_due(at=at, make_job=lambda name, due: jobs.do_routine.defer(name=name, due=due.isoformat()))


# --- the real worker ---------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_the_worker_does_what_waits_and_every_routine_of_the_day() -> None:
    _send()
    assert set(_begin(MORNING)) == set(routines.ROUTINES)
    _work()
    assert [message.to for message in outbox.outbox] == [["ida1@firma.example"]]
    assert not Alert.objects.exists()
    done = {state.name: state.done_for for state in RoutineState.objects.all()}
    assert done == {name: routine.due(MORNING) for name, routine in routines.ROUTINES.items()}
    assert not ProcrastinateJob.objects.exclude(task_name__in=("config.begin_due", "config.take_up")).exists()


@pytest.mark.django_db(transaction=True)
def test_workers_side_by_side_do_nothing_twice() -> None:
    for number in range(40):
        _send(number)
    _work(workers=3)
    assert sorted(message.to[0] for message in outbox.outbox) == sorted(f"ida{n}@firma.example" for n in range(40))


@pytest.mark.django_db(transaction=True)
def test_what_a_killed_worker_left_is_taken_up_again() -> None:
    _send()
    environment = os.environ | {"DATABASE_URL": _test_database()}
    with Started([sys.executable, "-c", _STUCK], env=environment, stdout=subprocess.PIPE, text=True) as stuck:
        try:
            assert stuck.stdout is not None
            assert stuck.stdout.readline() == "sending\n"
            _look_for_the_dead()
            _work()
            assert not outbox.outbox, "as long as it lives it is left alone"
        finally:
            stuck.kill()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '31 seconds'")
    _look_for_the_dead()
    _work()
    assert [message.to for message in outbox.outbox] == [["ida1@firma.example"]]


@pytest.mark.django_db(transaction=True)
def test_a_job_that_takes_its_worker_along_each_time_is_given_up_with_an_alert() -> None:
    _send()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing', attempts = %s", [jobs.MOST_ATTEMPTS])
    _look_for_the_dead()
    _work()
    assert ProcrastinateJob.objects.get(task_name=mail.TASK).status == "failed"
    assert Alert.objects.get().code == "job messaging.mail"


@pytest.mark.django_db(transaction=True)
def test_mails_that_are_given_up_raise_one_alert_without_an_address(
    monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    def refuse(message: EmailMessage, fail_silently: bool = False) -> int:
        raise smtplib.SMTPRecipientsRefused({message.to[0]: (550, f"{message.to[0]} does not live here".encode())})

    monkeypatch.setattr(EmailMessage, "send", refuse)
    _send(1)
    _send(2)
    _work()
    alert = Alert.objects.get()
    assert "550" in alert.text
    assert "firma" not in alert.text + caplog.text
    assert Mail.objects.count() == 2, "kept for whoever looks into it"


@pytest.mark.django_db(transaction=True)
def test_what_a_failing_job_wrote_and_wanted_sent_is_taken_back(only: Any) -> None:
    def fail(_at: datetime) -> None:
        _send()
        raise ZeroDivisionError

    only("fails", Routine(SEVEN.time(), fail))
    _begin(MORNING)
    _work()
    assert not Mail.objects.exists()
    job = ProcrastinateJob.objects.get(task_name="config.routine")
    assert (job.status, job.attempts) == ("todo", 1)
    assert job.scheduled_at is not None
    assert not Alert.objects.exists(), "it is tried again first"


def _test_database() -> str:
    there = connection.settings_dict
    port = f":{there['PORT']}" if there["PORT"] else ""
    return f"postgresql://{there['USER']}@{port}/{there['NAME']}?host={there['HOST']}"


# --- daily routines ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "due"),
    [
        (datetime(2026, 3, 2, 5, 59, tzinfo=UTC), datetime(2026, 3, 1, 6, 0, tzinfo=UTC)),
        (datetime(2026, 3, 2, 6, 0, tzinfo=UTC), datetime(2026, 3, 2, 6, 0, tzinfo=UTC)),
        (datetime(2026, 3, 29, 5, 0, tzinfo=UTC), datetime(2026, 3, 29, 5, 0, tzinfo=UTC)),  # summer time has begun
        (datetime(2026, 10, 25, 5, 59, tzinfo=UTC), datetime(2026, 10, 24, 5, 0, tzinfo=UTC)),  # and has ended
    ],
)
def test_seven_is_seven_in_copenhagen_all_year(at: datetime, due: datetime) -> None:
    assert routines.ROUTINES["reviews-remind"].due(at) == due


@pytest.mark.django_db
def test_a_routine_is_begun_once_a_day_and_what_was_missed_once_in_all(only: Any) -> None:
    only("counts", Routine(SEVEN.astimezone(clock.COPENHAGEN).time(), lambda _at: None))
    days = [MORNING, MORNING, MORNING + timedelta(hours=20), MORNING + timedelta(days=1), MORNING + timedelta(days=9)]
    assert [_begin(at) for at in days] == [["counts"], [], [], ["counts"], ["counts"]]


@pytest.mark.django_db
def test_a_routine_that_is_done_twice_works_once(only: Any) -> None:
    worked: list[datetime] = []
    only("counts", Routine(SEVEN.time(), worked.append))
    assert [routines.do("counts", due=SEVEN, at=MORNING) for _ in range(3)] == [True, False, False]
    assert worked == [MORNING]
    assert routines.do("counts", due=SEVEN + timedelta(days=1), at=MORNING)


@pytest.mark.django_db
def test_a_routine_that_no_longer_exists_is_passed_over(only: Any) -> None:
    only("counts", Routine(SEVEN.time(), lambda _at: None))
    jobs.do_routine(name="former", due=SEVEN.isoformat())


@pytest.mark.django_db
def test_what_was_given_up_is_kept_a_fortnight_and_forgotten_with_its_mail() -> None:
    _send(1)
    _send(2)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing'")
        cursor.execute("UPDATE procrastinate_jobs SET status = 'failed'")
        cursor.execute(
            "UPDATE procrastinate_events SET at = now() - interval '14 days 1 hour' "
            "WHERE job_id = (SELECT min(id) FROM procrastinate_jobs)"
        )
    routines.do("given-up-jobs-go", due=SEVEN, at=MORNING)
    assert [row.to for row in Mail.objects.all()] == ["ida2@firma.example"]
    assert ProcrastinateJob.objects.count() == 1


def test_a_machine_runs_a_worker() -> None:
    assert "worker" in processes.NAMES


@pytest.mark.django_db(transaction=True)
def test_what_is_asked_to_be_erased_is_erased_by_the_worker_at_once() -> None:
    world = build()
    call = talked(world.anna)
    asked = erasure.ask(DataSubject(enquiries=(call.pk,)), why="Anmodning 12", by=world.finn, at=MORNING)
    _work()
    asked.refresh_from_db()
    assert asked.done_at == MORNING
    assert Enquiry.objects.get(pk=call.pk).caller_number == ""
    assert not Alert.objects.exists()

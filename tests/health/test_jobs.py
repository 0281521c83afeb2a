"""How long background jobs wait, for the doctor and for Prometheus."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from indgang.api import state
from indgang.config.checks import processes
from indgang.health import jobs
from indgang.health.finding import Level

pytestmark = pytest.mark.django_db


def test_a_job_without_a_time_of_its_own_waits_from_the_moment_it_was_deferred() -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_jobs (queue_name, task_name) VALUES ('mail', 'send') RETURNING id")
        job = cursor.fetchone()[0]
        assert not list(processes._jobs())
        assert jobs.read().by_status == {"todo": 1}
        cursor.execute("UPDATE procrastinate_events SET at = now() - interval '20 minutes' WHERE job_id = %s", [job])
    (late,) = processes._jobs()
    assert late.level is Level.WARNING
    assert jobs.read().late == 1
    oldest = next(each for each in state._background() if each.name == "indgang_jobs_oldest_seconds")
    assert oldest.samples[0].value == pytest.approx(1200, abs=60)


def test_a_job_whose_worker_is_dead_and_one_that_was_given_up_are_told() -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES RETURNING id")
        worker = cursor.fetchone()[0]
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status, worker_id)"
            " VALUES ('mail', 'send', 'doing', %s), ('mail', 'send', 'failed', NULL)",
            [worker],
        )
        assert (jobs.read().left, len(list(processes._jobs()))) == (0, 1)
        cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '3 minutes'")
    assert jobs.read() == jobs.Jobs({"doing": 1, "failed": 1}, timedelta(), late=0, left=1)
    assert [each.level for each in processes._jobs()] == [Level.WARNING, Level.WARNING]

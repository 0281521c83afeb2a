"""How long background jobs wait, for the doctor and for Prometheus."""

from __future__ import annotations

import pytest
from django.db import connection

from indgang.api import state
from indgang.config.checks import processes
from indgang.health.finding import Level

pytestmark = pytest.mark.django_db


def test_a_job_without_a_time_of_its_own_waits_from_the_moment_it_was_deferred() -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_jobs (queue_name, task_name) VALUES ('mail', 'send') RETURNING id")
        job = cursor.fetchone()[0]
        assert not list(processes._jobs())
        cursor.execute("UPDATE procrastinate_events SET at = now() - interval '20 minutes' WHERE job_id = %s", [job])
    (late,) = processes._jobs()
    assert late.level is Level.WARNING
    oldest = next(each for each in state._background() if each.name == "indgang_jobs_oldest_seconds")
    assert oldest.samples[0].value == pytest.approx(1200, abs=60)

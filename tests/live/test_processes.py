"""Processes that run are seen, those that were killed are marked and then forgotten."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models.functions import Now

from indgang import __version__
from indgang.live import processes
from indgang.live.models import RunningProcess
from indgang.live.processes import Life
from tests.processes import Started


def silent_for(life: Life, silence: timedelta) -> None:
    RunningProcess.objects.filter(pk=life.row).update(heartbeat=Now() - silence)


@pytest.mark.django_db
def test_a_process_renews_its_own_row() -> None:
    life = Life("web")
    life.beat()
    silent_for(life, timedelta(minutes=5))
    life.beat()
    row = processes.seen().get()
    assert (row.name, row.version) == ("web", __version__)
    assert timedelta() <= row.age < processes.ALIVE_WITHIN


@pytest.mark.django_db
def test_who_fell_silent_is_forgotten_by_the_others_and_comes_back_with_the_next_sign() -> None:
    gone, here = Life("live"), Life("web")
    gone.beat()
    silent_for(gone, processes.FORGET_AFTER - timedelta(seconds=5))
    here.beat()
    assert set(processes.seen().values_list("name", flat=True)) == {"web", "live"}
    silent_for(gone, processes.FORGET_AFTER + timedelta(seconds=5))
    here.beat()
    assert set(processes.seen().values_list("name", flat=True)) == {"web"}
    gone.beat()
    assert set(processes.seen().values_list("name", flat=True)) == {"web", "live"}


RUN = """
import sys, django
django.setup()
from django.db import connection
connection.settings_dict["NAME"] = sys.argv[1]
from indgang.live import processes
life = processes.give_signs_of_life("worker")
input()
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_killed", [False, True])
def test_a_process_takes_its_row_away_when_it_ends_but_not_when_it_is_killed(
    is_killed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings: dict[str, Any] = connection.settings_dict
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "indgang.config.settings")
    command = [sys.executable, "-c", RUN, settings["NAME"]]
    with Started(command, stdin=subprocess.PIPE, text=True) as process:
        _until_seen()
        if is_killed:
            process.kill()
        else:
            process.communicate("\n")
    assert RunningProcess.objects.exists() == is_killed


def _until_seen() -> None:
    """A row is a row: there is no event to wait for but the question itself."""
    for _ in range(2000):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.02)")
        if RunningProcess.objects.exists():
            return
    raise AssertionError("the process gave no sign of life")

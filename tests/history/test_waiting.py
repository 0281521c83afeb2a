"""A file that is too long for a request is imported by the worker: as a whole or not, killed half-way, once."""

from __future__ import annotations

import asyncio
import gzip
from datetime import date, timedelta
from typing import Any

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from indgang.config import jobs, watch
from indgang.core import clock
from indgang.history import importing, of_any_kind, waiting, withdrawing
from indgang.history.models import HistoryImport, WaitingImport
from indgang.measures.period import Period
from indgang.measures.rollups import counting, formula, reading
from tests.history import extracts
from tests.history.test_importing import mapping
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db(transaction=True)

DAYS = ("03-03-2025", "04-03-2025", "05-03-2025")
ROWS = [
    *extracts.numbered(60, DAYS),
    "x;i går;Byggeri;1;1;1;Besvaret;20304050",
    "y;03-03-2025 08:00:00;;;;;;;for mange",
]


def ordered(world: World, rows: Any = ROWS, *, is_whole: bool = False) -> HistoryImport:
    return waiting.order(
        extracts.file(rows), mapping(), name="udtræk.csv", unit="", is_whole=is_whole, by=world.finn, at=MORNING
    )


def worked() -> None:
    with clock.frozen(MORNING):
        asyncio.run(jobs.run_worker(wait=False, obey_signals=False))


def offered() -> int:
    counting.follow()
    found = reading.totals(Period.days(date(2025, 3, 1), date(2025, 3, 31)))
    return found[""].segments.offered if "" in found else 0


@pytest.fixture(autouse=True)
def unwatched(monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker would also raise alerts about this machine."""
    monkeypatch.setattr(watch, "watch", lambda at: None)


def test_the_worker_imports_what_waits_and_keeps_only_mapped_columns_until_then(world: World) -> None:
    source = ordered(world)
    assert (source.state, source.rows, source.imported) == ("running", 62, 0)
    kept = gzip.decompress(bytes(WaitingImport.objects.get().content)).decode()
    assert "Starttid" in kept
    assert "20304050" not in kept
    with pytest.raises(importing.AlreadyImported):
        ordered(world)
    worked()
    source.refresh_from_db()
    assert (source.state, source.imported, source.rejected, source.made_by) == ("done", 60, 2, world.finn)
    assert set(source.refused.values_list("line", "fault")) == {(62, "no_day"), (63, "cells")}
    assert not WaitingImport.objects.exists()
    with pytest.raises(importing.AlreadyImported):
        ordered(world)
    assert offered() == 60


def test_a_worker_that_dies_half_way_leaves_whole_days_and_the_next_doubles_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = ordered(world)
    with monkeypatch.context() as patched:
        patched.setattr(waiting, "_AT_ONCE", 20)
        patched.setattr(counting, "follow", _dies)
        with pytest.raises(KeyboardInterrupt):
            waiting.carry_out(source.pk, at=MORNING)
    source.refresh_from_db()
    assert (source.state, source.imported, source.done_until) == ("running", 20, date(2025, 3, 3))
    worked()
    source.refresh_from_db()
    assert (source.state, source.imported, source.rejected) == ("done", 60, 2)
    assert offered() == 60


def _dies(*_arguments: Any) -> None:
    raise KeyboardInterrupt


def test_as_a_whole_a_file_with_a_bad_row_is_refused_and_can_be_imported_when_it_is_mended(world: World) -> None:
    source = ordered(world, is_whole=True)
    worked()
    source.refresh_from_db()
    assert (source.state, source.fault, source.imported, source.rejected) == ("refused", "rejected", 0, 2)
    assert source.refused.count() == 2
    assert offered() == 0
    good = ordered(world, ROWS[:-2], is_whole=True)
    worked()
    good.refresh_from_db()
    assert (good.state, good.imported) == ("done", 60)
    again = ordered(world)
    assert again.pk not in (source.pk, good.pk), "the refused file counts for nothing, and may be tried again"


def test_one_that_is_taken_back_while_it_waits_is_not_imported(world: World) -> None:
    source = ordered(world)
    withdrawing.withdraw(source, why="Forkert fil", by=world.finn, at=MORNING)
    assert not WaitingImport.objects.exists()
    worked()
    source.refresh_from_db()
    assert (source.state, source.imported) == ("withdrawn", 0)


def test_one_whose_job_is_gone_is_given_up(world: World) -> None:
    source = ordered(world)
    waiting.give_up_lost(at=MORNING)
    assert WaitingImport.objects.exists(), "its job waits"
    ProcrastinateJob.objects.filter(task_name=waiting.JOB).delete()
    waiting.give_up_lost(at=MORNING + timedelta(minutes=1))
    source.refresh_from_db()
    assert (source.state, source.fault) == ("refused", "lost")
    assert not WaitingImport.objects.exists()


@pytest.mark.parametrize("hindrance", [formula.OutdatedRollups(), importing.ImportUnderWay()])
def test_one_that_has_to_wait_for_others_is_never_given_up(
    world: World, monkeypatch: pytest.MonkeyPatch, hindrance: Exception
) -> None:
    def hindered(*_arguments: Any, **_named: Any) -> None:
        raise hindrance

    source = ordered(world)
    ours = ProcrastinateJob.objects.filter(task_name=waiting.JOB)
    with monkeypatch.context() as patched:
        patched.setattr(of_any_kind, "run_table", hindered)
        for _attempt in range(12):
            ours.filter(status="todo").update(scheduled_at=None)
            worked()
    waiting.give_up_lost(at=MORNING)
    source.refresh_from_db()
    assert (source.state, source.fault) == ("running", "")
    ours.filter(status="todo").update(scheduled_at=None)
    worked()
    source.refresh_from_db()
    assert (source.state, source.imported) == ("done", 60)
    assert not ours.filter(status__in=["todo", "failed"]).exists()


def test_one_whose_rows_were_deleted_before_a_worker_came_is_given_up(world: World) -> None:
    source = ordered(world)
    by_command = importing.begun("af" * 32, mapping(), "kommando.csv", world.finn, MORNING)
    WaitingImport.objects.all().delete()
    waiting.give_up_lost(at=MORNING)
    source.refresh_from_db()
    assert source.state == "running", "its job says what becomes of it"
    worked()
    waiting.give_up_lost(at=MORNING + timedelta(days=1))
    for each in (source, by_command):
        each.refresh_from_db()
    assert (source.state, source.fault) == ("refused", "lost")
    assert (by_command.state, by_command.fault) == ("running", ""), "nobody ordered it"

"""A program that is older than its tables starts neither switchboard nor worker and says what to do."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from indgang.config import newer_tables
from indgang.health import tables
from tests.server import database_url

pytestmark = pytest.mark.django_db


@pytest.fixture
def newer() -> None:
    MigrationRecorder(connection).record_applied("entry", "9001_future")


def test_tables_of_this_version_are_taken() -> None:
    newer_tables.check()
    MigrationRecorder(connection).record_applied("an_app_that_is_gone", "0001_initial")
    newer_tables.check()


def test_what_a_squashed_migration_replaces_is_known() -> None:
    replaced = [each for squashed in tables._loader().replacements.values() for each in squashed.replaces]
    assert tables.foreign(replaced) == []


def test_migrating_is_refused(newer: None) -> None:
    with pytest.raises(SystemExit, match=r"newer version than this program .* it has entry.9001_future"):
        call_command("migrate")


def test_the_demo_goes_on(newer: None, settings: Any) -> None:
    settings.DEMO = True
    newer_tables.check()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("process", ["switchboard", "worker", "up"])
def test_nothing_that_writes_by_itself_starts(newer: None, process: str, tmp_path: Path) -> None:
    environment = os.environ | {"DATABASE_URL": database_url(), "INDGANG_VAR": str(tmp_path)}
    try:
        started = subprocess.run(
            [sys.executable, "-m", "indgang", process], env=environment, capture_output=True, text=True, timeout=90
        )
    finally:
        MigrationRecorder(connection).record_unapplied("entry", "9001_future")
    assert started.returncode == 1
    assert "Start the newer version, or restore a backup of this one" in started.stderr
    assert "Traceback" not in started.stderr

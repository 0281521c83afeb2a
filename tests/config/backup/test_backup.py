"""A backup is whole or not there; a restore gives the same figures or leaves everything as it was."""

from __future__ import annotations

import hashlib
import json
import resource
import shutil
import signal
from pathlib import Path

import psycopg
import pytest

from indgang.config.backup import archive, contents
from tests.config.backup.conftest import RELEASE, Centre

pytestmark = [pytest.mark.database, pytest.mark.slow("restores whole databases")]


def _copy(tmp_path: Path) -> Path:
    copied = tmp_path / "indgang-20260301T020000Z"
    shutil.copytree(RELEASE, copied)
    return copied


def _edit(folder: Path, **changes: object) -> None:
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def _reseal(folder: Path) -> None:
    """Give a changed dump the checksum that it has now."""
    _edit(folder, files={"database.dump": hashlib.sha256((folder / "database.dump").read_bytes()).hexdigest()})


def _limit_files_to_200_kb() -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))


# --- there and back ----------------------------------------------------------------------------------


def test_what_is_backed_up_comes_back_the_same_with_its_sounds(restored: Centre, empty: Centre) -> None:
    sound = restored.var / "sounds" / "hej.wav"
    sound.parent.mkdir(parents=True, exist_ok=True)
    sound.write_bytes(b"RIFF")
    done = restored.run("backup")
    assert done.returncode == 0, done.stderr
    made = archive.newest(restored.backups)
    assert made is not None
    back = empty.run("restore", str(made))
    assert back.returncode == 0, back.stderr
    told = json.loads((made / "manifest.json").read_text())
    assert told["rows"] == json.loads((RELEASE / "manifest.json").read_text())["rows"]
    assert (empty.var / "sounds" / "hej.wav").read_bytes() == b"RIFF"
    again = empty.run("backup")
    assert again.returncode == 0, again.stderr
    newest = archive.newest(empty.backups)
    assert newest is not None
    after = json.loads((newest / "manifest.json").read_text())
    assert not contents.differences(told["figures"], after["figures"])
    assert empty.ask("SELECT count(*) FROM django_session") == "0"


def test_the_oldest_of_too_many_backups_go_and_the_rest_of_one_broken_off(restored: Centre, tmp_path: Path) -> None:
    folder = tmp_path / "several"
    for day in (1, 2, 3):
        shutil.copytree(RELEASE, folder / f"indgang-2026030{day}T020000Z")
    (folder / "indgang-20260304T020000Z.part").mkdir()
    done = restored.run("backup", "--folder", str(folder), "--keep", "2")
    assert done.returncode == 0, done.stderr
    left = [path.name for path in archive.all_in(folder)]
    assert len(left) == 2
    assert left[0] == "indgang-20260303T020000Z"
    assert not list(folder.glob("*.part"))


# --- a disk that fills -------------------------------------------------------------------------------


def test_a_disk_that_fills_leaves_the_earlier_backup_and_says_what_to_do(restored: Centre, tmp_path: Path) -> None:
    folder = tmp_path / "small"
    shutil.copytree(RELEASE, folder / "indgang-20260301T020000Z")
    done = restored.run("backup", "--folder", str(folder), "--keep", "1", limit=_limit_files_to_200_kb)
    assert done.returncode == 1
    assert "There is no room for the backup" in done.stderr
    assert "Earlier backups are untouched" in done.stderr
    assert [path.name for path in archive.all_in(folder)] == ["indgang-20260301T020000Z"]
    assert not list(folder.glob("*.part"))
    assert archive.read(folder / "indgang-20260301T020000Z")


def test_a_database_that_is_away_makes_no_backup(tmp_path: Path) -> None:
    away = Centre("postgresql://nobody@127.0.0.1:1/indgang", tmp_path)
    done = away.run("backup")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert archive.all_in(away.backups) == []


# --- what is refused ---------------------------------------------------------------------------------


def test_a_backup_of_a_newer_version_is_refused(empty: Centre, tmp_path: Path) -> None:
    newer = _copy(tmp_path)
    _edit(newer, version="9.0.0", migrations=["entry.0001_initial", "entry.9001_from_the_future"])
    done = empty.run("restore", str(newer))
    assert done.returncode == 1
    assert "newer version (9.0.0, with entry.9001_from_the_future)" in done.stderr
    assert empty.ask("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == "0"


def test_a_restore_without_a_database_is_refused_in_words(tmp_path: Path) -> None:
    done = Centre("postgresql://nobody@127.0.0.1:1/indgang", tmp_path).run("restore", str(RELEASE))
    assert done.returncode == 1
    assert "The database cannot be reached" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_damaged_backup_is_refused(empty: Centre, tmp_path: Path) -> None:
    damaged = _copy(tmp_path)
    dump = damaged / "database.dump"
    dump.write_bytes(dump.read_bytes()[:-1000])
    assert "database.dump is missing or not what was written" in empty.run("restore", str(damaged)).stderr
    (damaged / "manifest.json").unlink()
    assert "is not a backup" in empty.run("restore", str(damaged)).stderr


def test_a_database_that_is_not_empty_is_refused_without_replace(restored: Centre) -> None:
    done = restored.run("restore", str(RELEASE))
    assert done.returncode == 1
    assert "is not empty" in done.stderr
    assert "--replace" in done.stderr


def test_while_the_product_runs_nothing_is_restored_over_it(restored: Centre) -> None:
    restored.do(
        "INSERT INTO live_runningprocess (name, host, pid, version, standing_by, started_at, heartbeat)"
        " VALUES ('web', 'here', 1, '0', false, now(), now())"
    )
    done = restored.run("restore", str(RELEASE), "--replace")
    restored.do("DELETE FROM live_runningprocess")
    assert done.returncode == 1
    assert "The product is running (web)" in done.stderr


# --- replaced, or put back ---------------------------------------------------------------------------


def test_with_replace_the_backup_takes_the_place_of_a_newer_database(restored: Centre, tmp_path: Path) -> None:
    """As after an upgrade that is to be undone: tables and migrations that the backup does not know are gone."""
    assert restored.run("backup", "--folder", str(tmp_path)).returncode == 0
    (backup,) = archive.all_in(tmp_path)
    restored.do("CREATE TABLE from_the_future (id int)")
    restored.do("INSERT INTO django_migrations (app, name, applied) VALUES ('entry', '9001_future', now())")
    refused = restored.run("doctor", "database", "--language", "en")
    assert "newer version than the program (entry.9001_future)" in refused.stdout
    done = restored.run("restore", str(backup), "--replace")
    assert done.returncode == 0, done.stderr
    assert restored.ask("SELECT to_regclass('from_the_future')") == "None"
    assert restored.ask("SELECT count(*) FROM pg_namespace WHERE nspname = 'before_restore'") == "0"


def test_a_restore_that_fails_half_way_leaves_the_database_as_it_was(restored: Centre, tmp_path: Path) -> None:
    half = _copy(tmp_path)
    dump = half / "database.dump"
    dump.write_bytes(dump.read_bytes()[:-300_000])
    _reseal(half)
    before = restored.ask("SELECT count(*) FROM events_event")
    done = restored.run("restore", str(half), "--replace")
    assert done.returncode == 1
    assert "The database is as it was before" in done.stderr
    assert restored.ask("SELECT count(*) FROM events_event") == before


def test_rows_that_are_not_those_of_the_backup_fail_the_restore(restored: Centre, tmp_path: Path) -> None:
    other = _copy(tmp_path)
    _edit(other, rows={"events_event": 7})
    done = restored.run("restore", str(other), "--replace")
    assert done.returncode == 1
    assert "events_event: 7 in the backup" in done.stderr
    assert restored.run("enquiries", "verify", "--sample", "20").returncode == 0


def test_a_restore_that_was_killed_is_taken_back_by_the_next(restored: Centre) -> None:
    restored.do("ALTER SCHEMA public RENAME TO before_restore")
    restored.do("CREATE SCHEMA public")
    restored.do("CREATE TABLE public.half (id int)")
    done = restored.run("restore", str(RELEASE))
    assert "An earlier restore was broken off" in done.stdout
    assert "is not empty" in done.stderr
    kept = restored.ask("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'broken_off_%'")
    assert restored.ask(f"SELECT count(*) FROM {kept}.half") == "0", "the product may have run on what was loaded"
    assert restored.run("enquiries", "verify", "--sample", "20").returncode == 0


def test_two_restores_do_not_run_at_once(restored: Centre) -> None:
    with psycopg.connect(restored.url, autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(20913)")
        done = restored.run("restore", str(RELEASE), "--replace")
    assert done.returncode != 0
    assert "Another restore" in done.stderr


def test_doctor_tells_of_a_restore_that_was_killed(restored: Centre) -> None:
    restored.do("CREATE SCHEMA before_restore")
    try:
        assert "before_restore" in restored.run("doctor", "database").stdout
    finally:
        restored.do("DROP SCHEMA before_restore")


def test_differences_name_what_is_lost_or_changed() -> None:
    before = {"a": 1, "b": {"x": 2.0, "y": 3.0}, "c": 4, "d": {}}
    assert contents.differences(before, before) == []
    assert contents.differences(before, {"a": 1, "b": {"x": 2.0001, "y": 5.0}}) == [
        "b y: 3.0 in the backup, 5.0 after", "c: 4 in the backup, nothing after",
    ]  # fmt: skip

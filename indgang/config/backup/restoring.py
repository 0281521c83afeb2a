"""Restores a backup. The present data stays in the database until the restored data has been verified.

The present tables are moved to a schema of their own, the dump is loaded into a new one and migrated, and rows and
figures are compared with the manifest. Only then is the old schema dropped. If anything fails, the old schema is put
back at once; if the machine fails, the next restore puts it back. What that restore finds in its place it keeps in a
schema of its own, because the product may have run on it meanwhile.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import Error, connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.models.functions import Now

from indgang.config import database_roles
from indgang.config.backup import archive, contents, tools
from indgang.config.backup.making import sound_folders
from indgang.core import clock
from indgang.enquiries.verification import Verification
from indgang.live import processes
from indgang.live.models import RunningProcess
from indgang.measures.reporting import schema

Say = Callable[[str], None]

#: the schema that holds the present tables meanwhile
BEFORE = "before_restore"
#: key of the advisory lock of the one restore that may run
_LOCK = 20_913


class RestoreRefused(RuntimeError):
    """Nothing was changed; the message says why and what to do."""


class RestoreFailed(RuntimeError):
    """The database is as it was before; the message says what went wrong."""


def restore(folder: Path, *, replace: bool, say: Say) -> Verification:
    """Restore the backup in `folder`. Return what the replay of all its enquiries found.

    Without `replace` it restores only into an empty database. Raises Damaged, RestoreRefused or RestoreFailed.
    """
    manifest = archive.read(folder)
    _refuse_newer(manifest)
    with _one_at_a_time(), database_roles.as_owner() as application:
        _refuse_running()
        _put_back_unfinished(say)
        _refuse_unless_free(replace)
        with _set_aside():
            _load(folder, manifest, say)
            say("Bringing the tables up to date ...")
            _migrate(application)
            _compare("figures", manifest["figures"], contents.figures(datetime.fromisoformat(manifest["made_at"])))
            _end_sessions()
            _copy_sounds(folder / archive.SOUNDS)
    say("Replaying the events of every enquiry ...")
    return _verified()


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Refuse a second restore. The lock has a connection of its own, because a restore closes the other one."""
    try:
        connected = psycopg.connect(settings.DATABASE_URL, autocommit=True)
    except psycopg.OperationalError as error:
        said = str(error).strip().splitlines()[0]
        raise RestoreRefused(f"The database cannot be reached: {said}. Start it first. Nothing was changed.") from error
    with connected as own:
        if own.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK]).fetchone() != (True,):
            raise RestoreRefused("Another restore of this database is running. Nothing was changed.")
        yield


def _refuse_newer(manifest: dict[str, Any]) -> None:
    loader = MigrationLoader(None)
    ours = {f"{app}.{name}" for app, name in loader.disk_migrations}
    unknown = sorted(set(manifest["migrations"]) - ours)
    if unknown:
        raise RestoreRefused(
            f"The backup was made by a newer version ({manifest['version']}, with {unknown[-1]}) than this one. "
            f"Install that version or a later one, and restore it with that. Nothing was changed."
        )


def _refuse_unless_free(replace: bool) -> None:
    tables = set(connection.introspection.table_names())
    if replace or not tables:
        return
    held = f"{contents.rows()['enquiries_enquiry']} enquiries" if "django_migrations" in tables else "tables"
    raise RestoreRefused(
        f"The database {connection.settings_dict['NAME']} is not empty (it holds {held}). Name an empty one in "
        f"DATABASE_URL, or give --replace to put the backup in its place. Nothing was changed."
    )


def _refuse_running() -> None:
    if RunningProcess._meta.db_table not in connection.introspection.table_names():
        return
    alive = RunningProcess.objects.filter(heartbeat__gte=Now() - processes.ALIVE_WITHIN)
    if names := sorted({row.name for row in alive}):
        raise RestoreRefused(
            f"The product is running ({', '.join(names)}). Stop it first: systemctl stop indgang.target, and wait half "
            f"a minute if it was killed. Nothing was changed."
        )


@contextmanager
def _set_aside() -> Iterator[None]:
    _execute(f"ALTER SCHEMA public RENAME TO {BEFORE}", "CREATE SCHEMA public")
    try:
        yield
    except BaseException:
        with suppress(Error):
            connection.close()
            _execute("DROP SCHEMA public CASCADE", f"ALTER SCHEMA {BEFORE} RENAME TO public")
            schema.install()
        raise
    _execute(f"DROP SCHEMA {BEFORE} CASCADE")


def _put_back_unfinished(say: Say) -> None:
    """Put back the tables that a restore which was killed has moved aside, and keep what stands in their place."""
    if not is_unfinished():
        return
    say("An earlier restore was broken off; what was there before it is put back first.")
    kept = f"broken_off_{clock.now():%Y%m%d_%H%M%S}"
    say(f"What it had loaded is kept in the schema {kept}. When nobody misses it: DROP SCHEMA {kept} CASCADE")
    _execute(f"ALTER SCHEMA public RENAME TO {kept}", f"ALTER SCHEMA {BEFORE} RENAME TO public")


def is_unfinished() -> bool:
    """Whether a restore was killed, so that the tables from before it are still set aside."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [BEFORE])
        return cursor.fetchone() is not None


def _load(folder: Path, manifest: dict[str, Any], say: Say) -> None:
    say(f"Restoring {folder.name}, made by version {manifest['version']} ...")
    try:
        program = tools.find("pg_restore", tools.server_version())
        tools.run(
            program, "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", "--no-password",
            "--schema=public", str(folder / archive.DUMP), database=connection.settings_dict,
        )  # fmt: skip
    except (tools.ProgramFailed, tools.ProgramMissing) as error:
        raise RestoreFailed(f"{error}\nThe database is as it was before.") from error
    _compare("rows", manifest["rows"], contents.rows(manifest["rows"]))


def _migrate(application: str) -> None:
    connection.close()
    call_command("migrate", verbosity=0, interactive=False)
    if application:
        database_roles.grant(application, database_roles.retention_role())


def _compare(what: str, before: dict[str, Any], after: dict[str, Any]) -> None:
    if found := contents.differences(before, after):
        listed = "\n".join(f"  {each}" for each in found[:20])
        raise RestoreFailed(f"The {what} are not those of the backup:\n{listed}\nThe database is as it was before.")


def _end_sessions() -> None:
    """Delete the backup's sessions and running processes: after a restore nobody is signed in, and none of those
    processes runs."""
    Session.objects.all().delete()
    RunningProcess.objects.all().delete()


def _copy_sounds(folder: Path) -> None:
    try:
        for name, target in sound_folders().items():
            if (folder / name).is_dir():
                shutil.copytree(folder / name, target, dirs_exist_ok=True)
    except OSError as error:
        raise RestoreFailed(f"The sounds cannot be written: {error}\nThe database is as it was before.") from error


def _verified() -> Verification:
    verification = Verification()
    for _deviation in verification.run():
        pass
    return verification


def _execute(*statements: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)

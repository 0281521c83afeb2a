"""Restores a backup. The present data stays in the database until the restored data has been verified.

The present tables are moved to a schema of their own, the dump is loaded into a new one and migrated, and rows and
figures are compared with the manifest. Only then is the old schema dropped. If anything fails, the old schema is put
back at once; if the machine fails, the next restore puts it back.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import Error, connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.models.functions import Now

from indgang.config import database_roles
from indgang.config.backup import archive, contents, tools
from indgang.config.backup.making import sound_folders
from indgang.enquiries.verification import Verification
from indgang.live import processes
from indgang.live.models import RunningProcess

Say = Callable[[str], None]

#: the schema that holds the present tables meanwhile
_BEFORE = "before_restore"


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
    with database_roles.as_owner() as application:
        _put_back(say)
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
    if not tables:
        return
    if RunningProcess._meta.db_table in tables:
        _refuse_running()
    if replace:
        return
    held = f"{contents.rows()['enquiries_enquiry']} enquiries" if "django_migrations" in tables else "tables"
    raise RestoreRefused(
        f"The database {connection.settings_dict['NAME']} is not empty (it holds {held}). Name an empty one in "
        f"DATABASE_URL, or give --replace to put the backup in its place. Nothing was changed."
    )


def _refuse_running() -> None:
    alive = RunningProcess.objects.filter(heartbeat__gte=Now() - processes.ALIVE_WITHIN)
    if names := sorted({row.name for row in alive}):
        raise RestoreRefused(
            f"The product is running ({', '.join(names)}). Stop it first: systemctl stop 'indgang-*', and wait half a "
            f"minute if it was killed. Nothing was changed."
        )


@contextmanager
def _set_aside() -> Iterator[None]:
    _execute(f"ALTER SCHEMA public RENAME TO {_BEFORE}", "CREATE SCHEMA public")
    try:
        yield
    except BaseException:
        with suppress(Error):
            _put_back(lambda _line: None)
        raise
    _execute(f"DROP SCHEMA {_BEFORE} CASCADE")


def _put_back(say: Say) -> None:
    """Put back the tables that an unfinished restore has moved aside."""
    connection.close()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [_BEFORE])
        if not cursor.fetchone():
            return
    say("An earlier restore was broken off; what was there before it is put back first.")
    _execute("DROP SCHEMA IF EXISTS public CASCADE", f"ALTER SCHEMA {_BEFORE} RENAME TO public")


def _load(folder: Path, manifest: dict[str, Any], say: Say) -> None:
    say(f"Restoring {folder.name}, made by version {manifest['version']} ...")
    try:
        program = tools.find("pg_restore", _server())
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
    for name, target in sound_folders().items():
        if (folder / name).is_dir():
            shutil.copytree(folder / name, target, dirs_exist_ok=True)


def _verified() -> Verification:
    verification = Verification()
    for _deviation in verification.run():
        pass
    return verification


def _server() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int / 10000")
        return int(cursor.fetchone()[0])


def _execute(*statements: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)

"""Makes a backup: one snapshot of the database, and the sounds. Whatever goes wrong, earlier backups stay as they
are."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import Error, connection, transaction

from indgang import __version__
from indgang.config import database_roles
from indgang.config.backup import archive, contents, tools

_NO_ROOM = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT)
_LOCK = ".lock"


class BackupFailed(RuntimeError):
    """The backup failed. No backup was added or deleted; the message says why and what to do."""


def sound_folders() -> dict[str, Path]:
    """The folders of sounds on this machine, by their names in a backup."""
    return {"prompts": settings.VAR / "sounds", "recordings": Path(settings.EXCHANGE_FOLDER) / "spool" / "recording"}


def make(folder: Path, *, at: datetime, keep: int) -> tuple[Path, list[Path]]:
    """Make a backup in `folder` and delete all but the newest `keep`; Return it and the deleted ones.

    Raises BackupFailed.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with _alone(folder):
            archive.clear_unfinished(folder)
            return _made(folder, at), archive.prune(folder, keep)
    except OSError as error:
        reason = _no_room(folder) if error.errno in _NO_ROOM else f"{error.filename or folder}: {error.strerror}"
        raise BackupFailed(reason) from error
    except tools.ProgramFailed as error:
        raise BackupFailed(_no_room(folder) if error.disk_full else str(error)) from error
    except Error as error:
        raise BackupFailed(f"The database cannot be used: {str(error).strip().splitlines()[0]}") from error
    except tools.ProgramMissing as error:
        raise BackupFailed(f"{error} Install postgresql-client of the server's version.") from error


def _made(folder: Path, at: datetime) -> Path:
    unfinished = folder / f"{archive.name_at(at)}{archive.UNFINISHED}"
    unfinished.mkdir(mode=0o700)
    try:
        about = _dump(unfinished / archive.DUMP, at)
        tools.read_through(unfinished / archive.DUMP)
        _copy_sounds(unfinished / archive.SOUNDS)
        archive.seal(unfinished, about)
        return archive.publish(unfinished)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise


def _dump(path: Path, at: datetime) -> dict[str, Any]:
    """Dump the database and count its rows, both in one snapshot."""
    with database_roles.as_owner(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        (snapshot,), server = cursor.fetchone(), tools.server_version()
        program = tools.find("pg_dump", server)
        tools.run(
            program, "--format=custom", "--no-password", f"--snapshot={snapshot}", f"--file={path}",
            database=connection.settings_dict,
        )  # fmt: skip
        return {
            "version": __version__,
            "made_at": at.isoformat(),
            "server": server,
            "migrations": contents.migrations(),
            "rows": contents.rows(),
            "figures": contents.figures(at),
        }


def _copy_sounds(folder: Path) -> None:
    for name, source in sound_folders().items():
        if source.is_dir():
            shutil.copytree(source, folder / name)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Lock the folder: two backups at once would delete each other's unfinished folder."""
    with (folder / _LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupFailed("Another backup is being made in this folder; wait until it is done.") from None
        yield


def _no_room(folder: Path) -> str:
    free = shutil.disk_usage(folder).free // (1024 * 1024)
    return (
        f"There is no room for the backup in {folder} ({free} MB free). Earlier backups are untouched. Make room, keep "
        f"fewer (INDGANG_BACKUPS_KEPT), or choose another disk (INDGANG_BACKUP_FOLDER), and run it again."
    )


def size_of(folder: Path) -> int:
    """The total size of all files in it, in bytes."""
    return sum(os.path.getsize(path) for path in folder.rglob("*") if path.is_file())

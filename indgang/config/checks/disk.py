"""Free space on the disks of INDGANG_VAR, of the backups, and of a database on this machine."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import Error, connection
from django.utils.translation import gettext as _

from indgang.health.finding import Finding, error, ok, warning

_MB = 1024 * 1024
#: free bytes and free share below which somebody must act, and below which the product may soon stop
_TIGHT, _TIGHT_SHARE = 2048 * _MB, 0.10
_FULL, _FULL_SHARE = 300 * _MB, 0.02


def look() -> Iterator[Finding]:
    seen: set[int] = set()
    for name, folder in _folders():
        where = _existing(folder)
        device = where.stat().st_dev
        if device not in seen:
            seen.add(device)
            yield room(name, where)
    # systemd lets the web process write nowhere else, and the database's folder is the database's own
    where = _existing(Path(settings.VAR))
    if not os.access(where, os.W_OK):
        yield error(
            _("Der kan ikke skrives i %(folder)s.") % {"folder": where}, _("Ret mappens ejer eller rettigheder.")
        )


def room(name: str, folder: Path) -> Finding:
    """The finding about the disk that holds `folder`."""
    usage = shutil.disk_usage(folder)
    told = {"name": name, "free": usage.free // _MB, "share": f"{usage.free / usage.total:.0%}", "folder": folder}
    text = _("%(free)s MB (%(share)s) ledig til %(name)s i %(folder)s.") % told
    advice = _("Gør plads, eller udvid disken: uden plads kan hverken databasen eller sikkerhedskopien skrives.")
    if usage.free < _FULL or usage.free < min(_TIGHT, usage.total * _FULL_SHARE):
        return error(text, advice)
    if usage.free < _TIGHT and usage.free < usage.total * _TIGHT_SHARE:
        return warning(text, advice)
    return ok(text)


def _folders() -> Iterator[tuple[str, Path]]:
    yield "INDGANG_VAR", Path(settings.VAR)
    yield "INDGANG_BACKUP_FOLDER", Path(settings.BACKUP_FOLDER)
    if (data := _data_folder()) is not None:
        yield _("databasen"), data


def _data_folder() -> Path | None:
    """The database's own folder, when it is on this machine and our role may read the setting."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT current_setting('data_directory')"
                " WHERE pg_has_role(current_user, 'pg_read_all_settings', 'MEMBER')"
            )
            row = cursor.fetchone()
    except Error:
        return None
    folder = Path(row[0]) if row else settings.VAR / "postgres"
    return folder if folder.is_dir() else None


def _existing(folder: Path) -> Path:
    """The folder, or its nearest existing parent."""
    return next(each for each in (folder.absolute(), *folder.absolute().parents) if each.exists())

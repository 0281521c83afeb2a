"""The backup: whether there is one, how old it is, and whether the tools to make and restore it are installed."""

from __future__ import annotations

import time
from collections.abc import Iterator

from django.conf import settings
from django.db import Error
from django.utils.translation import gettext as _

from indgang.config.backup import archive, tools
from indgang.health.finding import Finding, error, ok, warning

#: hours after which a daily backup is late, and after which it is missing
_LATE, _MISSING = 26, 72


def look() -> Iterator[Finding]:
    if not settings.BACKS_UP:
        yield ok(_("Sikkerhedskopien laves på en anden maskine."))
        return
    yield from _tools()
    newest = archive.newest(settings.BACKUP_FOLDER)
    if newest is None:
        text = _("Ingen sikkerhedskopi i %(folder)s.") % {"folder": settings.BACKUP_FOLDER}
        advice = _("Kør “indgang backup” hver nat, fx med deploy/systemd/indgang-backup.timer.")
        yield ok(text) if settings.DEMO else error(text, advice)
        return
    hours = int((time.time() - (newest / archive.MANIFEST).stat().st_mtime) // 3600)
    text = _("Den nyeste sikkerhedskopi er %(hours)s timer gammel (%(name)s).") % {"hours": hours, "name": newest.name}
    advice = _("Se, hvorfor den sidste ikke blev til noget: journalctl -u indgang-backup")
    if hours >= _LATE:
        yield error(text, advice) if hours >= _MISSING else warning(text, advice)
    else:
        yield ok(text)


def _tools() -> Iterator[Finding]:
    for program in ("pg_dump", "pg_restore"):
        try:
            tools.find(program, _server())
        except tools.ProgramMissing:
            text = _("%(program)s i databasens version er ikke installeret: sikkerhedskopier kan ikke laves.")
            advice = _("Installér postgresql-client i samme eller nyere version end databasen.")
            yield error(text % {"program": program}, advice)


def _server() -> int:
    """The major version of the database's server; 0 when it is unreachable."""
    try:
        return tools.server_version()
    except Error:
        return 0

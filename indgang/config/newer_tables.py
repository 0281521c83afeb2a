"""Over tables of a newer version neither switchboard nor worker starts and nothing is migrated: this version may write
what the newer one does not expect. Pages are served, and not ready (`api/health.py`)."""

from __future__ import annotations

from django.conf import settings
from django.db import Error, connection
from django.db.migrations.recorder import MigrationRecorder

from indgang import __version__
from indgang.health import tables


class NewerTables(SystemExit):
    """The database belongs to a newer version; the message says what to do."""


def check() -> None:
    """Raise NewerTables. A database that is away is no reason to stop: every process waits for it.

    The demo and development may go on, because a branch of the source has migrations that another has not.
    """
    if settings.DEMO or settings.DEBUG:
        return
    try:
        found = tables.foreign(MigrationRecorder(connection).applied_migrations())
    except Error:
        return
    finally:
        if not connection.in_atomic_block:
            connection.close()
    if found:
        raise NewerTables(
            f"The database is of a newer version than this program ({__version__}): it has {found[-1]}. "
            f"Start the newer version, or restore a backup of this one (docs/runbooks/upgrade.md). Nothing was changed."
        )

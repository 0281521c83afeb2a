"""`indgang migrate`: migrate the tables as their owner, and grant the application its rights to them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import DatabaseError, connection

from indgang.config import database_roles, newer_tables
from indgang.config.migration_states import few_renderings
from indgang.measures.reporting import schema


class Command(migrate.Command):
    help = "Bring the tables up to date, as the owner that INDGANG_OWNER_DATABASE_URL names when it is set"

    def handle(self, *args: Any, **options: Any) -> None:
        newer_tables.check()
        try:
            with database_roles.as_owner() as application, _one_at_a_time():
                changes = not (options["plan"] or options["check_unapplied"])
                with _without_views(application) if changes else nullcontext(), few_renderings():
                    super().handle(*args, **options)
                if application:
                    retention = database_roles.retention_role()
                    database_roles.grant(application, retention)
                    if not retention:
                        self.stderr.write(database_roles.KEPT_FOR_EVER)
        except database_roles.WrongDatabase as error:
            raise CommandError(str(error)) from error


@contextmanager
def _without_views(application: str) -> Iterator[None]:
    """Without the views that other tools read. A migration that fails leaves the tables as they were, so its views come
    back. Raises CommandError where views that others built on ours may be why."""
    kept = schema.remove()
    try:
        yield
    except BaseException as error:
        with suppress(DatabaseError):
            schema.install(application)
        if kept and isinstance(error, DatabaseError):
            built = "; ".join(kept)
            raise CommandError(f"{error}\nViews of others hold ours: {built}. Drop them, and migrate again.") from error
        raise
    schema.install(application)


#: key of the advisory lock that migrations hold
_LOCK = 20_912


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Wait for any other migration. The lock belongs to the migrating connection: if its process is killed, the server
    may still run its last statement, and releases the lock after that."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
    try:
        yield
    finally:
        # a broken connection has already released it
        with suppress(DatabaseError), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])

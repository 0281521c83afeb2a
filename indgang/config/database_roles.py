"""Three roles of the database: the owner migrates, the application works, retention scrubs what is due (ADR 18, 31).

`DATABASE_URL` names the application's role, INDGANG_OWNER_DATABASE_URL the owner's and INDGANG_RETENTION_DATABASE_URL
that of retention. With `DATABASE_URL` alone one role is all three: everything works, but only triggers protect the
trail.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection
from psycopg import sql

from indgang.audit import protection, retention
from indgang.audit.models import Change, Look
from indgang.config import environment
from indgang.config.environment import OWNER, RETENTION
from indgang.privacy import erasure, kinds, nightly, old_records, store

UNPROTECTED = (
    "The audit trail is not protected: the application's role in the database owns it. See INDGANG_OWNER_DATABASE_URL."
)
KEPT_FOR_EVER = (
    "Nobody may delete what the audit trail has kept for its time: the application's role must not, and "
    f"{RETENTION} names no other."
)


class WrongDatabase(ValueError):
    """The owner's address names another database than the application's."""


@contextmanager
def as_owner() -> Iterator[str]:
    """Connect Django as the owner inside this context. Gives the name of the application's role ("" if it is the
    same)."""
    if not settings.OWNER_DATABASE_URL:
        yield ""
        return
    application, before = current_role(), dict(connection.settings_dict)
    owner = environment.database(settings.OWNER_DATABASE_URL)
    if owner.pop("NAME") != environment.database(settings.DATABASE_URL)["NAME"]:
        raise WrongDatabase(f"DATABASE_URL and {OWNER} must name the same database")
    _switch(owner)
    try:
        yield application if current_role() != application else ""
    finally:
        _switch(before)


def grant(application: str, retention_role: str = "") -> None:
    """As the owner: let `application` work on all tables and append to append-only ones, but define nothing."""
    app = sql.Identifier(application)
    everywhere = (
        sql.SQL("REVOKE CREATE ON SCHEMA public FROM PUBLIC, {app}"),
        sql.SQL("GRANT USAGE ON SCHEMA public TO {app}"),
        sql.SQL("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {app}"),
        sql.SQL("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {app}"),
        sql.SQL("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {app}"),
        sql.SQL("REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {app}"),
    )
    said = [statement.format(app=app) for statement in everywhere]
    said += [
        sql.SQL("REVOKE UPDATE, DELETE ON {table} FROM {app}").format(table=sql.Identifier(table), app=app)
        for table in _with_partitions(protection.append_only_tables())
    ]
    if retention_role:
        said += _for_retention(sql.Identifier(retention_role))
    with connection.cursor() as cursor:
        for statement in said:
            cursor.execute(statement)


def retention_role() -> str:
    """The name of the role that scrubs and deletes what is due; "" when there is none."""
    if not settings.RETENTION_DATABASE_URL:
        return ""
    return str(environment.database(settings.RETENTION_DATABASE_URL)["USER"])


def delete_due() -> int:
    """The daily retention of the trail and of what is kept as long as it."""
    of_trail = retention.delete_due(settings.RETENTION_DATABASE_URL)
    return of_trail + retention.delete_reviews() + old_records.delete_due()


def scrub_due(*, at: datetime, seconds: float | None = None) -> bool:
    """Scrub the personal data whose time is over, for `seconds` at most. Return whether all of it is done
    (`nightly.run`)."""
    with store.opened(settings.RETENTION_DATABASE_URL) as opened:
        return nightly.run(opened, at=at, seconds=seconds)


def erase(*, at: datetime) -> int:
    """Carry out the open requests for erasure as far as possible. Return how many stay open (`erasure.carry_out`)."""
    with store.opened(settings.RETENTION_DATABASE_URL) as opened:
        return erasure.carry_out(opened, at=at)


def current_role() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        return str((cursor.fetchone() or ("",))[0])


def withheld(process: str) -> dict[str, str]:
    """The variables to empty in the environment of a process: no process migrates, and only the worker deletes what is
    due."""
    secrets = [OWNER] if process == "worker" else [OWNER, RETENTION]
    return {name: "" for secret in secrets for name in (secret, f"{secret}_FILE")}


def _for_retention(role: sql.Identifier) -> list[sql.Composed]:
    """The rights to scrub personal data and to delete from the trail. Triggers decide which events and trail rows may
    go."""
    only_grow = set(protection.append_only_tables())
    everywhere = (
        sql.SQL("GRANT USAGE ON SCHEMA public TO {role}"),
        sql.SQL("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}"),
        sql.SQL("GRANT SELECT, INSERT, UPDATE ON privacy_scrubbingprogress, privacy_scrubbing TO {role}"),
        sql.SQL("GRANT SELECT, UPDATE ON privacy_erasure TO {role}"),
        sql.SQL("GRANT USAGE ON SEQUENCE privacy_scrubbingprogress_id_seq, privacy_scrubbing_id_seq TO {role}"),
        sql.SQL("GRANT UPDATE (data) ON events_event TO {role}"),
    )
    return [
        *(statement.format(role=role) for statement in everywhere),
        *(_granted("SELECT, DELETE", table, role) for table in (Change._meta.db_table, Look._meta.db_table)),
        *(_granted("SELECT", table, role) for table in sorted(kinds.tables_read())),
        *(_granted("UPDATE, DELETE", table, role) for table in sorted(kinds.tables_changed() - only_grow)),
    ]


def _granted(rights: str, table: str, role: sql.Identifier) -> sql.Composed:
    return sql.SQL("GRANT {rights} ON {table} TO {role}").format(
        rights=sql.SQL(rights), table=sql.Identifier(table), role=role
    )


def _with_partitions(tables: list[str]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = ANY(%s::regclass[])", [tables]
        )
        return [*tables, *(name for (name,) in cursor.fetchall())]


def _switch(parameters: dict[str, Any]) -> None:
    """Reconnect Django with these parameters."""
    connection.close()
    connection.settings_dict.update(parameters)

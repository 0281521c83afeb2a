"""Puts the views into the database, and lets a role read them and nothing else."""

from __future__ import annotations

from django.db import DatabaseError, connection, transaction
from psycopg import errors, sql

from indgang.measures.reporting.views import SCHEMA, TABLES, VIEWS, ReportingView

#: the role that other tools connect as, where somebody has created it
ROLE = "indgang_reporting"


@transaction.atomic
def install(application: str = "") -> None:
    """As the owner: make the views as they are now, for the application's role and, where there is one, `ROLE`. Columns
    are only ever added, so that what others build on the views stays. Nothing happens while tables are missing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(to_regclass('public.' || name)) FROM unnest(%s::text[]) AS name", [list(TABLES)])
        if cursor.fetchone() != (len(TABLES),):
            return
        cursor.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(SCHEMA)))
        for view in VIEWS:
            for statement in _statements(view):
                cursor.execute(statement)
        cursor.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)", [[ROLE, application]])
        for (role,) in cursor.fetchall():
            _let_read(role)


def remove() -> list[str]:
    """As the owner, before the tables change: a column that a view reads cannot. Views that others have built on ours
    keep them; returns which, in PostgreSQL's words."""
    kept = []
    for view in VIEWS:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(sql.SQL("DROP VIEW IF EXISTS {}").format(sql.Identifier(SCHEMA, view.name)))
        except DatabaseError as error:
            if not isinstance(error.__cause__, errors.DependentObjectsStillExist):
                raise
            kept.append(str(error.__cause__.diag.message_detail))
    return kept


def _statements(view: ReportingView) -> list[sql.Composable]:
    name = sql.Identifier(SCHEMA, view.name)
    query = sql.SQL(view.query)  # our own text, of constants
    comments = [
        sql.SQL("COMMENT ON COLUMN {} IS {}").format(sql.Identifier(SCHEMA, view.name, column), sql.Literal(said))
        for column, said in view.columns.items()
    ]
    return [
        sql.SQL("CREATE OR REPLACE VIEW {} AS {}").format(name, query),
        sql.SQL("COMMENT ON VIEW {} IS {}").format(name, sql.Literal(view.comment)),
        *comments,
    ]


def _let_read(role: str) -> None:
    """The views read as their owner, so that their readers need no right to the tables."""
    names = {"schema": sql.Identifier(SCHEMA), "role": sql.Identifier(role)}
    with connection.cursor() as cursor:
        for statement in (
            "REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {role}",
            "GRANT USAGE ON SCHEMA {schema} TO {role}",
            "GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {role}",
        ):
            cursor.execute(sql.SQL(statement).format(**names))

"""The database: reachable, new enough, migrated, with separate roles, the right clock and no long transactions."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from indgang.audit.protection import rewritable_tables
from indgang.config.backup import restoring
from indgang.health import tables
from indgang.health.finding import Finding, error, ok, warning

#: the first version that the product is tested with, in PostgreSQL's numbering
_OLDEST = 150_000
#: seconds after which an open transaction keeps the database from vacuuming
_LONG_TRANSACTION = 300
#: seconds of difference between the two clocks that the query itself may explain
CLOCK_TOLERANCE = 2.0
#: share of the server's connections in use from which new ones may soon be refused
_CROWDED = 0.85


def look() -> Iterator[Finding]:
    try:
        connection.ensure_connection()
    except Error as fault:
        reason = str(fault).strip().splitlines()[0] if str(fault).strip() else type(fault).__name__
        advice = _("Start databasen, og se efter i DATABASE_URL: docs/runbooks/database-down.md")
        yield error(_("Databasen kan ikke nås: %(reason)s") % {"reason": reason}, advice)
        return
    yield from _server()
    yield from _migrations()
    yield from _unfinished_restore()
    yield from _roles()
    yield from _transactions()
    yield from clock_findings()


def _server() -> Iterator[Finding]:
    said = _row(
        "SELECT current_setting('server_version'), current_setting('server_version_num')::int,"
        " pg_size_pretty(pg_database_size(current_database())), (SELECT count(*) FROM pg_stat_activity),"
        " current_setting('max_connections')::int, pg_is_in_recovery()"
    )
    version, number, size, used, most, is_replica = said
    if number < _OLDEST:
        text = _("PostgreSQL %(version)s er for gammel.") % {"version": version}
        yield error(text, _("Opgradér databasen til PostgreSQL 15 eller nyere."))
    if is_replica:
        yield error(_("Databasen er en replika og kan kun læses."), _("Ret DATABASE_URL til den primære."))
    if used >= most * _CROWDED:
        text = _("%(used)s af databasens %(most)s forbindelser er i brug.") % {"used": used, "most": most}
        yield warning(text, _("Forhøj max_connections, eller find ud af, hvem der holder dem."))
    yield ok(_("PostgreSQL %(version)s svarer; databasen fylder %(size)s.") % {"version": version, "size": size})


def _migrations() -> Iterator[Finding]:
    missing, foreign = migration_state()
    if missing:
        text = ngettext("%(n)s ændring af tabellerne mangler.", "%(n)s ændringer af tabellerne mangler.", missing)
        yield error(text % {"n": missing}, _("Kør: indgang migrate"))
    if foreign:
        text = _("Databasen er af en nyere version end programmet (%(name)s).") % {"name": foreign[0]}
        yield error(text, _("Installér den nyere version, eller læg en sikkerhedskopi fra denne version ind."))


def migration_state() -> tuple[int, list[str]]:
    """The number of unapplied migrations of this version, and the names of applied ones that it does not know."""
    executor = MigrationExecutor(connection)
    missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    return missing, tables.foreign(executor.loader.applied_migrations)


def _unfinished_restore() -> Iterator[Finding]:
    if restoring.is_unfinished():
        text = _("En indlæsning af en sikkerhedskopi blev afbrudt. Tabellerne fra før den ligger i %(schema)s.")
        advice = _("Stop alle processer, og læs sikkerhedskopien ind igen: docs/runbooks/restore.md")
        yield error(text % {"schema": restoring.BEFORE}, advice)


def _roles() -> Iterator[Finding]:
    if rewritable_tables():
        text = _("Loggen over ændringer er ikke beskyttet: programmets egen rolle i databasen kan rette i den.")
        yield warning(text, _("Giv ejer og program hver sin rolle, og sæt INDGANG_OWNER_DATABASE_URL (docs/adr/0018)."))


def _transactions() -> Iterator[Finding]:
    oldest = _row(
        "SELECT coalesce(max(extract(epoch FROM clock_timestamp() - xact_start)), 0)::int FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
    )[0]
    if oldest > _LONG_TRANSACTION:
        text = _("En transaktion har været åben i %(minutes)s minutter.") % {"minutes": oldest // 60}
        yield warning(text, _("Find den i databasen, og afslut den, hvis den hænger: docs/runbooks/database-down.md"))


def clock_findings() -> Iterator[Finding]:
    """The difference between this machine's clock and the database's."""
    before = time.time()
    theirs = float(_row("SELECT extract(epoch FROM clock_timestamp())::float8")[0])
    difference = theirs - (before + time.time()) / 2
    if abs(difference) > CLOCK_TOLERANCE:
        text = _("Databasens ur er %(seconds)s sekunder fra maskinens.") % {"seconds": f"{difference:+.0f}"}
        yield error(text, _("Stil begge ure med en tidsserver (NTP): hændelser får ellers forkerte tider."))


def _row(sql: str) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        found: tuple[Any, ...] = cursor.fetchone()
        return found

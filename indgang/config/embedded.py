"""The embedded PostgreSQL: runs in a folder of the product when no DATABASE_URL is given."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from indgang.config.keeper import server_in

_servers: list[Any] = []


#: roles of the embedded server besides its own `postgres`, which owns the tables
APPLICATION, RETENTION = "indgang_app", "indgang_retention"
#: the role that other tools read figures as (measures.reporting.schema)
REPORTING = "indgang_reporting"


def start(folder: Path, name: str = "indgang", *, as_owner: bool = False) -> None:
    """Start the server in `folder` (or join the one that runs) and point the settings and DATABASE_URL at it.

    The application gets a role of its own (config/database_roles.py) unless `as_owner` is set. Does nothing when
    DATABASE_URL is set. Must run before Django opens a connection. The server stops when the last process that called
    this has ended; child processes find it through the environment.
    """
    if os.environ.get("DATABASE_URL"):
        return
    from indgang.config import environment, settings

    owner = _serve(folder, name)
    settings.DATABASE_URL = owner if as_owner else _as_role(owner, APPLICATION)
    os.environ["DATABASE_URL"] = settings.DATABASE_URL
    if not as_owner:
        settings.OWNER_DATABASE_URL = os.environ[environment.OWNER] = owner
        settings.RETENTION_DATABASE_URL = os.environ[environment.RETENTION] = _as_role(owner, RETENTION)
    settings.DATABASES["default"].update(environment.database(settings.DATABASE_URL))


def folder() -> Path | None:
    """The data folder of the server that this process has started or joined; None when there is none."""
    return Path(_servers[0].pgdata) if _servers else None


def leave() -> None:
    """Release the server; it stops when no other process uses it."""
    while _servers:
        _servers.pop().cleanup()


def _serve(folder: Path, name: str) -> str:
    folder.parent.mkdir(parents=True, exist_ok=True)
    server = server_in(folder)
    _servers.append(server)
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        # two commands that start at once would both find nothing there
        connection.execute("SELECT pg_advisory_lock(hashtext('indgang embedded'))")
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        for role in (APPLICATION, RETENTION, REPORTING):
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
    return str(server.get_uri(database=name))


def _as_role(url: str, role: str) -> str:
    """The same database for another role. The server's socket is in a private folder, so no password is needed."""
    parts = urlsplit(url)
    _, _, place = parts.netloc.rpartition("@")
    return parts._replace(netloc=f"{role}@{place}").geturl()

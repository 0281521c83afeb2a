"""The embedded PostgreSQL: runs in a folder of ours when no DATABASE_URL is given."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from indgang.config.keeper import server_in

_servers: list[Any] = []


def start(folder: Path, name: str = "indgang") -> None:
    """Start the server in `folder` (or join the one that runs) and point the settings and DATABASE_URL at it.

    Does nothing when DATABASE_URL is set. Must run before Django opens a connection. The server stops when the
    last process that called this has ended; child processes find it through the environment.
    """
    if os.environ.get("DATABASE_URL"):
        return
    os.environ["DATABASE_URL"] = _serve(folder, name)
    from indgang.config import environment, settings

    settings.DATABASES["default"].update(environment.database(os.environ["DATABASE_URL"]))


def folder() -> Path | None:
    """Where the data of the server this process started or joined is; None when there is none."""
    return Path(_servers[0].pgdata) if _servers else None


def leave() -> None:
    """Use the server no more; it stops when nobody else does."""
    while _servers:
        _servers.pop().cleanup()


def _serve(folder: Path, name: str) -> str:
    folder.parent.mkdir(parents=True, exist_ok=True)
    server = server_in(folder)
    _servers.append(server)
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return str(server.get_uri(database=name))

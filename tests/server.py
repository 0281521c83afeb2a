"""The database server of the test run: its data need not be durable, and is migrated only once."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import psycopg
from django.conf import settings
from django.db import connection
from psycopg import sql

_ROOT = Path(__file__).resolve().parents[1]
_PREFIX = "migrated_"
_OWN = "test_of_process_"
#: migrating also makes the views for other tools, which hold the definitions of figures
_VIEWS_OF = ("indgang/measures/reporting/*.py", "indgang/measures/definitions.py")


def hurry() -> None:
    """Turn off waiting for the disk: the data is worthless after a crash of the machine."""
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as own:
        if own.execute("SHOW full_page_writes").fetchone() == ("off",):
            return
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            own.execute(sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(setting)))
        own.execute("SELECT pg_reload_conf()")


def own_name() -> str:
    """The name of this process's database, unique so that parallel and interrupted runs in one checkout do not collide.

    Databases of processes that no longer run are removed.
    """
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as own:
        rows = own.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [_OWN]).fetchall()
        for (name,) in rows:
            if not Path(f"/proc/{name.removeprefix(_OWN)}").exists():
                own.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
    return f"{_OWN}{os.getpid()}"


def migrated() -> str:
    """A template database with the present migrations; the first process that needs it creates it."""
    name = _PREFIX + _mark()
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as own:
        own.execute("SELECT pg_advisory_lock(hashtext(%s))", [_PREFIX])
        there = [
            row[0] for row in own.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [_PREFIX])
        ]
        if name not in there:
            for each in there:
                own.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(each)))
            # under another name until it is complete, because a run may be interrupted
            half = sql.Identifier(f"{_PREFIX}half")
            own.execute(sql.SQL("CREATE DATABASE {}").format(half))
            _migrate(f"{_PREFIX}half")
            own.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(half, sql.Identifier(name)))
    return name


def copy_only(creation: Any) -> None:
    """Have Django take the copy of the template as the test database.

    It would migrate the copy once more, with nothing to do, which takes a second of each test process.
    """

    def create_test_db(
        verbosity: int = 1, autoclobber: bool = False, serialize: bool = False, keepdb: bool = False
    ) -> str:
        name: str = creation._get_test_db_name()
        creation._create_test_db(verbosity, autoclobber, keepdb)
        connection.close()
        settings.DATABASES[connection.alias]["NAME"] = connection.settings_dict["NAME"] = name
        connection.ensure_connection()
        return name

    creation.create_test_db = create_test_db


def _mark() -> str:
    """A mark that changes with every migration, every version of a dependency, and what migrating makes views of."""
    said = hashlib.sha256((_ROOT / "requirements.lock").read_bytes())
    for pattern in ("indgang/*/migrations/*.py", *_VIEWS_OF):
        for path in sorted(_ROOT.glob(pattern)):
            said.update(str(path.relative_to(_ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return said.hexdigest()[:16]


def _migrate(name: str) -> None:
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
    subprocess.run(
        [sys.executable, "-m", "django", "migrate", "--verbosity", "0", "--skip-checks"],
        cwd=_ROOT, env={**os.environ, "DATABASE_URL": url}, check=True,
    )  # fmt: skip


def database_url() -> str:
    """The test's database, for other processes."""
    database = connection.settings_dict
    host, port = database["HOST"], database["PORT"] or 5432
    where = f"?host={quote(host, safe='')}" if host.startswith("/") else ""
    place = "" if where else f"{host}:{port}"
    return f"postgresql://{database['USER']}:{database['PASSWORD']}@{place}/{database['NAME']}{where}"

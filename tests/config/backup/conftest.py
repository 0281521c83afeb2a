"""Databases of their own on the server of the tests, and commands of the product that run on them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql

from tests.processes import run

_ROOT = Path(__file__).resolve().parents[3]
#: a centre of two days, as the release of this number kept it (docs/runbooks/release.md says how to add the next)
RELEASE = _ROOT / "tests" / "releases" / "0.1.0"


class Centre:
    """A database with a folder for everything else; `run` runs a command of the product there."""

    def __init__(self, url: str, var: Path) -> None:
        self.url, self.var = url, var

    @property
    def backups(self) -> Path:
        return self.var / "backup"

    def run(self, *arguments: str, limit: Callable[[], None] | None = None) -> subprocess.CompletedProcess[str]:
        return self._python("-m", "indgang.config.cli", *arguments, limit=limit)

    def python(self, code: str) -> str:
        """What a program prints that runs in this centre."""
        done = self._python("-c", f"import django\ndjango.setup()\n{code}")
        assert done.returncode == 0, done.stderr
        return done.stdout

    def ask(self, query: str) -> str:
        with psycopg.connect(self.url, autocommit=True) as own:
            row = own.execute(query).fetchone()
        return str(row[0]) if row else ""

    def do(self, statement: str) -> None:
        with psycopg.connect(self.url, autocommit=True) as own:
            own.execute(statement)

    def _python(self, *arguments: str, limit: Callable[[], None] | None = None) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {"DATABASE_URL": self.url, "INDGANG_VAR": str(self.var), "INDGANG_DEMO": "true"}
        environment["INDGANG_DEBUG"] = "true"  # pages without collected static files
        return run(
            [sys.executable, *arguments], cwd=_ROOT, env=environment, capture_output=True, text=True, timeout=300,
            preexec_fn=limit,
        )  # fmt: skip


@contextmanager
def centre(name: str, var: Path, *, like: Centre | None = None) -> Iterator[Centre]:
    """An empty database, or a copy of another one, for as long as it lasts."""
    template = urlsplit(like.url).path[1:] if like else "template1"
    server, own_name = os.environ["DATABASE_URL"], sql.Identifier(f"{name}_{os.getpid()}")
    url = urlsplit(server)._replace(path=f"/{name}_{os.getpid()}").geturl()
    with psycopg.connect(server, autocommit=True) as own:
        own.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(own_name))
        own.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(own_name, sql.Identifier(template)))
        try:
            yield Centre(url, var)
        finally:
            own.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(own_name))


@pytest.fixture
def empty(database_server: None, tmp_path: Path) -> Iterator[Centre]:
    with centre("restore_empty", tmp_path / "empty") as made:
        yield made


@pytest.fixture(scope="session")
def upgraded(database_server: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    """The release's centre, restored and brought up to date by this version. Tests leave it as it is.

    That takes 18 seconds of processor time, so all tests with it run in one process (tests/conftest.py).
    """
    with centre("restore_release", tmp_path_factory.mktemp("upgraded")) as made:
        done = made.run("restore", str(RELEASE))
        assert done.returncode == 0, done.stderr
        assert "rows and figures are those of the backup" in done.stdout
        yield made


@pytest.fixture(scope="module")
def restored(upgraded: Centre, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    """A copy of it, which tests may change."""
    var = tmp_path_factory.mktemp("restored")
    shutil.copytree(upgraded.var, var, dirs_exist_ok=True)
    with centre("restore_copy", var, like=upgraded) as made:
        yield made

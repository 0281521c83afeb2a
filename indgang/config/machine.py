"""All processes of one machine: pages, streams, two switchboards and a worker, with their database."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import psycopg
from django.conf import settings
from django.db import OperationalError, connection

from indgang.audit import protection
from indgang.config import database_roles, embedded
from indgang.config.supervisor import Process, Supervisor, check_free, python
from indgang.live.processes import NAMES

Say = Callable[[str], None]

#: processes that run twice, and the second one's name: one works, the other stands by and takes over when it dies.
#: Starting a process takes seconds on a busy machine, and new calls would get no answer meanwhile.
STANDING_BY = {"switchboard": "standby"}
#: seconds that they leave the processors to the others, for which people wait
_DELAY = 5.0


def run(say: Say) -> None:
    """Run everything until a signal ends it. Raises AddressTaken before anything is started."""
    check_free(settings.WEB_ADDRESS, "INDGANG_WEB_ADDRESS")
    check_free(settings.LIVE_ADDRESS, "INDGANG_LIVE_ADDRESS")
    wait_for_database(say)
    if protection.rewritable_tables():
        say(database_roles.UNPROTECTED)
    connection.close()
    processes = [_process(name, name) for name in NAMES]
    processes += [_process(second, name, delay=_DELAY) for name, second in STANDING_BY.items()]
    try:
        asyncio.run(Supervisor([*_keeper(), *processes], say).run())
    finally:
        embedded.leave()


def _process(shown: str, name: str, *, delay: float = 0.0) -> Process:
    return Process(shown, python("indgang", name), database_roles.withheld(name), delay=delay)


def wait_for_database(say: Say, every: float = 2.0) -> None:
    """Return when the database answers; report once if it has to wait."""
    said = False
    while True:
        try:
            connection.ensure_connection()
        except (OperationalError, psycopg.OperationalError) as error:
            if not said:
                say(f"Waiting for the database: {str(error).splitlines()[0]}")
                said = True
            time.sleep(every)
        else:
            connection.close()
            return


def _keeper() -> list[Process]:
    """The process that looks after the embedded database (keeper.py); none for an external database."""
    folder = embedded.folder()
    return [] if folder is None else [Process("database", python("indgang.config.keeper", str(folder)))]

"""The running processes of the product: each renews a row of its own, and a killed process stops doing so.

A heartbeat says that the process exists, not that it works; other checks show this (waiting orders, parts that are not
announced, exchanges without a heartbeat).

Ages are measured by the database's clock, because the clocks of machines differ and a demo's clock is moved.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db import Error, connection
from django.db.models import DurationField, ExpressionWrapper, F, QuerySet
from django.db.models.functions import Now

from indgang import __version__
from indgang.live.models import RunningProcess

logger = logging.getLogger(__name__)

#: the processes that an installation needs, at least one of each; each is a command of `indgang`
NAMES = ("web", "live", "switchboard", "worker")
#: seconds between two heartbeats
EVERY_SECONDS = 10.0
#: after this long without a heartbeat, something is wrong with the process
ALIVE_WITHIN = timedelta(seconds=30)
#: after this long without a heartbeat, its row is deleted
FORGET_AFTER = timedelta(minutes=10)


@dataclass(slots=True)
class Life:
    """This process's row. `standing_by` may be changed while the process runs."""

    name: str
    standing_by: bool = False
    row: int = 0

    def beat(self) -> None:
        """Renew the row (or create it again after a long outage of the database), and delete rows without a recent
        heartbeat."""
        own = RunningProcess.objects.filter(pk=self.row)
        if not own.update(heartbeat=Now(), standing_by=self.standing_by):
            self.row = RunningProcess.objects.create(
                name=self.name, host=socket.gethostname()[:200], pid=os.getpid(), version=__version__,
                standing_by=self.standing_by, started_at=Now(), heartbeat=Now(),
            ).pk  # fmt: skip
        RunningProcess.objects.filter(heartbeat__lt=Now() - FORGET_AFTER).delete()

    def end(self) -> None:
        """Remove the row when the process ends normally."""
        RunningProcess.objects.filter(pk=self.row).delete()


def give_signs_of_life(name: str, *, standing_by: bool = False) -> Life:
    """Start a thread that sends heartbeats until the process ends. It holds no connection between two heartbeats."""
    life = Life(name, standing_by)
    threading.Thread(target=_live, args=(life,), name="signs-of-life").start()
    return life


def seen() -> QuerySet[RunningProcess]:
    """All processes with a row, each with `age`: the time since its last heartbeat."""
    # not as a keyword, which the type checker takes for a second declaration of the model's `age`
    added = {"age": ExpressionWrapper(Now() - F("heartbeat"), output_field=DurationField())}
    return RunningProcess.objects.annotate(**added)


def is_alive(name: str) -> bool:
    """Whether any process of that name has a recent heartbeat."""
    return RunningProcess.objects.filter(name=name, heartbeat__gte=Now() - ALIVE_WITHIN).exists()


def _live(life: Life) -> None:
    """Neither a daemon thread nor `atexit`: a web server's workers wait for their threads and for nothing else."""
    main = threading.main_thread()
    while main.is_alive():
        _try(life.beat)
        main.join(EVERY_SECONDS)
    _try(life.end)


def _try(work: Callable[[], None]) -> None:
    """Run it; errors of an unreachable database are ignored."""
    try:
        work()
    except Error as error:
        logger.info("no sign of life could be given: %s", str(error).splitlines()[:1])
    finally:
        connection.close()

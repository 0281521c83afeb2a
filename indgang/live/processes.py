"""Which processes of the product run: each renews a row of its own, and what was killed stops doing so.

A sign of life says that the process is there, not that it does its work; what it does is looked at elsewhere (orders
that wait, parts that are not announced, exchanges that are not heard).

Ages are counted by the database's clock: the clocks of machines differ, and a demo's clock is moved.
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

#: seconds between two signs of life
EVERY_SECONDS = 10.0
#: without one for this long, something is wrong with the process
ALIVE_WITHIN = timedelta(seconds=30)
#: without one for this long, it is forgotten
FORGET_AFTER = timedelta(minutes=10)


@dataclass(slots=True)
class Life:
    """This process's row. `standing_by` may be changed while it lives."""

    name: str
    standing_by: bool = False
    row: int = 0

    def beat(self) -> None:
        """Renew the row (somebody may have forgotten it while the database was away), and forget who fell silent."""
        own = RunningProcess.objects.filter(pk=self.row)
        if not own.update(heartbeat=Now(), standing_by=self.standing_by):
            self.row = RunningProcess.objects.create(
                name=self.name, host=socket.gethostname()[:200], pid=os.getpid(), version=__version__,
                standing_by=self.standing_by, started_at=Now(), heartbeat=Now(),
            ).pk  # fmt: skip
        RunningProcess.objects.filter(heartbeat__lt=Now() - FORGET_AFTER).delete()

    def end(self) -> None:
        """Remove the row: the process ends regularly."""
        RunningProcess.objects.filter(pk=self.row).delete()


def give_signs_of_life(name: str, *, standing_by: bool = False) -> Life:
    """Begin, in a thread of its own, until the process ends. Holds no connection between two signs."""
    life = Life(name, standing_by)
    threading.Thread(target=_live, args=(life,), name="signs-of-life").start()
    return life


def seen() -> QuerySet[RunningProcess]:
    """All that are not forgotten, each with `age`: the time since its last sign of life."""
    age = ExpressionWrapper(Now() - F("heartbeat"), output_field=DurationField())
    return RunningProcess.objects.annotate(age=age)


def is_alive(name: str) -> bool:
    """Whether any process of that name has given a sign of life lately."""
    return RunningProcess.objects.filter(name=name, heartbeat__gte=Now() - ALIVE_WITHIN).exists()


def _live(life: Life) -> None:
    """No daemon thread and no `atexit`: a web server's workers wait for their threads and for nothing else."""
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

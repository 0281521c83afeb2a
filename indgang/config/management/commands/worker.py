"""`indgang worker`: run background jobs, such as mails and daily routines, and follow the shared mailboxes."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from django.core.management.base import BaseCommand

from indgang.config import garbage, jobs, newer_tables, secret
from indgang.core import compiled
from indgang.knowledge import reindexing
from indgang.live import processes
from indgang.messaging.mailbox import keeping

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Do background jobs until stopped; several workers share the work"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--until-empty", action="store_true", help="stop when nothing is left to do")
        parser.add_argument(
            "--simulations", action="store_true", help="play the simulations that wait, and stop; used by the worker"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        secret.check()
        newer_tables.check()
        garbage.settle()
        logger.info("the engines run %s", "compiled" if compiled.are_compiled() else "as Python")
        if options["simulations"]:
            asyncio.run(jobs.run_worker(wait=False, queues=jobs.SIMULATIONS))
            return
        if not options["until_empty"]:
            processes.give_signs_of_life("worker")
            keeping.start()
        reindexing.bring_up_to_date()
        queues = () if options["until_empty"] else jobs.SOON_OVER
        asyncio.run(jobs.run_worker(wait=not options["until_empty"], queues=queues))

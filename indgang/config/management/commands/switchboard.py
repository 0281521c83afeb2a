"""`indgang switchboard`: run the one process that handles live calls."""

from __future__ import annotations

import asyncio
import signal
from typing import Any

import uvloop
from django.core.management.base import BaseCommand, CommandError

from indgang.config import garbage, newer_tables, secret, switchboard
from indgang.entry.switchboard.leadership import DeposedError


class Command(BaseCommand):
    help = "Run the switchboard: connect the exchanges, distribute calls, write what happens"
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        secret.check()
        newer_tables.check()
        garbage.settle()
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_until_stopped())


async def _until_stopped() -> None:
    running = asyncio.create_task(switchboard.run_switchboard())
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, running.cancel)
    try:
        await running
    except asyncio.CancelledError:
        return
    except ExceptionGroup as group:
        if group.subgroup(DeposedError) is None:
            raise
        # whoever has started this process starts it again, to stand by
        raise CommandError("Another switchboard has taken over while the database was away.") from None

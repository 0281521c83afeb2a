"""A worker process is killed after the gateway has read the message and before the answer is written down."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from django.db import connection
from procrastinate.exceptions import AlreadyEnqueued

from indgang.config import jobs, watch
from indgang.core import clock
from indgang.correspondence.models import SmsMessage
from indgang.correspondence.sms import sending
from tests.enquiries.told_calls import BAKERY, talking
from tests.messaging.sms import stand_in
from tests.processes import Started
from tests.world import build

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.slow("starts a worker process, kills it, and lets another take up what it left"),
]
_WORKER = """
import django
django.setup()
from indgang.config import watch
watch.watch = lambda at: None
from django.core.management import call_command
call_command("worker", "--until-empty")
"""


def test_the_doubt_is_shown_and_nothing_is_sent_twice(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "watch", lambda at: None)
    settings.SMS_GATEWAY = "gatewayapi"
    world, read = build(), threading.Event()
    requests: list[str] = []
    with stand_in.running() as server:

        def keep_waiting(handler: BaseHTTPRequestHandler, message: dict[str, Any]) -> bool:
            requests.append(message["userref"])
            read.set()
            return server.released.wait(120)

        server.misbehave = keep_waiting
        call = talking(world.anna)
        message = sending.queue(number=BAKERY, text="Linket", enquiry=call, by=world.anna, at=clock.now())
        environment = os.environ | {
            "DATABASE_URL": _database(), "INDGANG_SMS_GATEWAY": "gatewayapi", "INDGANG_SMS_ADDRESS": server.address,
            "INDGANG_SMS_TOKEN": stand_in.TOKEN,
        }  # fmt: skip
        with Started([sys.executable, "-c", _WORKER], env=environment) as worker:
            try:
                assert read.wait(120), "the gateway has read the message"
            finally:
                worker.kill()
        message.refresh_from_db()
        assert message.state == SmsMessage.State.SENDING
        _take_up_what_was_left()
        message.refresh_from_db()
        assert message.state == SmsMessage.State.DOUBT
        assert requests == [str(message.pk)]


def _take_up_what_was_left() -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '31 seconds'")
    with suppress(AlreadyEnqueued):  # a worker has thought of it itself
        jobs.take_up.configure(task_kwargs={"timestamp": 0}).defer()
    asyncio.run(jobs.run_worker(wait=False, obey_signals=False))


def _database() -> str:
    there = connection.settings_dict
    port = f":{there['PORT']}" if there["PORT"] else ""
    return f"postgresql://{there['USER']}@{port}/{there['NAME']}?host={there['HOST']}"

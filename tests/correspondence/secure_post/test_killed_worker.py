"""A worker process is killed after the service has read the message and before the answer is written down."""

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

from indgang.accounts import sealing
from indgang.config import jobs, watch
from indgang.correspondence.models import Mailbox, SecurePost, ThreadMessage
from tests.correspondence.secure_post.posts import answer, in_hand, mailbox, receive
from tests.messaging.secure_post import stand_in
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
    world, read = build(), threading.Event()
    sent: list[str] = []
    box = mailbox(
        world, adapter=Mailbox.Adapter.POST, login=stand_in.SYSTEM, secret=sealing.seal(stand_in.KEY, "mailbox"),
        undo_seconds=0,
    )  # fmt: skip
    with stand_in.running() as server:

        def keep_waiting(handler: BaseHTTPRequestHandler) -> bool:
            if handler.command != "POST":
                return False
            sent.append(handler.path)
            read.set()
            return server.released.wait(120)

        server.misbehave = keep_waiting
        settings.SECURE_POST_ADDRESS = server.address
        post = answer(in_hand(receive(box), world.anna), world.anna)
        environment = os.environ | {
            "DATABASE_URL": _database(), "INDGANG_SECURE_POST_ADDRESS": server.address,
            "INDGANG_SECRET_KEY": settings.SECRET_KEY,
        }  # fmt: skip
        _run_the_job_now()
        with Started([sys.executable, "-c", _WORKER], env=environment) as worker:
            try:
                assert read.wait(120), "the service has read the message"
            finally:
                worker.kill()
        post.refresh_from_db()
        assert post.state == SecurePost.State.SENDING
        _take_up_what_was_left()
        post.refresh_from_db()
        assert post.state == SecurePost.State.DOUBT
        assert ThreadMessage.objects.get(pk=post.message_id).state == ThreadMessage.State.DOUBT
        assert len(sent) == 1


def _run_the_job_now() -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = now() WHERE status = 'todo'")


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

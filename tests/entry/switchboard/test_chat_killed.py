"""The switchboard is killed while two people chat: they go on, the agent ends the chat, and the next start knows it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import time
from pathlib import Path

import pytest

from indgang.catalogue.models import OpenSpan, Schedule
from indgang.core import clock
from indgang.correspondence.chat import conversation, reading
from indgang.correspondence.models import Chat, Thread
from indgang.entry import commands
from indgang.entry.models import ExchangeStatus, InHand, LiveWork
from tests.browser.rest import wait_for
from tests.correspondence.chats import begun, chat_queue
from tests.processes import Started
from tests.server import database_url
from tests.world import World

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow("starts the switchboard twice")]


@contextmanager
def switchboard(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    ExchangeStatus.objects.update(up=False)
    environment = os.environ | {
        "DATABASE_URL": database_url(), "INDGANG_EXCHANGES": "simulator", "INDGANG_VAR": str(folder),
    }  # fmt: skip
    process: Started[bytes] = Started([sys.executable, "-m", "indgang", "switchboard"], env=environment)
    try:
        wait_for(lambda: ExchangeStatus.objects.filter(name="simulator", up=True).exists(), seconds=120)
        yield process
    finally:
        process.kill()
        process.wait(15)


def test_a_chat_outlives_the_switchboard(world: World, tmp_path: Path) -> None:
    always = Schedule.objects.create(code="altid", name="Altid")
    OpenSpan.objects.bulk_create(
        OpenSpan(schedule=always, weekday=day, opens=time(0, 0), closes=time(23, 59)) for day in range(7)
    )
    queue = chat_queue(world, schedule=always)
    with switchboard(tmp_path) as process:
        for kind, words in (("sign_in", {"phone_kind": "browser", "phone_address": ""}), ("ready", {})):
            commands.give_and_wait(kind, by=world.anna, at=clock.now(), patience=60.0, **words)
        begun(queue, at=clock.now())
        wait_for(lambda: InHand.objects.filter(person=world.anna, stage="ringing").exists(), seconds=60)
        commands.give_and_wait("answer", by=world.anna, at=clock.now(), patience=60.0)
        wait_for(lambda: Thread.objects.get().holder == world.anna, seconds=60)
        os.kill(process.pid, signal.SIGKILL)
    chat = Chat.objects.select_related("thread").get()
    conversation.write_by_agent(chat, "Ja.", by=world.anna, at=clock.now())
    conversation.write_by_contact(chat, "Tak!", at=clock.now())
    conversation.end_by_agent(chat, by=world.anna, at=clock.now())
    assert LiveWork.objects.filter(item=chat.pk).exists(), "nobody has taken it from the board yet"
    with switchboard(tmp_path):
        wait_for(lambda: not LiveWork.objects.filter(item=chat.pk).exists(), seconds=60)
        wait_for(lambda: Thread.objects.get().enquiry.state == "unregistered", seconds=60)
    assert [line.message.text for line in reading.page_of(chat)] == ["Må jeg bygge et skur?", "Ja.", "Tak!"]

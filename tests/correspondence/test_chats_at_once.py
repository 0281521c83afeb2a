"""Two who do something with a chat at the same moment: whoever comes second sees what the first has done."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from datetime import time as clock_time
from typing import Any

import pytest
from django.db import connection, transaction

from indgang.core.clock import COPENHAGEN, day_of
from indgang.core.refusals import RefusedChange
from indgang.correspondence.chat import conversation, sweeping
from indgang.correspondence.models import Chat, ChatLine, Thread
from indgang.enquiries.event_kinds import EnquiryKind
from indgang.enquiries.models import Enquiry
from indgang.events.models import StoredEvent
from tests.correspondence.chats import begun, chat_queue, taken
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db(transaction=True)
#: seconds, the longest a step may take on a busy machine
LONGEST = 30.0
AFTER_CLOSING = datetime.combine(day_of(MORNING), clock_time(16, 5), COPENHAGEN)


def both(first: Callable[[], Any], other: Callable[[], Any], *, then: Callable[[], None] = lambda: None) -> Future[Any]:
    """Somebody does the first thing and, while another waits for that, what is `then` to be done; then it is committed,
    and the other one gets on. The result is that of the other one."""
    with ThreadPoolExecutor(1) as pool, transaction.atomic():  # the commit comes before the pool waits
        first()
        result = pool.submit(_in_own_connection, other)
        _await_lock()
        then()
    return result


def _in_own_connection(act: Callable[[], Any]) -> Any:
    try:
        return act()
    finally:
        connection.close()


def _await_lock() -> None:
    """Wait until another transaction waits for a lock of ours."""
    until = time.monotonic() + LONGEST
    while time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'transactionid' AND NOT granted)")
            if cursor.fetchone() == (True,):
                return
        time.sleep(0.02)
    raise AssertionError("nobody waits")


def test_what_is_written_while_the_chat_ends_is_refused(world: World) -> None:
    chat = taken(begun(chat_queue(world)), world.anna)
    written = both(
        lambda: conversation.end_by_agent(chat, by=world.anna, at=MORNING),
        lambda: conversation.write_by_contact(chat, "En ting til", at=MORNING),
    )
    assert isinstance(written.exception(), RefusedChange)
    assert ChatLine.objects.count() == 1


def test_two_first_answers_at_once_are_one_event(world: World) -> None:
    chat = taken(begun(chat_queue(world)), world.anna)
    line = both(
        lambda: conversation.write_by_agent(chat, "Hej.", by=world.anna, at=MORNING),
        lambda: conversation.write_by_agent(chat, "Ja.", by=world.anna, at=MORNING),
    ).result()
    assert (line.number, line.chat.thread.answered_at, line.chat.thread.waits_since) == (3, MORNING, None)
    assert StoredEvent.objects.filter(stream=chat.pk, kind=EnquiryKind.REPLIED).count() == 1


def test_a_chat_that_is_taken_at_closing_goes_on(world: World) -> None:
    chat = begun(chat_queue(world), at=MORNING)
    swept = both(lambda: taken(chat, world.anna, AFTER_CLOSING), lambda: sweeping.sweep(at=AFTER_CLOSING))
    assert swept.result() == 0
    thread = Thread.objects.get(pk=chat.pk)
    assert (thread.state, thread.holder, Chat.objects.get().ended_how) == (Thread.State.IN_WORK, world.anna, "")


def test_whoever_writes_waits_for_the_enquiry_and_holds_nothing_that_the_switchboard_wants(world: World) -> None:
    chat = taken(begun(chat_queue(world)), world.anna)
    line = both(
        lambda: Enquiry.objects.select_for_update().get(pk=chat.pk),
        lambda: conversation.write_by_agent(chat, "Ja.", by=world.anna, at=MORNING),
        then=lambda: _lock(chat),
    ).result()
    assert line.number == 2


def _lock(chat: Chat) -> None:
    """What the switchboard locks after the enquiry, and the chat; raises OperationalError when somebody has it."""
    Thread.objects.select_for_update(nowait=True).get(pk=chat.pk)
    Chat.objects.select_for_update(nowait=True).get(pk=chat.pk)

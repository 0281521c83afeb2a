"""An SMS is answered in its thread: sent once, followed by its receipts, and back with its author when it fails."""

from __future__ import annotations

from datetime import timedelta

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from indgang.core import clock
from indgang.core.ids import uuid7
from indgang.core.refusals import RefusedChange
from indgang.correspondence import answers
from indgang.correspondence.mail import sending as mail_sending
from indgang.correspondence.models import ReplyDraft, SmsMessage, Thread, ThreadMessage
from indgang.correspondence.sms import answering, receipts, receiving, sending
from indgang.entry.models import Command, Queue
from indgang.events.models import StoredEvent
from indgang.messaging.sms.contract import IncomingSms, ReceiptState, SmsDoubt, SmsReceipt, SmsRefused
from tests.correspondence.sms.conftest import Gateway
from tests.enquiries.told_calls import BAKERY
from tests.world import World

pytestmark = pytest.mark.django_db
State = ThreadMessage.State


@pytest.fixture
def thread(world: World, written: Queue) -> Thread:
    """A thread in the hands of Anna."""
    receiving.receive(IncomingSms("m-1", BAKERY, "1204", "Hvornår har I åbent?", clock.now()), at=clock.now())
    Thread.objects.update(holder=world.anna, state=Thread.State.IN_WORK)
    return Thread.objects.get()


def reply(world: World, thread: Thread, text: str = "Fra 9 til 16.", closes: bool = True) -> ThreadMessage:
    return answering.reply(thread, text=text, closes=closes, by=world.anna, at=clock.now())


def work() -> None:
    for job in ProcrastinateJob.objects.filter(task_name=sending.TASK).order_by("id"):
        sending.deliver(**job.args)


def report(message: ThreadMessage, state: ReceiptState) -> None:
    sms = SmsMessage.objects.get(message=message)
    receipts.note(SmsReceipt(str(sms.pk), "g-1", state, clock.now(), "UNDELIVERABLE"), at=clock.now())


def test_an_answer_leaves_ends_the_thread_and_is_followed_until_it_arrives(
    world: World, gateway: Gateway, thread: Thread
) -> None:
    message = reply(world, thread)
    thread.refresh_from_db()
    assert (thread.state, thread.ending) == ("over", "answered")
    assert Command.objects.filter(kind="written_over").exists()
    work()
    [sent] = gateway.sent
    assert (sent.to, sent.text) == (BAKERY, "Fra 9 til 16.")
    message.refresh_from_db()
    assert message.state == State.SENT
    for _ in range(2):
        report(message, ReceiptState.DELIVERED)
    message.refresh_from_db()
    assert message.state == State.DELIVERED
    kinds = list(StoredEvent.objects.filter(stream=thread.pk).order_by("number").values_list("kind", flat=True))
    assert kinds.count("replied") == 1
    assert SmsMessage.objects.get(message=message).enquiry_id == thread.pk


def test_only_whoever_has_it_answers_and_the_same_answer_twice_is_one(
    world: World, gateway: Gateway, thread: Thread
) -> None:
    with pytest.raises(RefusedChange):
        answering.reply(thread, text="Hej", closes=True, by=world.bo, at=clock.now())
    assert reply(world, thread) == reply(world, thread)
    work()
    assert len(gateway.sent) == 1


def test_what_cannot_be_sent_leaves_the_thread_as_it_was(world: World, gateway: Gateway, thread: Thread) -> None:
    with pytest.raises(RefusedChange) as refusal:
        reply(world, thread, "a" * 919)
    assert list(refusal.value.reasons) == ["text"]
    thread.refresh_from_db()
    assert thread.state == "in_work"
    assert thread.messages.count() == 1


def test_an_answer_may_go_to_a_number_that_said_stop_and_wrote_again(
    world: World, gateway: Gateway, thread: Thread
) -> None:
    receiving.receive(IncomingSms("m-2", BAKERY, "1204", "STOP", clock.now()), at=clock.now())
    reply(world, thread)
    work()
    assert len(gateway.sent) == 1


@pytest.mark.parametrize("accepted_first", [True, False])
def test_what_is_refused_comes_back_as_a_draft(
    world: World, gateway: Gateway, thread: Thread, accepted_first: bool
) -> None:
    if not accepted_first:
        gateway.answers = [SmsRefused("400 0x0215", for_good=True)]
    message = reply(world, thread)
    work()
    if accepted_first:
        report(message, ReceiptState.FAILED)
    message.refresh_from_db()
    thread.refresh_from_db()
    assert message.state == State.REFUSED
    assert thread.state == "waiting"
    assert ReplyDraft.objects.filter(thread=thread, person=world.anna).exists()


@pytest.mark.parametrize("was_sent", [True, False])
def test_a_person_settles_a_doubt(world: World, gateway: Gateway, thread: Thread, was_sent: bool) -> None:
    gateway.answers = [SmsDoubt("cut")]
    message = reply(world, thread)
    work()
    message.refresh_from_db()
    assert message.state == State.DOUBT
    answering.settle(message, was_sent=was_sent, by=world.anna, at=clock.now())
    work()
    message.refresh_from_db()
    assert message.state == (State.SENT if was_sent else State.WITHDRAWN)
    assert len(gateway.sent) == (1 if was_sent else 2)
    with pytest.raises(RefusedChange):
        answering.settle(message, was_sent=True, by=world.anna, at=clock.now())


def test_an_answer_that_its_author_withdrew_does_not_leave(world: World, gateway: Gateway, thread: Thread) -> None:
    message = reply(world, thread)
    answers.undo(message, by=world.anna, at=clock.now())
    work()
    message.refresh_from_db()
    assert gateway.sent == []
    assert message.state == State.WITHDRAWN
    assert ReplyDraft.objects.filter(thread=thread, person=world.anna).count() == 1


def test_the_worker_of_mails_leaves_answers_by_sms_alone(world: World, gateway: Gateway, thread: Thread) -> None:
    gateway.answers = [SystemExit("killed")]
    message = reply(world, thread)
    with pytest.raises(SystemExit):
        work()
    message.refresh_from_db()
    assert message.state == State.SENDING
    assert mail_sending.send_due(at=clock.now() + timedelta(hours=1)) == 0
    message.refresh_from_db()
    assert message.state == State.SENDING
    work()
    message.refresh_from_db()
    assert message.state == State.DOUBT


def test_an_sms_that_came_while_the_answer_was_written_is_read_first(
    world: World, thread: Thread, gateway: Gateway
) -> None:
    first = answers.from_people(thread).values_list("pk", flat=True).first()
    newer = answers.from_people(thread).get()
    newer.pk, newer.digest, newer.at = uuid7(), "", newer.at + timedelta(minutes=1)
    newer.save(force_insert=True)
    with pytest.raises(RefusedChange, match="ny"):
        answering.reply(thread, text="Fra 9 til 16.", closes=True, by=world.anna, at=clock.now(), seen=first)
    answering.reply(thread, text="Fra 9 til 16.", closes=True, by=world.anna, at=clock.now(), seen=newer.pk)
    thread.refresh_from_db()
    assert thread.is_over

"""An SMS in hand is answered by SMS on the page of written enquiries: a text alone, counted, sent and settled."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse

from indgang.core import clock
from indgang.correspondence import answers
from indgang.correspondence.models import SmsMessage, Thread, ThreadMessage
from indgang.correspondence.sms import receiving, sending
from indgang.entry.models import AgentState, Queue
from indgang.messaging.models import SimulatedSms
from indgang.messaging.sms.contract import IncomingSms
from indgang.routing.distribution.requirement import WRITTEN
from tests.desk.conftest import SignIn, at_desk, exchange
from tests.world import World

pytestmark = pytest.mark.django_db
NO_ANSWER = "+4599990003"


def in_hand(world: World, number: str = "+4599990101") -> Thread:
    """An SMS that Anna has in hand."""
    Queue.objects.filter(code="tmf-byggeri").update(work=Queue.Work.WRITTEN)
    receiving.receive(IncomingSms("m-1", number, "1204", "Hvornår har I åbent?", clock.now()), at=clock.now())
    Thread.objects.update(holder=world.anna, state=Thread.State.IN_WORK)
    thread: Thread = Thread.objects.get()
    exchange()
    at_desk(world.anna, AgentState.WORKING, thread.enquiry, kind=WRITTEN)
    return thread


@pytest.fixture(autouse=True)
def simulates(settings: Any) -> None:
    settings.SMS_GATEWAY = "simulator"


def send(sms: SmsMessage) -> None:
    sending.deliver(sms=str(sms.pk))


def test_the_page_has_a_text_alone_and_sends_it(world: World, as_: SignIn) -> None:
    thread, anna = in_hand(world), as_(world.anna)
    shown = anna.get(reverse("desk:written", args=[thread.pk])).content.decode()
    assert "Hvornår har I åbent?" in shown
    assert 'id="sms-counted"' in shown
    assert 'name="subject"' not in shown
    assert 'type="file"' not in shown
    anna.post(reverse("desk:written-reply", args=[thread.pk]), {"text": "Fra 9 til 16.", "closes": "yes"})
    sms = SmsMessage.objects.get(direction="out")
    send(sms)
    assert SimulatedSms.objects.get().text == "Fra 9 til 16."
    thread.refresh_from_db()
    assert (thread.state, thread.ending) == ("over", "answered")


def test_a_text_that_is_too_long_is_kept_with_what_to_do(world: World, as_: SignIn) -> None:
    thread = in_hand(world)
    typed = {"text": "a" * 919, "closes": "yes"}
    answer = as_(world.anna).post(reverse("desk:written-reply", args=[thread.pk]), typed)
    assert answer.status_code == 422
    assert "Kort den ned" in answer.content.decode()
    assert "a" * 919 in answer.content.decode()


def test_a_doubt_is_settled_on_the_page(world: World, as_: SignIn) -> None:
    thread, anna = in_hand(world, NO_ANSWER), as_(world.anna)
    anna.post(reverse("desk:written-reply", args=[thread.pk]), {"text": "Fra 9 til 16.", "closes": "no"})
    send(SmsMessage.objects.get(direction="out"))
    message = ThreadMessage.objects.get(direction="out")
    assert message.state == ThreadMessage.State.DOUBT
    shown = anna.get(reverse("desk:written", args=[thread.pk])).content.decode()
    assert "Vi ved ikke, om sms&#x27;en blev sendt" in shown or "Vi ved ikke, om sms'en blev sendt" in shown
    assert "postkasse" not in shown
    anna.post(reverse("desk:written-settlement", args=[thread.pk, message.pk]), {"result": "again"})
    assert SmsMessage.objects.filter(direction="out").count() == 2


@pytest.mark.parametrize(
    ("reason", "says"),
    [
        ("400 0x0217", "tog ikke imod"),
        ("the gateway cannot be reached (timeout)", "tog ikke imod"),
        ("UNDELIVERABLE 0x0310", "kunne ikke leveres"),
        ("STOP", "har svaret STOP"),
        ("EXPIRED", "uden dækning"),
    ],
)
def test_what_did_not_arrive_says_why_in_danish(world: World, as_: SignIn, reason: str, says: str) -> None:
    thread, anna = in_hand(world), as_(world.anna)
    anna.post(reverse("desk:written-reply", args=[thread.pk]), {"text": "Fra 9 til 16.", "closes": "no"})
    answers.failed(ThreadMessage.objects.get(direction="out"), fault=reason, at=clock.now())
    shown = anna.get(reverse("desk:written", args=[thread.pk])).content.decode()
    assert says in shown
    read = re.sub(r"<[^>]*>", " ", shown)  # a token in an attribute may hold 0x0
    assert not any(word in read for word in ("0x0", "gateway cannot", "UNDELIVERABLE", "EXPIRED"))


def test_an_answer_that_is_pressed_twice_is_sent_once(world: World, as_: SignIn) -> None:
    thread, anna = in_hand(world), as_(world.anna)
    for _time in range(2):
        answer = anna.post(
            reverse("desk:written-reply", args=[thread.pk]), {"text": "Fra 9 til 16.", "closes": "yes"}, follow=True
        )
        assert (answer.status_code, answer.context["talk"].thread.is_over) == (200, True)
        send(SmsMessage.objects.get(direction="out"))
    assert SimulatedSms.objects.count() == 1

"""An SMS leaves once, or somebody is told of the doubt; receipts settle it in whatever order they come."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from indgang.audit.models import Change
from indgang.core import clock
from indgang.core.refusals import RefusedChange
from indgang.correspondence.models import SmsMessage
from indgang.correspondence.sms import keywords, receipts, sending
from indgang.correspondence.sms.sending import SmsGivenUp, SmsNotSent
from indgang.enquiries.models import Enquiry
from indgang.events.models import StoredEvent
from indgang.messaging.sms.contract import ReceiptState, SmsAccepted, SmsDoubt, SmsReceipt, SmsRefused
from tests.correspondence.sms.conftest import Gateway
from tests.enquiries.told_calls import BAKERY, talking
from tests.world import World

pytestmark = pytest.mark.django_db
State = SmsMessage.State


@pytest.fixture
def call(world: World) -> Enquiry:
    return talking(world.anna)


def queue(world: World, call: Enquiry, text: str = "Her er linket.", number: str = BAKERY, **more: Any) -> SmsMessage:
    return sending.queue(number=number, text=text, enquiry=call, by=world.anna, at=clock.now(), **more)


def work() -> None:
    """Do the jobs that are in the queue, once each."""
    for job in ProcrastinateJob.objects.filter(task_name=sending.TASK).order_by("id"):
        sending.deliver(**job.args)


def receipt(message: SmsMessage, state: ReceiptState = ReceiptState.DELIVERED, **more: Any) -> SmsReceipt:
    reference = more.pop("reference", str(message.pk))
    return SmsReceipt(reference, more.pop("gateway", "g-1"), state, clock.now(), "UNDELIVERABLE 0x1010")


def state_of(message: SmsMessage) -> str:
    message.refresh_from_db()
    return message.state


def told(call: Enquiry) -> list[tuple[str, str]]:
    """The events about SMS in the stream of the enquiry, with the state that they tell of."""
    rows = StoredEvent.objects.filter(stream=call.pk, kind__startswith="sms_").order_by("number")
    return [(row.kind, str(row.data.get("state", ""))) for row in rows]


def test_a_message_is_sent_with_its_parts_counted_and_told_in_the_enquiry(
    world: World, call: Enquiry, gateway: Gateway
) -> None:
    message = queue(world, call, "Æ" * 200)
    assert (message.parts, message.encoding, state_of(message)) == (2, "gsm", State.QUEUED)
    work()
    [sent] = gateway.sent
    assert (sent.reference, sent.to, sent.text) == (str(message.pk), BAKERY, "Æ" * 200)
    assert state_of(message) == State.ACCEPTED
    receipts.note(receipt(message), at=clock.now())
    assert state_of(message) == State.DELIVERED
    assert told(call) == [("sms_written", ""), ("sms_settled", "accepted"), ("sms_settled", "delivered")]
    assert Change.objects.filter(action="sms.send").count() == 1


def test_the_job_and_the_events_hold_nothing_personal(world: World, call: Enquiry, gateway: Gateway) -> None:
    message = queue(world, call, "Hemmelig")
    work()
    assert ProcrastinateJob.objects.get(task_name=sending.TASK).args == {"sms": str(message.pk)}
    data = str(list(StoredEvent.objects.filter(kind__startswith="sms_").values_list("data", flat=True)))
    assert "Hemmelig" not in data
    assert BAKERY not in data


def test_a_change_that_is_taken_back_sends_nothing(world: World, call: Enquiry, gateway: Gateway) -> None:
    with transaction.atomic():
        queue(world, call)
        transaction.set_rollback(True)
    work()
    assert gateway.sent == []


def test_a_job_that_is_done_twice_sends_once(world: World, call: Enquiry, gateway: Gateway) -> None:
    queue(world, call)
    work()
    work()
    assert len(gateway.sent) == 1


def test_a_worker_that_dies_between_sending_and_writing_down_leaves_a_doubt_and_sends_nothing_twice(
    world: World, call: Enquiry, gateway: Gateway
) -> None:
    gateway.answers = [SystemExit("killed")]
    message = queue(world, call)
    with pytest.raises(SystemExit):
        work()
    assert state_of(message) == State.SENDING
    work()  # another worker takes the job up
    assert state_of(message) == State.DOUBT
    work()
    assert len(gateway.sent) == 1
    assert message.is_trouble
    receipts.note(receipt(message), at=clock.now())
    assert state_of(message) == State.DELIVERED, "a receipt settles the doubt"


def test_a_gateway_that_is_down_is_asked_again_and_then_given_up(world: World, call: Enquiry, gateway: Gateway) -> None:
    message = queue(world, call)
    gateway.answers = [SmsRefused("the gateway cannot be reached", for_good=False)] * 5
    for _ in range(4):
        with pytest.raises(SmsNotSent):
            work()
        assert state_of(message) == State.QUEUED
    with pytest.raises(SmsGivenUp):  # the job fails, so that an alert is raised
        work()
    assert state_of(message) == State.FAILED
    assert len(gateway.sent) == 5


def test_what_is_refused_for_good_is_not_tried_again(world: World, call: Enquiry, gateway: Gateway) -> None:
    message = queue(world, call)
    gateway.answers = [SmsRefused("400 0x0215", for_good=True)]
    work()
    work()
    assert (state_of(message), message.reason, len(gateway.sent)) == (State.FAILED, "400 0x0215", 1)


def test_a_receipt_that_comes_before_the_answer_is_not_overwritten(
    world: World, call: Enquiry, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = queue(world, call)
    hand_over = gateway.send

    def send(sms: Any) -> Any:
        receipts.note(receipt(message), at=clock.now())
        return hand_over(sms)

    monkeypatch.setattr(gateway, "send", send)
    work()
    assert state_of(message) == State.DELIVERED
    assert message.gateway_reference == "g-1"


def test_a_receipt_without_our_reference_is_found_by_the_gateways(
    world: World, call: Enquiry, gateway: Gateway
) -> None:
    message = queue(world, call)
    work()
    receipts.note(receipt(message, reference=""), at=clock.now())
    assert state_of(message) == State.DELIVERED


def test_the_same_receipt_twice_is_told_once(world: World, call: Enquiry, gateway: Gateway) -> None:
    message = queue(world, call)
    work()
    for _ in range(2):
        receipts.note(receipt(message), at=clock.now())
    assert told(call).count(("sms_settled", "delivered")) == 1


@pytest.mark.parametrize("reference", ["not ours", "018f0000-0000-7000-8000-000000000000", ""])
def test_a_receipt_of_a_message_that_is_not_ours_is_ignored(world: World, gateway: Gateway, reference: str) -> None:
    receipts.note(SmsReceipt(reference, "", ReceiptState.DELIVERED, clock.now()), at=clock.now())
    assert not SmsMessage.objects.exists()


def test_what_was_accepted_and_fails_later_may_be_sent_again_once(
    world: World, call: Enquiry, gateway: Gateway
) -> None:
    message = queue(world, call)
    work()
    receipts.note(receipt(message, ReceiptState.FAILED), at=clock.now())
    assert (state_of(message), message.reason) == (State.FAILED, "UNDELIVERABLE 0x1010")
    again = sending.send_again(message, by=world.anna, at=clock.now())
    assert sending.send_again(message, by=world.anna, at=clock.now()) == again
    work()
    assert [sent.reference for sent in gateway.sent] == [str(message.pk), str(again.pk)]
    with pytest.raises(RefusedChange):
        sending.send_again(again, by=world.anna, at=clock.now())


@pytest.mark.parametrize(
    ("number", "text", "field"),
    [
        ("112", "Hej", "number"),
        ("", "Hej", "number"),
        (BAKERY, "  ", "text"),
        (BAKERY, "a" * 919, "text"),
        (BAKERY, "CPR 010190-1234 er noteret", "text"),
    ],
)
def test_what_cannot_be_sent_is_refused_with_what_to_do(
    world: World, call: Enquiry, gateway: Gateway, number: str, text: str, field: str
) -> None:
    with pytest.raises(RefusedChange) as refusal:
        queue(world, call, text, number)
    assert list(refusal.value.reasons) == [field]
    assert not SmsMessage.objects.exists()


def test_without_a_gateway_nothing_can_be_written(world: World, call: Enquiry) -> None:
    with pytest.raises(RefusedChange):
        queue(world, call)


def test_a_number_that_said_stop_gets_nothing_but_an_answer_to_its_own_message(
    world: World, call: Enquiry, gateway: Gateway
) -> None:
    waiting = queue(world, call)
    keywords.follow(BAKERY, SmsMessage.Keyword.STOP, clock.now())
    work()
    assert gateway.sent == []
    assert (state_of(waiting), waiting.reason) == (State.FAILED, sending.STOPPED)
    with pytest.raises(RefusedChange):
        queue(world, call)
    asked = theirs("Hvornår har I åbent?")
    queue(world, call, "Fra 9 til 16.", answers=asked)
    work()
    assert [sent.text for sent in gateway.sent] == ["Fra 9 til 16."]
    with pytest.raises(RefusedChange):
        queue(world, call, answers=theirs("stop", keyword="stop"))
    keywords.follow(BAKERY, SmsMessage.Keyword.START, clock.now())
    queue(world, call)


def theirs(text: str, **more: Any) -> SmsMessage:
    return SmsMessage.objects.create(
        direction="in", number=BAKERY, text=text, encoding="gsm", parts=1, state=State.RECEIVED, state_at=clock.now(),
        at=clock.now(), **more,
    )  # fmt: skip


@pytest.mark.parametrize("answer", [SmsAccepted("g-1"), SmsDoubt("cut")])
@pytest.mark.parametrize(
    "states",
    [
        [ReceiptState.DELIVERED, ReceiptState.ON_THE_WAY], [ReceiptState.ON_THE_WAY, ReceiptState.DELIVERED],
        [ReceiptState.FAILED, ReceiptState.DELIVERED], [ReceiptState.DELIVERED, ReceiptState.FAILED],
        [ReceiptState.ON_THE_WAY] * 3 + [ReceiptState.DELIVERED] * 2,
    ],
)  # fmt: skip
def test_once_delivered_it_stays_delivered_in_whatever_order_receipts_come(
    world: World, call: Enquiry, gateway: Gateway, answer: Any, states: list[ReceiptState]
) -> None:
    message = queue(world, call)
    gateway.answers = [answer]
    work()
    for state in states:
        receipts.note(receipt(message, state), at=clock.now() + timedelta(seconds=1))
    assert state_of(message) == State.DELIVERED


def test_on_its_way_settles_a_doubt(world: World, call: Enquiry, gateway: Gateway) -> None:
    message = queue(world, call)
    gateway.answers = [SmsDoubt("cut")]
    work()
    assert state_of(message) == State.DOUBT
    receipts.note(receipt(message, ReceiptState.ON_THE_WAY), at=clock.now())
    assert state_of(message) == State.ACCEPTED

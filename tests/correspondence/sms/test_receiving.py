"""What telephones write is stored once, leads back to its enquiry, and STOP is kept."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from indgang.core import clock
from indgang.correspondence.models import Mailbox, RoutingRule, SmsMessage, SmsSilence, Thread, ThreadMessage
from indgang.correspondence.sms import keywords, receiving, sending
from indgang.enquiries.models import Party
from indgang.entry.models import Command, Queue
from indgang.events.models import StoredEvent
from indgang.messaging.sms.contract import IncomingSms
from tests.correspondence.sms.conftest import Gateway
from tests.enquiries.told_calls import BAKERY, talked, talking
from tests.world import World

pytestmark = pytest.mark.django_db
Keyword = SmsMessage.Keyword


def write(text: str, reference: str = "m-1", number: str = BAKERY) -> SmsMessage | None:
    return receiving.receive(IncomingSms(reference, number, "1204", text, clock.now()), at=clock.now())


@pytest.mark.parametrize(
    ("text", "keyword"),
    [
        ("STOP", Keyword.STOP), (" stop. ", Keyword.STOP), ("Stop!", Keyword.STOP), ("afmeld", Keyword.STOP),
        ("START", Keyword.START), ("tilmeld", Keyword.START), ("Stop med det", Keyword.NONE),
        ("Kan I stoppe larmen?", Keyword.NONE), ("", Keyword.NONE), ("??", Keyword.NONE),
    ],
)  # fmt: skip
def test_a_keyword_is_the_whole_text(text: str, keyword: Keyword) -> None:
    assert keywords.keyword_of(text) is keyword


def test_stop_and_start_are_kept_with_their_times(world: World) -> None:
    write("STOP", "m-1")
    write("stop", "m-2")
    [silence] = SmsSilence.objects.all()
    assert keywords.silence_of(BAKERY) == silence
    write("START", "m-3")
    assert keywords.silence_of(BAKERY) is None
    write("STOP", "m-4")
    assert SmsSilence.objects.count() == 2


def test_the_same_message_twice_is_stored_once(world: World, written: Queue) -> None:
    assert write("Hej") is not None
    assert write("Hej") is None
    assert (SmsMessage.objects.count(), ThreadMessage.objects.count()) == (1, 1)


def test_the_first_message_waits_in_a_written_queue_and_a_second_joins_it(world: World, written: Queue) -> None:
    sms = write("Hvornår har I åbent?", "m-1")
    assert sms is not None
    thread = Thread.objects.get()
    assert (thread.channel, thread.contact_address, thread.queue) == ("sms", BAKERY, written)
    assert (sms.enquiry_id, thread.enquiry.caller_number) == (thread.pk, BAKERY)
    [order] = Command.objects.filter(kind="written_order")
    assert order.payload["queue"] == written.code
    write("Altså i dag", "m-2")
    assert [each.text for each in Thread.objects.get().messages.all()] == ["Hvornår har I åbent?", "Altså i dag"]
    kinds = StoredEvent.objects.filter(stream=thread.pk).order_by("number").values_list("kind", flat=True)
    assert list(kinds) == ["received", "contact_wrote"]


def test_a_rule_of_the_centres_mailbox_that_names_the_party_decides_the_queue(world: World, written: Queue) -> None:
    at = {"centre": written.centre, "queue": written}
    box = Mailbox.objects.create(code="tmf", name="Erhverv", address="a@example.dk", adapter="simulated", **at)
    other = Queue.objects.create(
        code="bagerier", work=Queue.Work.WRITTEN, name="Bagerier", centre=written.centre, ring_seconds=30
    )
    named = Party.objects.get(numbers__number=BAKERY).name.lower()
    RoutingRule.objects.create(mailbox=box, order=1, name="Bagere", conditions={"parties": [named]}, queue=other)
    write("Hvornår har I åbent?")
    thread = Thread.objects.get()
    assert (thread.queue, thread.mailbox) == (other, None)
    assert thread.reasons == [["rule", "Bagere"], ["parties", named]]


def test_what_follows_an_english_call_goes_by_the_rules_of_the_english_mailbox(
    world: World, gateway: Gateway, written: Queue
) -> None:
    call = talking(world.anna)
    type(call).objects.filter(pk=call.pk).update(language="en")
    sending.queue(number=BAKERY, text="The link", enquiry=call, by=world.anna, at=clock.now())
    asked = {"parties": [Party.objects.get(numbers__number=BAKERY).name.lower()]}
    for language, conditions in (("da", asked), ("en", {**asked, "language": "en"})):
        box = Mailbox.objects.create(
            code=language, name=language, address=f"{language}@example.dk", adapter="simulated", language=language,
            centre=written.centre, queue=written,
        )  # fmt: skip
        RoutingRule.objects.create(mailbox=box, order=1, name=language, conditions=conditions, queue=written)
    write("The link does not work")
    assert ["rule", "en"] in Thread.objects.get().reasons


def test_an_answer_to_a_link_follows_its_call_and_is_offered_to_whoever_sent_it(
    world: World, gateway: Gateway, written: Queue
) -> None:
    call = talking(world.anna)
    sending.queue(number=BAKERY, text="Linket", enquiry=call, by=world.anna, at=clock.now())
    sms = write("Linket virker ikke")
    assert sms is not None
    assert sms.enquiry is not None
    assert sms.enquiry.follows == call
    assert sms.enquiry != call
    order = Command.objects.get(kind="written_order")
    assert order.payload["prefer"] == {"person": world.anna.pk, "seconds": 900}


def test_after_some_days_a_message_answers_nothing(
    world: World, gateway: Gateway, written: Queue, morning: clock.FrozenTime
) -> None:
    sending.queue(number=BAKERY, text="Linket", enquiry=talking(world.anna), by=world.anna, at=clock.now())
    assert receiving.latest_of_ours(BAKERY, clock.now()) is not None
    assert receiving.latest_of_ours("+4599991002", clock.now()) is None
    morning.move(timedelta(days=15))
    sms = write("Hej igen")
    assert sms is not None
    assert sms.enquiry is not None
    assert sms.enquiry.follows is None


def test_a_thread_that_we_answered_is_opened_again(world: World, gateway: Gateway, written: Queue) -> None:
    first = write("Hvornår har I åbent?", "m-1")
    assert first is not None
    assert first.enquiry is not None
    sending.queue(number=BAKERY, text="9-16", enquiry=first.enquiry, answers=first, by=world.anna, at=clock.now())
    Thread.objects.update(state="over", ending="answered", ended_at=clock.now(), waits_since=None)
    write("Også lørdag?", "m-2")
    thread = Thread.objects.get()
    assert (thread.state, thread.ending, thread.ended_at) == ("waiting", "", None)
    assert thread.waits_since == clock.now()


def test_stop_waits_for_nobody(world: World, written: Queue) -> None:
    write("STOP")
    assert not Thread.objects.exists()
    assert not Command.objects.exists()


def test_the_queue_of_the_settings_takes_what_answers_nothing(world: World, settings: Any, written: Queue) -> None:
    other = world.queues["tmf-byliv"]
    other.work = Queue.Work.WRITTEN
    other.save()
    settings.SMS_QUEUE = other.code
    assert receiving.queue_for(None, clock.now()) == other
    assert receiving.queue_for(talking(world.anna, queue=written.code), clock.now()) == written


def test_without_a_written_queue_it_waits_in_the_safe_one_and_without_any_it_is_still_there(world: World) -> None:
    safe = Queue.objects.filter(is_safe=True).first()
    assert receiving.queue_for(None, clock.now()) == safe
    Queue.objects.update(is_safe=False)
    write("Hej")
    assert Thread.objects.get().queue is None


@pytest.mark.parametrize("number", ["Banken", "", "+4599990101"])
@pytest.mark.parametrize(
    "text", ["", "😀" * 500, "\ufffd", "<script>alert(1)</script>"], ids=["empty", "long", "odd", "script"]
)
def test_whatever_comes_is_stored(world: World, written: Queue, number: str, text: str) -> None:
    sms = write(text, number=number)
    assert sms is not None
    assert Thread.objects.get().messages.get().text == text


def test_who_spoke_english_the_last_time_writes_in_english(world: World, written: Queue) -> None:
    for number, language in ((BAKERY, "en"), ("+4520304051", "da")):
        call = talked(world.anna, number)
        type(call).objects.filter(pk=call.pk).update(
            language=language, party=Party.objects.filter(numbers__number=number).first()
        )
        write("The link does not work", f"m-{number}", number)
    assert dict(Thread.objects.values_list("contact_address", "enquiry__language")) == {
        BAKERY: "en", "+4520304051": "da",
    }  # fmt: skip

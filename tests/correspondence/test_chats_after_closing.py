"""A chat that nobody took before closing ends by rule, and its question can go on as a mail."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

import pytest

from indgang.catalogue.models import OpenSpan
from indgang.core.clock import COPENHAGEN, day_of
from indgang.core.refusals import RefusedChange
from indgang.correspondence import tokens
from indgang.correspondence.chat import conversation, files, leaving, reading, rules, sweeping
from indgang.correspondence.mail import answering, receipts
from indgang.correspondence.models import BlockedSender, Chat, Enclosure, Mailbox, RoutingRule, Thread
from indgang.enquiries import verification
from indgang.enquiries.event_kinds import EnquiryKind
from indgang.enquiries.models import Channel
from indgang.entry.models import Queue
from indgang.events.models import StoredEvent
from indgang.messaging.mail import BadAddress
from tests.correspondence.chats import begun, chat_queue, taken
from tests.correspondence.mails import PER, mailbox, orders
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def at(hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day_of(MORNING), time(hour, minute), COPENHAGEN)


CLOSING = at(16)


def ended(world: World, **more: Any) -> Chat:
    """A chat of 15.30 that nobody took before 16."""
    chat = begun(chat_queue(world), "Må jeg bygge et skur?", at=at(15, 30), name="Per", **more)
    conversation.write_by_contact(chat, "Det er på 12 m².", at=at(15, 31))
    orders()
    sweeping.sweep(at=CLOSING)
    return Chat.objects.select_related("thread__queue").get(pk=chat.pk)


def texts(chat: Chat) -> list[str]:
    return [line.message.text for line in reading.page_of(chat)]


def test_it_waits_until_closing_and_ends_then_with_a_message_and_an_event(world: World) -> None:
    mailbox(world)
    chat = begun(chat_queue(world), at=at(15, 30))
    orders()
    for moment in (at(15, 58), at(15, 59)):
        sweeping.sweep(at=moment)
        assert not Thread.objects.get(pk=chat.pk).is_over
    assert [sweeping.sweep(at=CLOSING + MINUTE), sweeping.sweep(at=CLOSING + MINUTE)] == [1, 0]
    thread = Thread.objects.get(pk=chat.pk)
    assert (thread.state, thread.ending, thread.waits_since) == ("over", Thread.Ending.UNTAKEN, None)
    assert Chat.objects.get().ended_how == Chat.EndedHow.CLOSING
    assert "ingen nåede at tage din chat. Du kan sende dit spørgsmål som en besked" in texts(chat)[-1]
    ((kind, order),) = orders()
    assert (kind, order["enquiry"], order["why"]) == ("written_over", str(chat.pk), "untaken")


def test_one_that_somebody_has_in_hand_goes_on_after_closing(world: World) -> None:
    chat = taken(begun(chat_queue(world), at=at(15, 50)), world.anna, at(15, 51))
    conversation.read_by_agent(chat, by=world.anna)
    assert sweeping.sweep(at=CLOSING + MINUTE) == 0


def test_a_break_of_the_day_is_no_closing_and_a_queue_that_has_ended_is(world: World) -> None:
    chat = begun(chat_queue(world), at=at(11, 59))
    spans = OpenSpan.objects.filter(schedule=world.centres["tmf"].schedule, weekday=day_of(MORNING).weekday())
    spans.delete()
    for opens, closes in ((9, 12), (13, 16)):
        spans.create(schedule=world.centres["tmf"].schedule, weekday=2, opens=time(opens), closes=time(closes))
    conversation.suggest_alternatives(chat, at=at(12))
    assert sweeping.sweep(at=at(12, 30)) == 0
    Queue.objects.filter(code="tmf-chat").update(valid_to=day_of(MORNING))
    assert sweeping.sweep(at=at(12, 31)) == 1
    assert Chat.objects.get().ended_how == Chat.EndedHow.CLOSING


def test_one_that_was_missed_at_closing_ends_in_the_night(world: World) -> None:
    begun(chat_queue(world), at=at(15, 30))
    assert sweeping.sweep(at=at(0, 30) + timedelta(days=1)) == 1
    assert Chat.objects.get().ended_how == Chat.EndedHow.CLOSING


def test_a_question_of_the_last_moment_rings_before_it_ends(world: World) -> None:
    begun(chat_queue(world), at=at(15, 59))
    assert sweeping.sweep(at=CLOSING) == 0
    assert sweeping.sweep(at=at(15, 59) + rules.WAITING_AFTER_CLOSING) == 1


def test_a_queue_that_is_closed_by_hand_is_closed_unless_it_opens_again_on_that_day(world: World) -> None:
    chat = begun(chat_queue(world), at=at(11))
    conversation.suggest_alternatives(chat, at=at(11, 5))
    closed = Queue.objects.filter(code="tmf-chat")
    closed.update(closed_at=at(11, 10), closed_by="Lea", closed_until=at(13))
    assert sweeping.sweep(at=at(11, 20)) == 0
    closed.update(closed_until=at(9) + timedelta(days=1))
    assert sweeping.sweep(at=at(11, 20)) == 1
    assert Chat.objects.get().ended_how == Chat.EndedHow.CLOSING


def test_one_that_is_handed_over_after_closing_waits_for_the_colleague_first(world: World) -> None:
    chat = taken(begun(chat_queue(world), at=at(15, 50)), world.anna, at(15, 51))
    conversation.move(chat, person=world.bo, by=world.anna, at=CLOSING + MINUTE)
    Thread.objects.update(state="waiting", holder=None)
    assert rules.WAITING_AFTER_CLOSING.total_seconds() > conversation.COLLEAGUE_SECONDS
    assert sweeping.sweep(at=CLOSING + MINUTE + timedelta(seconds=conversation.COLLEAGUE_SECONDS)) == 0
    assert sweeping.sweep(at=CLOSING + MINUTE + rules.WAITING_AFTER_CLOSING) == 1


def test_the_question_goes_on_as_a_mail_that_follows_the_chat_and_is_answered_there(world: World) -> None:
    box, chat = mailbox(world), ended(world)
    assert leaving.may_be_left(chat, CLOSING)
    orders()
    thread = leaving.leave(chat, PER, at=CLOSING + MINUTE)
    assert leaving.leave(chat, "en-anden@example.dk", at=CLOSING + MINUTE).pk == thread.pk, "sent twice"
    assert (thread.channel, thread.mailbox, thread.queue, thread.contact_address, thread.contact_name) == (
        Channel.MAIL, box, box.queue, PER, "Per",
    )  # fmt: skip
    assert thread.messages.get(direction="in").text == "Må jeg bygge et skur?\n\nDet er på 12 m²."
    received = StoredEvent.objects.get(stream=thread.pk, kind=EnquiryKind.RECEIVED)
    assert (received.data["follows"], thread.enquiry.channel) == (str(chat.pk), Channel.MAIL)
    ((kind, order),) = orders()
    assert (kind, order["work"], order["queue"]) == ("written_order", "written", "tmf-mail")
    receipt = thread.messages.get(direction="out")
    assert (receipt.to, receipt.automatic, receipt.mailbox) == ([PER], True, box)
    assert f"Nummeret er {receipts.number_of(thread)}. Du skrev:" in receipt.text
    assert "Det er på 12 m²." in receipt.text
    assert tokens.shown(thread.token) in receipt.subject
    Thread.objects.filter(pk=thread.pk).update(state="in_work", holder=world.anna)
    answer = answering.reply(
        thread, to=[PER], subject="", text="Ja, op til 50 m².", closes=True, by=world.anna, at=CLOSING + 2 * MINUTE
    )
    assert "Det er på 12 m²." in answer.quoted
    assert list(verification.Verification().run()) == []


def test_it_goes_where_the_rules_of_the_mailbox_send_it(world: World) -> None:
    box, chat = mailbox(world), ended(world)
    roads = chat_queue(world, "tmf-veje")
    RoutingRule.objects.create(mailbox=box, name="Skure", order=1, conditions={"words": ["skur"]}, queue=roads)
    thread = leaving.leave(chat, PER, at=CLOSING)
    assert (thread.queue, thread.reasons) == (roads, [["chat", "tmf"], ["rule", "Skure"], ["words", "skur"]])


def test_that_of_a_blocked_sender_is_spam_and_gets_no_receipt(world: World) -> None:
    box, chat = mailbox(world), ended(world)
    BlockedSender.objects.create(sender=PER, mailbox=box, since=MORNING, by=world.anna)
    thread = leaving.leave(chat, PER, at=CLOSING)
    assert (thread.ending, thread.messages.count()) == (Thread.Ending.SPAM, 1)


def test_each_question_of_a_day_gets_its_receipt_up_to_a_limit(world: World) -> None:
    mailbox(world)
    queue, receipts_sent = chat_queue(world), []
    for _number in range(leaving.MOST_RECEIPTS + 1):
        chat = begun(queue, at=at(15, 30))
        sweeping.sweep(at=CLOSING)
        thread = leaving.leave(Chat.objects.get(pk=chat.pk), PER, at=CLOSING)
        receipts_sent.append(thread.messages.filter(direction="out").count())
    assert receipts_sent == [1] * leaving.MOST_RECEIPTS + [0]


def test_the_mailbox_of_the_unit_of_the_chat_goes_before_others(world: World) -> None:
    other, unit = mailbox(world), world.units["ctb-byliv"]
    queue = Queue.objects.create(
        code="byliv-mail", work=Queue.Work.WRITTEN, name="Byliv", centre=other.centre, unit=unit, ring_seconds=30
    )
    own = Mailbox.objects.create(
        code="byliv", name="Zoner", address="byliv@example.dk", centre=other.centre, queue=queue, adapter=other.adapter
    )
    thread = begun(chat_queue(world)).thread
    assert leaving.mailbox_for(thread, CLOSING) == other
    Queue.objects.filter(code="tmf-chat").update(unit=unit)
    assert leaving.mailbox_for(Thread.objects.get(), CLOSING) == own


def test_no_cpr_number_leaves_in_the_receipt(world: World) -> None:
    mailbox(world)
    begun(chat_queue(world), "Mit nummer er 010190-1234", at=at(15, 30))
    sweeping.sweep(at=CLOSING)
    thread = leaving.leave(Chat.objects.get(), PER, at=CLOSING)
    receipt = thread.messages.get(direction="out")
    assert "010190-1234" in thread.messages.get(direction="in").text
    assert "010190-1234" not in receipt.text + receipt.subject


def test_its_files_go_along(world: World) -> None:
    mailbox(world)
    chat = begun(chat_queue(world), at=at(15, 30))
    enclosures = files.checked([files.ChatFile("skur.txt", "text/plain", b"en tegning")], at(15, 31))
    conversation.write_by_contact(chat, "", enclosures=enclosures, at=at(15, 31))
    sweeping.sweep(at=CLOSING)
    thread = leaving.leave(Chat.objects.get(), PER, at=CLOSING)
    assert [(each.name, bytes(each.content)) for each in thread.messages.get(direction="in").enclosures.all()] == [
        ("skur.txt", b"en tegning")
    ]
    assert Enclosure.objects.count() == 2


def test_without_a_mailbox_it_says_that_there_are_other_ways(world: World) -> None:
    chat = ended(world)
    assert "andre måder" in texts(chat)[-1]
    assert not leaving.may_be_left(chat, CLOSING)
    with pytest.raises(RefusedChange):
        leaving.leave(chat, PER, at=CLOSING)


@pytest.mark.parametrize(
    ("address", "refused"),
    [("ikke en adresse", BadAddress), ("a@b.dk\nBcc: x@y.dk", BadAddress), ("Erhverv@example.dk", RefusedChange)],
)
def test_a_wrong_address_and_one_of_ours_are_refused(world: World, address: str, refused: type[Exception]) -> None:
    mailbox(world)
    chat = ended(world)
    with pytest.raises(refused):
        leaving.leave(chat, address, at=CLOSING)
    assert Chat.objects.get().left_as is None


def test_a_chat_that_ended_otherwise_cannot_be_left(world: World) -> None:
    mailbox(world)
    chat = begun(chat_queue(world))
    conversation.end_by_contact(chat, at=MORNING)
    with pytest.raises(RefusedChange):
        leaving.leave(Chat.objects.get(), PER, at=MORNING)

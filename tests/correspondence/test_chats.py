"""Chats begin, are written in from both sides, move and end; what is sent twice is stored once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from indgang.accounts.models import Person
from indgang.audit.models import Change
from indgang.config import wiring
from indgang.core.refusals import RefusedChange
from indgang.correspondence.chat import conversation, reading, rules, sweeping
from indgang.correspondence.models import Chat, Thread, ThreadMessage
from indgang.enquiries import verification
from indgang.enquiries.event_kinds import EnquiryKind
from indgang.enquiries.models import Channel, Enquiry, State
from indgang.entry.event_kinds import Kind
from indgang.entry.journal import Batch
from indgang.entry.models import Command
from indgang.events.event import Event
from indgang.events.models import StoredEvent
from indgang.live.models import Mark
from indgang.messaging.models import Mail
from tests.correspondence.chats import begun, chat_queue, many, taken
from tests.correspondence.mails import orders
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
LATER = MORNING + timedelta(minutes=1)


def texts(chat: Chat) -> list[str]:
    return [line.message.text for line in reading.page_of(chat)]


def test_a_first_question_begins_an_enquiry_that_waits_in_the_queue(world: World) -> None:
    chat = begun(chat_queue(world), " Må jeg bygge et skur? ", name="Per", page="/svar/skur/")
    enquiry, thread = chat.thread.enquiry, Thread.objects.get(pk=chat.pk)
    assert (enquiry.channel, enquiry.state, enquiry.centre) == (Channel.CHAT, State.WAITING, world.centres["tmf"])
    assert (thread.contact_name, thread.state, chat.page) == ("Per", Thread.State.WAITING, "/svar/skur/")
    assert texts(chat) == ["Må jeg bygge et skur?"]
    ((kind, order),) = orders()
    assert (kind, order["enquiry"], order["queue"], order["work"]) == (
        "written_order", str(chat.pk), "tmf-chat", "chat",
    )  # fmt: skip


def test_only_a_hash_of_the_visitors_key_is_stored_and_it_finds_the_chat(world: World) -> None:
    queue = chat_queue(world)
    chat = conversation.begin(queue, key="en-hemmelig-nøgle", question="Hej", at=MORNING)
    again = conversation.begin(queue, key="en-hemmelig-nøgle", question="Hej", at=MORNING)
    assert again.pk == chat.pk, "the form was sent twice"
    assert (Chat.objects.count(), Enquiry.objects.count(), len(orders())) == (1, 1, 1)
    assert "hemmelig" not in str(Chat.objects.values().get())
    assert reading.with_key("en-hemmelig-nøgle") == chat
    assert reading.with_key("en anden") is None


def test_both_write_and_the_first_answer_is_an_event(world: World) -> None:
    chat = taken(begun(chat_queue(world)), world.anna)
    assert (chat.thread.state, chat.thread.holder) == (Thread.State.IN_WORK, world.anna)
    conversation.write_by_agent(chat, "Ja, op til 50 m².", by=world.anna, at=LATER)
    conversation.write_by_contact(chat, "Tak!", at=LATER)
    conversation.write_by_agent(chat, "Selv tak.", by=world.anna, at=LATER)
    assert texts(chat) == ["Må jeg bygge et skur?", "Ja, op til 50 m².", "Tak!", "Selv tak."]
    (replied,) = StoredEvent.objects.filter(stream=chat.pk, kind=EnquiryKind.REPLIED)
    assert (replied.data["open_seconds"], replied.data["target_percent"]) == (60.0, 80.0)
    assert [line.number for line in chat.lines.all()] == [1, 2, 3, 4]
    assert list(verification.Verification().run()) == []


@pytest.mark.parametrize("by_contact", [True, False])
def test_the_same_message_sent_twice_is_stored_once(world: World, by_contact: bool) -> None:
    chat = taken(begun(chat_queue(world)), world.anna)
    for _time in range(2):
        if by_contact:
            line = conversation.write_by_contact(chat, "Tak!", client_id="abc", at=LATER)
        else:
            line = conversation.write_by_agent(chat, "Ja.", client_id="abc", by=world.anna, at=LATER)
        assert line.number == 2
    assert ThreadMessage.objects.count() == 2


def test_a_repeat_after_the_end_is_no_error_but_a_new_message_is(world: World) -> None:
    chat = taken(begun(chat_queue(world)), world.anna)
    conversation.write_by_contact(chat, "Tak!", client_id="abc", at=LATER)
    conversation.end_by_contact(chat, at=LATER)
    assert conversation.write_by_contact(chat, "Tak!", client_id="abc", at=LATER).number == 2
    with pytest.raises(RefusedChange, match="afsluttet"):
        conversation.write_by_contact(chat, "Og en ting til", client_id="def", at=LATER)


@pytest.mark.parametrize("text", ["", " \n ", "x" * (conversation.LONGEST + 1)])
def test_an_empty_or_too_long_message_is_refused(world: World, text: str) -> None:
    chat = begun(chat_queue(world))
    with pytest.raises(RefusedChange):
        conversation.write_by_contact(chat, text, at=LATER)
    assert chat.lines.count() == 1


def test_only_whoever_has_it_in_hand_writes_and_ends(world: World) -> None:
    chat = taken(begun(chat_queue(world)), world.anna)
    with pytest.raises(RefusedChange, match="En anden"):
        conversation.write_by_agent(chat, "Hej", by=world.bo, at=LATER)
    with pytest.raises(RefusedChange, match="En anden"):
        conversation.end_by_agent(chat, by=world.bo, at=LATER)


def test_the_other_side_sees_what_is_read_and_who_types(world: World) -> None:
    chat = taken(begun(chat_queue(world)), world.anna)
    Mark.objects.all().delete()
    conversation.read_by_agent(chat, by=world.bo)
    assert Chat.objects.get().centre_read == 0
    conversation.read_by_agent(chat, by=world.anna)
    conversation.typing(chat, by_contact=True, at=LATER)
    conversation.typing(Chat.objects.get(), by_contact=True, at=LATER + timedelta(seconds=3))
    now = Chat.objects.get()
    assert (now.centre_read, now.unread) == (1, 0)
    assert now.contact_typing_until == LATER + timedelta(seconds=3) + conversation.TYPING
    marks = list(Mark.objects.values_list("part", flat=True))
    assert marks.count(f"thread-{chat.pk}/typing") == 1, "the other page is told once, not at every key"
    assert f"thread-{chat.pk}/centre-read" in marks
    assert f"thread-{chat.pk}/messages" not in marks, "nobody fetches the lines again because they were read"


def test_the_end_by_the_agent_is_ordered_and_audited(world: World) -> None:
    chat = taken(begun(chat_queue(world)), world.anna)
    conversation.write_by_agent(chat, "Ja.", by=world.anna, at=LATER)
    orders()
    conversation.end_by_agent(chat, by=world.anna, at=LATER)
    conversation.end_by_agent(chat, by=world.anna, at=LATER)
    thread = Thread.objects.get(pk=chat.pk)
    assert (thread.state, thread.ending, thread.ended_at) == (Thread.State.OVER, Thread.Ending.ANSWERED, LATER)
    assert [(kind, order["why"]) for kind, order in orders()] == [("written_over", "answered")]
    assert Change.objects.filter(action="chat.end").count() == 1


def test_whoever_leaves_before_an_answer_has_left(world: World) -> None:
    chat = begun(chat_queue(world))
    conversation.end_by_contact(chat, at=LATER)
    assert (Thread.objects.get().ending, Chat.objects.get().ended_how) == (Thread.Ending.LEFT, Chat.EndedHow.CONTACT)


def test_it_moves_to_another_queue_and_the_contact_is_told(world: World) -> None:
    queue, other = chat_queue(world), chat_queue(world, "bif-chat")
    chat = taken(begun(queue), world.anna)
    orders()
    conversation.move(chat, queue=other, by=world.anna, at=LATER)
    ((_kind, order),) = orders()
    assert (order["queue"], order["prefer"]) == ("bif-chat", None)
    assert "stiller dig videre" in texts(chat)[-1]
    assert Change.objects.filter(action="chat.move").count() == 1


def test_it_moves_to_a_colleague_who_is_waited_for(world: World) -> None:
    chat = taken(begun(chat_queue(world)), world.anna)
    orders()
    conversation.move(chat, person=world.bo, by=world.anna, at=LATER)
    ((_kind, order),) = orders()
    assert order["prefer"] == {"person": world.bo.pk, "seconds": conversation.COLLEAGUE_SECONDS}
    for wrong in ({"queue": world.queues["tmf-byggeri"]}, {"person": world.anna}, {}):
        with pytest.raises(RefusedChange):
            conversation.move(chat, by=world.anna, at=LATER, **wrong)


def test_silence_is_warned_of_and_ends_the_chat(world: World) -> None:
    chat = taken(begun(chat_queue(world), language="en"), world.anna)
    conversation.write_by_agent(chat, "Yes.", by=world.anna, at=LATER)
    assert sweeping.sweep(at=LATER) == 0
    warned = LATER + rules.SILENT_BEFORE_WARNING
    assert [sweeping.sweep(at=warned), sweeping.sweep(at=warned)] == [1, 0]
    conversation.write_by_contact(chat, "I am here", at=warned)
    conversation.read_by_agent(Chat.objects.select_related("thread").get(), by=world.anna)
    assert sweeping.sweep(at=warned + timedelta(hours=1)) == 0, "it is our turn"
    conversation.write_by_agent(chat, "Good.", by=world.anna, at=warned + timedelta(seconds=1))
    again = warned + timedelta(seconds=1) + rules.SILENT_BEFORE_WARNING
    sweeping.sweep(at=again + timedelta(seconds=1))
    sweeping.sweep(at=again + timedelta(seconds=1) + rules.SILENT_AFTER_WARNING)
    assert (Thread.objects.get().state, Chat.objects.get().ended_how) == (Thread.State.OVER, Chat.EndedHow.SILENCE)


def test_whoever_is_not_answered_is_told_what_else_they_can_do_and_goes_on_waiting(world: World) -> None:
    chat = begun(chat_queue(world))
    late = MORNING + rules.WAITING_BEFORE_ALTERNATIVES
    assert [sweeping.sweep(at=late), sweeping.sweep(at=late)] == [1, 0]
    assert "blive ringet op" in texts(chat)[-1]
    assert Thread.objects.get().state == Thread.State.WAITING


def test_a_transcript_is_mailed_to_the_visitor(world: World) -> None:
    chat = taken(begun(chat_queue(world), name="Per"), world.anna)
    conversation.write_by_agent(chat, "Ja.", by=world.anna, at=LATER)
    conversation.write_by_contact(chat, "Mit nummer er 010190-1234", at=LATER)
    conversation.send_transcript(chat, "per@example.dk")
    sent = Mail.objects.get()
    assert sent.to == "per@example.dk"
    assert "Per:\nMå jeg bygge et skur?\n\nAnna:\nJa." in sent.text
    assert "010190-1234" not in sent.text


def test_five_thousand_messages_are_read_by_page(world: World) -> None:
    chat = begun(chat_queue(world))
    many(chat, 5000)
    chat.refresh_from_db()
    page = reading.page_of(chat)
    assert (len(page), page[-1].number) == (reading.PAGE, 5000)
    assert [line.number for line in reading.page_of(chat, page[0].number)][-1] == page[0].number - 1
    assert conversation.write_by_contact(chat, "Endnu en", at=LATER).number == 5001


def test_a_message_id_that_the_database_cannot_store_is_shortened_to_what_it_can(world: World) -> None:
    chat = begun(chat_queue(world))
    for _time in range(2):
        conversation.write_by_contact(chat, "Tak!", client_id="a\x00b" * 40, at=LATER)
    assert texts(chat).count("Tak!") == 1


def test_a_step_that_is_no_longer_due_when_the_chat_is_locked_is_not_taken(world: World) -> None:
    chat = taken(begun(chat_queue(world)), world.anna)
    conversation.write_by_agent(chat, "Ja.", by=world.anna, at=LATER)
    silent = LATER + rules.SILENT_BEFORE_WARNING
    assert (
        rules.next_step(sweeping.standing(Chat.objects.select_related("thread").get()), silent) is rules.ChatStep.WARN
    )
    conversation.write_by_contact(chat, "Jeg er her", at=silent)
    assert not sweeping._do_if_still_due(chat, silent)
    assert "Er du der stadig?" not in " ".join(texts(chat))


# --- pages that are closed ---------------------------------------------------------------------------


def test_a_chat_whose_agent_does_not_look_at_it_goes_back_to_its_queue_once(world: World) -> None:
    chat = taken(begun(chat_queue(world)), world.anna)
    conversation.read_by_agent(chat, by=world.anna)
    conversation.write_by_agent(chat, "Ja.", by=world.anna, at=LATER)
    conversation.write_by_contact(chat, "Også i skel?", at=LATER + timedelta(seconds=1))
    late = LATER + timedelta(seconds=1) + rules.UNREAD_BEFORE_RETURN
    assert sweeping.sweep(at=late - timedelta(seconds=1)) == 0
    sweeping.sweep(at=late)
    sweeping.sweep(at=late + timedelta(minutes=1))
    [back] = Command.objects.filter(kind="written_put_back")
    assert (back.person, back.payload["why"]) == (world.anna, "unread")
    assert texts(chat)[-1].startswith("Vi finder en anden kollega")
    wiring.journal().write([Batch(late, events=[_put_back(chat, world.anna, late)])])
    thread = Thread.objects.get()
    assert (thread.state, thread.holder, thread.waits_since) == (
        Thread.State.WAITING,
        None,
        LATER + timedelta(seconds=1),
    )


def test_a_chat_that_was_answered_waits_from_when_its_agent_left(world: World) -> None:
    chat = taken(begun(chat_queue(world)), world.anna)
    conversation.write_by_agent(chat, "Ja.", by=world.anna, at=LATER)
    left = LATER + timedelta(hours=1)
    wiring.journal().write([Batch(left, events=[_put_back(chat, world.anna, left)])])
    assert Thread.objects.get().waits_since == left
    assert sweeping.sweep(at=left + timedelta(minutes=1)) == 0, "nobody is told at once that nobody came"


def test_an_agent_who_has_just_taken_a_chat_has_time_to_open_it(world: World) -> None:
    chat = begun(chat_queue(world))
    later = MORNING + timedelta(minutes=30)
    taken(chat, world.anna, later)
    assert sweeping.sweep(at=later + timedelta(minutes=1)) == 0


def test_a_closed_page_of_the_visitor_ends_the_chat_by_rule(world: World) -> None:
    chat = taken(begun(chat_queue(world)), world.anna)
    conversation.write_by_agent(chat, "Er du der?", by=world.anna, at=LATER)
    warned = LATER + rules.SILENT_BEFORE_WARNING
    sweeping.sweep(at=warned)
    sweeping.sweep(at=warned)  # a worker that was killed is followed by another
    sweeping.sweep(at=warned + rules.SILENT_AFTER_WARNING)
    assert [text for text in texts(chat) if "Er du der stadig?" in text] == [texts(chat)[2]]
    assert Chat.objects.get().ended_how == Chat.EndedHow.SILENCE


def _put_back(chat: Chat, person: Person, at: datetime) -> Event[Any]:
    return Kind.WORK_PUT_BACK.event(str(chat.pk), at, queue="tmf-chat", person=person.pk, data={"why": "unread"})

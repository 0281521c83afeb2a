"""What is still to be filled in is sent on no channel."""

from __future__ import annotations

import pytest

from indgang.core.refusals import RefusedChange
from indgang.correspondence.chat import conversation, reading
from indgang.correspondence.mail import answering
from indgang.correspondence.sms import answering as sms_answering
from indgang.enquiries.models import Channel
from tests.correspondence.chats import begun, chat_queue, taken
from tests.correspondence.mails import PER, mailbox, receive
from tests.correspondence.secure_post import posts
from tests.correspondence.test_answering import in_hand
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
LEFT = pytest.mark.parametrize("left", ["Hej {navn}", "Vi ses [udfyld: dag]", "See you [fill in: day]", "{?dag}"])


@LEFT
def test_a_mail_with_a_gap_is_refused_beside_its_text(world: World, left: str) -> None:
    thread = in_hand(world, receive(mailbox(world)))
    with pytest.raises(RefusedChange) as refused:
        answering.reply(thread, to=[PER], subject="", text=left, closes=True, by=world.anna, at=MORNING)
    assert set(refused.value.reasons) == {"text"}
    with pytest.raises(RefusedChange):
        answering.reply(thread, to=[PER], subject=left, text="Hej", closes=True, by=world.anna, at=MORNING)
    assert thread.messages.count() == 1


@LEFT
def test_an_answer_by_secure_post_with_a_gap_is_refused_beside_its_text(world: World, left: str) -> None:
    thread = posts.in_hand(posts.receive(posts.mailbox(world)), world.anna)
    for words in ({"text": left}, {"subject": left}):
        with pytest.raises(RefusedChange) as refused:
            posts.answer(thread, world.anna, **words)
        assert set(refused.value.reasons) == {"text"}
    assert thread.messages.count() == 1


@LEFT
def test_an_sms_with_a_gap_is_refused(world: World, left: str) -> None:
    thread = in_hand(world, receive(mailbox(world)))
    thread.channel, thread.contact_address = Channel.SMS, "+4520304050"
    thread.save()
    with pytest.raises(RefusedChange) as refused:
        sms_answering.reply(thread, text=left, closes=False, by=world.anna, at=MORNING)
    assert "før du sender" in str(refused.value)


@LEFT
def test_a_line_of_a_chat_with_a_gap_is_refused(world: World, left: str) -> None:
    chat = taken(begun(chat_queue(world)), world.anna)
    with pytest.raises(RefusedChange):
        conversation.write_by_agent(chat, left, by=world.anna, at=MORNING)
    conversation.write_by_contact(chat, left, at=MORNING)
    assert reading.page_of(chat)[-1].message.text == left, "citizens may write what they like"

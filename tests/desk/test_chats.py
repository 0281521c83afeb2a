"""The chats of an agent: offered, taken, written in, handed over and ended at the desk."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from indgang.correspondence.chat import conversation
from indgang.correspondence.models import Chat, Thread
from indgang.entry.models import InHand
from tests.correspondence.chats import begun, chat_queue, taken
from tests.desk.conftest import SignIn, Switchboard
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
PART = {"HX-Request": "true", "HX-Target": "chat-talk"}


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def page(chat: Chat, step: str = "") -> str:
    return f"/desk/chats/{chat.pk}/{step}"


def anna_chats(world: World, as_: SignIn) -> tuple[Client, Chat]:
    chat = taken(begun(chat_queue(world), name="Per"), world.anna)
    InHand.objects.create(person=world.anna, enquiry=chat.pk, kind="chat", stage="open")
    return as_(world.anna), chat


def test_an_offered_chat_is_taken(world: World, as_: SignIn, switchboard: Switchboard) -> None:
    chat = begun(chat_queue(world))
    InHand.objects.create(person=world.anna, enquiry=chat.pk, kind="chat", stage="ringing")
    client = as_(world.anna)
    assert "Tag chatten" in text(client.get("/desk/chats/"))
    answer = client.post(page(chat, "acceptance/"))
    assert answer.headers["Location"].startswith(page(chat))
    assert switchboard.orders[-1]["kind"] == "answer"


def test_what_is_not_offered_is_not_taken(world: World, as_: SignIn, switchboard: Switchboard) -> None:
    chat = begun(chat_queue(world))
    as_(world.anna).post(page(chat, "acceptance/"))
    assert switchboard.orders == []


def test_both_chats_in_hand_are_listed_with_what_is_new(world: World, as_: SignIn) -> None:
    client, chat = anna_chats(world, as_)
    conversation.write_by_contact(chat, "Er der nogen?", at=MORNING)
    assert "2 nye" in text(client.get("/desk/chats/"))
    assert "Er der nogen?" in text(client.get(page(chat)))
    assert "2 nye" not in text(client.get("/desk/chats/")), "the page has been read"


def test_a_message_is_sent_with_and_without_javascript(world: World, as_: SignIn) -> None:
    client, chat = anna_chats(world, as_)
    assert client.post(page(chat), {"text": "Hej", "client_id": "a"}).status_code == 302
    part = client.post(page(chat), {"text": "Hvad kan jeg hjælpe med?", "client_id": "b"}, headers=PART)
    assert "Hvad kan jeg hjælpe med?" in text(part)
    assert "<html" not in text(part)
    client.post(page(chat), {"text": "Hvad kan jeg hjælpe med?", "client_id": "b"})
    assert Chat.objects.get().lines_count == 3


def test_others_cannot_read_or_write(world: World, as_: SignIn) -> None:
    _client, chat = anna_chats(world, as_)
    assert as_(world.otto).get(page(chat)).status_code == 404
    assert as_(world.otto).post(page(chat), {"text": "Hej"}).status_code == 404


def test_it_is_handed_over_to_a_colleague_and_to_a_queue(world: World, as_: SignIn) -> None:
    client, chat = anna_chats(world, as_)
    assert client.post(page(chat, "move/"), {"to": "queue:tmf-byggeri"}).status_code == 422
    assert client.post(page(chat, "move/"), {"to": f"person:{world.otto.pk}"}).status_code == 422
    assert client.post(page(chat, "move/"), {"to": f"person:{world.bo.pk}"}).status_code == 302
    chat_queue(world, "anden-chat")
    assert client.post(page(chat, "move/"), {"to": "queue:anden-chat"}).status_code == 302
    assert Thread.objects.get().queue.code == "anden-chat"  # type: ignore[union-attr]  # set above


def test_the_end_leads_to_the_registration(world: World, as_: SignIn) -> None:
    client, chat = anna_chats(world, as_)
    assert client.post(page(chat, "end/")).headers["Location"] == f"/desk/registration/{chat.pk}/"
    assert Thread.objects.get().is_over
    assert "Chatten er afsluttet" in text(client.get(page(chat)))

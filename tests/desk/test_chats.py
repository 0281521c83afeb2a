"""The chats of an agent: offered, taken, written in, handed over and ended at the desk."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from indgang.accounts.models import Person
from indgang.audit.models import Look
from indgang.config import wiring
from indgang.correspondence.chat import conversation, reading
from indgang.correspondence.models import Chat, Thread
from indgang.entry.event_kinds import Kind
from indgang.entry.journal import Batch
from indgang.entry.models import AgentState, Command, InHand, Presence, Queue, QueueMembership
from indgang.events.event import Event
from indgang.handover import work
from indgang.handover.card import Card
from indgang.handover.models import Handover
from indgang.handover.recipients import Recipient
from indgang.live import token
from indgang.live.models import Mark
from tests.correspondence.chats import begun, chat_queue, many, taken
from tests.desk.conftest import SignIn, Switchboard
from tests.desk.test_handing_over import panel, typed
from tests.handover.sent import send
from tests.workforce.agreed import draft, line, sign
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


def test_an_offered_chat_is_refused(world: World, as_: SignIn, switchboard: Switchboard) -> None:
    chat = begun(chat_queue(world))
    client = as_(world.anna)
    client.post(page(chat, "refusal/"))
    assert switchboard.orders == [], "it is not offered to her"
    InHand.objects.create(person=world.anna, enquiry=chat.pk, kind="chat", stage="ringing")
    assert page(chat, "refusal/") in text(client.get("/desk/chats/"))
    assert client.post(page(chat, "refusal/")).headers["Location"] == "/desk/chats/"
    assert switchboard.orders[-1]["kind"] == "refuse"


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


def test_an_answer_that_was_lost_on_the_way_is_sent_again_and_stored_once(world: World, as_: SignIn) -> None:
    client, chat = anna_chats(world, as_)
    form = client.get(page(chat)).content.decode()
    hidden = dict(
        re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form[form.index('id="chat-form"') :])
    )
    for _time in range(2):
        assert client.post(page(chat), hidden | {"text": "Ja."}, headers=PART).status_code == 200
    assert [line.message.text for line in reading.page_of(chat)][1:] == ["Ja."]


def fetched(client: Client, url: str, part: str = "chat-talk", version: str = "") -> str:
    """A part of a page that shows this version of it."""
    answer = client.get(url, headers={"HX-Request": "true", "HX-Target": part, "X-Shown": version})
    assert answer.status_code == 200
    return text(answer)


def test_a_page_that_shows_the_earlier_lines_gets_the_new_ones_alone(world: World, as_: SignIn) -> None:
    client, chat = anna_chats(world, as_)
    conversation.write_by_agent(chat, "Hej Per.", by=world.anna, at=MORNING)
    version = reading.version(reading.chats().get())
    conversation.write_by_contact(chat, "Det er 20 m².", at=MORNING)
    new = fetched(client, page(chat), version=version)
    assert re.findall(r'id="chat-line-([0-9]+)"', new) == ["3"]
    assert f'data-follows="{version}"' in new
    assert f'data-shown="{reading.version(reading.chats().get())}"' in new
    assert "Gæsten venter" in new
    answer = client.post(page(chat), {"text": "Ja.", "client_id": "a"}, headers=PART | {"X-Shown": version})
    assert re.findall(r'id="chat-line-([0-9]+)"', text(answer)) == ["3", "4"], "what came meanwhile as well"


@pytest.mark.parametrize("version", ["", "0.in_work.1.", "3.in_work.1.", "1-in_work-1-", "<b>", f"{10**11}.in_work.1."])
def test_a_page_that_shows_something_else_gets_all_lines(world: World, as_: SignIn, version: str) -> None:
    client, chat = anna_chats(world, as_)
    conversation.write_by_agent(chat, "Hej Per.", by=world.anna, at=MORNING)
    whole = fetched(client, page(chat), version=version)
    assert re.findall(r'id="chat-line-([0-9]+)"', whole) == ["1", "2"]
    assert "data-follows" not in whole


def test_of_a_chat_in_which_much_is_new_the_last_lines_are_shown(world: World, as_: SignIn) -> None:
    client, chat = anna_chats(world, as_)
    version = reading.version(chat)
    many(chat, reading.PAGE + 1)
    whole = fetched(client, page(chat), version=version)
    assert "?before=2" in whole
    assert 'id="chat-line-2"' in whole
    assert "data-follows" not in whole


def test_a_message_sent_from_a_page_of_earlier_lines_brings_the_last_lines_whole(world: World, as_: SignIn) -> None:
    client, chat = anna_chats(world, as_)
    many(chat, reading.PAGE + 10)
    earlier = text(client.get(page(chat), {"before": "11"}))
    version = re.search(r'data-shown="([^"]*)" role="log"', earlier)
    assert version
    answer = client.post(page(chat), {"text": "Ja.", "client_id": "a"}, headers=PART | {"X-Shown": version[1]})
    shown = re.findall(r'id="chat-line-([0-9]+)"', text(answer))
    assert (len(shown), "data-follows" in text(answer)) == (reading.PAGE, False), "not line 61 after line 10"


def test_a_message_costs_a_few_prepared_questions_and_three_fetches(
    world: World, as_: SignIn, django_assert_max_num_queries: Any
) -> None:
    """The sender's answer brings the line; the other side fetches what is new, the sender that it was read, and another
    page of the agent the list. Docs: performance.md, chat."""
    client, chat = anna_chats(world, as_)
    conversation.write_by_agent(chat, "Hej Per.", by=world.anna, at=MORNING)
    fetched(client, page(chat))  # the questions are prepared
    version = reading.version(reading.chats().get())
    Mark.objects.all().delete()
    with django_assert_max_num_queries(MOST_OF_A_MESSAGE):
        client.post(page(chat), {"text": "Ja.", "client_id": "a"}, headers=PART | {"X-Shown": version})
    now = reading.version(reading.chats().get())
    told = {f"thread-{chat.pk}/messages@{now}", f"person-{world.anna.pk}/threads@{chat.pk}"}
    assert set(Mark.objects.values_list("part", flat=True)) == told, "the page that sent it shows both already"
    conversation.write_by_contact(chat, "Tak.", at=MORNING)
    with django_assert_max_num_queries(MOST_OF_A_FETCH):
        assert "Tak." in fetched(client, page(chat), version=now)
    Mark.objects.all().delete()
    fetched(client, page(chat), "chat-state")
    assert not Mark.objects.exists(), "it had been read"
    with django_assert_max_num_queries(MOST_OF_A_LIST):
        assert f'data-shown="{chat.pk}"' in fetched(client, page(chat), "chat-list")


#: with the session, the person and their roles, which one request in two seconds reads
MOST_OF_A_MESSAGE, MOST_OF_A_FETCH, MOST_OF_A_LIST = 20, 10, 7


def test_a_chat_of_five_thousand_messages_shows_the_last_ones(world: World, as_: SignIn) -> None:
    client, chat = anna_chats(world, as_)
    many(chat, 5000)
    shown = text(client.get(page(chat)))
    assert shown.count('id="chat-line-') == reading.PAGE
    assert 'id="chat-line-5000"' in shown
    assert 'id="chat-line-4950"' in text(client.get(page(chat), {"before": "4951"}))


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


@pytest.mark.parametrize("why", ["paused in the queue", "left the municipality"])
def test_it_is_not_handed_over_to_somebody_who_does_not_serve_the_queue_now(
    world: World, as_: SignIn, why: str
) -> None:
    client, chat = anna_chats(world, as_)
    if why == "paused in the queue":
        QueueMembership.objects.filter(person=world.bo).update(active=False)
    else:
        Person.objects.filter(pk=world.bo.pk).update(is_active=False)
    assert f"person:{world.bo.pk}" not in text(client.get(page(chat)))
    assert client.post(page(chat, "move/"), {"to": f"person:{world.bo.pk}"}).status_code == 422


def test_the_end_leads_to_the_registration(world: World, as_: SignIn) -> None:
    client, chat = anna_chats(world, as_)
    assert client.post(page(chat, "end/")).headers["Location"] == f"/desk/registration/{chat.pk}/"
    assert Thread.objects.get().is_over
    assert "Chatten er afsluttet" in text(client.get(page(chat)))


# --- to the second level ----------------------------------------------------------------------------


def david_promises_chats(world: World, *, by_chat: bool = True) -> None:
    agreement = draft(world)
    line(world, agreement, world.david, by_chat=by_chat, by_phone=not by_chat)
    sign(agreement, world.david, world.ida)
    Presence.objects.create(person=world.david, state=AgentState.READY, since=MORNING, signed_in_at=MORNING)


def asked(client: Client, chat: Chat) -> str:
    return text(client.get(page(chat), {"q": "arrangement"}, headers={**PART, "HX-Target": "chat-asked"}))


def told(chat: Chat, kind: Any, person: int, **data: Any) -> None:
    """What the switchboard says of the chat."""
    event: Event[Any] = kind.event(str(chat.pk), MORNING, queue="tmf-chat", person=person, data=data)
    wiring.journal().write([Batch(MORNING, events=[event])])


def test_a_subject_says_who_can_take_a_chat_and_until_when(world: World, as_: SignIn) -> None:
    david_promises_chats(world)
    shown = asked(*anna_chats(world, as_))
    assert "1 kan træffes nu, David Degnemark til 14.00" in shown
    assert f'value="person:{world.david.pk}@arrangement"' in shown


def test_a_promise_by_telephone_is_no_promise_to_chat(world: World, as_: SignIn) -> None:
    david_promises_chats(world, by_chat=False)
    client, chat = anna_chats(world, as_)
    assert "Stil videre" not in asked(client, chat)
    form = {"to": f"person:{world.david.pk}@arrangement", "question": "Må vi lukke gaden?"}
    answer = client.post(page(chat, "move/"), form)
    assert (answer.status_code, "kan ikke tage en chat nu" in text(answer)) == (422, True)
    assert "Må vi lukke gaden?" in text(answer), "what was typed stays"


def test_one_who_is_not_at_their_desk_cannot_be_chosen(world: World, as_: SignIn) -> None:
    david_promises_chats(world)
    Presence.objects.update(state=AgentState.SIGNED_OUT)
    client, chat = anna_chats(world, as_)
    assert "er ikke logget på" in asked(client, chat)
    assert client.post(page(chat, "move/"), {"to": f"person:{world.david.pk}@arrangement"}).status_code == 422


def test_a_case_worker_gets_the_chat_with_its_card(world: World, as_: SignIn) -> None:
    david_promises_chats(world)
    client, chat = anna_chats(world, as_)
    form = {"to": f"person:{world.david.pk}@arrangement", "question": "Må vi lukke gaden?", "expected": "Svar ham"}
    assert client.post(page(chat, "move/"), form).status_code == 302
    order = Command.objects.filter(kind="written_order").latest("pk")
    assert order.payload["prefer"] == {"person": world.david.pk, "seconds": conversation.COLLEAGUE_SECONDS}
    card = Handover.objects.get()
    assert (card.kind, card.person, card.state) == (Handover.Kind.COLD, world.david, Handover.State.WAITING)
    told(chat, Kind.ANSWERED, world.david.pk, direction="in")
    InHand.objects.update(person=world.david)
    shown = text(as_(world.david).get(page(chat)))
    assert "Må vi lukke gaden?" in shown
    assert "Svar ham" in shown
    card.refresh_from_db()
    assert card.state == Handover.State.ACCEPTED


def test_a_chat_that_comes_back_says_why_and_its_card_is_withdrawn(world: World, as_: SignIn) -> None:
    david_promises_chats(world)
    client, chat = anna_chats(world, as_)
    client.post(page(chat, "move/"), {"to": f"person:{world.david.pk}@arrangement", "question": "Må vi?"})
    told(chat, Kind.PERSONAL_WAIT_OVER, world.david.pk, why="refused")
    told(chat, Kind.ANSWERED, world.anna.pk, direction="in")
    assert "David Degnemark kunne ikke tage chatten." in text(client.get(page(chat)))
    assert Handover.objects.get().state == Handover.State.CANCELLED


# --- a colleague is asked ---------------------------------------------------------------------------


def asked_david(world: World, chat: Chat) -> Handover:
    """Anna has asked David about the chat, and keeps it."""
    return send(world, enquiry=chat.thread.enquiry, card=Card("Må de lukke gaden?"))


def test_a_colleague_who_is_asked_reads_along_and_writes_what_the_visitor_does_not_see(
    world: World, as_: SignIn
) -> None:
    client, chat = anna_chats(world, as_)
    david, bo = as_(world.david), as_(world.bo)
    assert david.get(page(chat)).status_code == 404
    card = asked_david(world, chat)
    assert bo.get(page(chat)).status_code == 404
    assert page(chat) in text(david.get(f"/desk/handovers/{card.pk}/"))
    shown = text(david.get(page(chat)))
    assert "Må jeg bygge et skur?" in shown
    assert "Tag chatten over" in shown
    assert 'id="chat-form"' not in shown
    assert david.post(page(chat), {"text": "Hej fra David"}).status_code == 422
    david.post(f"/desk/handovers/{card.pk}/text/", {"text": "Ja, i weekenden."})
    mine = text(client.get(page(chat)))
    assert "Ja, i weekenden." in mine
    assert "Kun til kolleger" in mine
    assert f"handover-{card.pk}" in stream_scopes(mine)
    assert conversation.transcript(reading.chats().get()).count("weekenden") == 0
    assert Chat.objects.get().lines_count == 1
    work.cancel(card, by=world.anna, at=MORNING)
    assert david.get(page(chat)).status_code == 404, "it was withdrawn"


def stream_scopes(shown: str) -> frozenset[str]:
    found = re.search(r'data-stream="[^"]*token=([^"]+)"', shown)
    assert found
    return token.read(found[1], now=time.time()).scopes


def test_a_colleague_who_is_asked_takes_the_chat_over(world: World, as_: SignIn) -> None:
    _client, chat = anna_chats(world, as_)
    david = as_(world.david)
    assert david.post(page(chat, "take-over/")).status_code == 404
    asked_david(world, chat)
    assert david.post(page(chat, "take-over/")).status_code == 422, "he is not at his desk"
    Presence.objects.update_or_create(person=world.david, defaults={"state": AgentState.READY, "since": MORNING})
    assert david.post(page(chat, "take-over/")).headers["Location"] == "/desk/chats/"
    order = Command.objects.filter(kind="written_order").latest("pk")
    assert order.payload["prefer"] == {"person": world.david.pk, "seconds": conversation.COLLEAGUE_SECONDS}
    assert "Du behøver ikke gentage noget" in text(as_(world.anna).get(page(chat)))
    told(chat, Kind.ANSWERED, world.david.pk, direction="in")
    InHand.objects.update(person=world.david)
    assert david.post(page(chat), {"text": "Hej, jeg er David."}).status_code == 302


def test_only_whoever_has_the_question_takes_the_chat_over(world: World, as_: SignIn) -> None:
    anna, chat = anna_chats(world, as_)
    unit = Recipient(world.units["ctb-byliv"])
    card = send(world, enquiry=chat.thread.enquiry, card=Card("Må de lukke gaden?"), to=unit)
    Presence.objects.update_or_create(person=world.david, defaults={"state": AgentState.READY, "since": MORNING})
    david, takes = as_(world.david), "Tag chatten over"
    assert takes not in text(david.get(page(chat))), "everybody in the unit reads along"
    refused = david.post(page(chat, "take-over/"))
    assert (refused.status_code, "Tag spørgsmålet først" in text(refused)) == (422, True)
    assert takes not in text(anna.get(page(chat)))
    work.accept(card, by=world.david, at=MORNING)
    assert takes in text(david.get(page(chat)))
    assert david.post(page(chat, "take-over/")).status_code == 302


def test_what_colleagues_write_shows_to_those_who_may_see_it_and_each_look_is_logged(world: World, as_: SignIn) -> None:
    anna, chat = anna_chats(world, as_)
    card = asked_david(world, chat)
    david = as_(world.david)
    david.post(f"/desk/handovers/{card.pk}/text/", {"text": "Ja, i weekenden."})
    Look.objects.all().delete()
    assert "Ja, i weekenden." in text(anna.get(page(chat)))
    assert "Ja, i weekenden." in fetched(david, page(chat), "chat-colleagues")
    looked = Look.objects.filter(subject_type="handover.handover", subject_id=str(card.pk))
    assert set(looked.values_list("by_id", flat=True)) == {world.anna.audit_id, world.david.audit_id}
    InHand.objects.update(person=world.otto)
    otto = as_(world.otto)
    for shown in (text(otto.get(page(chat))), fetched(otto, page(chat), "chat-colleagues")):
        assert "Ja, i weekenden." not in shown
        assert "Må de lukke gaden?" not in shown
    assert f"handover-{card.pk}" not in stream_scopes(text(otto.get(page(chat))))


# --- a chat is no mail ----------------------------------------------------------------------------


def test_a_task_that_is_sent_from_a_chat_leaves_the_chat_as_it_is(world: World, as_: SignIn) -> None:
    client, chat = anna_chats(world, as_)
    answer = client.post(
        panel(chat.thread.enquiry), typed(), headers={"HX-Request": "true", "HX-Target": "desk-handover"}
    )
    assert answer.status_code == 200
    assert f"koden er {Handover.objects.get().code}" in text(answer)
    assert Thread.objects.get().state == Thread.State.IN_WORK
    conversation.write_by_agent(chat, "Nummeret er sendt.", by=world.anna, at=MORNING)


def test_a_chat_that_goes_on_is_not_among_the_mails(world: World, as_: SignIn) -> None:
    client, chat = anna_chats(world, as_)
    waiting = begun(Queue.objects.get(code="tmf-chat"), "Har I åbent?")
    lists = text(client.get("/desk/written/")) + text(client.get("/desk/written/", {"q": "skur"}))
    assert f"/desk/written/{chat.pk}/" not in lists
    assert f"/desk/written/{waiting.pk}/" not in lists
    assert client.get(f"/desk/written/{chat.pk}/").headers["Location"] == page(chat)
    conversation.end_by_agent(chat, by=world.anna, at=MORNING)
    assert "Må jeg bygge et skur?" in text(client.get(f"/desk/written/{chat.pk}/")), "one that is over is read there"


@pytest.mark.parametrize(
    "step", ["closure", "spam", "no-spam", "merger", "taking", "putting-back", "reply", "draft", "call"]
)
def test_what_is_done_with_a_mail_is_not_done_with_a_chat(world: World, as_: SignIn, step: str) -> None:
    client, chat = anna_chats(world, as_)
    assert client.post(reverse(f"desk:written-{step}", args=[chat.pk]), {"text": "Ja."}).status_code == 404


def test_a_message_of_a_chat_is_not_split_off(world: World, as_: SignIn) -> None:
    client, chat = anna_chats(world, as_)
    line = conversation.write_by_contact(chat, "En ting til", at=MORNING)
    assert client.post(reverse("desk:written-division", args=[chat.pk, line.message_id])).status_code == 404
    assert Thread.objects.count() == 1

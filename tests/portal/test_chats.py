"""Chat on the public site: offered when somebody can answer, begun and carried on without JavaScript and without a
cookie, found again by its address."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from indgang.core import clock
from indgang.correspondence.chat import conversation, reading, sweeping
from indgang.correspondence.models import Chat, Thread
from indgang.correspondence.personal_data import CORRESPONDENCE
from indgang.entry.models import AgentState, InHand, Presence, Queue
from indgang.live import token
from indgang.messaging.models import Mail
from indgang.portal import page_cache, visitors
from indgang.privacy import plan
from tests.correspondence.chats import begun, chat_queue, many, taken
from tests.correspondence.mails import mailbox
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
PAGE = "/chat/"


@pytest.fixture
def queue(world: World) -> Iterator[Queue]:
    visitors.forget()
    with clock.frozen(MORNING):
        yield chat_queue(world)


def there(person: Any, state: str = AgentState.READY) -> None:
    Presence.objects.update_or_create(person=person, defaults={"state": state, "since": MORNING})


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def key_in(page: Any) -> str:
    found = re.search(r'name="key" value="([^"]+)"', text(page))
    assert found
    return found[1]


def begin(client: Client, question: str = "Må jeg bygge et skur?", **more: str) -> Any:
    key = key_in(client.get(PAGE))
    words = {"queue": "tmf-chat", "question": question, "name": "", "page": "/", "key": key, **more}
    return client.post(PAGE, words)


def test_without_anybody_there_the_page_says_what_else_one_can_do(queue: Queue) -> None:
    page = text(Client().get(PAGE))
    assert "Ingen kan svare på chatten lige nu" in page
    assert "/kontakt/ring-mig-op/" in page
    assert 'name="question"' not in page


@pytest.mark.parametrize("why", ["paused", "closed", "evening", "on_the_phone", "full"])
def test_it_is_not_offered_while_nobody_can_answer(queue: Queue, world: World, why: str) -> None:
    there(world.anna, AgentState.PAUSED if why == "paused" else AgentState.READY)
    if why == "closed":
        Queue.objects.update(closed_at=MORNING, closed_by="Eva")
    if why == "on_the_phone":
        InHand.objects.create(person=world.anna, enquiry=begun(queue).pk, kind="call", stage="talking")
    if why == "full":
        for place in range(2):
            InHand.objects.create(person=world.anna, place=place, enquiry=begun(queue).pk, kind="chat", stage="talking")
    with clock.frozen(MORNING + timedelta(hours=12 if why == "evening" else 0)):
        assert 'name="question"' not in text(Client().get(PAGE))


def test_it_is_begun_and_carried_on_without_javascript_and_without_a_cookie(queue: Queue, world: World) -> None:
    there(world.anna)
    client = Client()
    assert "ingen ventetid" in text(client.get(PAGE))
    answer = begin(client, name="Per")
    assert answer.status_code == 302
    here = answer.headers["Location"]
    page = client.get(here)
    assert "Må jeg bygge et skur?" in text(page)
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert client.post(here, {"text": "Det er 20 m²", "client_id": "a"}).status_code == 302
    assert "Det er 20 m²" in text(Client().get(here)), "another browser with the address goes on"
    assert not client.cookies


def test_a_form_that_is_sent_twice_begins_one_chat(queue: Queue, world: World) -> None:
    there(world.anna)
    key = key_in(Client().get(PAGE))
    assert len({begin(Client(), key=key).headers["Location"] for _time in range(2)}) == 1
    assert Chat.objects.count() == 1


@pytest.mark.parametrize(
    ("more", "status"),
    [({"question": " "}, 422), ({"queue": "nej"}, 422), ({"key": "en-jeg-selv-har-fundet-paa"}, 422)],
)
def test_a_bad_form_keeps_what_was_typed(queue: Queue, world: World, more: dict[str, str], status: int) -> None:
    there(world.anna)
    answer = begin(Client(), name="Per", **more)
    assert answer.status_code == status
    assert 'value="Per"' in text(answer)
    assert not Chat.objects.exists()


def test_the_form_says_how_long_the_chat_is_kept(queue: Queue, world: World) -> None:
    there(world.anna)
    assert "Vi sletter samtalen 365 dage efter" in text(Client().get(PAGE))
    plan.decide(CORRESPONDENCE, days=30, why="Kort tid", day=MORNING.date(), by=world.ida, at=MORNING)
    assert "Vi sletter samtalen 30 dage efter" in text(Client().get(PAGE))


def test_an_unknown_key_is_not_found(queue: Queue) -> None:
    assert Client().get(f"{PAGE}ukendt/").status_code == 404


def test_the_page_hears_its_own_chat_alone(queue: Queue, world: World) -> None:
    there(world.anna)
    client = Client()
    page = client.get(begin(client).headers["Location"])
    found = re.search(r'data-stream="[^"]*token=([^"]+)"', text(page))
    assert found
    ours = token.read(found[1], now=time.time())
    assert ours.scopes == {f"thread-{Chat.objects.get().pk}"}
    assert "connect-src 'self'" in page.headers["Content-Security-Policy"]


def test_what_is_new_is_fetched_as_a_part_and_marked_as_read(queue: Queue, world: World) -> None:
    there(world.anna)
    client = Client()
    here = begin(client).headers["Location"]
    chat = taken(Chat.objects.get(), world.anna)
    conversation.write_by_agent(chat, "Ja, <b>gerne</b>.", by=world.anna, at=MORNING)
    part = text(client.get(here, headers={"HX-Request": "true", "HX-Target": "chat-talk"}))
    assert "<html" not in part
    assert "Ja, &lt;b&gt;gerne&lt;/b&gt;." in part
    assert Chat.objects.get().contact_read == 2
    conversation.typing(chat, by_contact=False, at=MORNING)
    assert "skriver" in text(client.get(here, headers={"HX-Request": "true", "HX-Target": "chat-typing"}))


def test_a_page_that_shows_the_newest_is_told_so_without_the_lines(queue: Queue, world: World) -> None:
    there(world.anna)
    client = Client()
    here = begin(client).headers["Location"]
    part = {"HX-Request": "true", "HX-Target": "chat-talk"}
    found = re.search(r'data-shown="([^"]+)"', text(client.get(here, headers=part)))
    assert found
    assert client.get(here, headers=part | {"X-Shown": found[1]}).status_code == 204
    chat = taken(Chat.objects.get(), world.anna)
    assert client.get(here, headers=part | {"X-Shown": found[1]}).status_code == 200, "somebody has taken it"
    found = re.search(r'data-shown="([^"]+)"', text(client.get(here, headers=part)))
    assert found
    conversation.write_by_agent(chat, "Ja.", by=world.anna, at=MORNING)
    assert "Ja." in text(client.get(here, headers=part | {"X-Shown": found[1]}))


def test_a_page_that_shows_the_earlier_lines_gets_the_new_ones_alone(queue: Queue, world: World) -> None:
    there(world.anna)
    client = Client()
    here = begin(client).headers["Location"]
    chat = taken(Chat.objects.get(), world.anna)
    version = reading.version(reading.chats().get())
    conversation.write_by_agent(chat, "Ja, gerne.", by=world.anna, at=MORNING)
    part = {"HX-Request": "true", "HX-Target": "chat-talk", "X-Shown": version}
    new = text(client.get(here, headers=part))
    assert re.findall(r'id="chat-line-([0-9]+)"', new) == ["2"]
    assert f'data-follows="{version}"' in new
    sent = text(client.post(here, {"text": "Tak.", "client_id": "a"}, headers=part))
    assert re.findall(r'id="chat-line-([0-9]+)"', sent) == ["2", "3"], "what came meanwhile as well"
    whole = text(client.get(here, headers=part | {"X-Shown": "9.in_work.1."}))
    assert re.findall(r'id="chat-line-([0-9]+)"', whole) == ["1", "2", "3"]


def test_a_page_of_five_thousand_messages_shows_the_last_and_earlier_ones_on_request(
    queue: Queue, world: World, django_assert_max_num_queries: Any
) -> None:
    there(world.anna)
    client = Client()
    here = begin(client).headers["Location"]
    many(Chat.objects.get(), 5000)
    with django_assert_max_num_queries(20):
        page = text(client.get(here))
    assert page.count('class="chat-line ') == reading.PAGE
    assert 'id="chat-line-5000"' in page
    assert 'href="?foer=4951"' in page
    earlier = text(client.get(here, {"foer": "4951"}))
    assert 'id="chat-line-4950"' in earlier
    assert "Vis de nyeste beskeder" in earlier


def test_a_message_sent_from_a_page_of_earlier_lines_brings_the_last_lines_whole(queue: Queue, world: World) -> None:
    there(world.anna)
    client = Client()
    here = begin(client).headers["Location"]
    many(Chat.objects.get(), reading.PAGE + 10)
    version = re.search(r'id="chat-log" data-shown="([^"]*)"', text(client.get(here, {"foer": "11"})))
    assert version
    part = {"HX-Request": "true", "HX-Target": "chat-talk", "X-Shown": version[1]}
    sent = text(client.post(here, {"text": "Tak.", "client_id": "a"}, headers=part))
    shown = re.findall(r'id="chat-line-([0-9]+)"', sent)
    assert (len(shown), "data-follows" in sent) == (reading.PAGE, False), "not line 61 after line 10"


def test_it_is_ended_and_mailed(queue: Queue, world: World) -> None:
    there(world.anna)
    client = Client()
    here = begin(client).headers["Location"]
    assert client.post(f"{here}kopi/", {"mail": "ikke en adresse"}).status_code == 422
    assert "per@example.dk" in text(client.post(f"{here}kopi/", {"mail": "per@example.dk"}))
    assert Mail.objects.get().to == "per@example.dk"
    client.post(f"{here}slut/")
    assert Thread.objects.get().is_over
    assert "Chatten er afsluttet" in text(client.get(here))
    assert client.post(here, {"text": "Hov"}).status_code == 422


def test_a_message_from_another_site_is_refused(queue: Queue, world: World) -> None:
    there(world.anna)
    client = Client()
    here = begin(client).headers["Location"]
    assert client.post(here, {"text": "x"}, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert Chat.objects.get().lines_count == 1


def test_the_contact_page_and_the_box_lead_to_it_while_it_is_offered(queue: Queue, world: World) -> None:
    assert 'href="/chat/"' not in text(Client().get("/kontakt/"))
    assert 'href="/embed/chat/begynd/"' not in text(Client().get("/embed/chat/"))
    there(world.anna)
    page_cache.forget()
    assert 'href="/chat/"' in text(Client().get("/kontakt/"))
    assert 'href="/embed/chat/begynd/"' in text(Client().get("/embed/chat/"))


# --- in the box on another website ------------------------------------------------------------------


def begin_in_box(client: Client) -> str:
    key = key_in(client.get("/embed/chat/begynd/"))
    answer = client.post("/embed/chat/begynd/", {"queue": "tmf-chat", "question": "Må jeg bygge et skur?", "key": key})
    return str(answer.headers["Location"])


def test_the_whole_chat_stays_in_the_box_without_javascript_and_without_a_cookie(queue: Queue, world: World) -> None:
    there(world.anna)
    client = Client()
    here = begin_in_box(client)
    assert re.fullmatch(r"/embed/chat/[\w-]{32}/", here)
    assert client.post(here, {"text": "Det er 20 m²"}).headers["Location"] == f"{here}#chat-text"
    page = text(client.get(here))
    assert "Det er 20 m²" in page
    assert set(re.findall(r'action="([^"]+)"', page)) == {here, f"{here}slut/", f"{here}kopi/"}
    assert client.post(f"{here}slut/").headers["Location"] == here
    assert 'href="/embed/chat/begynd/"' in text(client.get(here))
    assert not client.cookies


@pytest.mark.parametrize("step", ["", "slut/", "kopi/"])
def test_only_the_box_may_be_framed_and_only_by_the_sites_that_may(
    queue: Queue, world: World, settings: Any, step: str
) -> None:
    settings.EMBED_ON = "https://kommune.example"
    there(world.anna)
    client = Client()
    here = begin_in_box(client)
    boxed = client.post(f"{here}{step}", {"mail": "nej"}) if step == "kopi/" else client.get(here)
    assert "frame-ancestors https://kommune.example" in boxed.headers["Content-Security-Policy"]
    assert "connect-src 'self'" in boxed.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in boxed.headers
    assert (boxed.headers["Cache-Control"], boxed.headers["Referrer-Policy"]) == ("no-store", "no-referrer")
    page = client.get(here.removeprefix("/embed"))
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert page.headers["X-Frame-Options"] == "DENY"


def test_a_box_whose_chat_is_gone_forgets_it_and_begins_anew(queue: Queue, world: World) -> None:
    there(world.anna)
    page = Client().get("/embed/chat/ukendt/")
    assert page.status_code == 404
    assert "Chatten findes ikke længere" in text(page)
    assert "data-forgets" in text(page)
    assert "data-goes" not in text(page)
    assert 'href="/embed/chat/begynd/"' in text(page)


@pytest.mark.parametrize("boxed", [False, True])
def test_after_closing_the_question_can_be_left_as_a_message(queue: Queue, world: World, boxed: bool) -> None:
    mailbox(world)
    there(world.anna)
    client = Client()
    here = ("/embed" if boxed else "") + begin(client).headers["Location"]
    assert "chat-leave" not in text(client.get(here))
    with clock.frozen(MORNING + timedelta(hours=9)):
        sweeping.sweep(at=clock.now())
        page = text(client.get(here))
        assert "ingen nåede at tage din chat" in page
        assert f'action="{here}besked/"' in page
        wrong = client.post(f"{here}besked/", {"mail": "per@"})
        assert wrong.status_code == 422
        assert 'value="per@"' in text(wrong)
        sent = client.post(f"{here}besked/", {"mail": "per@example.dk"})
        assert (sent.status_code, sent.headers["Location"]) == (302, here)
        page = text(client.get(here))
    assert "Dit spørgsmål er sendt som en besked. Vi svarer på mail." in page
    assert "besked/" not in page
    assert Thread.objects.get(mailbox__code="tmf").messages.get(direction="in").text == "Må jeg bygge et skur?"

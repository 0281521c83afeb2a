"""The contact's page: number and code show the state, take a text and withdraw it; without both nothing is told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from indgang.core import clock
from indgang.core.clock import FrozenTime
from indgang.handover import work
from indgang.handover.models import Addition, Handover
from indgang.portal import visitors
from indgang.portal.views import follow
from tests.handover.sent import CARD, send
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
PAGE = "/foelg/"


@pytest.fixture(autouse=True)
def morning(world: World) -> Iterator[FrozenTime]:
    visitors.forget()
    with clock.frozen(MORNING + timedelta(minutes=5)) as time:
        yield time


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def posted(row: Handover, *, do: str = "", page: str = PAGE, **more: str) -> Any:
    return Client().post(page, {"number": str(row.number), "code": row.code, "do": do} | more)


def test_the_pair_shows_the_state_and_the_promise_and_nothing_of_the_card(world: World) -> None:
    sent = send(world)
    work.write(sent, text="Vi venter på politiet.", for_contact=True, by=world.david, at=MORNING)
    work.write(sent, text="Husk § 4.", for_contact=False, by=world.david, at=MORNING)
    shown = text(posted(sent))
    assert "Dit spørgsmål er sendt til Byliv. Du får svar senest i dag kl. 12.00." in shown
    assert "<h2>Beskeder</h2>" in shown
    assert "Vi venter på politiet." in shown
    assert not any(part in shown for part in ("Husk", CARD.question, CARD.told, "Kiosken", "71000001", "David"))
    assert "You will have an answer by today at 12.00 at the latest." in text(posted(sent, page="/en/foelg/"))


def test_the_link_of_the_mail_fills_the_form_and_shows_nothing_by_itself(world: World) -> None:
    sent = send(world)
    page = Client().get(f"{PAGE}?nummer={sent.number}&kode={sent.code}")
    assert f'value="{sent.code}"' in text(page)
    assert "Byliv" not in text(page)
    for name, value in (("X-Robots-Tag", "noindex"), ("Cache-Control", "no-store"), ("Referrer-Policy", "no-referrer")):
        assert page.headers[name] == posted(sent).headers[name] == value
    assert not page.cookies


def test_wrong_pairs_say_nothing_about_which_is_wrong(world: World) -> None:
    sent = send(world)
    other = "000000" if sent.code != "000000" else "111111"
    wrong_code = Client().post(PAGE, {"number": str(sent.number), "code": other})
    wrong_number = Client().post(PAGE, {"number": "999999999", "code": sent.code})
    odd = Client().post(PAGE, {"number": "²³x", "code": "æ" * 6})
    for answer in (wrong_code, wrong_number, odd):
        assert answer.status_code == 422
        assert "Nummeret og koden passer ikke sammen." in text(answer)
    assert Client().post(PAGE, {"number": "", "code": ""}).status_code == 422


def test_a_visitor_who_tries_often_has_to_wait(world: World) -> None:
    sent = send(world)
    answers = [Client().post(PAGE, {"number": str(n), "code": "1"}).status_code for n in range(1, 33)]
    assert answers == [422] * 30 + [429] * 2
    assert posted(sent).status_code == 429


def test_one_number_cannot_be_guessed_from_many_addresses(world: World) -> None:
    sent = send(world)
    wrong = "000000" if sent.code != "000000" else "111111"
    for n in range(follow._WRONG.most):
        spelt = "0" * (n % 3) + str(sent.number)
        Client(REMOTE_ADDR=f"10.0.{n}.1").post(PAGE, {"number": spelt, "code": wrong})
    answer = Client(REMOTE_ADDR="10.1.0.1").post(PAGE, {"number": str(sent.number), "code": sent.code})
    assert answer.status_code == 429
    other = send(world)
    assert posted(other).status_code == 200


def test_the_contact_adds_a_text_once_however_often_it_is_sent(world: World) -> None:
    sent = send(world)
    assert "Det, du skrev, er sendt." in text(posted(sent, do="write", text="Det er kun lørdag. 010190-1234"))
    assert "Det er kun lørdag." in text(posted(sent, do="write", text="Det er kun lørdag. 010190-1234"))
    added = Addition.objects.get()
    assert (added.by, added.for_contact) == (None, True)
    assert "1234" not in added.text
    empty = posted(sent, do="write", text=" ")
    assert empty.status_code == 422
    assert "Skriv en tekst." in text(empty)
    kept = posted(sent, do="write", text="x" * 4001)
    assert kept.status_code == 422
    assert "xxx" in text(kept)


def test_the_contact_withdraws_it_after_saying_so_twice(world: World) -> None:
    sent = send(world)
    assert "Ja, træk det tilbage" in text(posted(sent, do="ask"))
    sent.refresh_from_db()
    assert sent.is_open
    assert "Spørgsmålet er trukket tilbage" in text(posted(sent, do="cancel"))
    assert posted(sent, do="cancel").status_code == 200
    sent.refresh_from_db()
    assert sent.state == "cancelled"
    assert posted(sent, do="write", text="Alligevel").status_code == 422


def test_a_form_of_another_site_changes_nothing(world: World) -> None:
    sent = send(world)
    data = {"number": str(sent.number), "code": sent.code, "do": "cancel"}
    assert Client().post(PAGE, data, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 422
    sent.refresh_from_db()
    assert sent.is_open


def test_when_the_texts_are_scrubbed_the_page_says_so(world: World) -> None:
    sent = send(world)
    work.close(sent, outcome="answered", note="Ja.", by=world.david, at=MORNING)
    assert "slettet" not in text(posted(sent))
    Addition.objects.all().delete()
    Handover.objects.update(question="", told="", expected="", promised="", contact_name="", contact_number="")
    shown = text(posted(sent))
    assert "Dit spørgsmål er besvaret." in shown
    assert "vi har slettet det, der blev skrevet" in shown


def test_the_contact_page_leads_to_it(world: World) -> None:
    assert f'href="{PAGE}"' in text(Client().get("/kontakt/"))
    assert 'href="/en/foelg/"' in text(Client().get("/en/kontakt/"))
    assert PAGE not in text(Client().get("/sitemap.xml"))

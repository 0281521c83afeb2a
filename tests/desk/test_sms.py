"""The link to the article in view goes to the caller's telephone in two keys, counted and followed."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from indgang.audit.models import Change
from indgang.core import clock
from indgang.correspondence.models import SmsMessage
from indgang.correspondence.sms import keywords, receipts, sending
from indgang.desk.story import Story
from indgang.enquiries.models import Enquiry
from indgang.entry.models import AgentState
from indgang.messaging.models import SimulatedSms
from indgang.messaging.sms.contract import ReceiptState, SmsReceipt
from tests.desk import known
from tests.desk.conftest import PART, SignIn, at_desk
from tests.desk.known import Known
from tests.enquiries.told_calls import BAKERY, talking
from tests.world import World

MARK = {**PART, "HX-Target": "knowledge-mark"}
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def simulates(settings: Any) -> None:
    settings.SMS_GATEWAY = "simulator"
    settings.PUBLIC_URL = "https://indgang.kommune.example"


@pytest.fixture
def knowledge(world: World, standing: dict[str, Any]) -> Known:
    return standing.get("knowledge") or known.build(world)


@pytest.fixture
def call(world: World) -> Enquiry:
    enquiry = talking(world.anna, queue="tmf-byliv")
    at_desk(world.anna, AgentState.TALKING, enquiry)
    return enquiry


def form_of(client: Client, call: Enquiry, slug: str = "loppemarked", **more: Any) -> Any:
    return client.get(reverse("desk:article-sms", args=[slug]), {"enquiry": str(call.pk), **more}, headers=MARK)


def post(client: Client, call: Enquiry, number: str = BAKERY, text: str = "Her er linket.", **more: Any) -> Any:
    values = {"enquiry": str(call.pk), "number": number, "text": text, **more}
    return client.post(reverse("desk:article-sms", args=["loppemarked"]), values, headers=MARK)


def words(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_the_article_offers_the_link_only_where_it_can_be_sent(
    world: World, as_: SignIn, knowledge: Known, call: Enquiry, settings: Any
) -> None:
    anna, article = as_(world.anna), reverse("desk:article", args=["loppemarked"])
    assert 'data-key="w"' in words(anna.get(article, {"enquiry": str(call.pk)}, headers=PART))
    assert 'data-key="w"' not in words(anna.get(article, headers=PART)), "nobody is in hand"
    staff = reverse("desk:article", args=["stoej-intern"])
    assert 'data-key="w"' not in words(anna.get(staff, {"enquiry": str(call.pk)}, headers=PART)), "it has no link"
    settings.SMS_GATEWAY = "none"
    assert 'data-key="w"' not in words(anna.get(article, {"enquiry": str(call.pk)}, headers=PART))


def test_the_form_has_the_callers_number_the_link_and_its_length(
    world: World, as_: SignIn, knowledge: Known, call: Enquiry
) -> None:
    page = words(form_of(as_(world.anna), call))
    assert 'value="99 99 01 01"' in page
    assert "https://indgang.kommune.example/" in page
    assert "Hvordan får jeg lov til et loppemarked?" in page
    assert re.search(r"1 sms, \d+ tegn tilbage|2 sms&#x27;er", page)
    other = words(form_of(as_(world.anna), call, link="1"))
    assert "https://example.org/soeg" in other


def test_the_second_key_sends_and_the_agent_sees_what_becomes_of_it(
    world: World, as_: SignIn, knowledge: Known, call: Enquiry
) -> None:
    anna = as_(world.anna)
    text = re.search(r"<textarea[^>]*>\s*(.*?)</textarea>", form_of(anna, call).content.decode(), re.S)
    assert text is not None
    response = post(anna, call, text=text[1])
    message = SmsMessage.objects.get()
    assert (message.number, message.enquiry, message.sent_by) == (BAKERY, call, world.anna)
    assert "bliver sendt nu" in words(response)
    sending.deliver(sms=str(message.pk))
    assert SimulatedSms.objects.get().text == message.text
    assert "er sendt." in words(anna.get(reverse("desk:sms", args=[message.pk]), headers=PART))
    receipts.note(SmsReceipt(str(message.pk), "1", ReceiptState.DELIVERED, clock.now()), at=clock.now())
    assert "er leveret." in words(anna.get(reverse("desk:sms", args=[message.pk]), headers=PART))


def test_a_withheld_number_is_asked_for_first(world: World, as_: SignIn, knowledge: Known) -> None:
    enquiry = talking(world.anna, number="anonymous", queue="tmf-byliv")
    at_desk(world.anna, AgentState.TALKING, enquiry)
    page = words(form_of(as_(world.anna), enquiry))
    number = re.search(r'<input[^>]*name="number"[^>]*>', page)
    assert number is not None
    assert "data-focus" in number[0]
    assert post(as_(world.anna), enquiry, number="20 30 40 50").status_code == 200
    assert SmsMessage.objects.get().number == "+4520304050"


@pytest.mark.parametrize(
    ("number", "text", "said"),
    [("112", "Hej", "Skriv et mobilnummer."), ("abc", "Hej", "Tjek cifrene"), (BAKERY, "", "Skriv en tekst."),
     (BAKERY, "a" * 919, "Kort den ned"), (BAKERY, "Hej [udfyld: navn]", "før du sender: navn.")],
)  # fmt: skip
def test_what_cannot_be_sent_says_what_to_do_and_keeps_what_was_typed(
    world: World, as_: SignIn, knowledge: Known, call: Enquiry, number: str, text: str, said: str
) -> None:
    response = post(as_(world.anna), call, number, text)
    assert response.status_code == 422
    assert said in words(response)
    assert text in words(response)
    assert not SmsMessage.objects.exists()


def test_a_number_that_said_stop_is_shown_and_gets_nothing(
    world: World, as_: SignIn, knowledge: Known, call: Enquiry
) -> None:
    keywords.follow(BAKERY, SmsMessage.Keyword.STOP, clock.now())
    assert "har svaret STOP" in words(form_of(as_(world.anna), call))
    assert post(as_(world.anna), call).status_code == 422


def test_the_text_is_counted_while_it_is_typed_and_dear_characters_are_named(world: World, as_: SignIn) -> None:
    client, url = as_(world.anna), reverse("desk:sms-parts")
    assert "1 sms, 157 tegn tilbage" in words(client.post(url, {"text": "Hej"}, headers=PART))
    dear = words(client.post(url, {"text": "ê" + "a" * 80}, headers=PART))
    assert "2 sms" in dear
    assert "ê gør, at teksten fylder 2 sms" in dear


def test_what_failed_is_sent_again_by_a_person_once(world: World, as_: SignIn, knowledge: Known, call: Enquiry) -> None:
    anna = as_(world.anna)
    post(anna, call, number="99 99 00 02")
    message = SmsMessage.objects.get()
    sending.deliver(sms=str(message.pk))
    receipts.note(SmsReceipt(str(message.pk), "1", ReceiptState.FAILED, clock.now(), "UNDELIVERABLE"), at=clock.now())
    page = words(anna.get(reverse("desk:sms", args=[message.pk]), headers=PART))
    assert "kom ikke frem. Sms&#x27;en kunne ikke leveres til nummeret." in page
    assert "Send sms'en igen" in page
    for _ in range(2):
        assert anna.post(reverse("desk:sms-again", args=[message.pk]), headers=PART).status_code == 200
    assert SmsMessage.objects.count() == 2


def test_others_see_nothing_of_it(world: World, as_: SignIn, knowledge: Known, call: Enquiry) -> None:
    post(as_(world.anna), call)
    message = SmsMessage.objects.get()
    for person in (world.otto, world.bo):
        assert as_(person).get(reverse("desk:sms", args=[message.pk]), headers=PART).status_code == 404
        assert as_(person).post(reverse("desk:sms-again", args=[message.pk]), headers=PART).status_code == 404
        assert form_of(as_(person), call).status_code == 404


def test_what_did_not_arrive_stays_on_the_list_of_whoever_sent_it_until_they_decide(
    world: World, as_: SignIn, knowledge: Known, call: Enquiry
) -> None:
    anna = as_(world.anna)
    for number in ("99 99 00 03", "99 99 00 03"):
        post(anna, call, number=number)
    first, second = SmsMessage.objects.order_by("at", "pk")
    for message in (first, second):
        sending.deliver(sms=str(message.pk))

    def listed() -> list[str]:
        page = words(anna.get("/desk/", headers={**PART, "HX-Target": "desk-lists"}))
        return re.findall(r'id="sms-([0-9a-f-]+)"', page)

    assert sorted(listed()) == sorted([str(first.pk), str(second.pk)])
    assert anna.post(reverse("desk:sms-closure", args=[first.pk]), headers=PART).status_code == 204
    assert listed() == [str(second.pk)]
    anna.post(reverse("desk:sms-again", args=[second.pk]), headers=PART)
    assert listed() == []
    assert Change.objects.filter(action="sms.drop").count() == 1


def test_whoever_gets_the_call_next_reads_that_an_sms_was_sent(
    world: World, as_: SignIn, knowledge: Known, call: Enquiry
) -> None:
    post(as_(world.anna), call)
    message = SmsMessage.objects.get()
    sending.deliver(sms=str(message.pk))
    receipts.note(SmsReceipt(str(message.pk), "1", ReceiptState.FAILED, clock.now()), at=clock.now())
    call.refresh_from_db()
    steps = [step.text for step in Story(call, reader=world.bo).steps]
    assert steps[-2:] == ["Anna Agerbæk sendte en sms", "Sms'en kom ikke frem"]

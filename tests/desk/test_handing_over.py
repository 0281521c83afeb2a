"""Giving a question to somebody else from the desk: the card, its draft, and the outcome of the registration."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from indgang.core import clock
from indgang.core.clock import COPENHAGEN
from indgang.enquiries import knowledge_use, registration
from indgang.enquiries.models import Draft, Enquiry, Question, ReturnCall
from indgang.handover.models import Handover, HandoverDraft
from indgang.handover.promises import PromisedTime
from indgang.handover.suggestions import SuggestedTime
from tests.desk.conftest import PART, SignIn
from tests.enquiries.test_registration import about
from tests.handover.sent import enquiry as answered_by_anna
from tests.knowledge_world import build as with_articles
from tests.world import World

pytestmark = pytest.mark.django_db
PANEL = PART | {"HX-Target": "desk-handover"}


@pytest.fixture
def client(world: World, as_: SignIn) -> Client:
    return as_(world.anna)


@pytest.fixture
def enquiry(world: World) -> Enquiry:
    row = answered_by_anna(world)
    row.caller_number = "+4599990101"
    row.save()
    return row


def noon() -> str:
    return SuggestedTime("", PromisedTime(datetime(2026, 3, 12, 12, tzinfo=COPENHAGEN))).value


def panel(enquiry: Enquiry) -> str:
    return reverse("desk:handing-over", args=[enquiry.pk])


def typed(**changes: str) -> dict[str, str]:
    return {
        "to": "unit:ctb-byliv@arrangement", "kind": "task", "time": noon(), "question": "Må boden stå der?",
        "contact_number": "99 99 01 01",
    } | changes  # fmt: skip


def text(response: Any) -> str:
    return str(response.content.decode())


def test_the_card_is_filled_from_what_is_known(client: Client, world: World, enquiry: Enquiry) -> None:
    made = with_articles(world)
    version = made.articles["altan"].versions.first()
    assert version is not None
    knowledge_use.used(enquiry, version, on=True, by=world.anna, at=clock.now())
    note = {"q0-note": "Boden skal stå hele weekenden.", "q0-service": str(world.services["arrangement"].pk)}
    Draft.objects.create(enquiry=enquiry, person=world.anna, fields=note, updated_at=clock.now())
    shown = text(client.get(panel(enquiry), headers=PANEL))
    assert "Boden skal stå hele weekenden." in shown
    assert f'href="{reverse("desk:article", args=["altan"])}">{version.title}</a>' in shown
    assert "+4599990101" in shown
    assert 'value="unit:ctb-byliv@arrangement"' in shown
    assert "Senest i morgen kl. 12.00" in shown
    for label in ("Telefon", "Mail"):
        assert f"{label}</label>" in shown, "not marked as optional"
    assert "Skal udfyldes ved Ring tilbage" in shown


def test_it_is_sent_with_a_number_and_the_sentence_to_say(client: Client, world: World, enquiry: Enquiry) -> None:
    answer = client.post(panel(enquiry), typed(), headers=PANEL)
    assert answer.status_code == 200, answer.context["sheet"].form.errors
    sent = Handover.objects.get()
    assert (sent.unit.code, sent.kind, sent.service) == ("ctb-byliv", "task", world.services["arrangement"])
    assert sent.contact_number == "+4599990101"
    assert answer.status_code == 200
    shown = text(answer)
    assert "Dit spørgsmål er sendt til Byliv. Du får svar senest i morgen kl. 12.00." in shown
    assert f"Nummeret er {sent.number}, og koden er {sent.code}." in shown
    assert '"outcome": "message"' in answer.headers["HX-Trigger"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"to": ""}, "Vælg, hvem der skal have spørgsmålet"),
        ({"to": "unit:findes-ikke"}, "findes ikke længere"),
        ({"question": " "}, "Skriv, hvad der bliver spurgt om."),
        ({"time": ""}, "Vælg, hvornår der senest bliver svaret."),
        ({"time": "typed"}, "Skriv dag og klokkeslæt."),
        ({"time": "typed", "due": "2026-03-14T12:00"}, "Det kan vi ikke love den 14.3."),
        ({"kind": "callback"}, "Vælg, hvornår der bliver ringet."),
        ({"consent": "no"}, "Oplys i stedet enhedens nummer."),
        ({"contact_number": "71"}, "Det er ikke et telefonnummer"),
        ({"tells_contact": "on"}, "Der er ingen sms-gateway"),
        ({"tells_contact": "on", "contact_number": ""}, "Skriv den mailadresse eller"),
    ],
)
def test_a_refusal_stands_by_its_field_and_loses_nothing(
    client: Client, enquiry: Enquiry, change: dict[str, str], sentence: str
) -> None:
    answer = client.post(panel(enquiry), typed(expected="Ring og svar.", told="Alt er sagt.", **change), headers=PANEL)
    assert answer.status_code == 422
    shown = text(answer)
    assert sentence in shown
    assert "Ring og svar." in shown
    assert "Alt er sagt." in shown
    assert not Handover.objects.exists()


def test_what_is_typed_is_kept_until_it_is_sent(client: Client, enquiry: Enquiry) -> None:
    client.post(reverse("desk:handover-draft", args=[enquiry.pk]), typed(question="Kun et udkast"), headers=PART)
    assert "Kun et udkast" in text(client.get(panel(enquiry), headers=PANEL))
    client.post(panel(enquiry), typed(), headers=PANEL)
    assert not HandoverDraft.objects.exists()


def test_a_draft_that_is_too_long_leaves_the_form_on_the_page(client: Client, enquiry: Enquiry) -> None:
    closing = reverse("desk:handover-draft", args=[enquiry.pk]) + "?close=1"
    answer = client.post(closing, typed(question="x" * 40_001), headers=PART)
    assert answer.status_code == 422
    assert "Kladden er for lang" in text(answer)
    assert (answer.headers["HX-Retarget"], answer.headers["HX-Reswap"]) == ("#handover-draft", "innerHTML")
    assert text(client.get(panel(enquiry), headers=PANEL)).count('maxlength="4000"') == 4


def test_times_follow_the_kind(client: Client, enquiry: Enquiry) -> None:
    url = reverse("desk:handover-times", args=[enquiry.pk])
    assert "Hvornår bliver der ringet?" in text(client.post(url, typed(kind="callback"), headers=PART))
    assert "åbningstimer" in text(client.post(url, typed(), headers=PART))


def test_people_units_and_subjects_are_found(client: Client, world: World) -> None:
    shown = text(client.get(reverse("desk:recipients"), {"q": "byliv"}, headers=PART))
    assert 'value="unit:ctb-byliv"' in shown
    assert "Arrangementstilladelser" in shown
    named = text(client.get(reverse("desk:recipients"), {"q": "David"}, headers=PART))
    assert f'value="person:{world.david.pk}"' in named


def test_a_case_worker_hands_over_what_came_to_them_directly(world: World, as_: SignIn) -> None:
    david = as_(world.david)
    david.post(reverse("desk:by-hand"), {"channel": "direct"}, headers=PART)
    direct = Enquiry.objects.get(channel="direct")
    party = {"kind": "business", "name": "Kiosken", "number": "99 99 01 01"}
    assert david.post(reverse("desk:new-party", args=[direct.pk]), party, headers=PART).status_code == 200
    shown = text(david.get(panel(direct), headers=PANEL))
    assert "Kiosken" in shown
    assert "+4599990101" in shown
    assert david.post(panel(direct), typed(to="unit:ctb-grav"), headers=PANEL).status_code == 200
    assert Handover.objects.get().sent_by == world.david


def test_a_message_is_an_outcome_once_it_was_sent(client: Client, world: World, enquiry: Enquiry) -> None:
    sheet = reverse("desk:registration", args=[enquiry.pk])
    part = PART | {"HX-Target": "desk-registration"}
    assert 'value="message"' not in text(client.get(sheet, headers=part))
    with pytest.raises(registration.RegistrationError):
        registration.register(enquiry, questions=[about(world, outcome="message")], by=world.anna, at=clock.now())
    client.post(panel(enquiry), typed(), headers=PANEL)
    shown = text(client.get(sheet, headers=part))
    assert 'value="message"\n' in shown.replace("                      ", "")
    client.post(sheet, {"question": "0", "q0-service": str(world.services["arrangement"].pk), "seen": "0",
                        "q0-purpose": f"purpose:{about(world).purpose.pk}", "q0-character": "general",
                        "q0-outcome": "message", "arrived_at": "2026-03-11T09:30", "minutes": "2"},
                headers=part)  # fmt: skip
    assert Question.objects.get().outcome == "message"


def test_a_call_that_a_unit_has_promised_is_not_promised_twice(client: Client, world: World, enquiry: Enquiry) -> None:
    slot = SuggestedTime("", PromisedTime(*(datetime(2026, 3, 12, hour, tzinfo=COPENHAGEN) for hour in (11, 9))))
    client.post(panel(enquiry), typed(kind="callback", time="typed", starts="2026-03-12T09:00", due="2026-03-12T11:00"),
                headers=PANEL)  # fmt: skip
    assert Handover.objects.get().promises.get().starts_at == slot.time.starts
    registration.register(
        enquiry, questions=[about(world, outcome="callback")], by=world.anna, at=clock.now(),
        times=registration.TypedTimes(clock.now(), 1), handed_over=["callback"],
    )  # fmt: skip
    assert not ReturnCall.objects.exists()

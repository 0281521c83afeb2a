"""What contacts are told of their hand-over: the sentence, and the mails of those who asked for them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.urls import reverse
from django.utils import translation

from indgang.core.refusals import RefusedChange
from indgang.correspondence.models import SmsMessage
from indgang.enquiries.models import Enquiry
from indgang.handover import climbing, contact_words, letters, recipients, work
from indgang.handover.models import Addition, Handover
from indgang.handover.promises import PromisedTime
from indgang.messaging.models import Mail
from indgang.messaging.sms import gateways
from tests.handover.sent import CARD, NOON, enquiry, other_mails, send
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
LATER = MORNING + timedelta(minutes=20)
TOLD = replace(CARD, contact_email="kiosken@eksempel.dk", tells_contact=True)


def mails() -> list[Mail]:
    return list(other_mails().order_by("pk"))


def test_the_sentence_says_what_happens_and_when(world: World) -> None:
    sent = send(world)
    assert contact_words.what_happens(sent, LATER) == (
        "Dit spørgsmål er sendt til Byliv. Du får svar senest i dag kl. 12.00."
    )
    assert contact_words.what_happens(sent, NOON + timedelta(days=1)).endswith(
        "Det er forsinket: du skulle have hørt fra os senest onsdag 11. marts kl. 12.00."
    )
    climbing.climb_all(at=NOON)
    sent.refresh_from_db()
    assert contact_words.what_happens(sent, NOON).endswith("Vi har rykket for det.")
    taken = work.accept(sent, by=world.david, at=LATER)
    assert contact_words.what_happens(taken, LATER).startswith("En medarbejder i Byliv er i gang med dit spørgsmål.")
    work.close(sent, outcome="in_case", by=world.david, at=LATER)
    sent.refresh_from_db()
    assert contact_words.what_happens(sent, LATER) == "Spørgsmålet er taget med i din sag, og du får svaret dér."
    assert contact_words.reference(sent) == f"Nummeret er {sent.number}, og koden er {sent.code}."


def test_the_sentence_of_a_promised_call_names_the_slot_also_in_english(world: World) -> None:
    sent = send(world, kind=Handover.Kind.CALLBACK, starts=NOON - timedelta(hours=1))
    assert contact_words.what_happens(sent, LATER).endswith("Vi ringer til dig i dag kl. 11.00–12.00.")
    with translation.override("en"):
        assert contact_words.what_happens(sent, LATER).endswith("We will call you today at 11.00–12.00.")


def test_a_return_says_what_is_missing_or_that_we_are_looking(world: World) -> None:
    missing, wrong = send(world), send(world)
    work.give_back(missing, why="lacks_information", note="Hvilken plads?", by=world.david, at=LATER)
    work.give_back(wrong, why="wrong_place", note="", by=world.david, at=LATER)
    for row in (missing, wrong):
        row.refresh_from_db()
    assert contact_words.what_happens(missing, LATER).startswith("Byliv kan ikke svare uden flere oplysninger.")
    assert contact_words.what_happens(wrong, LATER).startswith("Kontaktcentret er ved at finde ud af")


def test_mails_follow_the_hand_over_and_hold_nothing_of_it(world: World) -> None:
    sent = send(world, card=TOLD)
    work.promise(sent, PromisedTime(NOON + timedelta(hours=1)), by=world.david, at=LATER)
    work.give_back(sent, why="lacks_information", note="Hvilken plads?", by=world.david, at=LATER)
    work.place(sent, to=recipients.of_person(world.david, LATER.date()), by=world.anna, at=LATER)
    work.close(sent, outcome="answered", note="Ja.", by=world.david, at=LATER)
    subjects = [mail.subject.split(" (")[0] for mail in mails()]
    assert subjects == [
        "Vi har sendt dit spørgsmål videre", "Der er aftalt en ny tid for dit spørgsmål",
        "Vi mangler oplysninger til dit spørgsmål", "Dit spørgsmål er afsluttet",
    ]  # fmt: skip
    for mail in mails():
        assert mail.to == "kiosken@eksempel.dk"
        assert not any(text in mail.text for text in (sent.question, sent.told, "Kiosken", "+45", "Hvilken plads"))
        assert letters.address(sent) in mail.text
    *going_on, ended = (mail.text for mail in mails())
    assert all("Her kan du følge spørgsmålet, tilføje noget eller trække det tilbage:" in text for text in going_on)
    assert "Her kan du se, hvad der er sket:" in ended
    assert "trække det tilbage" not in ended


def test_only_those_who_want_to_be_told_get_mails_and_only_of_what_concerns_them(world: World) -> None:
    send(world, card=replace(TOLD, tells_contact=False))
    quiet = send(world, card=TOLD)
    work.give_back(quiet, why="not_ours", note="", by=world.david, at=LATER)
    assert len(mails()) == 1


def test_who_was_served_in_english_gets_english(world: World) -> None:
    row = enquiry(world)
    Enquiry.objects.filter(pk=row.pk).update(language="en")
    row.refresh_from_db()
    sent = send(world, enquiry=row, card=TOLD)
    assert mails()[0].subject == f"We have passed your question on ({sent.number})"
    assert "/en/foelg/?nummer=" in mails()[0].text


def test_the_link_is_the_page_of_the_site(world: World) -> None:
    sent = send(world)
    assert urlsplit(letters.address(sent)).path == reverse("portal:follow")
    with translation.override("en"):
        assert urlsplit(letters.address(sent)).path == reverse("portal:follow", current_app="portal-en")


# --- SMS ------------------------------------------------------------------------------------------

MOBILE = replace(CARD, contact_email="", contact_number="+4540506070", tells_contact=True)


def test_who_has_no_mail_address_is_told_by_sms(world: World, settings: Any) -> None:
    settings.SMS_GATEWAY = gateways.SIMULATOR
    sent = send(world, card=MOBILE)
    work.promise(sent, PromisedTime(NOON + timedelta(hours=1)), by=world.david, at=LATER)
    work.close(sent, outcome="answered", note="Ja.", by=world.david, at=LATER)
    told = list(SmsMessage.objects.order_by("pk"))
    assert [sms.number for sms in told] == [MOBILE.contact_number] * 3
    assert told[0].text.startswith("Dit spørgsmål er sendt til Byliv. Du får svar senest i dag kl. 12.00.")
    assert all(contact_words.reference(sent) in sms.text and letters.address(sent) in sms.text for sms in told)
    assert not any(text in sms.text for sms in told for text in (sent.question, sent.told, "Kiosken"))
    assert not mails()


def test_a_number_that_can_have_no_sms_is_said_at_once_and_holds_up_nobody_later(world: World, settings: Any) -> None:
    settings.SMS_GATEWAY = gateways.NONE
    with pytest.raises(RefusedChange) as refused:
        send(world, card=MOBILE)
    assert list(refused.value.reasons) == ["contact_number"]
    settings.SMS_GATEWAY = gateways.SIMULATOR
    sent = send(world, card=MOBILE)
    settings.SMS_GATEWAY = gateways.NONE
    work.close(sent, outcome="answered", note="Ja.", by=world.david, at=LATER)
    sent.refresh_from_db()
    assert sent.state == Handover.State.CLOSED
    (said,) = Addition.objects.filter(handover=sent, for_contact=False)
    assert said.text.startswith("Den, der spørger, kunne ikke få en sms: Der er ingen sms-gateway")

"""A card that goes with a consult or a transfer: whoever answers has it, and says in one click how it ended."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from indgang.config import wiring
from indgang.core import clock
from indgang.enquiries import case_references
from indgang.enquiries.models import Enquiry
from indgang.entry.event_kinds import Kind
from indgang.entry.journal import Batch
from indgang.entry.models import AgentState
from indgang.handover.models import Handover
from tests.desk.conftest import PART, SignIn, Switchboard, at_desk, exchange
from tests.enquiries.told_calls import talking
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(world: World) -> Enquiry:
    exchange()
    enquiry = talking(world.anna)
    at_desk(world.anna, AgentState.TALKING, enquiry)
    return enquiry


def happens(enquiry: Enquiry, kind: Any, person: Any, **data: Any) -> None:
    """Write an event as the switchboard does."""
    event = kind.event(str(enquiry.pk), clock.now(), "", person.pk if person else None, data)
    wiring.journal().write([Batch(clock.now(), events=[event])])


def asks(client: Client, world: World, noun: str = "consultation", **more: str) -> Any:
    fields = {"address": f"person:{world.david.pk}", "name": "David", "question": "Må boden stå der?",
              "expected": "Ja eller nej"} | more  # fmt: skip
    return client.post(reverse(f"desk:{noun}"), fields, headers=PART)


def test_the_card_rings_with_the_consult_and_is_closed_in_one_click(
    world: World, as_: SignIn, switchboard: Switchboard, call: Enquiry
) -> None:
    assert asks(as_(world.anna), world).status_code == 204
    sent = Handover.objects.get()
    assert (sent.kind, sent.person, sent.contact_number) == ("warm", world.david, call.caller_number)
    at_desk(world.david, AgentState.RINGING, call)
    david = as_(world.david)
    ringing = david.get(reverse("desk:caller", args=[call.pk]), headers=PART).content.decode()
    assert "Må boden stå der?" in ringing
    assert "Ja eller nej" in ringing

    happens(call, Kind.CONSULT_ANSWERED, world.anna, name="David", consulted=world.david.pk)
    sent.refresh_from_db()
    assert (sent.state, sent.person) == ("accepted", world.david)
    happens(call, Kind.TRANSFERRED, world.david, name="David", warm=True)
    happens(call, Kind.ANSWERED, world.david)
    at_desk(world.david, AgentState.TALKING, call)
    sheet = david.get(reverse("desk:registration", args=[call.pk]), headers=PART | {"HX-Target": "desk-registration"})
    received = reverse("desk:received", args=[sent.pk])
    assert received in sheet.content.decode()
    closed = david.post(received, {"outcome": "answered", "told_again": "no", "first_level": "no"}, headers=PART)
    assert "Afsluttet: Besvaret" in closed.content.decode()
    sent.refresh_from_db()
    assert (sent.state, sent.told_again) == ("closed", False)


@pytest.mark.parametrize("noun", ["consultation", "transfer"])
def test_a_case_worker_who_is_rung_at_a_number_about_a_subject_takes_the_card(
    world: World, as_: SignIn, switchboard: Switchboard, call: Enquiry, noun: str
) -> None:
    asks(as_(world.anna), world, noun, address="subject:arrangement", name="Arrangementstilladelser")
    sent = Handover.objects.get()
    assert (sent.unit.code, sent.person, sent.service) == ("ctb-byliv", None, world.services["arrangement"])
    tried = {"subject": "arrangement", "by": world.anna.pk, "outside": True, "blind": noun == "transfer"}
    happens(call, Kind.SUBJECT_TRIED, world.bo, result="no_answer", **tried)
    sent.refresh_from_db()
    assert sent.state == "waiting"
    happens(call, Kind.SUBJECT_TRIED, world.david, result="answered", **tried)
    if noun == "consultation":
        happens(call, Kind.CONSULT_ANSWERED, world.anna, name="David")
    happens(call, Kind.PASSED_ON, world.anna, name="David", address="tel:+4533660001", warm=noun == "consultation")
    sent.refresh_from_db()
    assert (sent.state, sent.person) == ("accepted", world.david)


def test_a_consult_that_ends_without_a_transfer_withdraws_its_card(
    world: World, as_: SignIn, switchboard: Switchboard, call: Enquiry
) -> None:
    asks(as_(world.anna), world)
    happens(call, Kind.CONSULT_ANSWERED, world.anna, name="David", consulted=world.david.pk)
    happens(call, Kind.CONSULT_ENDED, world.anna, name="David", consulted=world.david.pk)
    assert Handover.objects.get().state == "cancelled"


def test_an_order_that_is_refused_leaves_no_card(
    world: World, as_: SignIn, switchboard: Switchboard, call: Enquiry
) -> None:
    switchboard.refuses = "busy"
    assert asks(as_(world.anna), world).status_code == 409
    assert Handover.objects.get().state == "cancelled"


def test_a_consult_that_is_ordered_twice_keeps_its_card(
    world: World, as_: SignIn, switchboard: Switchboard, call: Enquiry
) -> None:
    asks(as_(world.anna), world)
    switchboard.refuses = "already_consulting"
    assert asks(as_(world.anna), world).status_code == 409
    assert Handover.objects.get().state == "waiting"


def test_a_transfer_to_a_queue_goes_to_who_answers_there(
    world: World, as_: SignIn, switchboard: Switchboard, call: Enquiry
) -> None:
    asks(as_(world.anna), world, noun="transfer", address="queue:tmf-byliv")
    happens(call, Kind.TRANSFERRED, world.anna, name="Byliv", address="queue:tmf-byliv")
    happens(call, Kind.ANSWERED, world.bo)
    sent = Handover.objects.get()
    assert (sent.kind, sent.state, sent.person) == ("cold", "accepted", world.bo)


def test_a_colleague_of_no_unit_gets_the_card_too_and_the_consult_is_never_in_the_way(
    world: World, as_: SignIn, switchboard: Switchboard, call: Enquiry
) -> None:
    assert asks(as_(world.anna), world, address=f"person:{world.bo.pk}").status_code == 204
    sent = Handover.objects.get()
    assert (sent.person, sent.unit) == (world.bo, world.centres["tmf"].owner)
    assert asks(as_(world.anna), world, address=f"person:{world.ukendt.pk}").status_code == 204
    assert Handover.objects.count() == 1
    assert len(switchboard.orders) == 2


def test_without_a_question_or_to_a_number_outside_there_is_no_card(
    world: World, as_: SignIn, switchboard: Switchboard, call: Enquiry
) -> None:
    asks(as_(world.anna), world, question=" ")
    asks(as_(world.anna), world, address="tel:+4533661000")
    assert [order["kind"] for order in switchboard.orders] == ["consult", "consult"]
    assert not Handover.objects.exists()


def test_the_card_has_the_case_number_the_consent_and_the_service(
    world: World, as_: SignIn, switchboard: Switchboard, call: Enquiry
) -> None:
    case_references.note(call, system="Byggesager", number="2026-0412", by=world.anna, at=clock.now())
    assert asks(as_(world.anna), world, service="arrangement", consent="yes").status_code == 204
    sent = Handover.objects.get()
    assert (sent.case_number, sent.consent, sent.service) == ("2026-0412", True, world.services["arrangement"])


def test_who_does_not_agree_is_not_handed_over_with_a_card(
    world: World, as_: SignIn, switchboard: Switchboard, call: Enquiry
) -> None:
    refused = asks(as_(world.anna), world, consent="no")
    assert refused.status_code == 400
    assert "Siger den, der spørger, nej" in refused.content.decode()
    assert not switchboard.orders
    assert not Handover.objects.exists()


@pytest.mark.parametrize("noun", ["consultation", "transfer"])
def test_a_person_who_is_rung_at_the_number_of_the_directory_has_the_card_and_takes_it(
    world: World, as_: SignIn, switchboard: Switchboard, call: Enquiry, noun: str
) -> None:
    asks(as_(world.anna), world, noun, address="tel:+4533661000", person=str(world.david.pk), service="arrangement")
    sent = Handover.objects.get()
    assert (sent.state, sent.person, sent.service) == ("waiting", world.david, world.services["arrangement"])
    if noun == "consultation":
        happens(call, Kind.CONSULT_ANSWERED, world.anna, name="David")
    else:
        happens(call, Kind.PASSED_ON, None, name="David", address="tel:+4533661000", warm=False)
    sent.refresh_from_db()
    assert (sent.state, sent.person) == ("accepted", world.david)


@pytest.mark.parametrize("junk", ["x", "²", "1" * 30, "a\x00"])
def test_a_card_for_nobody_does_not_stop_the_call(
    world: World, as_: SignIn, switchboard: Switchboard, call: Enquiry, junk: str
) -> None:
    assert asks(as_(world.anna), world, address="tel:+4533661000", person=junk, service=junk).status_code == 204
    assert not Handover.objects.exists()


def test_a_case_worker_sends_a_caller_of_their_direct_number_to_the_centre_with_a_card(
    world: World, as_: SignIn, switchboard: Switchboard
) -> None:
    exchange()
    call = talking(world.david)
    at_desk(world.david, AgentState.TALKING, call)
    assert asks(as_(world.david), world, "transfer", address="queue:tmf-byliv", name="Byliv").status_code == 204
    assert switchboard.orders[-1] == {
        "kind": "transfer", "by": "david", "address": "queue:tmf-byliv", "name": "Byliv",
    }  # fmt: skip
    happens(call, Kind.TRANSFERRED, world.david, name="Byliv", address="queue:tmf-byliv")
    happens(call, Kind.ANSWERED, world.anna)
    sent = Handover.objects.get()
    assert (sent.sent_by, sent.state, sent.person) == (world.david, "accepted", world.anna)

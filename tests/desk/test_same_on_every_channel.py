"""Registration, purposes, straksafklaring, "should be digital" and knowledge are the same on every channel."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse

from indgang.core import clock
from indgang.core.ids import uuid7
from indgang.correspondence.forms import submitting
from indgang.correspondence.sms import receiving
from indgang.enquiries import journal, knowledge_use, registration
from indgang.enquiries.event_kinds import EnquiryKind, Received
from indgang.enquiries.models import Channel, Enquiry, Outcome, Question, State
from indgang.entry.event_kinds import Kind
from indgang.entry.models import Queue
from indgang.events.event import Event
from indgang.measures import recount
from indgang.measures.period import Period
from indgang.measures.sums import Share
from indgang.messaging.sms.contract import IncomingSms
from tests.correspondence.chats import begun, chat_queue, taken
from tests.correspondence.forms import made
from tests.correspondence.mails import mailbox, receive
from tests.desk import known
from tests.desk.conftest import PART, SignIn
from tests.desk.known import Known
from tests.enquiries.told_calls import BAKERY, happen, talked
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
Makes = Callable[[World], Enquiry]


@pytest.fixture(autouse=True)
def morning() -> Iterator[None]:
    with clock.frozen(MORNING):
        yield


@pytest.fixture
def knowledge(world: World, standing: dict[str, Any]) -> Known:
    return standing.get("knowledge") or known.build(world)


def by_hand(channel: str) -> Makes:
    return lambda world: registration.walk_in(
        channel=channel, by=world.anna, at=MORNING, centre=world.centres["tmf"], number=BAKERY
    )


def taken_by_anna(world: World, enquiry: Enquiry) -> Enquiry:
    return put_in_hand(world, enquiry, enquiry.thread.queue.code if enquiry.thread.queue else "")


def put_in_hand(world: World, enquiry: Enquiry, queue: str) -> Enquiry:
    """The written enquiry after Anna has taken it, as the switchboard says."""
    for kind, person in ((Kind.QUEUED, None), (Kind.WORK_BEGUN, world.anna.pk)):
        with transaction.atomic():
            journal.append(enquiry, kind.event(str(enquiry.pk), MORNING, queue=queue, person=person), by=world.anna)
    return Enquiry.objects.get(pk=enquiry.pk)


def by_mail(world: World) -> Enquiry:
    return taken_by_anna(world, receive(mailbox(world)).enquiry)


def by_form(world: World) -> Enquiry:
    sent = submitting.send(made.filled(made.form(world), made.TYPED), at=MORNING)
    return taken_by_anna(world, sent.thread.enquiry)


def by_sms(world: World) -> Enquiry:
    Queue.objects.filter(code="tmf-byggeri").update(work=Queue.Work.WRITTEN)
    receiving.receive(IncomingSms("m-1", BAKERY, "1204", "Hvornår har I åbent?", MORNING), at=MORNING)
    return taken_by_anna(world, Enquiry.objects.get(channel=Channel.SMS))


def by_secure_post(world: World) -> Enquiry:
    told = Received(channel=Channel.SECURE_POST, centre=world.centres["tmf"].code)
    with transaction.atomic():
        enquiry = journal.begin(Event(str(uuid7()), EnquiryKind.RECEIVED, MORNING, "", None, told), by=None)
    return put_in_hand(world, enquiry, "tmf-byggeri")


def by_chat(world: World) -> Enquiry:
    return taken(begun(chat_queue(world)), world.anna).thread.enquiry


def promised_on_the_site(world: World) -> Enquiry:
    """A call that was ordered on the site, and made."""
    told = {"dialled": "+4533661000", "caller_number": BAKERY, "centre": "tmf", "channel": "web"}
    enquiry = happen(
        str(uuid7()),
        (Kind.ARRIVED, 0, {name: value for name, value in told.items() if name != "channel"}),
        (Kind.QUEUED, 10, {"queue": "tmf-byggeri"}),
        (Kind.ANSWERED, 40, {"queue": "tmf-byggeri", "person": world.anna, "direction": "out"}),
        (Kind.ENDED, 100, {}),
    )
    Enquiry.objects.filter(pk=enquiry.pk).update(channel=Channel.WEB)
    return Enquiry.objects.get(pk=enquiry.pk)


MADE: dict[str, Makes] = {
    Channel.PHONE: lambda world: talked(world.anna), Channel.DIRECT: by_hand("direct"),
    Channel.WALK_IN: by_hand("walk_in"), Channel.MAIL: by_mail, Channel.FORM: by_form, Channel.SMS: by_sms,
    Channel.CHAT: by_chat, Channel.WEB: promised_on_the_site, Channel.SECURE_POST: by_secure_post,
}  # fmt: skip


def typed(world: World, enquiry: Enquiry, **more: str) -> dict[str, Any]:
    """The sheet as an agent fills it: the same on every channel, with times where nothing measured them."""
    local = world.local_purposes[2]
    fields = {
        "question": "0", "seen": "0", "q0-service": str(world.services["arrangement"].pk),
        "q0-purpose": f"local:{local.pk}", "q0-character": "case_specific", "q0-outcome": Outcome.RESOLVED,
        "q0-digital": "on", "q0-note": "Spurgte til 010190-1234.",
    }  # fmt: skip
    if enquiry.channel in (Channel.DIRECT, Channel.WALK_IN):
        fields |= {"arrived_at": "2026-03-11T09:00", "minutes": "12"}
    return fields | more


@pytest.mark.parametrize("channel", MADE)
def test_an_enquiry_is_registered_in_the_same_way(world: World, knowledge: Known, as_: SignIn, channel: str) -> None:
    enquiry, anna = MADE[channel](world), as_(world.anna)
    assert enquiry.channel == channel
    url = reverse("desk:registration", args=[enquiry.pk])
    sheet = anna.get(url, headers=PART).content.decode()
    for name in ("service", "purpose", "character", "outcome", "digital", "known", "note"):
        assert f'name="q0-{name}"' in sheet, name
    knowledge_use.used(enquiry, knowledge.flea_version, on=True, by=world.anna, at=MORNING)
    answer = anna.post(url, typed(world, enquiry), headers=PART)
    assert answer.status_code == 200, re.findall(r'form-error-message"[^<]*', answer.content.decode())
    question = Question.objects.get(enquiry=enquiry)
    local = world.local_purposes[2]
    assert (question.service.code, question.local_purpose, question.purpose) == ("arrangement", local, local.purpose)
    assert (question.character, question.outcome, question.should_be_digital) == (
        "case_specific",
        Outcome.RESOLVED,
        True,
    )
    assert question.in_knowledge is True, "the article that was used says so"
    assert question.note == "Spurgte til ******-****."
    enquiry.refresh_from_db()
    assert enquiry.state != State.UNREGISTERED
    assert [use.version for use in knowledge_use.used_for(enquiry)] == [knowledge.flea_version]
    sums = sum_of(world)
    assert sums.first_contact_resolution == Share(1, 1)


@pytest.mark.parametrize("channel", MADE)
def test_what_was_not_resolved_at_once_counts_against_it(world: World, as_: SignIn, channel: str) -> None:
    enquiry = MADE[channel](world)
    data = typed(world, enquiry, **{"q0-outcome": Outcome.OTHER})
    url = reverse("desk:registration", args=[enquiry.pk])
    assert as_(world.anna).post(url, data, headers=PART).status_code == 200
    assert sum_of(world).first_contact_resolution == Share(0, 1)


def test_every_channel_is_tried() -> None:
    assert {*MADE} == {*Channel}


def sum_of(world: World) -> Any:
    found = recount.contacts(world.centres["tmf"].pk, Period.day_of(MORNING)).values()
    return next(each for each in found if each.registered)

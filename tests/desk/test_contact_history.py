"""One line of time for a contact: every channel and what was handed over, joined by number, address and party."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse

from indgang.audit.models import Look
from indgang.correspondence.models import SmsMessage, Thread
from indgang.desk.contact_history import SHOWN, ContactHistory
from indgang.enquiries import contact_keys, parties, registration
from indgang.enquiries.models import Channel, Enquiry, Party, PartyNumber, State
from tests.correspondence.chats import begun, chat_queue
from tests.correspondence.mails import mailbox, receive
from tests.desk.conftest import PART, SignIn
from tests.enquiries.told_calls import BAKERY, talked, talking
from tests.handover.sent import send
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
MAIL = "kontor@kornblomst.dk"


def history_of(enquiry: Enquiry, world: World, **asked: Any) -> ContactHistory:
    return ContactHistory(Enquiry.objects.select_related("party").get(pk=enquiry.pk), reader=world.anna, **asked)


def linked(enquiry: Enquiry, world: World) -> Enquiry:
    return parties.link(enquiry, party=world.bakery, by=world.anna, at=MORNING)


@pytest.fixture
def past(world: World) -> list[Enquiry]:
    """What the bakery has done, on each channel, oldest first."""
    Party.objects.filter(pk=world.bakery.pk).update(email=MAIL)
    days = [MORNING - timedelta(days=days) for days in range(9, 0, -1)]
    visit = registration.walk_in(channel="walk_in", by=world.anna, at=days[0], number=BAKERY)
    direct = registration.walk_in(channel="direct", by=world.bo, at=days[1], number=BAKERY)
    call = talked(world.bo, start=days[2])
    mail = receive(mailbox(world), sender=f"Kontoret <{MAIL}>", at=days[3]).enquiry
    chat = begun(chat_queue(world), at=days[4]).thread.enquiry
    rest = [
        Enquiry.objects.create(channel=channel, arrived_at=at, state=State.REGISTERED, caller_number=BAKERY)
        for channel, at in zip((Channel.FORM, Channel.SMS, Channel.WEB), days[5:], strict=False)
    ]
    linked(chat, world)
    return [visit, direct, call, mail, chat, *rest]


def test_every_channel_stands_in_one_line_of_time(world: World, past: list[Enquiry]) -> None:
    now = linked(talking(world.anna), world)
    line = history_of(now, world)
    assert [each.key for each in line.entries] == [str(each.pk) for each in reversed(past)]
    assert {each.kind for each in line.entries} == {
        "walk_in", "direct", "phone", "mail", "chat", "form", "sms", "web"
    }  # fmt: skip
    assert all(each.name and each.icon for each in line.entries)


def test_a_mail_by_its_address_and_a_call_by_its_number_are_the_partys_before_anybody_linked_them(
    world: World, past: list[Enquiry]
) -> None:
    Enquiry.objects.filter(pk__in=[each.pk for each in past]).update(party=None)
    line = history_of(linked(talking(world.anna), world), world)
    assert {"mail", "phone", "walk_in"} <= {each.kind for each in line.entries}


def test_what_is_another_partys_is_left_out(world: World, past: list[Enquiry]) -> None:
    PartyNumber.objects.create(party=world.citizen, number=BAKERY)
    Party.objects.filter(pk=world.citizen.pk).update(email=MAIL.upper())
    Enquiry.objects.filter(channel="mail").update(party=world.citizen)
    line = history_of(linked(talking(world.anna), world), world)
    assert [each.kind for each in line.entries] == ["chat"], "number and address say nothing of who it is"


def test_the_other_mails_of_an_unknown_sender_are_its_history(world: World) -> None:
    box = mailbox(world)
    first, other = receive(box, number=1), receive(box, sender="Kirsten <k@example.dk>", number=2)
    now = receive(box, number=3, at=MORNING + timedelta(hours=1))
    keys = [each.key for each in history_of(now.enquiry, world).entries]
    assert keys == [str(first.pk)]
    assert str(other.pk) not in keys


def test_letters_of_another_case_are_the_same_address(world: World) -> None:
    Party.objects.filter(pk=world.bakery.pk).update(email=MAIL.title())
    box = mailbox(world)
    first = receive(box, sender="Kontoret <Kontor@Kornblomst.DK>", at=MORNING - timedelta(days=2)).enquiry
    second = receive(box, sender=f"Kontoret <{MAIL}>", at=MORNING - timedelta(days=1)).enquiry
    Enquiry.objects.filter(pk__in=[first.pk, second.pk]).update(party=None)
    assert [each.key for each in history_of(second, world).entries] == [str(first.pk)]
    line = history_of(linked(talking(world.anna), world), world)
    assert [each.key for each in line.entries] == [str(second.pk), str(first.pk)]


def test_the_newest_of_a_number_are_found_by_its_index(world: World) -> None:
    """The enquiries of a switchboard are not all read to show a few of them."""
    now = talking(world.anna)
    other = "+4570101010"
    for number in (BAKERY, other):
        Enquiry.objects.bulk_create(
            Enquiry(channel=Channel.PHONE, arrived_at=MORNING - timedelta(hours=hours), state=State.REGISTERED,
                    caller_number=number, party=world.bakery if hours == 3 else None)
            for hours in range(1, 40)
        )  # fmt: skip
    keys = contact_keys.ContactKeys(world.bakery.pk, (BAKERY, other))
    found = contact_keys.enquiries_of(keys, but=now, most=6)
    assert [each.arrived_at for each in found] == [MORNING - timedelta(hours=hours) for hours in (1, 1, 2, 2, 3, 3)]
    words = {"party": None, "numbers": [BAKERY], "also": [], "enquiry": now.pk, "most": 5}
    with connection.cursor() as cursor:
        # a small table may be sorted instead; what is tested is that the index has them in order
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off; SET LOCAL enable_bitmapscan = off")
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {contact_keys._ENQUIRIES}", words)
        (plan,) = cursor.fetchone()[0]
    scans = [each for each in nodes(plan["Plan"]) if each.get("Index Name") == "enq_caller"]
    assert [each["Actual Rows"] for each in scans] == [5], "no more than asked for"


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for each in plan.get("Plans", ()):
        yield from nodes(each)


def test_a_link_by_sms_and_what_was_handed_over_stand_at_their_own_time(world: World) -> None:
    call = talked(world.bo, start=MORNING - timedelta(days=2))
    task = send(world, enquiry=call)
    SmsMessage.objects.create(
        direction="out", enquiry=call, number=BAKERY, text="Se borger.dk", encoding="gsm", parts=1,
        state=SmsMessage.State.DELIVERED, state_at=MORNING, at=call.arrived_at + timedelta(seconds=1),
    )  # fmt: skip
    line = history_of(talking(world.anna), world)
    assert [each.kind for each in line.entries] == ["task", "sms", "phone"]
    assert str(task.number) in line.entries[0].title
    assert [each.kind for each in history_of(talking(world.anna), world, kind="task").entries] == ["task"]


def test_one_kind_is_chosen_and_an_unknown_one_is_all(world: World, past: list[Enquiry], as_: SignIn) -> None:
    now = linked(talking(world.anna), world)
    url = reverse("desk:contact-history", args=[now.pk])
    as_anna = as_(world.anna)
    shown = as_anna.get(url, {"kind": "mail"}, headers={**PART, "HX-Target": "contact-history"}).content.decode()
    assert len(re.findall(r"<summary>", shown)) == 1
    assert re.search(r'value="mail"\s+checked', shown)
    for odd in ("findes-ikke", "\x00", "x" * 500):
        assert as_anna.get(url, {"kind": odd, "shown": odd}).content.decode().count("desk-history-kind") == len(past)
    assert Look.objects.filter(page="desk.history").exists()


def test_a_stranger_gets_no_history(world: World, past: list[Enquiry], as_: SignIn) -> None:
    now = linked(talking(world.anna), world)
    assert as_(world.bo).get(reverse("desk:contact-history", args=[now.pk])).status_code == 404


def test_a_contact_with_500_entries_takes_the_same_queries_as_one_with_few(
    world: World, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    Enquiry.objects.bulk_create(
        Enquiry(
            channel=(Channel.PHONE, Channel.WALK_IN, Channel.DIRECT)[number % 3], state=State.REGISTERED,
            arrived_at=MORNING - timedelta(hours=number + 1), caller_number=BAKERY,
        )
        for number in range(500)
    )  # fmt: skip
    now = talking(world.anna)
    line = history_of(now, world)
    with django_assert_max_num_queries(5):
        entries = line.entries
    assert (line.count, len(entries), line.more) == (500, SHOWN, 2 * SHOWN)
    assert [each.at for each in entries] == sorted((each.at for each in entries), reverse=True)
    assert (line.choices[0].kind, line.choices[0].count) == ("", 500)
    assert len(history_of(now, world, shown=600).entries) == 500


def test_the_subject_of_a_mail_is_shown_to_who_may_read_it(world: World) -> None:
    box = mailbox(world)
    mail = receive(box)
    now = receive(box, number=2, at=MORNING + timedelta(hours=1))
    assert history_of(now.enquiry, world).entries[0].url == reverse("desk:written", args=[mail.pk])
    other = ContactHistory(Thread.objects.get(pk=now.pk).enquiry, reader=world.hans)
    assert (other.entries[0].url, other.entries[0].text) == ("", "")

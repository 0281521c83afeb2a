"""The circumstances stored with an event: its channel, level, centre and the queue's terms at the time."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from indgang.config import wiring
from indgang.core.clock import day_of
from indgang.enquiries import registration
from indgang.enquiries.journal import DatabaseJournal
from indgang.enquiries.models import Channel, Enquiry
from indgang.entry.event_kinds import Kind
from indgang.entry.journal import Batch
from indgang.entry.setup import queue_terms
from indgang.events.models import StoredEvent
from tests.enquiries.told_calls import talking, waiting
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db


def stored(enquiry: Enquiry, kind: str) -> StoredEvent:
    return StoredEvent.objects.get(stream=enquiry.pk, kind=kind)


def test_a_queued_call_keeps_what_the_queue_promised_that_day(world: World) -> None:
    queue = world.queues["tmf-byggeri"]
    terms = {"service_level_seconds": 30, "service_level_percent": 90}
    queue_terms.decide(queue, terms, day=day_of(MORNING), by=world.finn, at=MORNING)
    first = waiting(start=MORNING)
    queue_terms.decide(queue, {"service_level_seconds": 60}, day=day_of(MORNING), by=world.finn, at=MORNING)
    second = waiting(start=MORNING + timedelta(hours=1))
    said = [stored(each, Kind.QUEUED).event.payload for each in (first, second)]
    assert [(each.answer_within, each.target_percent) for each in said] == [(30, 90), (60, 90)]


@pytest.mark.parametrize(("due", "kept"), [("2026-03-13T09:00:00+01:00", 30), (None, None)])
def test_a_call_at_a_chosen_time_keeps_what_the_queue_promised_when_it_was_chosen(
    world: World, due: str | None, kept: float | None
) -> None:
    queue = world.queues["tmf-byggeri"]
    queue_terms.decide(queue, {"service_level_seconds": 30}, day=day_of(MORNING), by=world.finn, at=MORNING)
    call, at = waiting(start=MORNING), MORNING + timedelta(minutes=1)
    asked = {"number": "+4520304050", "asked_at": MORNING.isoformat(), "due": due}
    promised = Kind.CALLBACK.event(str(call.pk), at, queue.code, data=asked)
    DatabaseJournal().write([Batch(at, events=[promised])])
    queue_terms.decide(queue, {"service_level_seconds": 60}, day=date(2026, 3, 13), by=world.finn, at=at)
    assert stored(call, Kind.CALLBACK).event.payload.answer_within == kept


def test_events_say_channel_and_centre(world: World) -> None:
    call = talking(world.anna, queue="bif-erhverv")
    events = StoredEvent.objects.filter(stream=call.pk).order_by("number")
    assert [(each.kind, each.channel, each.centre) for each in events] == [
        ("arrived", "phone", "tmf"), ("menu", "phone", "tmf"), ("queued", "phone", "bif"), ("offered", "phone", "bif"),
        ("answered", "phone", "bif"),
    ]  # fmt: skip


def test_case_workers_are_the_second_level(world: World) -> None:
    call = talking(world.anna)
    at = MORNING + timedelta(minutes=2)
    handed_on = Kind.TRANSFERRED.event(str(call.pk), at, person=world.david.pk, data={"warm": True, "name": "David"})
    held = Kind.HELD.event(str(call.pk), at)
    ended = Kind.ENDED.event(str(call.pk), at)
    DatabaseJournal().write([Batch(at, events=[held, handed_on, ended])])
    levels = {each.kind: each.level for each in StoredEvent.objects.filter(stream=call.pk)}
    assert levels == {
        "arrived": 1, "menu": 1, "queued": 1, "offered": 1, "answered": 1, "held": 1, "transferred": 2, "ended": 2,
    }  # fmt: skip


def test_what_a_case_worker_begins_is_second_level(world: World) -> None:
    centre = world.centres["tmf"]
    by_case_worker = registration.walk_in(channel=Channel.DIRECT, by=world.david, at=MORNING, centre=centre)
    by_agent = registration.walk_in(channel=Channel.WALK_IN, by=world.anna, at=MORNING, centre=centre)
    first, second = stored(by_case_worker, "begun"), stored(by_agent, "begun")
    assert (first.level, first.channel, first.centre) == (2, "direct", "tmf")
    assert (second.level, second.channel, second.centre) == (1, "walk_in", "tmf")


def test_what_happens_to_a_call_reads_no_column_of_its_enquiry_by_itself(world: World) -> None:
    call = talking(world.anna)
    at = MORNING + timedelta(minutes=2)
    journal = wiring.journal()
    journal.write([Batch(at, events=[Kind.HELD.event(str(call.pk), at)])])  # reads the set-up
    with CaptureQueriesContext(connection) as asked:
        journal.write([Batch(at, events=[Kind.RESUMED.event(str(call.pk), at), Kind.ENDED.event(str(call.pk), at)])])
    assert not [each["sql"] for each in asked if "enquiries_enquiry" in each["sql"]]

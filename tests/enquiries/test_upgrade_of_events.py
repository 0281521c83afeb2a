"""The event log of an earlier release keeps its partitions, and every enquiry can be replayed after the upgrade."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from indgang.core.ids import uuid7
from indgang.enquiries import registration
from indgang.enquiries.models import Channel, Enquiry, State
from indgang.enquiries.registration import QuestionData
from indgang.enquiries.verification import Verification
from indgang.events import months
from indgang.events.models import StoredEvent
from tests.enquiries.told_calls import abandoned, talked
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db

NOW = """
DROP TABLE events_event;
DROP FUNCTION events_event_is_final();
DROP FUNCTION events_event_have_month(date);
DROP FUNCTION events_begin_era();
"""
COPY = """
INSERT INTO enquiries_event (enquiry_id, number, position, at, kind, queue, person, data)
SELECT stream, number, position, at, kind, queue, person, data FROM written ORDER BY position
"""


def _sql(name: str, *parts: str) -> list[str]:
    migration = import_module(f"indgang.enquiries.migrations.{name}")
    return [getattr(migration, part) for part in parts]


def _go_back() -> None:
    """Restore the table of the earlier release with its rows, and a partition for the current month."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE written ON COMMIT DROP AS SELECT * FROM events_event")
        for each in [NOW, *_sql("0003_event_partitions", "CREATE"), *_sql("0010_event_rights", "CREATE")]:
            cursor.execute(each)
        cursor.execute("SELECT enquiries_event_have_month(%s)", [MORNING.date()])
        cursor.execute(COPY)


def _upgrade() -> None:
    with connection.cursor() as cursor:
        for each in _sql("0012_events_moved", "MOVE", "COLUMNS", "DERIVE", "GUARD"):
            cursor.execute(each)


def _old_visit(world: World) -> Enquiry:
    """Create a walk-in as the earlier release stored it: in the row, with an empty arrival event and separate times."""
    began = MORNING - timedelta(minutes=20)
    visit = Enquiry.objects.create(
        id=uuid7(), channel=Channel.WALK_IN, state=State.REGISTERED, centre=world.centres["tmf"], agent=world.anna,
        first_agent=world.anna, caller_number="+4599990101", caller_name="Karla", arrived_at=began, answered_at=began,
        ended_at=began + timedelta(minutes=12), talk_seconds=720, registered_at=MORNING, events=3,
    )  # fmt: skip
    times = {"arrived_at": began.isoformat(), "minutes": 12}
    told: list[tuple[str, dict[str, Any]]] = [
        ("arrived", {"channel": "walk_in", "by_hand": True}), ("ended", {"by": "agent"}),
        ("registered", {"questions": [], "times": times}),
    ]  # fmt: skip
    for number, (kind, data) in enumerate(told):
        _old_event(visit, number, kind, world.anna.pk, data)
    return visit


def _old_event(enquiry: Enquiry, number: int, kind: str, person: int, data: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO enquiries_event (enquiry_id, number, at, kind, person, data) VALUES (%s, %s, %s, %s, %s, %s)",
            [enquiry.pk, number, MORNING, kind, person, json.dumps(data)],
        )


def test_every_enquiry_of_the_release_before_can_be_replayed(world: World) -> None:
    call = talked(world.anna, queue="bif-erhverv")
    about = QuestionData(world.services["affald"], world.purposes["vejledning"], "general", "resolved")
    registration.register(call, questions=[about], by=world.anna, at=MORNING + timedelta(minutes=10))
    given_up = abandoned()
    _go_back()
    visit = _old_visit(world)
    _upgrade()
    verification = Verification()
    assert list(verification.run()) == []
    assert (verification.enquiries, verification.events) == (3, 14)

    def said(enquiry: Enquiry) -> list[tuple[str, str, int, str, int]]:
        events = StoredEvent.objects.filter(stream=enquiry.pk).order_by("number")
        return [(each.kind, each.channel, each.level, each.centre, each.transaction) for each in events]

    assert said(visit) == [(kind, "walk_in", 1, "tmf", 0) for kind in ("begun", "ended", "registered")]
    assert {each[1:] for each in said(given_up)} == {("phone", 1, "tmf", 0)}
    assert ("answered", "phone", 1, "bif", 0) in said(call)


def test_the_log_keeps_its_partitions_and_its_guard(world: World) -> None:
    enquiry = talked(world.anna)
    _go_back()
    _upgrade()
    assert _partitions() == {"events_event_rest": 0, "events_event_2026_03": 6}
    months.ensure(datetime(2026, 4, 2, tzinfo=UTC))
    assert set(_partitions()) == {"events_event_rest", *(f"events_event_2026_0{month}" for month in (3, 4, 5, 6))}
    registration.register(
        enquiry,
        questions=[QuestionData(world.services["affald"], world.purposes["vejledning"], "general", "resolved")],
        by=world.anna, at=MORNING + timedelta(minutes=9),
    )  # fmt: skip
    latest = StoredEvent.objects.filter(stream=enquiry.pk).order_by("number").last()
    assert latest is not None
    assert (latest.kind, latest.version, latest.number) == ("registered", 2, 6)
    assert latest.transaction > 0
    for change in ("UPDATE events_event SET kind = 'x'", "DELETE FROM events_event"):
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)


def _partitions() -> dict[str, int]:
    """Returns the number of events in each partition, by its name."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'events_event'::regclass")
        names = [name for (name,) in cursor.fetchall()]
        counts = {}
        for name in names:
            cursor.execute(f'SELECT count(*) FROM "{name}"')
            counts[name] = (cursor.fetchone() or (0,))[0]
    return counts

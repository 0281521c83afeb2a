"""The demo's past adds up like a real one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.db.models import Count, F, Max

from indgang.demo import history, municipality, settlement
from indgang.enquiries import circumstances, journal, stream
from indgang.enquiries.models import Enquiry, Question, State
from indgang.entry.models import Queue
from indgang.events.models import StoredEvent
from indgang.measures.models import SettlementStatement
from indgang.measures.settlement import statements

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.xdist_group("history"),
    pytest.mark.slow("writes the whole past of the demo"),
]

#: a Wednesday, 9.30 in Copenhagen
NOW = datetime(2026, 3, 11, 8, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def _past(module_db: None) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(history, "DAYS", 3)
        municipality.seed(at=NOW)
        history.write(until=NOW)
        yield


@pytest.mark.usefixtures("_past")
def test_the_past_is_written_once_and_lies_in_the_past() -> None:
    count = Enquiry.objects.count()
    assert count > 200
    assert history.write(until=NOW) == 0
    assert Enquiry.objects.count() == count
    latest = Enquiry.objects.aggregate(at=Max("ended_at"))["at"]
    assert NOW - timedelta(hours=1) < latest < NOW


@pytest.mark.usefixtures("_past")
def test_every_row_is_what_its_events_make() -> None:
    places = circumstances.places_of(Queue.objects.select_related("centre"))
    for enquiry in Enquiry.objects.all()[:50]:
        replayed = stream.replay(journal.events_of(enquiry), places)
        assert {name: getattr(replayed, name) for name in stream.DERIVED} == {
            name: getattr(enquiry, name) for name in stream.DERIVED
        }


@pytest.mark.usefixtures("_past")
def test_the_seconds_of_a_call_add_up_to_the_wall_clock() -> None:
    for enquiry in Enquiry.objects.exclude(ended_at=None):
        assert enquiry.ended_at is not None
        seconds = sum(getattr(enquiry, name) for name in stream.SECONDS_OF_PHASE.values())
        assert seconds == pytest.approx((enquiry.ended_at - enquiry.arrived_at).total_seconds(), abs=0.01)


@pytest.mark.usefixtures("_past")
def test_answered_calls_are_registered_and_given_up_ones_are_not() -> None:
    states = dict(Enquiry.objects.values_list("state").annotate(Count("pk")).order_by())
    assert set(states) == {State.REGISTERED, State.ABANDONED}
    assert Question.objects.count() == states[State.REGISTERED]
    assert not Question.objects.filter(registered_at__lt=F("enquiry__ended_at")).exists()


@pytest.mark.usefixtures("_past")
def test_ids_are_in_the_order_of_arrival() -> None:
    by_id = list(Enquiry.objects.order_by("id").values_list("arrived_at", flat=True))
    assert by_id == sorted(by_id)


@pytest.mark.usefixtures("_past")
def test_no_event_lies_outside_its_month() -> None:
    assert StoredEvent.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM events_event_rest")
        assert cursor.fetchone() == (0,)


@pytest.mark.usefixtures("_past")
def test_last_month_is_settled_between_centres_and_agrees_with_the_events() -> None:
    settlement.close_last_month(at=NOW)
    closed = list(SettlementStatement.objects.order_by("number"))
    assert [(row.owner.code, row.month) for row in closed] == [
        (code, date(2026, 2, 1)) for code in ("bif", "kff", "tmf")
    ]  # fmt: skip
    assert sum(row.calls for row in closed) > 5
    assert not any(statements.deviations(row.owner, row.month, at=NOW) for row in closed)
    settlement.close_last_month(at=NOW)
    assert SettlementStatement.objects.count() == 3

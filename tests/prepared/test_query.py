"""Queries that are put together once give what Django's own give, whatever the values."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import ProgrammingError, connection
from django.db.models import F, QuerySet

from indgang.enquiries.models import Enquiry, State
from indgang.entry.models import InHand, QueueMembership
from indgang.prepared import statements
from indgang.prepared.query import Query
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
DAY = MORNING.date()


def _serving(person: int, day: date) -> QuerySet[Any, Any]:
    return QueueMembership.objects.serving_on(day).filter(person=person).order_by("pk").values_list("pk", "queue__code")


def _of(enquiry: UUID, since: datetime) -> QuerySet[Any, Any]:
    rows = Enquiry.objects.filter(pk=enquiry, arrived_at__gte=since, caller_name__contains="100 %")
    return rows.exclude(state=State.ABANDONED).values_list("pk", "arrived_at", "caller_name")


def test_it_gives_what_django_gives_for_everybody_and_every_day(world: World) -> None:
    query = Query(_serving, person=int, day=date)
    for person in (world.anna, world.bo):
        for day in (DAY, DAY - timedelta(days=40_000)):
            assert query.rows(person=person.pk, day=day) == list(_serving(person.pk, day))
    assert query.rows(person=world.anna.pk, day=DAY)


def test_moments_and_ids_are_values_and_signs_in_texts_stay(world: World) -> None:
    query = Query(_of, enquiry=UUID, since=datetime)
    row = Enquiry.objects.create(channel="phone", state="waiting", arrived_at=MORNING, caller_name="100 % 'Bo' %s")
    assert query.rows(enquiry=row.pk, since=MORNING) == [(row.pk, MORNING, "100 % 'Bo' %s")]
    assert query.rows(enquiry=row.pk, since=MORNING + timedelta(seconds=1)) == []
    assert query.rows(enquiry=UUID(int=1), since=MORNING) == []


def test_a_column_of_small_numbers_takes_a_list(world: World) -> None:
    query = Query(lambda places: InHand.objects.filter(place__in=places).values_list("place"), places=list[int])
    InHand.objects.create(person=world.anna, place=1, enquiry=UUID(int=1), kind="chat", stage="open")
    assert query.rows(places=[0, 1, 2]) == [(1,)]
    assert query.rows(places=[2]) == []


def test_it_is_one_statement_that_is_prepared(world: World, django_assert_num_queries: Any) -> None:
    query = Query(_serving, person=int, day=date)
    query.rows(person=world.anna.pk, day=DAY)
    with django_assert_num_queries(1) as asked:
        query.rows(person=world.bo.pk, day=DAY)
    assert str(world.bo.pk) in asked[0]["sql"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%queuemembership%'")
        assert cursor.fetchone()[0] >= 1


def test_a_value_that_takes_no_part_is_refused(world: World) -> None:
    query = Query(
        lambda person, day: QueueMembership.objects.filter(person=person).values_list("pk"), person=int, day=date
    )
    with pytest.raises(ValueError, match="day takes no part"):
        query.rows(person=1, day=DAY)


def test_what_the_database_refuses_is_an_error_of_djangos() -> None:
    with pytest.raises(ProgrammingError):
        statements.rows("SELECT nothing FROM nowhere", {})


def test_models_come_with_what_hangs_on_them(world: World, django_assert_num_queries: Any) -> None:
    def wanted(pk: UUID) -> QuerySet[Enquiry]:
        rows = Enquiry.objects.select_related("queue", "party").only("arrived_at", "queue__name", "party__name")
        return rows.annotate(number=F("caller_number")).filter(pk=pk)

    queue = world.queues["tmf-byggeri"]
    row = Enquiry.objects.create(
        channel="phone", state="waiting", arrived_at=MORNING, queue=queue, caller_number="+4599990102"
    )
    with django_assert_num_queries(1):
        (found,) = Query(wanted, pk=UUID).models(pk=row.pk)
        assert (found, found.arrived_at, found.queue, found.queue.name) == (row, MORNING, queue, queue.name)
        assert (found.party, found.number) == (None, "+4599990102")
    with django_assert_num_queries(1):
        assert found.channel == "phone"


def test_json_comes_as_it_was_kept(world: World) -> None:
    enquiry = Enquiry.objects.create(channel="phone", state="waiting", arrived_at=MORNING)
    reasons = [["level", 2], ["name", "100 %"]]
    InHand.objects.create(person=world.anna, enquiry=enquiry.pk, kind="call", stage="ringing", reasons=reasons)
    (kept,) = Query(lambda person: InHand.objects.filter(person=person), person=int).models(person=world.anna.pk)
    assert kept.reasons == reasons


def test_a_list_of_any_length_is_one_value(world: World) -> None:
    def among(people: list[int], queues: list[str]) -> QuerySet[Any, Any]:
        rows = QueueMembership.objects.filter(person__in=people).exclude(queue__code__in=queues)
        return rows.order_by("pk").values_list("pk")

    query = Query(among, people=list[int], queues=list[str])
    everybody = [person.pk for person in (world.anna, world.bo, world.clara)]
    for people in ([], everybody[:1], everybody):
        for queues in (["none"], ["tmf-byggeri", "tmf-byliv"], [row.code for row in world.queues.values()]):
            assert query.rows(people=people, queues=queues) == list(among(people, queues))


def test_a_list_of_ids_is_one_value(world: World) -> None:
    kept = [Enquiry.objects.create(channel="phone", state="waiting", arrived_at=MORNING).pk for _each in range(3)]
    query = Query(lambda ids: Enquiry.objects.filter(pk__in=ids).values_list("pk"), ids=list[UUID])
    for ids in ([], kept[:1], kept):
        assert {pk for (pk,) in query.rows(ids=ids)} == set(ids)

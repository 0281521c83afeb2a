"""The enquiry's row as derived from its events."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from indgang.enquiries.models import Enquiry
from indgang.entry.event_kinds import Kind
from indgang.measures.period import Period
from indgang.measures.recount import segments
from tests.enquiries.told_calls import happen, talking
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db

OUTSIDE: dict[str, Any] = {"name": "Udenfor", "address": "tel:+4533333333"}


def test_a_transfer_outside_is_one_transfer_whether_somebody_was_asked_first_or_not(world: World) -> None:
    blind = talking(world.anna)
    blind = happen(
        str(blind.pk),
        (Kind.TRANSFERRED, 60, {**OUTSIDE, "person": world.anna, "warm": False}),
        (Kind.PASSED_ON, 70, {**OUTSIDE, "warm": False}),
    )
    assert (blind.transfers, blind.transferred_to, blind.phase) == (1, "Udenfor", "out")
    warm = talking(world.anna)
    warm = happen(str(warm.pk), (Kind.PASSED_ON, 70, {**OUTSIDE, "person": world.anna, "warm": True}))
    assert (warm.transfers, warm.transferred_to) == (1, "Udenfor")


def test_two_transfers_are_two(world: World) -> None:
    enquiry = talking(world.anna)
    enquiry = happen(
        str(enquiry.pk),
        (Kind.TRANSFERRED, 60, {**OUTSIDE, "person": world.anna, "warm": False}),
        (Kind.TRANSFER_FAILED, 70, OUTSIDE | {"why": "busy"}),
        (Kind.ANSWERED, 80, {"person": world.anna, "direction": "in"}),
        (Kind.TRANSFERRED, 90, {**OUTSIDE, "name": "Et andet sted", "person": world.anna, "warm": False}),
        (Kind.PASSED_ON, 95, {**OUTSIDE, "name": "Et andet sted", "warm": False}),
    )
    assert (enquiry.transfers, enquiry.transferred_to) == (2, "Et andet sted")


def waits_for_bo(world: World, queue: str = "tmf-byggeri") -> str:
    """Anna transfers her caller to Bo, who is busy. Returns the enquiry's id."""
    pk = str(talking(world.anna).pk)
    until = (MORNING + timedelta(seconds=400)).isoformat()
    happen(
        pk,
        (Kind.TRANSFERRED, 90, {"name": "Bo", "address": "person:2", "person": world.anna, "queue": queue}),
        (Kind.QUEUED, 90, {"queue": queue, "reasons": [["personal", str(world.bo.pk)]]}),
        (Kind.PERSONAL_WAIT, 90, {"queue": queue, "person": world.bo, "until": until, "by": world.anna.pk}),
    )
    return pk


def test_a_caller_who_waits_for_one_person_says_so_until_it_is_over(world: World) -> None:
    pk = waits_for_bo(world)
    enquiry = Enquiry.objects.get(pk=pk)
    assert (enquiry.state, enquiry.waits_for, enquiry.waits_by) == ("waiting", world.bo, world.anna)
    assert enquiry.waits_until == MORNING + timedelta(seconds=400)
    enquiry = happen(pk, (Kind.PERSONAL_WAIT_OVER, 400, {"person": world.bo, "queue": "tmf-byggeri", "why": "time"}))
    assert (enquiry.state, enquiry.waits_for, enquiry.waits_until, enquiry.waits_by) == ("waiting", None, None, None)


@pytest.mark.parametrize("end", [Kind.ANSWERED, Kind.ABANDONED])
def test_waiting_for_one_person_is_one_segment_of_the_queue_the_caller_came_from(world: World, end: Any) -> None:
    pk = waits_for_bo(world)
    enquiry = happen(pk, (end, 120, {"queue": "tmf-byggeri", "person": world.bo}))
    assert enquiry.waits_for is None
    queue = world.queues["tmf-byggeri"].pk
    counted = segments([queue], Period.day_of(MORNING), at=MORNING + timedelta(hours=1))[queue]
    assert counted.offered == 2, "the first was answered by Anna"
    assert (counted.answered, counted.abandoned) == ((2, 0) if end is Kind.ANSWERED else (1, 1))

"""Whether a contact came back: decided after seven days, once, and kept when the number is erased."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from indgang.enquiries import registration, repeats
from indgang.enquiries.models import Enquiry, Party
from indgang.events.models import StoredEvent
from indgang.measures.definitions import definition
from indgang.measures.period import Period
from indgang.measures.rollups import counting, reading
from tests.enquiries.test_registration import about
from tests.enquiries.told_calls import talked
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
NUMBER, OTHER = "+4599990101", "+4599990102"
DECIDED = MORNING + timedelta(days=8)


def call(
    world: World,
    start: datetime = MORNING,
    *,
    number: str = NUMBER,
    service: str = "byggetilladelse",
    outcome: str = "resolved",
) -> Enquiry:
    """A call that Anna answers and registers."""
    made = talked(world.anna, number, start=start)
    at = start + timedelta(minutes=10)
    registration.register(made, questions=[about(world, service, outcome=outcome)], by=world.anna, at=at)
    return made


def decisions(enquiry: Enquiry) -> list[bool]:
    rows = StoredEvent.objects.filter(stream=enquiry.pk, kind="repeat_decided").order_by("number")
    return [row.data["repeated"] for row in rows]


def test_it_is_decided_once_when_seven_days_have_passed(world: World) -> None:
    made = call(world)
    assert repeats.decide_due(MORNING + timedelta(days=7)) == 0, "not yet decided"
    assert repeats.decide_due(DECIDED) == 1
    assert repeats.decide_due(DECIDED) == 0
    assert decisions(made) == [False]


@pytest.mark.parametrize(
    ("later", "changed", "repeated"),
    [
        (timedelta(days=6), {}, True),
        (timedelta(days=7, minutes=20), {}, False),
        (timedelta(days=2), {"service": "affald"}, False),
        (timedelta(days=2), {"number": OTHER}, False),
        (timedelta(days=2), {"outcome": "other"}, True),
    ],
)
def test_the_same_number_about_the_same_service_within_seven_days_is_a_repeat(
    world: World, later: timedelta, changed: dict[str, str], repeated: bool
) -> None:
    made = call(world)
    call(world, MORNING + later, **changed)
    repeats.decide_due(DECIDED)
    assert decisions(made) == [repeated]


def test_the_same_party_is_the_same_contact_by_another_number(world: World) -> None:
    party = Party.objects.create(kind="business", name="Bageriet", created_at=MORNING)
    made, again = call(world), call(world, MORNING + timedelta(days=1), number=OTHER)
    Enquiry.objects.filter(pk__in=[made.pk, again.pk]).update(party=party)
    repeats.decide_due(DECIDED)
    assert decisions(made) == [True]


def test_who_is_unknown_is_not_decided(world: World) -> None:
    made = call(world, number="")
    call(world, MORNING + timedelta(days=1), number="")
    assert repeats.decide_due(DECIDED) == 0
    assert decisions(made) == []


def test_a_call_that_we_make_is_no_repeat(world: World) -> None:
    made, ours = call(world), call(world, MORNING + timedelta(days=1))
    Enquiry.objects.filter(pk=ours.pk).update(dialled_by=world.anna)
    repeats.decide_due(DECIDED)
    assert decisions(made) == [False]


def test_a_worker_that_stood_still_decides_later(world: World) -> None:
    made = call(world)
    assert repeats.decide_due(MORNING + timedelta(days=13)) == 1
    assert decisions(made) == [False]
    forgotten = call(world, MORNING + timedelta(days=1), number=OTHER)
    assert repeats.decide_due(MORNING + timedelta(days=30)) == 0
    assert decisions(forgotten) == []


@pytest.mark.django_db(transaction=True)
def test_the_figure_counts_decisions_and_erasing_the_number_changes_nothing(world: World) -> None:
    call(world, number=OTHER)
    call(world)
    call(world, MORNING + timedelta(days=1))
    call(world, number="+4599990103", outcome="other")

    def found() -> tuple[float | None, int]:
        counting.follow()
        totals = reading.totals(Period.day(MORNING.date()), only={"centre": ["tmf"]})[""]
        figure = definition("first_contact_resolution_by_repeat", on=MORNING.date()).of(totals)
        return None if figure.value is None else round(figure.value, 1), figure.base

    assert found() == (None, 0), "nothing is decided"
    repeats.decide_due(DECIDED)
    assert found() == (33.3, 3), "one came back, one was not resolved"
    totals = reading.totals(Period.day(MORNING.date()), only={"centre": ["tmf"]})[""]
    without_mark = definition("first_contact_resolution_no_repeat", on=MORNING.date()).of(totals)
    assert (round(without_mark.value or 0, 1), without_mark.base) == (66.7, 3), "one of three came back"
    Enquiry.objects.update(caller_number="")
    repeats.decide_due(DECIDED + timedelta(days=1))
    assert found() == (33.3, 3)

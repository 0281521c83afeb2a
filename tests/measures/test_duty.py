"""Time on duty in the roll-ups: what presence events add up to, without persons, and for good once the day is over."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from uuid import UUID

import pytest

from indgang.accounts.models import Person
from indgang.catalogue.models import ContactCentre
from indgang.entry.models import PresenceEvent, Queue, QueueMembership
from indgang.measures.definitions import definition
from indgang.measures.models import Rollup, SummedRollup
from indgang.measures.period import Period
from indgang.measures.rollups import counting, duty, reading, rebuilding, recomputing
from indgang.measures.rollups.reading import GroupBy
from indgang.measures.sums import Duty
from tests.enquiries.told_calls import talked
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db(transaction=True)
DAY = MORNING.date()
EVENING = MORNING + timedelta(hours=9)
MIDNIGHT = Period.day(DAY).end
#: no presence of the day before is waited for any more
TOMORROW = MIDNIGHT + timedelta(hours=3, minutes=5)


def on_duty(number: int, queue: Queue) -> list[Person]:
    """So many people who are there for an hour: ready, ten minutes of talk, five of after-work, fifteen of pause."""
    people = [Person.objects.create(username=f"vagt{each}", name=f"Vagt {each}") for each in range(number)]
    ids = count(1)
    for person in people:
        QueueMembership.objects.create(person=person, queue=queue, valid_from=DAY)
        for minute, state in ((0, "ready"), (10, "talking"), (20, "wrap_up"), (25, "paused"), (40, "ready"),
                              (60, "signed_out")):  # fmt: skip
            enquiry = UUID(int=next(ids)) if state == "talking" else None
            at = MORNING + timedelta(minutes=minute)
            PresenceEvent.objects.create(person=person, at=at, state=state, enquiry=enquiry)
    return people


def of_day() -> Duty:
    return reading.totals(Period.day(DAY))[""].duty


def test_an_hour_of_five_people_makes_their_figures(world: World) -> None:
    on_duty(5, world.queues["tmf-byggeri"])
    talked(world.anna)
    counting.follow()
    duty.keep_current(at=EVENING)
    assert of_day() == Duty(5, 5, ready=5 * 1800, talking=5 * 600, wrap_up=5 * 300, paused=5 * 900)
    totals = reading.totals(Period.day(DAY), by=GroupBy.CENTRE)["tmf"]
    assert definition("occupancy", on=DAY).of(totals).value == pytest.approx(100 * 15 / 45)
    assert definition("time_paused", on=DAY).of(totals).value == 25
    assert definition("contacts_per_hour", on=DAY).of(totals).value == pytest.approx(4 / 3)
    assert definition("occupancy", on=DAY).of(totals).base == 5
    assert reading.totals(Period.month(DAY))[""].duty == of_day()
    assert not list(recomputing.differences(Period.day(DAY)))


def test_fewer_than_five_people_are_not_counted_and_more_later_bring_the_whole_day(world: World) -> None:
    people = on_duty(4, world.queues["tmf-byggeri"])
    duty.keep_current(at=MORNING + timedelta(hours=2))
    assert of_day_is_empty()
    on_duty_late = Person.objects.create(username="vagt-sen", name="Vagt Sen")
    QueueMembership.objects.create(person=on_duty_late, queue=world.queues["tmf-byggeri"], valid_from=DAY)
    PresenceEvent.objects.create(person=on_duty_late, at=MORNING + timedelta(hours=3), state="ready")
    duty.keep_current(at=MORNING + timedelta(hours=4))
    assert of_day().people == len(people) + 1


def of_day_is_empty() -> bool:
    return not Rollup.objects.exists() and not SummedRollup.objects.exists()


def test_erasing_somebody_and_counting_the_events_anew_change_no_day_that_is_over(world: World) -> None:
    people = on_duty(5, world.queues["tmf-byggeri"])
    talked(world.anna)
    counting.follow()
    duty.keep_current(at=TOMORROW)
    before = of_day()
    assert before.people == 5
    people[0].delete()
    duty.keep_current(at=TOMORROW + timedelta(days=1))
    rebuilding.rebuild(processes=1)
    assert of_day() == before
    assert not list(recomputing.differences(Period.day(DAY)))


def test_counting_twice_changes_nothing_and_a_wrong_sum_is_named(world: World) -> None:
    on_duty(5, world.queues["tmf-byggeri"])
    duty.keep_current(at=MORNING + timedelta(minutes=31))
    half = of_day()
    assert half.signed_in == 5 * 1800
    for _again in range(2):
        duty.keep_current(at=EVENING)
    assert of_day().signed_in == 5 * 3600
    SummedRollup.objects.filter(grain="day", outcome="ready").update(milliseconds=1)
    assert {each.key.outcome for each in recomputing.differences(Period.day(DAY))} == {"ready"}


def test_somebody_who_serves_two_centres_counts_in_that_of_most_queues(world: World) -> None:
    other = ContactCentre.objects.get(code="bif")
    people = on_duty(5, world.queues["tmf-byggeri"])
    for queue in Queue.objects.filter(centre=other)[:1]:
        for person in people:
            QueueMembership.objects.create(person=person, queue=queue, valid_from=DAY)
    duty.keep_current(at=EVENING)
    assert sum(totals.duty.people for totals in reading.totals(Period.day(DAY), by=GroupBy.CENTRE).values()) == 5


def test_one_of_five_who_is_left_in_the_evening_is_in_no_row_of_their_own(world: World) -> None:
    people = on_duty(5, world.queues["tmf-byggeri"])
    PresenceEvent.objects.create(person=people[0], at=EVENING, state="paused")
    PresenceEvent.objects.create(person=people[0], at=EVENING + timedelta(minutes=7), state="signed_out")
    duty.keep_current(at=TOMORROW)
    assert of_day().paused == 5 * 900 + 7 * 60
    assert set(Rollup.objects.values_list("quarter", flat=True)) == {Period.day(DAY).start}
    assert not any(each.duty.people for each in reading.totals(Period.day(DAY), by=GroupBy.HOUR).values())


def test_presence_that_is_written_after_midnight_still_counts_and_later_is_named(world: World) -> None:
    people = on_duty(5, world.queues["tmf-byggeri"])
    duty.keep_current(at=MIDNIGHT + timedelta(minutes=1))
    before = of_day()
    evening = MIDNIGHT - timedelta(hours=2)
    for minutes, state in ((0, "ready"), (30, "signed_out")):
        PresenceEvent.objects.create(person=people[0], at=evening + timedelta(minutes=minutes), state=state)
    assert not list(recomputing.differences(Period.day(DAY))), "the day is still open"
    duty.keep_current(at=TOMORROW)
    assert of_day().ready == before.ready + 1800
    for minutes, state in ((0, "ready"), (30, "signed_out")):
        PresenceEvent.objects.create(person=people[1], at=evening + timedelta(minutes=minutes), state=state)
    duty.keep_current(at=TOMORROW + timedelta(hours=1))
    found = next(iter(recomputing.differences(Period.day(DAY))))
    assert (found.key.outcome, found.counted.milliseconds - found.stored.milliseconds) == ("ready", 1_800_000)

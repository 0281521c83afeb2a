"""A day that is closed after something was promised for it: told and marked until another time is agreed."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from indgang.catalogue.models import ScheduleException
from indgang.config import jobs
from indgang.core import clock
from indgang.core.clock import COPENHAGEN, day_of
from indgang.desk.handover_lists import HandoverLists
from indgang.entry.models import Alert
from indgang.handover import closed_days, deadlines, work
from indgang.handover.models import Handover, Promise
from indgang.handover.promises import PromisedTime
from indgang.office.handovers import open_handovers
from indgang.office.operations.alert_sentences import alert_sentence
from indgang.workforce import agreements
from tests.handover.sent import NOON, send
from tests.workforce import agreed
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
TOMORROW = NOON + timedelta(days=1)


def close(world: World, moment: datetime) -> ScheduleException:
    schedule = world.centres["tmf"].schedule
    return ScheduleException.objects.create(schedule=schedule, day=day_of(moment), reason="Flytning")


def lasting() -> list[str]:
    return list(Alert.objects.filter(code__startswith=closed_days.CLOSED, over_at=None).values_list("text", flat=True))


def marked(world: World) -> set[int]:
    lists = HandoverLists(world.david, at=MORNING)
    return {line.number for line in lists.mine if line.falls_closed}


def test_a_day_closed_later_is_told_of_and_marked_until_another_time_is_agreed(world: World) -> None:
    today, tomorrow = send(world), send(world, due=TOMORROW)
    with clock.frozen(MORNING):
        jobs.find_closed_promises(0)
        assert lasting() == []
        close(world, TOMORROW)
        jobs.find_closed_promises(0)
        jobs.find_closed_promises(0)
    alert = Alert.objects.get(code__startswith=closed_days.CLOSED)
    assert (alert.text, alert.centre) == (str(tomorrow.number), world.centres["tmf"])
    assert alert_sentence(alert).startswith("Der er lovet svar på tidspunkter, hvor der nu er lukket.")
    assert marked(world) == {tomorrow.number} != {today.number}
    work.accept(tomorrow, by=world.david, at=MORNING)
    work.promise(tomorrow, PromisedTime(NOON), by=world.david, at=MORNING)
    closed_days.tell(at=MORNING)
    assert lasting() == []
    assert marked(world) == set()


def test_the_alert_ends_when_the_day_is_open_again_and_when_it_has_passed(world: World) -> None:
    send(world, due=TOMORROW)
    closing = close(world, TOMORROW)
    closed_days.tell(at=MORNING)
    assert len(lasting()) == 1
    closed_days.tell(at=TOMORROW)
    assert lasting() == []
    closed_days.tell(at=MORNING)
    closing.delete()
    closed_days.tell(at=MORNING)
    assert lasting() == []


def test_a_call_whose_beginning_is_closed_counts_and_one_that_ends_at_closing_does_not(world: World) -> None:
    call = send(world, kind=Handover.Kind.CALLBACK, due=TOMORROW, starts=TOMORROW - timedelta(hours=1))
    assert not deadlines.of_one(call).falls_closed(MORNING)
    wall = TOMORROW.astimezone(COPENHAGEN).time()
    schedule = world.centres["tmf"].schedule
    row = ScheduleException.objects.create(
        schedule=schedule, day=day_of(TOMORROW), opens=time(8), closes=wall, reason="Møde"
    )
    assert not deadlines.of_one(call).falls_closed(MORNING)
    row.opens, row.closes = (TOMORROW.astimezone(COPENHAGEN) - timedelta(minutes=30)).time(), time(18)
    row.save()
    assert deadlines.of_one(call).falls_closed(MORNING)


def test_a_call_promised_in_the_windows_of_an_agreement_that_ends_is_told_of(world: World) -> None:
    agreement = agreed.draft(world)
    agreed.line(world, agreement, world.david, opens=8, closes=16)
    agreed.sign(agreement, world.david, world.ida)
    send(world, due=TOMORROW)
    call = send(world, kind=Handover.Kind.CALLBACK, due=TOMORROW, starts=TOMORROW - timedelta(hours=1))

    def told() -> list[str]:
        closed_days.tell(at=MORNING)
        lasting = Alert.objects.filter(code__startswith=closed_days.NO_WINDOW, over_at=None)
        return list(lasting.values_list("text", flat=True))

    assert told() == []
    agreements.end(agreement, on=day_of(TOMORROW), by=world.ida, at=MORNING)
    assert told() == [str(call.number)]
    assert [line.number for line in HandoverLists(world.david, at=MORNING).mine if line.has_no_window] == [call.number]
    listed = open_handovers.rows(Handover.objects.with_names(), MORNING, unit=None, state="", number=None)
    assert [row.handover.number for row in listed if row.has_no_window] == [call.number]
    following = agreed.draft(world, valid_from=day_of(TOMORROW))
    agreed.line(world, following, world.david, opens=8, closes=16)
    agreed.sign(following, world.david, world.ida)
    assert told() == []


def test_many_promises_take_no_more_queries_than_few(world: World) -> None:
    counts = []
    for many in (1, 12):
        for _number in range(many):
            send(world, due=TOMORROW)
        close(world, TOMORROW)
        closed_days.tell(at=MORNING)
        with CaptureQueriesContext(connection) as seen:
            closed_days.tell(at=MORNING)
        counts.append(len(seen))
        ScheduleException.objects.all().delete()
    assert counts[0] == counts[1]
    assert Promise.objects.filter(state=Promise.State.OPEN).count() == 13

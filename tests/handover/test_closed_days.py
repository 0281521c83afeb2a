"""A day that is closed after something was promised for it: told and marked until another time is agreed."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from indgang.accounts.models import Person
from indgang.catalogue.models import ScheduleException
from indgang.config import jobs
from indgang.core import clock
from indgang.core.clock import COPENHAGEN, day_of
from indgang.core.refusals import RefusedChange
from indgang.desk.handover_lists import HandoverLists
from indgang.entry.models import Alert
from indgang.handover import closed_days, deadlines, ownership, suggestions, work
from indgang.handover.models import Handover, Promise
from indgang.handover.promises import PromisedTime
from indgang.office.handovers import open_handovers
from indgang.office.operations.alert_sentences import alert_sentence
from indgang.workforce import agreements
from indgang.workforce.models import AvailabilityAgreement, DayNote, PromisedWindow, Substitute
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


def promised_tomorrow(world: World, hour: int = 9) -> Handover:
    """A call that David has accepted, in the hour of tomorrow that begins then; Byliv answers from 9 to 14."""
    agreement = agreed.draft(world)
    agreed.line(world, agreement, world.david)
    agreed.sign(agreement, world.david, world.ida)
    starts = datetime.combine(day_of(TOMORROW), time(hour), COPENHAGEN)
    call = send(world, kind=Handover.Kind.CALLBACK, starts=starts, due=starts + timedelta(hours=1))
    work.accept(call, by=world.david, at=MORNING)
    return call


def without_window(at: datetime = MORNING) -> list[str]:
    closed_days.tell(at=at)
    lasting = Alert.objects.filter(code__startswith=closed_days.NO_WINDOW, over_at=None)
    return list(lasting.values_list("text", flat=True))


def take_over(world: World, *, on: datetime = TOMORROW, **hours: int) -> None:
    """A new agreement with these hours takes over on that day."""
    following = agreed.draft(world, valid_from=day_of(on))
    PromisedWindow.objects.filter(agreement=following).delete()
    agreed.line(world, following, world.david, **hours)
    agreed.sign(following, world.david, world.ida)


def away(person: Person, starts: datetime, ends: datetime) -> None:
    DayNote.objects.create(
        person=person, kind="away", starts_at=starts, ends_at=ends, noted_at=MORNING, noted_by=person.username
    )


@pytest.mark.parametrize(("opens", "closes"), [(10, 14), (14, 16)])
def test_a_call_in_a_window_that_is_shortened_or_moved_is_told_of(world: World, opens: int, closes: int) -> None:
    call = promised_tomorrow(world)
    assert without_window() == []
    take_over(world, opens=opens, closes=closes)
    assert without_window() == [str(call.number)]
    assert [line.number for line in HandoverLists(world.david, at=MORNING).mine if line.has_no_window] == [call.number]
    ownership.restore(at=MORNING)
    call.refresh_from_db()
    assert call.person == world.david, "he is there then, and may ring outside his hours"


def test_a_call_in_a_window_that_only_begins_earlier_is_still_carried(world: World) -> None:
    promised_tomorrow(world)
    take_over(world, opens=8, closes=14)
    assert without_window() == []


def test_a_call_at_a_time_when_all_people_of_its_window_are_away_comes_to_the_list_of_the_unit(world: World) -> None:
    call = promised_tomorrow(world)
    day = datetime.combine(day_of(TOMORROW), time(0), COPENHAGEN)
    away(world.david, day, day + timedelta(days=1))
    assert without_window() == [str(call.number)]
    assert ownership.restore(at=MORNING) == 1
    call.refresh_from_db()
    assert (call.unit, call.person, call.state) == (world.units["ctb-byliv"], None, Handover.State.WAITING)
    assert Alert.objects.get(code="handover_moved").text == f"Byliv: {call.number}"
    assert (without_window(), ownership.restore(at=MORNING)) == ([str(call.number)], 0)
    Substitute.objects.create(person=world.david, substitute=world.bo, valid_from=day_of(TOMORROW))
    assert without_window() == [], "the substitute of that day is there"


def test_an_absence_that_leaves_time_in_the_window_changes_nothing(world: World) -> None:
    call = promised_tomorrow(world)
    starts = call.promises.get().starts_at
    assert starts is not None
    away(world.david, starts, starts + timedelta(minutes=45))
    assert (without_window(), ownership.restore(at=MORNING)) == ([], 0)


def test_a_call_counts_on_no_window_when_none_was_agreed_or_another_unit_has_it(world: World) -> None:
    starts = datetime.combine(day_of(TOMORROW), time(9), COPENHAGEN)
    send(world, kind=Handover.Kind.CALLBACK, starts=starts, due=starts + timedelta(hours=1))
    take_over(world, on=MORNING, opens=14, closes=16)
    assert without_window() == [], "promised before anything was agreed"
    call = send(world, kind=Handover.Kind.CALLBACK, starts=starts + timedelta(hours=5), due=starts + timedelta(hours=6))
    take_over(world, opens=8, closes=10)
    assert without_window() == [str(call.number)]
    Promise.objects.filter(handover=call).update(unit=world.units["ctb-grav"])
    assert without_window() == []


def test_what_is_left_of_a_call_counts_and_a_window_that_is_over_was_one(world: World) -> None:
    call = promised_tomorrow(world, hour=13)
    starts = call.promises.get().starts_at
    assert starts is not None
    assert without_window(starts + timedelta(minutes=59)) == []
    away(world.david, starts + timedelta(minutes=30), starts + timedelta(hours=3))
    assert without_window(starts + timedelta(minutes=29)) == []
    assert without_window(starts + timedelta(minutes=31)) == [str(call.number)]


def test_no_call_is_promised_at_a_time_when_all_people_of_the_window_are_away(world: World) -> None:
    promised_tomorrow(world)
    day = datetime.combine(day_of(TOMORROW), time(0), COPENHAGEN)
    away(world.david, day, day + timedelta(hours=12))
    times = suggestions.of_calls(world.centres["tmf"], world.services["arrangement"], TOMORROW - timedelta(hours=4))
    assert times[0].time.starts == day + timedelta(hours=12)
    with pytest.raises(RefusedChange, match="ingen træffetid"):
        send(world, kind=Handover.Kind.CALLBACK, starts=day + timedelta(hours=10), due=day + timedelta(hours=11))


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


def test_who_is_in_no_window_any_more_and_away_then_does_not_keep_the_call(world: World) -> None:
    call = promised_tomorrow(world)
    agreement = AvailabilityAgreement.objects.get()
    agreements.end(agreement, on=day_of(TOMORROW), by=world.ida, at=MORNING)
    day = datetime.combine(day_of(TOMORROW), time(0), COPENHAGEN)
    away(world.david, day, day + timedelta(days=1))
    assert without_window() == [str(call.number)]
    assert ownership.restore(at=MORNING) == 1
    call.refresh_from_db()
    assert (call.person, call.state) == (None, Handover.State.WAITING)

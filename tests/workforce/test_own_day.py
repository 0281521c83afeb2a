"""People's notes about their own days, and their effect on who can be asked."""

from __future__ import annotations

from datetime import timedelta

import pytest

from indgang.accounts.models import Person
from indgang.audit.models import Change
from indgang.core.ranges import TimeRange
from indgang.routing.availability.reachability import Precedence, Reachability, who_can_take
from indgang.routing.availability.windows import Medium
from indgang.workforce import availability, day_line, own_day
from indgang.workforce.day_line import DayKind, DayPart
from indgang.workforce.models import DayNote, Substitute
from tests.workforce.agreed import draft, line, sign
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db


def noted(person: Person) -> list[tuple[str, int, int | None]]:
    """Returns the person's notes: kind, and start and end in minutes after MORNING."""

    def minutes(moment: object) -> int | None:
        return None if moment is None else int((moment - MORNING).total_seconds() // 60)  # type: ignore[operator]

    return [(row.kind, minutes(row.starts_at) or 0, minutes(row.ends_at)) for row in own_day.of(person)]


def part(kind: DayKind, start: int, end: int | None) -> DayPart:
    ends = None if end is None else MORNING + timedelta(minutes=end)
    return DayPart(kind, TimeRange(MORNING + timedelta(minutes=start), ends))


def answer(world: World, minutes: int) -> Reachability:
    moment = MORNING + timedelta(minutes=minutes)
    facts = availability.facts(moment, services=["arrangement"])
    return who_can_take(facts, "arrangement", Medium.PHONE, moment)


def test_a_typed_line_decides_who_can_be_asked(world: World) -> None:
    agreement = draft(world)
    line(world, agreement, world.david)
    sign(agreement, world.david, world.ida)
    Substitute.objects.create(person=world.david, substitute=world.bo)
    own_day.note(world.david, day_line.read("møde 10-11.30, så hjemme", at=MORNING), by=world.david, at=MORNING)
    (before,) = answer(world, 0).available
    assert (before.person, before.is_confirmed, before.until) == (
        world.david.pk, True, MORNING + timedelta(minutes=30),
    )  # fmt: skip
    (meanwhile,) = answer(world, 60).available
    assert (meanwhile.person, meanwhile.precedence) == (world.bo.pk, Precedence.SUBSTITUTE)
    (after,) = answer(world, 130).available
    assert after.person == world.david.pk, "who works at home can be asked"


def test_a_new_note_cuts_the_older_ones(world: World) -> None:
    own_day.note(world.david, [part(DayKind.AWAY, 0, 240)], by=world.david, at=MORNING)
    own_day.note(world.david, [part(DayKind.MEETING, 60, 90)], by=world.eva, at=MORNING)
    assert noted(world.david) == [("away", 0, 60), ("meeting", 60, 90), ("away", 90, 240)]
    assert set(own_day.of(world.david).values_list("source", flat=True)) == {"person", "leader"}
    own_day.note(world.david, [part(DayKind.SICK, 0, None)], by=world.david, at=MORNING)
    assert noted(world.david) == [("sick", 0, None)]


def test_back_again_ends_what_is_now_and_keeps_what_is_later(world: World) -> None:
    parts = [part(DayKind.AWAY, 0, 120), part(DayKind.MEETING, 180, 240)]
    own_day.note(world.david, parts, by=world.david, at=MORNING)
    own_day.present(world.david, by=world.david, at=MORNING + timedelta(minutes=30))
    assert noted(world.david) == [("away", 0, 30), ("meeting", 180, 240)]
    changes = Change.objects.count()
    own_day.present(world.david, by=world.david, at=MORNING + timedelta(minutes=31))
    assert Change.objects.count() == changes, "a second time changes nothing"


def test_the_trail_does_not_say_why_somebody_is_away(world: World) -> None:
    own_day.note(world.david, [part(DayKind.SICK, 0, None)], by=world.eva, at=MORNING)
    change = Change.objects.get(action="own_day.note")
    assert "sick" not in str(change.after) + str(change.before)


def test_a_note_is_removed_once(world: World) -> None:
    own_day.note(world.david, [part(DayKind.AWAY, 0, 120)], by=world.david, at=MORNING)
    row = DayNote.objects.get()
    own_day.remove(row, by=world.david, at=MORNING)
    own_day.remove(row, by=world.david, at=MORNING)
    assert Change.objects.filter(action="own_day.remove").count() == 1


def test_what_a_calendar_has_said_of_the_past_stays(world: World) -> None:
    """A meeting that ends earlier, one that is called off while it runs, and a calendar that is disconnected."""
    busy = DayKind.BUSY
    own_day.take_over(world.david.pk, [part(busy, 0, 120), part(busy, 180, 240)], at=MORNING)
    read_again = MORNING + timedelta(minutes=60)
    own_day.take_over(world.david.pk, [part(busy, 0, 90), part(busy, 180, 240)], at=read_again)
    assert noted(world.david) == [("busy", 0, 60), ("busy", 60, 90), ("busy", 180, 240)]
    own_day.take_over(world.david.pk, [part(busy, 180, 240)], at=MORNING + timedelta(minutes=70))
    assert noted(world.david) == [("busy", 0, 60), ("busy", 60, 70), ("busy", 180, 240)]
    own_day.forget_calendars([world.david.pk], at=MORNING + timedelta(minutes=200))
    assert noted(world.david) == [("busy", 0, 60), ("busy", 60, 70), ("busy", 180, 200)]
    own_day.forget_calendars([world.david.pk], at=MORNING + timedelta(minutes=60))
    assert noted(world.david) == [("busy", 0, 60)]

"""Whether windows were kept: from presence, notes and the switchboard's events to the stored day and today's share."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from indgang.config import routines
from indgang.core.clock import COPENHAGEN
from indgang.entry.event_kinds import Kind
from indgang.entry.models import AgentState, PauseReason, PresenceEvent
from indgang.entry.team import kept_windows
from indgang.events import log
from indgang.events.models import StoredEvent
from indgang.routing.availability.proof import Shortfall, WindowDay
from indgang.workforce import day_line, own_day
from indgang.workforce.models import DayNote, PromisedWindow, ProvenDay
from tests.workforce.agreed import draft, line, sign
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
TODAY = MORNING.date()
HOUR = 3600
SERVICE = "arrangement"


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    kept_windows.forget_shares()
    yield
    kept_windows.forget_shares()


@pytest.fixture
def window(world: World) -> PromisedWindow:
    """David is promised from 9 to 14 on working days."""
    agreement = draft(world)
    made = line(world, agreement, world.david)
    sign(agreement, world.david, world.ida)
    return made


def at(clock: str, day: date = TODAY) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), COPENHAGEN)


def presence(world: World, clock: str, state: AgentState, reason: str = "") -> None:
    PresenceEvent.objects.create(person=world.david, at=at(clock), state=state, reason=reason)


def event(stream: UUID, clock: str, kind: Any, person: int | None = None, **data: Any) -> None:
    number = StoredEvent.objects.filter(stream=stream).count()
    log.append(log.row(kind.event(str(stream), at(clock), "", person, data), number=number))


def today() -> WindowDay:
    (found,) = kept_windows.of_day(TODAY)
    return found


def test_states_at_the_desk_and_notes_are_gaps(world: World, window: PromisedWindow) -> None:
    PauseReason.objects.create(code="kursus", name="Kursus", reachable=False)
    own_day.note(world.david, day_line.read("møde 9.30-10", at=MORNING), by=world.david, at=MORNING)
    presence(world, "08:00", AgentState.READY)
    presence(world, "10:30", AgentState.TALKING)
    presence(world, "10:45", AgentState.PAUSED, "kursus")
    presence(world, "11:00", AgentState.PAUSED, "frokost")
    presence(world, "12:00", AgentState.SIGNED_OUT)
    found = today()
    assert found.gaps == {Shortfall.ABSENT: HOUR // 2, Shortfall.BUSY: HOUR // 4, Shortfall.PAUSED: HOUR // 4}
    assert (found.promised, found.reachable) == (5 * HOUR, 4 * HOUR)


def test_a_state_lasts_from_the_evening_before(world: World, window: PromisedWindow) -> None:
    PresenceEvent.objects.create(person=world.david, at=at("22:00", TODAY - timedelta(days=1)), state="talking")
    presence(world, "10:00", AgentState.READY)
    assert today().gaps == {Shortfall.BUSY: HOUR}


def test_attempts_about_a_subject_and_by_name_count_once(world: World, window: PromisedWindow) -> None:
    david, anna = world.david.pk, world.anna.pk
    first, second, third, fourth = (uuid4() for _ in range(4))
    tried = {"subject": SERVICE, "window": window.pk, "by": anna}
    event(first, "09:40", Kind.CONSULTING, anna, address=f"subject:{SERVICE}", name="Arrangement")
    event(first, "09:41", Kind.SUBJECT_TRIED, david, **tried, result="no_answer")
    event(first, "09:42", Kind.SUBJECT_TRIED, david, **tried, result="answered")
    event(second, "10:00", Kind.CONSULTING, anna, address=f"person:{david}", name="David", windows=[window.pk])
    event(second, "10:01", Kind.CONSULT_REFUSED, david, name="David")
    event(second, "10:02", Kind.CONSULTING, anna, address=f"person:{david}", name="David", windows=[window.pk])
    event(second, "10:03", Kind.CONSULT_ANSWERED, anna, name="David", consulted=david)
    event(third, "15:00", Kind.TRANSFERRED, anna, address=f"person:{david}", name="David", warm=False)
    event(third, "15:01", Kind.TRANSFER_FAILED, why="no_answer")
    event(fourth, "16:00", Kind.SUBJECT_UNREACHED, anna, subject=SERVICE, tried=0, is_open=False)
    event(fourth, "16:30", Kind.CONSULTING, anna, address=f"person:{world.bo.pk}", name="Bo")
    found = today()
    assert (found.inside, found.outside, found.answered) == (4, 2, 2)
    assert found.reasons == {"no_answer": 2, "refused": 1, "nobody": 1}


def test_the_night_stores_the_day_that_is_over_once(world: World, window: PromisedWindow) -> None:
    own_day.note(world.david, day_line.read("møde 10-11", at=MORNING), by=world.david, at=MORNING)
    night = at("00:30", TODAY + timedelta(days=1))
    routines.ROUTINES["windows-are-proven"].work(night)
    stored = ProvenDay.objects.get()
    assert (stored.window, stored.day, stored.promised, stored.reachable) == (window, TODAY, 5 * HOUR, 4 * HOUR)
    assert (stored.absent, stored.busy, stored.paused, stored.proven_at) == (HOUR, 0, 0, night)
    again = today()
    assert (again.promised, again.reachable) == (stored.promised, stored.reachable), "the same facts, the same sums"
    DayNote.objects.all().delete()
    assert today().reachable == 5 * HOUR
    kept_windows.prove(TODAY, at=night)
    kept_windows.prove_due(night + timedelta(days=1))
    assert ProvenDay.objects.get(day=TODAY).reachable == 4 * HOUR, "what was stored stays"
    assert list(ProvenDay.objects.values_list("day", flat=True)) == [TODAY, TODAY + timedelta(days=1)]


def test_days_that_were_missed_are_made_up_for(world: World, window: PromisedWindow) -> None:
    kept_windows.prove_due(at("08:00", TODAY + timedelta(days=7)))
    days = [day.isoformat() for day in ProvenDay.objects.values_list("day", flat=True)]
    assert days == ["2026-03-11", "2026-03-12", "2026-03-13", "2026-03-16", "2026-03-17"]
    with pytest.raises(ValueError, match="is not over"):
        kept_windows.prove(TODAY, at=MORNING)


def test_the_share_of_today_is_computed_once_a_minute(
    world: World, window: PromisedWindow, django_assert_num_queries: Any
) -> None:
    own_day.note(world.david, day_line.read("møde 10-10.30", at=MORNING), by=world.david, at=MORNING)
    moment = at("11:00")
    assert kept_windows.shares([SERVICE], moment) == {SERVICE: 0.75}
    own_day.note(world.david, day_line.read("syg", at=moment), by=world.david, at=moment)
    with django_assert_num_queries(0):
        assert kept_windows.shares([SERVICE], moment + timedelta(seconds=59)) == {SERVICE: 0.75}
    assert kept_windows.shares([SERVICE], at("12:00")) == {SERVICE: 0.5}
    assert kept_windows.shares([SERVICE, "byggetilladelse"], at("08:00")) == {SERVICE: None, "byggetilladelse": None}

"""Stored days of promised windows computed again: the same numbers whatever happens later, and an alert when not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from indgang.accounts import people
from indgang.accounts.models import Person
from indgang.config import routines
from indgang.core import clock
from indgang.core.ranges import TimeRange
from indgang.entry.event_kinds import Kind
from indgang.entry.models import AgentState, Alert, PauseReason, PresenceEvent
from indgang.entry.team import kept_windows, recomputed_windows
from indgang.entry.team.recomputed_windows import DayDeviation
from indgang.events import log
from indgang.office.operations.alert_sentences import alert_sentence
from indgang.workforce import agreements, day_line, own_day
from indgang.workforce.day_line import DayKind, DayPart
from indgang.workforce.models import DayNote, PromisedWindow, ProvenAttempt, ProvenDay, Substitute
from tests import sample
from tests.entry.team.test_kept_windows import HOUR, SERVICE, TODAY, at, event
from tests.workforce.agreed import draft, line, sign
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
NIGHT = at("00:30", TODAY + timedelta(days=1))
NEXT_MORNING = NIGHT + timedelta(hours=9)


@pytest.fixture
def window(world: World) -> Iterator[PromisedWindow]:
    """David and Bo are promised from 9 to 14 on working days, and Anna stands in for David."""
    PauseReason.objects.create(code="kursus", name="Kursus", reachable=False)
    Substitute.objects.create(person=world.david, substitute=world.anna)
    agreement = draft(world)
    made = line(world, agreement, world.david, world.bo)
    sign(agreement, world.david, world.ida)
    kept_windows.forget_shares()
    yield made
    kept_windows.forget_shares()


def differing(first: date = TODAY, last: date = TODAY) -> list[DayDeviation]:
    return list(recomputed_windows.deviations(first, last, at=NEXT_MORNING))


_during_the_day = st.lists(
    st.tuples(
        st.sampled_from(
            ["meeting", "sick", "back", "talking", "paused", "ready", "off", "tried", "answered", "nobody", "named"]
        ),
        st.booleans(),
        st.integers(0, 540),
    ),
    max_size=12,
)
_afterwards = st.lists(st.sampled_from(["sick", "back", "talking", "named", "close", "reopen", "end"]), max_size=6)


@settings(
    max_examples=sample.examples(40), deadline=None,
    suppress_health_check=sample.SUPPRESSED,
)  # fmt: skip
@given(_during_the_day, _afterwards)
def test_a_stored_day_comes_out_the_same_whatever_happens_later(
    world: World, window: PromisedWindow, day: list[tuple[str, bool, int]], later: list[str]
) -> None:
    with transaction.atomic():
        for step, is_first, minutes in sorted(day, key=lambda each: each[2]):
            _do(world, step, world.david if is_first else world.bo, at("08:00") + timedelta(minutes=minutes), window)
        kept_windows.prove(TODAY, at=NIGHT)
        (stored,) = ProvenDay.objects.all()
        assert stored.promised == 5 * HOUR
        assert stored.attempts.count() == stored.inside + stored.outside
        assert stored.attempts.filter(is_inside=True).count() == stored.inside
        assert stored.attempts.filter(reason="").count() == stored.answered
        for number, step in enumerate(later):
            _do(world, step, world.david, NEXT_MORNING + timedelta(minutes=number), window)
        assert differing() == []
        transaction.set_rollback(True)


def _do(world: World, step: str, person: Person, moment: datetime, window: PromisedWindow) -> None:
    tried, pk = {"subject": SERVICE, "window": window.pk, "by": world.anna.pk}, person.pk
    match step:
        case "meeting" | "sick":
            until = moment + timedelta(minutes=45) if step == "meeting" else None
            part = DayPart(DayKind.MEETING if until else DayKind.SICK, TimeRange(moment, until))
            own_day.note(person, [part], by=person, at=moment)
        case "back":
            own_day.present(person, by=person, at=moment)
        case "talking" | "ready":
            PresenceEvent.objects.create(person_id=pk, at=moment, state=AgentState(step))
        case "paused":
            PresenceEvent.objects.create(person_id=pk, at=moment, state=AgentState.PAUSED, reason="kursus")
        case "off":
            PresenceEvent.objects.create(person_id=pk, at=moment, state=AgentState.SIGNED_OUT)
        case "tried" | "answered":
            event_at(moment, Kind.SUBJECT_TRIED, pk, **tried, result="no_answer" if step == "tried" else "answered")
        case "nobody":
            event_at(moment, Kind.SUBJECT_UNREACHED, world.anna.pk, subject=SERVICE, tried=0, is_open=False)
        case "named":
            event_at(moment, Kind.CONSULTING, world.anna.pk, address=f"person:{pk}", name="David")
        case "close":
            people.deactivate(world.david, by=world.eva, at=moment)
        case "reopen":
            people.reactivate(world.david, by=world.eva, at=moment)
        case "end" if window.agreement.valid_to is None:
            window.agreement.refresh_from_db()
            agreements.end(window.agreement, on=TODAY + timedelta(days=3), by=world.ida, at=moment)


def event_at(moment: datetime, kind: Any, person: int, **data: object) -> None:
    log.append(log.row(kind.event(str(uuid4()), moment, "", person, data), number=0))


def test_a_fact_that_is_corrected_afterwards_raises_an_alert_until_it_is_put_right(
    world: World, window: PromisedWindow
) -> None:
    for person in (world.david, world.bo, world.anna):
        own_day.note(person, day_line.read("møde 10-11", at=MORNING), by=person, at=MORNING)
    routines.ROUTINES["windows-are-proven"].work(NIGHT)
    routines.ROUTINES["proven-days-agree"].work(NIGHT + timedelta(minutes=20))
    assert not Alert.objects.exists()
    notes = list(DayNote.objects.all())
    DayNote.objects.all().delete()
    routines.ROUTINES["proven-days-agree"].work(NIGHT + timedelta(days=1))
    alert = Alert.objects.get(over_at=None)
    assert alert_sentence(alert).endswith("indgang availability verify, hvad der er rettet bagefter. (11.3.)")
    DayNote.objects.bulk_create(notes)
    routines.ROUTINES["proven-days-agree"].work(NIGHT + timedelta(days=2))
    assert not Alert.objects.filter(over_at=None).exists()


def test_a_day_that_was_never_stored_and_one_written_by_hand_differ(world: World, window: PromisedWindow) -> None:
    assert differing() == [DayDeviation(window.pk, TODAY, "promised", None, 5 * HOUR)]
    kept_windows.prove(TODAY, at=NIGHT)
    event(uuid4(), "10:00", Kind.SUBJECT_TRIED, world.bo.pk, subject=SERVICE, window=window.pk, result="busy", by=1)
    assert [each.column for each in differing()] == ["inside", "reasons", "attempts"]
    ProvenDay.objects.update(people=None)
    assert [each.column for each in differing()] == ["inside", "reasons"], "stored before attempts were"
    assert ProvenAttempt.objects.count() == 0


def test_the_command_prints_what_differs(world: World, window: PromisedWindow) -> None:
    kept_windows.prove(TODAY, at=NIGHT)
    out = StringIO()
    with clock.frozen(NEXT_MORNING):
        call_command("availability", "verify", "--from", "2026-03-11", "--to", "2026-03-11", stdout=out)
        assert out.getvalue() == "1 days computed again: no differences\n"
        ProvenDay.objects.update(reachable=4 * HOUR, absent=HOUR)
        with pytest.raises(CommandError, match="2 figures differ") as failed:
            call_command("availability", "verify", "--from", "2026-03-11", stdout=out)
        assert failed.value.returncode == 1
        for wrong in (["--from", "2026-03-12"], ["--from", "2025-03-11"]):
            with pytest.raises(CommandError) as refused:
                call_command("availability", "verify", *wrong, stdout=out)
            assert refused.value.returncode == 2
    assert f"2026-03-11 window {window.pk} reachable: 14400 stored, 18000 recomputed" in out.getvalue()

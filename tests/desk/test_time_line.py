"""The course of one's own day: the states with their sums, what was in hand beside, and the file."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.urls import reverse

from indgang.accounts.models import Person
from indgang.audit.models import Look
from indgang.core import clock
from indgang.core.ids import uuid7
from indgang.enquiries.models import Channel
from indgang.entry.event_kinds import Kind
from indgang.entry.models import PauseReason, PresenceEvent
from indgang.events import log
from indgang.events.event import EventKind
from indgang.measures.agent_day import agent_day
from indgang.staffing.shifts.activities import ActivityKind
from indgang.workforce.models import ShiftPlan
from tests.desk.conftest import SignIn
from tests.workforce.shifts import rows
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
PAGE, FILE = "/desk/day/time-line/", "/desk/day/time-line/file/"


def become(person: Person, minute: float, state: str, reason: str = "") -> None:
    PresenceEvent.objects.create(person=person, at=MORNING + timedelta(minutes=minute), state=state, reason=reason)


@pytest.fixture
def day(world: World, morning: clock.FrozenTime) -> World:
    """Anna's day until 10.30: ready, talking, wrap-up, ready, pause, and ready again."""
    for minute, state in ((0, "ready"), (10, "talking"), (25, "wrap_up"), (30, "ready")):
        become(world.anna, minute, state)
    become(world.anna, 40, "paused", PauseReason.objects.earliest("pk").code)
    become(world.anna, 50, "ready")
    become(world.bo, 0, "talking")
    morning.move(timedelta(minutes=50))
    return world


def test_ones_own_day_is_shown_with_its_sums_and_is_not_a_look(day: World, as_: SignIn) -> None:
    page = as_(day.anna).get(PAGE)
    assert page.status_code == 200
    sums = {each.name: each.seconds for each in page.context["shown"].sums}
    pause = PauseReason.objects.earliest("pk").name
    assert sums == {"Klar": 30 * 60, "I samtale": 900, "Efterbehandling": 300, f"Pause: {pause}": 600}
    assert page.context["shown"].occupancy == "40\N{NO-BREAK SPACE}%"
    text = page.content.decode()
    assert "<td>09:55:00</td>" in text
    assert "Er stadig logget ind" in text
    assert "nu</td>" in text
    assert not Look.objects.exists()


def test_the_published_shift_lies_beside_the_day_as_far_as_it_has_come(day: World, as_: SignIn) -> None:
    plan = rows.plan(day, ShiftPlan.State.PUBLISHED)
    early = MORNING - timedelta(hours=3.5)
    rows.shift(plan, day.anna, early, ActivityKind.PHONE, ActivityKind.BREAK, ActivityKind.MEETING)
    rows.shift(rows.plan(day, ShiftPlan.State.DRAFT), day.anna, MORNING, ActivityKind.PHONE)
    page = as_(day.anna).get(PAGE)
    sums = {each.name: each.seconds for each in page.context["shown"].sums if "Planlagt" in each.name}
    assert list(sums) == ["Planlagt arbejde", "Planlagt pause", "Planlagt uden henvendelser"]
    assert (sums["Planlagt arbejde"], sums["Planlagt pause"]) == (7200, 7200)
    assert sums["Planlagt uden henvendelser"] == (clock.now() - early).total_seconds() - 2 * 7200
    assert b"Planlagt pause" in b"".join(as_(day.anna).get(FILE))


def test_a_day_without_sign_in_says_so(day: World, as_: SignIn) -> None:
    page = as_(day.anna).get(PAGE, {"day": "2026-03-10"})
    assert "Der er intet at vise for 10. marts 2026." in page.content.decode()
    assert reverse("desk:time-line-file") not in page.content.decode()


@pytest.mark.parametrize("wrong", ["2026-03-12", "9" * 30, "i går", "0001-01-01"])
def test_a_day_that_cannot_be_shown_is_a_sentence(day: World, as_: SignIn, wrong: str) -> None:
    assert as_(day.anna).get(PAGE, {"day": wrong}).status_code == 422
    assert as_(day.anna).get(FILE, {"day": wrong}).status_code == 400


def test_the_file_has_a_line_for_each_state_with_decimal_commas(day: World, as_: SignIn) -> None:
    Person.objects.filter(pk=day.anna.pk).update(name="=Anna")
    become(day.anna, 50.5, "talking")
    answer = as_(day.anna).get(FILE)
    lines = b"".join(answer).decode("utf-8").splitlines()
    assert lines[0] == "\ufeffMedarbejder;Dag;Fra;Til;Tilstand;Årsag til pause;Minutter"
    assert lines[1] == "'=Anna;11-03-2026;09:30:00;09:40:00;Klar;;10,00"
    assert lines[5].split(";")[4:] == ["Pause", PauseReason.objects.earliest("pk").name, "10,00"]
    assert lines[6].endswith(";Klar;;0,50")
    assert len(lines) == 8


def test_written_work_and_chats_stand_beside(day: World) -> None:
    """Bo takes a chat from Anna, and a mail is closed by somebody else."""
    mail, chat, call = uuid7(), uuid7(), uuid7()
    told: tuple[tuple[UUID, int, EventKind[Any], Person | None, Channel], ...] = (
        (mail, 5, Kind.WORK_BEGUN, day.anna, Channel.MAIL), (mail, 20, Kind.WORK_OVER, None, Channel.MAIL),
        (chat, 12, Kind.ANSWERED, day.anna, Channel.CHAT), (chat, 18, Kind.WORK_PUT_BACK, day.anna, Channel.CHAT),
        (chat, 19, Kind.ANSWERED, day.bo, Channel.CHAT), (call, 10, Kind.ANSWERED, day.anna, Channel.PHONE),
    )  # fmt: skip
    for number, (stream, minute, kind, person, channel) in enumerate(told):
        event = kind.event(str(stream), MORNING + timedelta(minutes=minute), person=person.pk if person else None)
        log.append(log.row(event, number=number, channel=channel))
    shown = agent_day(day.anna, clock.today(), at=clock.now())
    assert [each.seconds() for each in shown.written] == [900]
    assert [each.seconds() for each in shown.chats] == [360]

"""Times that are suggested: each can be kept, so none of them is refused."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indgang.core.clock import COPENHAGEN
from indgang.core.refusals import RefusedChange
from indgang.handover import promises, suggestions
from indgang.handover.promises import PromisedTime
from indgang.workforce.models import PromisedWindow
from tests import sample
from tests.workforce import agreed
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
_minutes = st.integers(0, 30 * 24 * 60).map(lambda minutes: MORNING + timedelta(minutes=minutes))


def local(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=COPENHAGEN)


def byliv(world: World) -> None:
    """Byliv can be called from 9 to 14 on weekdays other than Friday."""
    agreement = agreed.draft(world)
    agreed.line(world, agreement, world.david, weekdays="MTOT---")
    agreed.sign(agreement, world.david, world.ida)


def test_an_answer_is_suggested_within_opening_hours(world: World) -> None:
    found = suggestions.of_answers(world.centres["tmf"], MORNING)
    assert [each.time.due for each in found] == [local(11, 11, 30), local(11, 16), local(12, 12)]
    assert [each.label for each in found] == [
        "Inden for 2 åbningstimer (i dag kl. 11.30)", "I dag senest kl. 16.00", "Senest i morgen kl. 12.00",
    ]  # fmt: skip


def test_late_on_a_friday_the_next_days_are_working_days(world: World) -> None:
    found = suggestions.of_answers(world.centres["tmf"], local(13, 15, 45))
    assert [each.time.due for each in found] == [local(16, 10, 45), local(16, 12)]
    assert found[1].label == "Senest mandag 16. marts kl. 12.00"


def test_calls_are_suggested_within_the_windows_of_the_unit(world: World) -> None:
    byliv(world)
    service = world.services["arrangement"]
    found = suggestions.of_calls(world.centres["tmf"], service, local(12, 12, 20))
    slots = [(each.time.starts, each.time.due) for each in found]
    assert slots[:2] == [(local(12, 12, 30), local(12, 14)), (local(16, 9), local(16, 11))]
    assert found[0].label == "i dag kl. 12.30–14.00"


def test_a_unit_without_an_agreement_calls_in_the_opening_hours(world: World) -> None:
    found = suggestions.of_calls(world.centres["tmf"], world.services["gravetilladelse"], local(11, 15))
    assert found[0].time.starts == local(11, 15)
    assert PromisedWindow.objects.count() == 0


def test_a_suggestion_is_read_again_and_nothing_else_is() -> None:
    each = suggestions.SuggestedTime("", promises.PromisedTime(local(11, 16), local(11, 15)))
    assert suggestions.read(each.value) == each.time
    for text in ("", "typed", "/", "/2026-03-11T16:00", "x/y", "2026-03-11T16:00+01:00"):
        assert suggestions.read(text) is None


@given(at=_minutes)
@settings(max_examples=sample.examples(60), suppress_health_check=sample.SUPPRESSED, deadline=None)
def test_no_suggestion_is_refused(world: World, at: datetime) -> None:
    if not PromisedWindow.objects.exists():
        byliv(world)
    centre, service = world.centres["tmf"], world.services["arrangement"]
    found = [*suggestions.of_answers(centre, at), *suggestions.of_calls(centre, service, at)]
    assert found
    for each in found:
        promises.refuse(each.time, centre=centre, service=service, at=at)


def test_a_subject_that_is_answered_in_chats_alone_is_promised_no_call_and_says_why(world: World) -> None:
    agreement = agreed.draft(world)
    agreed.line(world, agreement, world.david, by_phone=False, by_chat=True)
    agreed.sign(agreement, world.david, world.ida)
    service, centre = world.services["arrangement"], world.centres["tmf"]
    assert suggestions.of_calls(centre, service, MORNING) == []
    assert suggestions.of_answers(centre, MORNING), "a message or a task can be answered"
    call = PromisedTime(local(12, 12), local(12, 10))
    with pytest.raises(RefusedChange) as refused:
        promises.refuse(call, centre=centre, service=service, at=MORNING)
    assert "svarer kun på chat" in str(refused.value)
    PromisedWindow.objects.update(by_phone=True)
    promises.refuse(call, centre=centre, service=service, at=MORNING)


def test_an_agreement_that_begins_later_says_nothing_about_calls_today(world: World) -> None:
    agreement = agreed.draft(world, valid_from=local(18, 0).date())
    agreed.line(world, agreement, world.david, by_phone=False, by_chat=True)
    agreed.sign(agreement, world.david, world.ida)
    service, centre = world.services["arrangement"], world.centres["tmf"]
    call = PromisedTime(local(12, 12), local(12, 10))
    assert not suggestions.is_for_chats_only(service, MORNING)
    assert suggestions.of_calls(centre, service, MORNING)[0].time.starts == MORNING
    promises.refuse(call, centre=centre, service=service, at=MORNING)
    later = PromisedTime(local(18, 12), local(18, 10))
    with pytest.raises(RefusedChange, match="svarer kun på chat"):
        promises.refuse(later, centre=centre, service=service, at=MORNING)
    PromisedWindow.objects.update(by_phone=True)
    assert suggestions.of_calls(centre, service, MORNING)[0].time.starts == MORNING, "nothing is agreed for today"

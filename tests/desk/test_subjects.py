"""Subjects as transfer targets: which case workers can take a question now, and when the others return."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from indgang.core import clock
from indgang.entry.models import AgentState, Presence
from indgang.workforce import day_line, own_day
from indgang.workforce.models import Substitute
from tests.desk.conftest import PART, SignIn
from tests.workforce.agreed import draft, line, sign
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def agreed(world: World) -> None:
    agreement = draft(world)
    line(world, agreement, world.david)
    sign(agreement, world.david, world.ida)


def found(as_: SignIn, world: World, text: str) -> str:
    answer = as_(world.anna).get(reverse("desk:targets"), {"q": text}, headers=PART)
    assert answer.status_code == 200
    return " ".join(strip_tags(answer.content.decode()).split())


def test_a_service_names_who_can_be_asked_and_until_when(world: World, as_: SignIn) -> None:
    shown = found(as_, world, "loppemarked")
    assert "Arrangementstilladelser Byliv" in shown
    assert "David Degnemark kan træffes til 14.00 · har ikke meldt sig i dag" in shown


def test_an_absent_person_says_when_they_are_back_and_the_substitute_is_named(world: World, as_: SignIn) -> None:
    Substitute.objects.create(person=world.david, substitute=world.bo)
    own_day.note(world.david, day_line.read("møde til 11.30", at=clock.now()), by=world.david, at=clock.now())
    shown = found(as_, world, "arrangement")
    assert "Bo Bakkedal kan træffes til 11.30 · stedfortræder for David Degnemark" in shown
    assert "David Degnemark: i møde, tilbage 11.30" in shown


def test_outside_the_window_the_next_one_is_named(world: World, as_: SignIn, morning: clock.FrozenTime) -> None:
    morning.move(timedelta(hours=6))
    shown = found(as_, world, "arrangement")
    assert "Næste træffetid: 12.3. 9.00" in shown
    assert "kan træffes til" not in shown


def test_somebody_in_a_conversation_is_not_offered(world: World, as_: SignIn) -> None:
    Presence.objects.create(person=world.david, state=AgentState.TALKING, since=MORNING)
    assert "David Degnemark: i samtale" in found(as_, world, "arrangement")


def test_one_who_is_signed_in_is_asked_at_the_desk_and_is_confirmed(world: World, as_: SignIn) -> None:
    Presence.objects.create(person=world.david, state=AgentState.READY, since=MORNING, signed_in_at=MORNING)
    answer = as_(world.anna).get(reverse("desk:targets"), {"q": "arrangement"}, headers=PART).content.decode()
    assert f'value="person:{world.david.pk}"' in answer
    assert "har ikke meldt sig" not in answer


@pytest.mark.parametrize("text", ["", "x", "kun vrøvl", "ø" * 500, "%_'\"<b>"])
def test_other_words_find_no_subject(world: World, as_: SignIn, text: str) -> None:
    assert "kan træffes" not in found(as_, world, text)


def test_the_search_does_not_say_that_somebody_is_ill(world: World, as_: SignIn) -> None:
    own_day.note(world.david, day_line.read("syg i dag", at=clock.now()), by=world.david, at=clock.now())
    shown = found(as_, world, "arrangement")
    assert "David Degnemark: fraværende resten af dagen" in shown
    assert "syg" not in shown.lower()


def test_the_only_one_who_can_be_asked_is_told_so(world: World, as_: SignIn) -> None:
    answer = as_(world.david).get(reverse("desk:targets"), {"q": "arrangement"}, headers=PART).content.decode()
    assert "Kun du kan træffes lige nu." in answer

"""Colleagues can find earlier answers, without the numbers that identify a person."""

from __future__ import annotations

from dataclasses import replace

from indgang.accounts.models import Person
from indgang.enquiries import registration
from indgang.enquiries.models import Question
from indgang.knowledge.search import find
from tests.enquiries.test_registration import LATER, about
from tests.enquiries.told_calls import talked
from tests.world import World

NOTE = "Trampolinen må stå 2,5 meter fra skel; vil gerne ringes op på 33 66 12 34"


def found(query: str, person: Person | None) -> list[find.Hit]:
    return find.find(query, person=person, at=LATER, kinds=["answer"]).hits


def registered(world: World, **more: str) -> Question:
    said = about(world, note=NOTE, **more)
    return registration.register(talked(world.anna), questions=[said], by=world.anna, at=LATER).questions[0]


def test_the_note_of_a_question_that_was_resolved_is_found_by_staff_alone(world: World) -> None:
    question = registered(world)
    (hit,) = found("trampolin", world.bo)
    assert hit.key == str(question.pk)
    assert "33 66 12 34" not in hit.snippet
    assert found("trampolin", None) == []


def test_what_was_passed_on_is_no_answer(world: World) -> None:
    registered(world, outcome="transferred")
    assert found("trampolin", world.bo) == []


def test_what_was_said_about_a_case_of_somebodys_own_is_not_found(world: World) -> None:
    said = replace(about(world, note=NOTE), character="case_specific")
    registration.register(talked(world.anna), questions=[said], by=world.anna, at=LATER)
    assert found("trampolin", world.bo) == []


def test_a_correction_takes_the_place_of_what_was_said(world: World) -> None:
    question = registered(world)
    said = about(world, note="Et drivhus under 10 kvadratmeter kræver ingenting.")
    registration.correct(question, to=said, by=world.anna, at=LATER)
    assert found("trampolin", world.bo) == []
    assert [hit.key for hit in found("drivhus", world.bo)] == [str(question.pk)]

"""The telephone book: what a search finds, who comes first, and what it says about them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indgang.catalogue import directory
from indgang.core.clock import day_of
from indgang.core.ranges import TimeRange
from indgang.entry.models import AgentState, FormerNumber, Presence
from indgang.entry.team import phone_book
from indgang.entry.team.phone_book import ListedPerson, PhoneBook
from indgang.knowledge import reindexing
from indgang.workforce import own_day, substitutes
from indgang.workforce.day_line import DayKind, DayPart
from tests import sample
from tests.workforce.agreed import draft, line, sign
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db

TODAY = day_of(MORNING)


def found(world: World, text: str) -> PhoneBook:
    return phone_book.search(text, by=world.anna, at=MORNING)


def person(world: World, text: str) -> ListedPerson:
    return next(each for each in found(world, text).people)


def everything(book: PhoneBook) -> set[str]:
    rows: Any = (*book.units, *book.services, *book.purposes, *book.queues, *book.entry_points, *book.former_numbers)
    return {f"{type(row).__name__}:{row.name}" for row in rows} | {f"person:{each.name}" for each in book.people}


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("tagbolig", "person:Åse Ålborg"),
        ("dade", "person:David Degnemark"),
        ("hans", "person:Hans Havreholm"),
        ("miljøbeskyttelse", "Unit:Center for Miljøbeskyttelse"),
        ("loppemarked", "Service:Arrangementstilladelser"),
        ("klager", "Purpose:Klager"),
        ("events", "Queue:Byliv og events"),
        ("hovednummeret", "EntryPoint:Hovednummeret"),
        ("sof", "FormerNumber:SOF omstillingscentral"),
        ("33 17 33 17", "FormerNumber:SOF omstillingscentral"),
        ("1733", "FormerNumber:SOF omstillingscentral"),
        ("33 66 33", "EntryPoint:Hovednummeret"),
        ("662002", "person:Åse Ålborg"),
    ],
)
def test_one_search_finds_people_places_and_numbers(world: World, asked: str, name: str) -> None:
    assert name in everything(found(world, asked))


@settings(max_examples=sample.examples(30), suppress_health_check=sample.SUPPRESSED, deadline=None)
@given(data=st.data())
def test_case_and_spaces_make_no_difference(world: World, data: st.DataObject) -> None:
    asked = data.draw(
        st.sampled_from(["åse ålborg", "byliv", "klager", "33 17 33 17", "degnemark byliv", "+4533662001"])
    )
    typed = "".join(data.draw(st.sampled_from([sign.lower(), sign.upper()])) for sign in asked)
    spaced = data.draw(st.sampled_from(["", " ", "\t "])).join(["", typed.replace(" ", "   "), ""])
    assert everything(found(world, spaced)) == everything(found(world, asked)) != set()


def test_who_can_be_asked_now_comes_first_and_who_is_away_last(world: World) -> None:
    for name, entry in (("anna", "aase"), ("bo", "aero")):
        world.people[name].entry = world.directory[entry]
        world.people[name].save()
    assert [each.name for each in found(world, "33662").people] == [
        "David Degnemark", "Ærø Bådsgaard", "Åse Ålborg"
    ]  # fmt: skip
    Presence.objects.create(person=world.anna, state=AgentState.READY, since=MORNING)
    _away(world, "david", DayKind.SICK, hours=3)
    assert [(each.name, each.can_be_asked) for each in found(world, "33662").people] == [
        ("Åse Ålborg", True), ("Ærø Bådsgaard", None), ("David Degnemark", False)
    ]  # fmt: skip


def test_a_promised_time_says_until_when_the_person_can_be_asked(world: World) -> None:
    _promise(world)
    assert person(world, "degnemark").reach == "kan træffes til 14.00 · har ikke meldt sig i dag"


def test_an_absence_says_when_the_person_is_back_and_never_that_they_are_ill(world: World) -> None:
    _promise(world)
    _away(world, "david", DayKind.SICK, hours=2)
    listed = person(world, "degnemark")
    assert (listed.can_be_asked, listed.reach) == (False, "fraværende, tilbage 11.30")


def test_the_substitute_is_named_and_so_is_the_substitutes_substitute(world: World) -> None:
    for one, other in ((world.david, world.bo), (world.bo, world.clara)):
        substitutes.add(one, other, valid_from=TODAY, valid_to=None, by=world.eva, at=MORNING)
    assert person(world, "degnemark").substitutes == ("Bo Bakkedal", "Clara Cederfeld")


def test_others_who_know_the_same_are_named(world: World) -> None:
    for initials in ("dade", "aase", "aero"):
        code = "affald" if initials == "aero" else "udeservering"
        directory.save(world.directory[initials], services=[world.services[code]], by=world.finn, at=MORNING)
    book = found(world, "café")
    assert {each.name: each.also_know for each in book.people} == {
        "David Degnemark": ("Åse Ålborg",), "Åse Ålborg": ("David Degnemark",)
    }  # fmt: skip


def test_a_misspelt_word_is_corrected_when_nothing_has_it(world: World) -> None:
    reindexing.reindex()
    book = found(world, "Degnemarck")
    assert [each.name for each in book.people] == ["David Degnemark"]
    assert book.repaired


def test_a_number_that_no_longer_leads_anywhere_is_not_shown(world: World) -> None:
    FormerNumber.objects.filter(pk=world.former_number.pk).update(valid_to=TODAY)
    assert not found(world, "33173317").former_numbers
    assert phone_book.leading_to("+4533173317", on=TODAY) is None
    assert phone_book.leading_to("+4533173317", on=TODAY - timedelta(days=1)) == world.former_number


def _promise(world: World) -> None:
    """A signed agreement: David answers from 9 to 14."""
    agreement = draft(world)
    line(world, agreement, world.david)
    sign(agreement, world.david, world.ida)


def _away(world: World, name: str, kind: DayKind, *, hours: int) -> None:
    part = DayPart(kind, TimeRange(MORNING, MORNING + timedelta(hours=hours)))
    own_day.note(world.people[name], [part], by=world.people[name], at=MORNING)

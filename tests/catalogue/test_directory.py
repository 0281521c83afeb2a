"""The directory: any word of an entry finds it, whatever its case and spaces; what people know, and when it was
verified."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indgang.audit.models import Change
from indgang.catalogue import directory
from indgang.catalogue.models import DirectoryEntry
from indgang.core.text import sort_key
from tests import sample
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db

TODAY = date(2026, 3, 11)
LETTERS = "abcdefghijklmnopqrstuvwxyzæøåABCÆØÅéüöß-.'_%\\"
WORDS = st.lists(st.text(LETTERS, min_size=1, max_size=12), min_size=1, max_size=4)
FIELDS = ("name", "initials", "title", "responsibilities", "knows")


@pytest.fixture
def entry(world: World) -> DirectoryEntry:
    return world.directory["aase"]


@settings(max_examples=sample.examples(60), suppress_health_check=sample.SUPPRESSED, deadline=None)
@given(words=WORDS, field=st.sampled_from(FIELDS), chosen=st.integers(0, 3), change=st.sampled_from(["lower", "upper",
       "title", "swapcase"]), spaces=st.text(" \t", min_size=1, max_size=3))  # fmt: skip
def test_whatever_word_of_an_entry_is_typed_finds_it(
    entry: DirectoryEntry, words: list[str], field: str, chosen: int, change: str, spaces: str
) -> None:
    DirectoryEntry.objects.filter(pk=entry.pk).update(**{field: " ".join(words)[:20]})
    stored = " ".join(words)[:20].split()
    typed = getattr(stored[chosen % len(stored)], change)()
    asked = f"{spaces}{typed}{spaces}{entry.unit.name.split()[0]}"
    assert entry in directory.search(asked, on=TODAY)


@settings(max_examples=sample.examples(60), suppress_health_check=sample.SUPPRESSED, deadline=None)
@given(start=st.integers(0, 7), length=st.integers(3, 8), gaps=st.sets(st.integers(0, 7)), prefix=st.sampled_from(
       ["", "+45 ", "+45"]))  # fmt: skip
def test_whatever_part_of_a_number_is_typed_finds_it(
    entry: DirectoryEntry, start: int, length: int, gaps: set[int], prefix: str
) -> None:
    DirectoryEntry.objects.filter(pk=entry.pk).update(mobile="+4520304187")
    part = "20304187"[start : start + length]
    typed = "".join(f" {digit}" if place in gaps else digit for place, digit in enumerate(part))
    asked = f"{prefix}{typed}" if start == 0 else typed
    if part in ("112", "114", "1813"):
        return  # a service number is looked for as a whole number
    assert entry in directory.search(asked, on=TODAY)


@settings(max_examples=sample.examples(60), suppress_health_check=sample.SUPPRESSED, deadline=None)
@given(names=st.lists(st.text("abåæøÅéz -", min_size=1, max_size=10).filter(sort_key), min_size=2, max_size=5))
def test_the_database_files_names_in_danish_order(entry: DirectoryEntry, names: list[str]) -> None:
    for name in names:
        DirectoryEntry.objects.create(name=name, unit=entry.unit, valid_from=TODAY)
    found = directory.in_danish_order(DirectoryEntry.objects.filter(name__in=names, initials=""))
    keys = [sort_key(each.name) for each in found]
    assert keys == sorted(keys)
    found.delete()


def test_an_entry_is_found_by_a_service_and_a_purpose_that_the_person_knows(
    world: World, entry: DirectoryEntry
) -> None:
    assert entry not in directory.search("loppemarked", on=TODAY)
    rows = {"services": [world.services["arrangement"]], "purposes": [world.purposes["status"]]}
    directory.save(entry, knows="Torvedage", **rows, by=world.finn, at=MORNING)
    for asked in ("LOPPEMARKED", "torvedage", world.purposes["status"].name, "åse arrangementstilladelser"):
        assert entry in directory.search(asked, on=TODAY)


def test_what_somebody_knows_is_in_the_trail_once_and_nothing_the_second_time(
    world: World, entry: DirectoryEntry
) -> None:
    for _again in range(2):
        directory.save(entry, services=[world.services["affald"]], by=world.finn, at=MORNING)
    change = Change.objects.get(action="directoryentry.change")
    assert (change.before, change.after) == ({"services": []}, {"services": ["affald"]})


def test_what_nobody_has_verified_for_long_is_listed_until_somebody_does(world: World, entry: DirectoryEntry) -> None:
    new = DirectoryEntry.objects.create(name="Ny Nygaard", unit=entry.unit, valid_from=TODAY)
    since = directory.due_day(TODAY, 365)
    listed = set(directory.not_verified_since(since, on=TODAY))
    assert entry in listed
    assert new not in listed
    directory.verify(entry, by=world.ida, at=MORNING)
    assert entry not in set(directory.not_verified_since(since, on=TODAY))
    assert Change.objects.get(action="directoryentry.verify").by_label == "Ida Isdal (ida)"

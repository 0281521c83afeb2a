"""Misspelt words are replaced by the most likely intended word."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indgang.knowledge.models import SynonymGroup
from indgang.knowledge.search import find, vocabulary
from tests.knowledge.search.conftest import AT
from tests.world import World

Put = Callable[..., None]
LETTERS = "abcdefghijklmnopqrstuvwxyz"
words = st.text(LETTERS, min_size=1, max_size=14)


def repaired(query: str) -> dict[str, str]:
    return find.find(query, person=None, at=AT).repaired


# --- laws --------------------------------------------------------------------------------------


@given(words)
def test_what_is_one_away_is_one_error_away(word: str) -> None:
    assert {vocabulary.distance(word, other) for other in vocabulary.one_away(word)} <= {0, 1}


@given(words, st.data())
def test_whatever_one_error_makes_is_one_away(word: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(word) - 1))
    letter = data.draw(st.sampled_from(LETTERS))
    head, tail = word[:at], word[at:]
    swapped = head + tail[1::-1] + tail[2:]
    made = {head + tail[1:], head + letter + tail, head + letter + tail[1:], swapped, word + letter}
    assert made <= {*vocabulary.one_away(word), word}


@given(words, words, st.integers(0, 4))
def test_giving_up_early_gives_up_only_what_is_too_far(one: str, other: str, most: int) -> None:
    far = vocabulary.distance(one, other)
    told = vocabulary.distance(one, other, most)
    assert told == far if far <= most else told > most


@given(words)
def test_a_word_is_near_itself_in_trigrams(word: str) -> None:
    own = set(vocabulary.grams(word))
    assert all(set(track) <= own for track in vocabulary.tracks(word))
    assert vocabulary.alike(word, [(word, 1)]) == [(word, 1)]


def test_the_nearest_comes_first_and_then_the_most_used() -> None:
    near = vocabulary.nearest("fortorv", [("fortorvet", 9), ("fortov", 1), ("forkort", 90)])
    assert near[0] == "fortov"
    assert vocabulary.nearest("hegm", [("hegn", 2), ("hegl", 200)])[0] == "hegl"


# --- against the vocabulary --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("rgyer", "ryger"),  # swapped letters in a short word: hardly a trigram remains
        ("rger", "ryger"),
        ("arangement", "arrangement"),
        ("aktinsikt", "aktindsigt"),  # two errors
        ("extra", "ekstra"),  # two errors in a short word with the same sound
    ],
)
def test_a_word_that_nobody_wrote_is_repaired(put: Put, typed: str, meant: str) -> None:
    put("a", meant)
    assert repaired(typed) == {typed: meant}


@pytest.mark.parametrize("typed", ["fortorv", "støbe", "bryggeri", "ryster", "hunde", "tænke"])
def test_a_word_of_the_dictionary_is_never_taken_for_another(put: Put, typed: str) -> None:
    put("a", "Fortov, større byggeri, rotter, hundrede tanke")
    assert repaired(typed) == {}


@pytest.mark.parametrize(("typed", "meant"), [("bode", "bøde"), ("rode", "røde"), ("genanvende", "genanvendelse")])
def test_but_for_its_special_letters_and_its_end(put: Put, typed: str, meant: str) -> None:
    put("a", f"Om {meant}")
    assert repaired(typed) == {typed: meant}


def test_a_compound_of_syllables_that_texts_have_is_a_typing_error_when_a_word_is_one_letter_away(put: Put) -> None:
    put("a", "Om stillads", body="Stil og ad")
    put("b", "Om tag", body="Vejbod")
    assert repaired("stilads") == {"stilads": "stillads"}
    put("c", "Om bod", body="Bod og is")
    assert repaired("isbod") == {}


@pytest.mark.parametrize(("typed", "meant"), [("stilas", "stillads"), ("opstiling", "opstilling")])
def test_a_typing_error_that_looks_like_a_compound_is_repaired(put: Put, typed: str, meant: str) -> None:
    """`stilas` splits into sti and las. Neither has a root verb, and a missing root must not count as found."""
    put("a", f"Om {meant}", body="Sti og vej")
    assert repaired(typed) == {typed: meant}


def test_what_only_another_language_has_is_no_word(put: Put) -> None:
    put("a", "Nedrivning af hus")
    put("b", "Demolition", body="In Danish it is written nedrivnig by some", language="en")
    assert repaired("nedrivnig") == {"nedrivnig": "nedrivning"}


def test_what_only_staff_or_another_unit_may_read_is_no_word(world: World, put: Put) -> None:
    put("a", "Trampolin")
    put("b", "Trampolim", audience="staff")
    put("c", "Trampolix", audience="unit", unit_path=world.units["ctb-byliv"].path)
    assert repaired("trampolim") == {"trampolim": "trampolin"}
    assert repaired("trampolix") == {"trampolix": "trampolin"}
    assert find.find("trampolim", person=world.anna, at=AT).repaired == {}


def test_a_word_with_a_synonym_is_not_repaired(put: Put) -> None:
    put("a", "Nabo", body="Overbord")
    SynonymGroup.objects.create(words=["overbor", "nabo"], changed_at=AT)
    assert repaired("overbor") == {}


def test_what_was_meant_is_shown_as_people_write_it(put: Put) -> None:
    put("a", "Støjgener på Åboulevarden")
    assert repaired("støjgner") == {"støjgner": "støjgener"}
    assert repaired("åbulevarden") == {"åbulevarden": "åboulevarden"}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("gravetiladelse", "gravetilladelse"),
        ("byggetiladelser", "byggetilladelser"),
        ("stilladstilladlse", "stilladstilladelse"),
        ("stiladstilladelse", "stilladstilladelse"),
        ("ansøgnigsskema", "ansøgningsskema"),
    ],
)
def test_a_misspelt_part_is_repaired_in_a_compound_that_nobody_wrote(put: Put, typed: str, meant: str) -> None:
    put("a", "Tilladelser og tilladelse", body="Ansøgning om stillads")
    assert repaired(typed) == {typed: meant}
    assert [hit.key for hit in find.find(typed, person=None, at=AT).hits] == ["a"]


def test_a_rightly_spelt_compound_is_left_alone(put: Put) -> None:
    put("a", "Parkerings licensen")
    assert repaired("parkeringslicenser") == {}


def test_a_word_that_begins_so_is_taken_when_nothing_is_near(put: Put) -> None:
    put("a", "Genanvendelse")
    assert repaired("genanvende") == {"genanvende": "genanvendelse"}


@pytest.mark.parametrize("typed", ["xyzzy", "q" * 60, "ø" * 30, "щщщщщ", "a'b\\c", "%_%_%"])
def test_what_is_near_nothing_is_left_alone(put: Put, typed: str) -> None:
    put("a", "Hegn")
    assert repaired(typed) == {}

"""The index terms of a Danish word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indgang.knowledge.search import analysis, spelling, vocabulary


def parts(word: str) -> list[str]:
    return [part.stem for part in analysis.word(spelling.fold(word)).parts]


def lexemes(text: str) -> set[str]:
    return set(analysis.words(text))


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("byggetilladelse", ["byg", "tillad"]),
        ("gravetilladelserne", ["grav", "tillad"]),
        ("stilladstilladelse", ["stillad", "tillad"]),
        ("udeservering", ["ude", "servering"]),
        ("affaldscontainere", ["affald", "contain"]),
        ("byggetilladelsesansøgning", ["byg", "tillad", "ansoegning"]),
    ],
)
def test_compounds_are_split_where_their_words_meet(word: str, expected: list[str]) -> None:
    assert parts(word) == expected


@pytest.mark.parametrize("word", ["servering", "stillads", "fortov", "tilladelse", "nabo", "xyzzy"])
def test_what_is_no_compound_stays_whole(word: str) -> None:
    assert parts(word) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("tilladelserne", "tilladelse"),
        ("naboens", "naboer"),
        ("støj", "stoej"),
        ("Åben", "aaben"),
        ("træerne", "trae"),
        ("bøger", "bog"),
        ("a-kasse", "akasse"),
        ("§ 19", "paragraf 19"),
        ("§19", "§ 19"),
        ("33 66 33 66", "33663366"),
    ],
)
def test_one_word_written_differently_has_one_stem(one: str, other: str) -> None:
    assert lexemes(one) & lexemes(other)


@pytest.mark.parametrize(("one", "other"), [("grave", "opgravning"), ("bygge", "ombygning"), ("rive", "nedrivning")])
def test_a_noun_made_of_a_verb_shares_its_root_but_not_its_stem(one: str, other: str) -> None:
    first, second = analysis.word(one), analysis.word(other)
    assert first.whole.root == second.whole.root != ""
    assert first.whole.stem != second.whole.stem


def test_a_prefix_that_makes_another_word_is_not_stripped() -> None:
    assert analysis.word("tillade").whole.root != analysis.word("lade").whole.root


@pytest.mark.parametrize("exact", ["§19", "br18", "16.30", "1:1"])
def test_numbers_and_paragraphs_stay_exact(exact: str) -> None:
    assert analysis.words(exact) == [exact]


def test_paragraph_19_is_not_paragraph_8() -> None:
    assert not lexemes("§ 19") & lexemes("§ 8")


def test_words_that_say_nothing_are_left_out() -> None:
    assert analysis.words("hvor skal jeg hente mit pas") == analysis.words("hente pas")


def test_english_words_have_english_stems() -> None:
    assert analysis.words("building permits", "en") == analysis.words("buildings permit", "en")


@given(st.text())
def test_any_text_can_be_analysed_and_gives_ascii_or_letters_of_other_alphabets(text: str) -> None:
    for language in ("da", "en"):
        assert all(lexeme and not lexeme.isspace() for lexeme in analysis.words(text, language))


@given(st.text())
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert spelling.fold(spelling.fold(text)) == spelling.fold(text)


@given(st.text(alphabet="abcdeghiklmnoprstuvøåæ", min_size=1, max_size=24))
def test_tokens_stand_where_they_say(word: str) -> None:
    text = f"  {word}, {word}"
    assert [text[token.start : token.end] for token in spelling.tokens(text)] == [word, word]


@given(st.text(alphabet="abcdefgh", max_size=9), st.text(alphabet="abcdefgh", max_size=9))
def test_edit_distance_is_the_same_both_ways_and_nothing_between_equals(one: str, other: str) -> None:
    assert vocabulary.distance(one, other) == vocabulary.distance(other, one)
    assert (vocabulary.distance(one, other) == 0) == (one == other)
    assert vocabulary.distance(one, other) <= max(len(one), len(other))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("byggetiladelse", "byggetilladelse"), ("stoj", "stoej"), ("fortorv", "fortov"), ("vilket", "hvilket")],
)
def test_the_word_that_was_meant_is_the_nearest(typed: str, meant: str) -> None:
    others = [("byggesag", 9), ("stoette", 9), ("fortolde", 9), ("kvittering", 9), (meant, 1)]
    assert vocabulary.nearest(typed, others)[0] == meant


def test_a_word_far_from_all_is_repaired_to_none() -> None:
    assert vocabulary.nearest("qwertyuiop", [("byggetilladelse", 5), ("fortov", 5)]) == []


def test_adverbs_places_and_numbers_in_letters_are_circumstances() -> None:
    assert all(analysis.is_circumstance(form) for form in ("nedenunder", "tilbage", "valby", "tolv"))
    assert not any(analysis.is_circumstance(form) for form in ("altan", "saelge", "su", "billig", "quux"))

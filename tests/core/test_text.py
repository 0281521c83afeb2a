"""Danish sort order, short forms, and names for URLs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indgang.core.text import is_code, shorten, slug, sort_key


def test_danish_names_come_in_the_order_of_the_dictionary() -> None:
    names = [
        "Zenia",
        "Ærø",
        "Ørsted",
        "Aabenraa",
        "Aalborg",
        "Åse",
        "anders",
        "Anders And",
        "Andersen",
        "Müller",
        "Mygind",
    ]
    assert sorted(names, key=sort_key) == [
        "anders", "Anders And", "Andersen", "Mygind", "Müller", "Zenia", "Ærø", "Ørsted", "Aabenraa", "Aalborg", "Åse",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Møller", "MØLLER"),
        ("Ane-Marie", "Ane Marie"),
        ("Café", "cafe"),
        ("Åse", "A\u030ase"),
        ("Aase", "Åse"),
        ("Sjöberg", "Sjøberg"),
    ],
)
def test_spellings_that_are_filed_together_have_one_key(one: str, other: str) -> None:
    assert sort_key(one) == sort_key(other)


@given(st.text(max_size=30))
def test_a_sort_key_is_ascii(text: str) -> None:
    assert sort_key(text).isascii()


@given(st.text("abcxyzæøåéü -", max_size=30))
def test_a_sort_key_does_not_depend_on_case(text: str) -> None:
    assert sort_key(text.upper()) == sort_key(text)


@given(st.text(max_size=60), st.integers(1, 40))
def test_shortened_text_is_never_too_long_and_only_cut_when_it_must_be(text: str, length: int) -> None:
    short = shorten(text, length)
    line = " ".join(text.split())
    assert len(short) <= length
    assert (short == line) == (len(line) <= length)


def test_text_is_cut_between_words() -> None:
    assert shorten("Byggetilladelse til altan", 16) == "Byggetilladelse…"
    assert shorten("Byggetilladelse til altan", 10) == "Byggetill…"
    with pytest.raises(ValueError, match="at least 1"):
        shorten("x", 0)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Åben rådgivning & Ærø", "aaben-raadgivning-aeroe"),
        ("  TMF – Byliv  ", "tmf-byliv"),
        ("???", ""),
        ("Café", "cafe"),
    ],
)
def test_slugs_spell_danish_letters_out(text: str, name: str) -> None:
    assert slug(text) == name


@pytest.mark.parametrize(
    ("text", "fits"), [("byg-2", True), ("Byg", False), ("byg_2", False), ("å", False), ("", False)]
)
def test_a_code_has_lower_case_letters_digits_and_hyphens(text: str, fits: bool) -> None:
    assert is_code(text) is fits

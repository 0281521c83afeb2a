"""Danish order, civil registration numbers in free text, short forms."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indgang.core.text import MASK, find_cpr, has_cpr, mask_cpr, shorten, slug, sort_key


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


@pytest.mark.parametrize(
    "text",
    [
        "CPR 010190-1234 ringer igen",
        "cpr: 0101901234.",
        "født 010190 1234",
        "(290200-4321)",
        "Nr. 311299–1234, se sagen",
        "erstatningsnummer 610190-1234",
        "010190 - 1234",
        "Sag om borger 010190-1234",
    ],
)
def test_civil_registration_numbers_are_masked(text: str) -> None:
    masked = mask_cpr(text)
    assert MASK in masked
    assert "1234" not in masked
    assert "4321" not in masked


@pytest.mark.parametrize(
    "text",
    [
        "Ring på 33 66 33 66",
        "tlf. 33663366 eller 12121212",
        "+45 12 12 12 34",
        "+4512121212",
        "+46101901234 er svensk",
        "sag 2018-0123456",
        "sagsnr. 0101901234",
        "Sag nr. 0101901234 er afsluttet",
        "2018-010190-1234",
        "010190-12345",
        "1010190-1234",
        "EAN 5798009800275",
        "CVR 64942212",
        "320190-1234 er ingen dato",
        "290201-1234 er ingen dato",
        "telefon 0101901234",
        "a010190-1234b",
    ],
)
def test_phone_numbers_case_numbers_and_impossible_dates_are_left_alone(text: str) -> None:
    assert mask_cpr(text) == text
    assert not has_cpr(text)


def test_the_29th_of_february_needs_a_leap_year_in_the_right_century() -> None:
    assert has_cpr("290200-4123"), "2000 was a leap year"
    assert not has_cpr("290200-1123"), "1900 was not"


def test_every_number_in_a_text_is_found_where_it_stands() -> None:
    text = "Fra 010190-1234 til 020290-2345"
    assert [text[start:end] for start, end in find_cpr(text)] == ["010190-1234", "020290-2345"]


@given(st.text(alphabet="0123456789- +abc.,", max_size=60))
def test_masking_twice_masks_once(text: str) -> None:
    assert mask_cpr(mask_cpr(text)) == mask_cpr(text)


@given(st.dates(date(1900, 1, 1), date(1999, 12, 31)), st.integers(0, 3999), st.text(" ,\n", max_size=10))
def test_every_number_of_the_twentieth_century_is_found(day: date, serial: int, around: str) -> None:
    text = f"{around} {day:%d%m%y}-{serial:04} {around}"
    assert mask_cpr(text) == f"{around} {MASK} {around}"


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

"""Personal numbers and addresses in free text: found as people write them, in linear time, and nothing else."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date
from functools import partial
from types import FrameType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benches.masking import WORST, worst_text
from indgang.core.masking import MASK, find_cpr, has_cpr, mask_cpr, without_personal_numbers

DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\uff0d\u2043"
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u202a\u034f\ufe0f"


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
        "CPR010190-1234",
        "01.01.90-1234",
        "01-01-90-1234",
        "01/01/90-1234",
        "01 01 90 1234",
        "01.01.1990-1234",
        "01011990-1234",
        "cpr0101901234",
        "cpr-nr0101901234",
        "010190/1234",
        "010190.1234",
        "O10190-1234",
        "o1o19o-1234",
        "Ol0190-1234",
        "-010190-1234",
        "1. 010190-1234",
        "borger010190-1234ringer",
        "010190-1234/020290-4321",
        "０１０１９０-1234",
        "٠١٠١٩٠-1234",
        *(f"010190{dash}1234" for dash in DASHES),
        *(f"01{sign}0190-12{sign}34" for sign in INVISIBLE),
        *(f"0101{sign}901234" for sign in INVISIBLE),
        "010190\u00a0-\u20091234",
        "320190-1234 har en forkert ciffer i datoen",
        "290201-1234",
        "cpr 010190-12341",
        "cpr: 01019-1234",
        "CPR-nr. 0101901-1234",
        "cpr 9101901234",
        "ｃｐｒ０１０１９０－１２３４",
        "010190\n1234",
    ],
)
def test_civil_registration_numbers_are_masked(text: str) -> None:
    masked = mask_cpr(text)
    assert MASK in masked
    assert "34" not in "".join(sign for sign in masked if sign not in INVISIBLE)
    assert "4321" not in masked


@pytest.mark.parametrize(
    "text",
    [
        "Ring på 33 66 33 66",
        "tlf. 33663366 eller 12121212",
        "+45 12 12 12 34",
        "+4512121212",
        "+46101901234 er svensk",
        "12 12 12 12 12",
        "sag 2018-0123456",
        "sag 2021-0012345",
        "sag 2012-001234",
        "sag 20-12-001234",
        "sagsnr. 0101901234",
        "sagsnr.0101901234",
        "Sag nr. 0101901234 er afsluttet",
        "nr. på sagen: 0101901234",
        "2018-010190-1234",
        "010190-12345",
        "010190-1234-56",
        "1010190-1234",
        "EAN 5798009800275",
        "CVR 64942212",
        "CVR-nr. 0101901234",
        "DK64942212",
        "999990-1234 er ingen dato",
        "sag 320190-1234 er ingen dato",
        "3201901234",
        "telefon 0101901234",
        "ref0101901234",
        "den 12.03.24 1600",
        "https://sag.example/0101901234",
        "Olll lol-llOo lOlOlOlOlO",
    ],
)
def test_phone_numbers_case_numbers_and_impossible_dates_are_left_alone(text: str) -> None:
    assert mask_cpr(text) == text
    assert not has_cpr(text)


def test_the_29th_of_february_needs_a_leap_year_in_the_right_century() -> None:
    assert has_cpr("290200 4123"), "2000 was a leap year"
    assert not has_cpr("290200 1123"), "1900 was not"


def test_every_number_in_a_text_is_found_where_it_stands() -> None:
    text = "Fra 010190-1234 til\u200b 02\u00ad0290-2345\u200b."
    assert [text[start:end] for start, end in find_cpr(text)] == ["010190-1234", "02\u00ad0290-2345"]


@given(st.text(alphabet="0123456789- +abcOl.,/\u200b\u2212", max_size=60))
def test_masking_twice_masks_once(text: str) -> None:
    assert mask_cpr(mask_cpr(text)) == mask_cpr(text)
    assert without_personal_numbers(without_personal_numbers(text)) == without_personal_numbers(text)


@given(st.text(max_size=200))
def test_a_text_without_digits_and_signs_of_addresses_is_kept_as_it_is(text: str) -> None:
    plain = "".join(sign for sign in text if not sign.isnumeric() and sign not in "@\uff20\ufe6b()[]{}")
    assert mask_cpr(plain) == plain
    if "snabel" not in plain.lower():
        assert without_personal_numbers(plain) == plain


days = st.dates(date(1900, 1, 1), date(1999, 12, 31))


@given(days, st.integers(0, 3999), st.text(" ,\n", max_size=10))
def test_every_number_of_the_twentieth_century_is_found(day: date, serial: int, around: str) -> None:
    text = f"{around} {day:%d%m%y}-{serial:04} {around}"
    assert mask_cpr(text) == f"{around} {MASK} {around}"


@given(
    days,
    st.integers(0, 3999),
    st.sampled_from(DASHES + "/."),
    st.sampled_from(["", "CPR", "cpr ", "Nr.", "f. ", "xyz"]),
    st.lists(st.tuples(st.integers(0, 9), st.sampled_from(INVISIBLE)), max_size=6),
    st.sampled_from(["", ".", "/", "-"]),
)
def test_a_number_is_found_whatever_its_dash_what_stands_before_it_and_what_nobody_sees(
    day: date, serial: int, dash: str, word: str, hidden: list[tuple[int, str]], inner: str
) -> None:
    written = f"{day:%d}{inner}{day:%m}{inner}{day:%y}{dash}{serial:04}"
    for place, sign in hidden:
        written = written[: place + 1] + sign + written[place + 1 :]
    assert mask_cpr(f"{word}{written}, ringer") == f"{word}{MASK}, ringer"


@given(st.integers(2000, 2030), st.integers(0, 9_999_999), st.integers(5, 7))
def test_a_case_number_with_its_year_is_none(year: int, number: int, width: int) -> None:
    for text in (f"sag {year}-{number:0{width}}", f"{year}-{number:0{width}}"):
        assert mask_cpr(text) == text
        assert without_personal_numbers(text) == text


@given(st.integers(10_000_000, 99_999_999))
def test_the_number_of_a_company_is_none(cvr: int) -> None:
    for text in (f"CVR {cvr}", f"cvr-nr. {cvr}", f"DK{cvr}"):
        assert without_personal_numbers(text) == text


@given(st.integers(0, 9_999_999_999).map("{:010}".format).filter(lambda ten: not 1 <= int(ten[2:4]) <= 12))
def test_ten_digits_that_are_no_date_are_none(digits: str) -> None:
    assert mask_cpr(digits) == digits


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("skriv til jens@firma.dk nu", "skriv til **** nu"),
        ("jens＠firma.dk", "****"),
        ("jens\u200b@firma.dk", "****"),
        ("jens (at) firma.dk", "****"),
        ("jens[at]firma.dk.", "****"),
        ("jens (a) firma (dot) dk", "****"),
        ("jens snabel-a firma.dk", "****"),
        ("jens(snabela)firma.dk", "****"),
        ("mød op (at læse) i morgen", "mød op (at læse) i morgen"),
        ("bilag (a) er sendt", "bilag (a) er sendt"),
        ("ring 33\u200b66 33 66 nu", "ring **** nu"),
        ("ring ３３６６３３６６", "ring ****"),
        ("33 66–33 66", "****"),
        ("sag 2021-0012345", "sag 2021-0012345"),
    ],
)
def test_addresses_and_telephone_numbers_are_masked_however_they_are_written(text: str, kept: str) -> None:
    assert without_personal_numbers(text) == kept


def steps_of(work: Callable[[], object]) -> int:
    """The number of executed lines of the module, which does not depend on the machine."""
    counted = 0

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal counted
        if not frame.f_code.co_filename.endswith("masking.py"):
            return None
        counted += 1
        return trace

    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(None)
    return counted


@pytest.mark.parametrize("name", sorted(WORST))
def test_a_text_twice_as_long_takes_twice_the_steps(name: str) -> None:
    """Patterns are bounded, so their time follows their matches; benches/masking.py measures both."""
    once, twice = (steps_of(partial(without_personal_numbers, worst_text(name, size))) for size in (4_000, 8_000))
    assert twice <= 2.1 * once + 100


@pytest.mark.parametrize(
    "text",
    [
        "tlf33663366",
        "Mobil:28913370",
        "33663366ringer",
        "33/66/33/66",
        "33  66  33  66",
        "(+45) 33 66 33 66",
        "+45/33663366",
        "３３ ６６ ３３ ６６",
        "mona（at）firma（punktum）dk",
        "mona＠firma.dk",
    ],
)
def test_contact_details_are_found_glued_spaced_slashed_and_fullwidth(text: str) -> None:
    masked = without_personal_numbers(text)
    assert "****" in masked
    assert not any(sign.isdigit() for sign in masked)
    assert "firma" not in masked


@pytest.mark.parametrize(
    "text",
    ["den 01.02.2024", "01/02/2024", "2024-02-01", "den 01.02.2024 1600", "12.345.678 kr.", "ab12345678cd", "F12345678",
     "sag 12345678"],
)  # fmt: skip
def test_dates_amounts_and_references_are_no_contact_details(text: str) -> None:
    assert without_personal_numbers(text) == text

"""Parsing and formatting of telephone numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indgang.core.phone_numbers import (
    ANONYMOUS,
    NumberError,
    for_people,
    from_exchange,
    in_search,
    is_anonymous,
    is_service,
    normalise,
)


@pytest.mark.parametrize(
    ("raw", "stored"),
    [
        ("33 66 33 66", "+4533663366"),
        ("+45 3366-3366", "+4533663366"),
        ("004533663366", "+4533663366"),
        ("(45) 33663366", "+4533663366"),
        ("tel:+4533663366", "+4533663366"),
        ("sip:33663366@10.0.0.1;user=phone", "+4533663366"),
        ("0046 8 508 00 000", "+46850800000"),
        ("+49 30 90 22 60", "+4930902260"),
        ("(+45) 99 99 10 16", "+4599991016"),
        ("99/99/10/16", "+4599991016"),
        ("99–99–10–16", "+4599991016"),
        ("99 99 − 10 16", "+4599991016"),
        ("tlf. 99 99 10 16", "+4599991016"),
        ("Tlf.nr.: 99991016", "+4599991016"),
        ("33663366 (Anna)", "+4533663366"),
        ("33\u00a066\u00a033\u00a066", "+4533663366"),
        ("33\u200b66\u00ad33 66", "+4533663366"),
        ("３３６６３３６６", "+4533663366"),
        ("112", "112"),
        ("1-1-2", "112"),
        ("18 13", "1813"),
        ("5200", "5200"),
        ("lokal 5200", "5200"),
        ("116 117", "116117"),
    ],
)
def test_numbers_are_stored_in_one_form(raw: str, stored: str) -> None:
    assert normalise(raw) == stored


@pytest.mark.parametrize(
    "raw", ["", "anonymous", "Anonymous", "sip:anonymous@anonymous.invalid", "Restricted", "unknown"]
)
def test_a_withheld_number_is_anonymous(raw: str) -> None:
    assert normalise(raw) == from_exchange(raw) == ANONYMOUS
    assert for_people(ANONYMOUS) == "Skjult nummer"


@pytest.mark.parametrize(
    "raw",
    [
        "1", "12", "336633", "3366336", "336633667", "kommunen", "+45", "+99912345678", "33663366 / 33663367",
        "DK10000092", "+45 90 29100000", "010190-1234", "2021-0012345",
    ],
)  # fmt: skip
def test_what_no_telephone_could_ring_is_refused(raw: str) -> None:
    with pytest.raises(NumberError, match="telephone number"):
        normalise(raw)


@pytest.mark.parametrize(("raw", "kept"), [("5200", "5200"), ("sip:5200@exchange", "5200"), ("kommunen", "kommunen")])
def test_what_an_exchange_says_is_kept_when_it_is_no_number(raw: str, kept: str) -> None:
    assert from_exchange(raw) == kept


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("tlf. 33 66 33 66", "+4533663366"),
        ("(+45) 33/66/33/66", "+4533663366"),
        ("Ring til 33663366", "+4533663366"),
        ("1813", "1813"),
        ("Anna 33663366", None),
        ("3366336", None),
        ("Byggeri § 12", None),
        ("DK10000092", None),
        ("anonymous", None),
        ("tlf.", None),
        ("", None),
    ],
)
def test_a_search_for_a_number_is_one_when_nothing_else_is_asked_for(text: str, number: str | None) -> None:
    assert in_search(text) == number


def test_service_numbers_are_everybodys() -> None:
    assert all(is_service(number) for number in ("112", "114", "1813", "116111"))
    assert not any(is_service(number) for number in ("5200", "12", "+4533663366", ""))


@given(
    st.integers(20_000_000, 99_999_999),
    st.text("-–\u2212\u2011 ./()", max_size=3),
    st.sampled_from(["", "+45", "0045", "(+45) "]),
)
def test_a_number_is_read_whatever_stands_between_its_pairs(number: int, between: str, country: str) -> None:
    digits = str(number)
    written = country + between.join(digits[each : each + 2] for each in range(0, 8, 2))
    try:
        plain = normalise(digits)
    except NumberError:
        return
    assert normalise(written) == plain


@given(st.text("0123456789+()-/. tlf\u200b", max_size=20))
def test_a_number_that_was_read_is_read_the_same_again(text: str) -> None:
    try:
        number = normalise(text)
    except NumberError:
        return
    assert normalise(number) == number


@pytest.mark.parametrize(
    ("number", "shown"), [("+4533663366", "33 66 33 66"), ("+46850800000", "+46 8 508 000 00"), ("5200", "5200")]
)
def test_numbers_are_shown_as_people_write_them(number: str, shown: str) -> None:
    assert for_people(number) == shown


@given(st.text(max_size=40))
def test_nothing_an_exchange_says_is_an_error(raw: str) -> None:
    kept = from_exchange(raw)
    assert len(kept) <= 32
    assert for_people(kept)
    assert is_anonymous(kept) or kept


@given(st.integers(20_000_000, 99_999_999))
def test_what_is_shown_of_a_danish_number_is_read_back_as_the_same(number: int) -> None:
    stored = from_exchange(str(number))
    if stored.startswith("+"):
        assert normalise(for_people(stored)) == stored


@given(st.from_regex(r"\+45[0-9]{1,29}", fullmatch=True) | st.from_regex(r"\+45[2-9][0-9]{7}", fullmatch=True))
def test_a_danish_number_in_full_is_kept_as_taking_it_apart_would_leave_it(raw: str) -> None:
    try:
        taken_apart = normalise(raw)
    except NumberError:
        taken_apart = raw
    assert from_exchange(raw) == taken_apart

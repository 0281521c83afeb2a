"""Opening hours as people write them."""

from __future__ import annotations

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indgang.core import hours_text
from indgang.core.hours_text import MIDNIGHT, NotHours, OverMidnight


@pytest.mark.parametrize(
    ("typed", "spans"),
    [
        ("9-16", [(time(9), time(16))]),
        ("kl. 9 - 16", [(time(9), time(16))]),
        ("9 til 16", [(time(9), time(16))]),
        ("9.30–12:15 og 13-17", [(time(9, 30), time(12, 15)), (time(13), time(17))]),
        ("0-24", [(MIDNIGHT, MIDNIGHT)]),
        ("0-0", [(MIDNIGHT, MIDNIGHT)]),
        ("22-24", [(time(22), MIDNIGHT)]),
        ("22-0", [(time(22), MIDNIGHT)]),
        ("døgnåbent", [(MIDNIGHT, MIDNIGHT)]),
        ("Døgnåben", [(MIDNIGHT, MIDNIGHT)]),
        ("hele døgnet", [(MIDNIGHT, MIDNIGHT)]),
        ("24 timer", [(MIDNIGHT, MIDNIGHT)]),
        ("24 hours", [(MIDNIGHT, MIDNIGHT)]),
        ("lukket", []),
        ("closed", []),
        ("–", []),
        ("", []),
    ],
)
def test_hours_are_read_as_people_write_them(typed: str, spans: object) -> None:
    assert hours_text.read(typed) == spans


@pytest.mark.parametrize("typed", ["ni til fire", "9-25", "9", "9-12.60", "24-2", "0-24:30"])
def test_what_is_no_hours_says_which_part(typed: str) -> None:
    with pytest.raises(NotHours) as refusal:
        hours_text.read(f"8-9, {typed}")
    assert refusal.value.part == typed


def test_hours_over_midnight_say_how_to_write_them() -> None:
    with pytest.raises(OverMidnight) as refusal:
        hours_text.read("22-02")
    assert (refusal.value.today, refusal.value.tomorrow) == ("22.00-24.00", "00.00-02.00")


_TIMES = st.times().map(lambda at: at.replace(second=0, microsecond=0))


@given(st.lists(st.tuples(_TIMES, _TIMES).filter(lambda span: span[0] < span[1] or span[1] == MIDNIGHT), max_size=3))
def test_what_is_written_is_read_as_it_was(spans: list[tuple[time, time]]) -> None:
    assert hours_text.read(hours_text.write(spans)) == spans

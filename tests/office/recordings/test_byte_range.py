"""Which part of a sound a player asks for: odd ranges get the whole, and none gets bytes that are not there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indgang.office.recordings import byte_range

SIZE = 1000


@pytest.mark.parametrize(
    ("header", "part"),
    [
        ("bytes=0-0", (0, 0)),
        ("bytes=0-", (0, 999)),
        ("bytes=0-999", (0, 999)),
        ("bytes=0-1000", (0, 999)),
        ("bytes=999-", (999, 999)),
        ("bytes=-1", (999, 999)),
        ("bytes=-1000", (0, 999)),
        ("bytes=-5000", (0, 999)),
        ("bytes=007-8", (7, 8)),
        (" Bytes=5-6 ", (5, 6)),
    ],
)
def test_one_range_is_a_part(header: str, part: tuple[int, int]) -> None:
    found = byte_range.asked(header, SIZE)
    assert found == byte_range.SoundPart(*part, SIZE)


@pytest.mark.parametrize(
    "header",
    [
        "", "bytes", "bytes=", "bytes=-", "bytes=5", "bytes=6-5", "bytes=a-b", "bytes=1-2-3", "bytes=--1", "bytes=+1-2",
        "bytes=0-1,2-3", "bytes=0x1-2", "bytes=1.0-2", "bytes= 1 - 2", "bytes=١-٢", "items=0-1", "0-1",
        f"bytes=0-{'9' * 5000}", "bytes=0-1\n2",
    ],
)  # fmt: skip
def test_what_is_no_single_range_gets_the_whole(header: str) -> None:
    assert byte_range.asked(header, SIZE) is None


@pytest.mark.parametrize("header", ["bytes=1000-", "bytes=1000-2000", "bytes=-0"])
def test_what_is_not_there_is_told_apart(header: str) -> None:
    with pytest.raises(byte_range.NotThere):
        byte_range.asked(header, SIZE)


@given(header=st.from_regex(r"bytes=[0-9]{0,20}-[0-9]{0,20}", fullmatch=True), size=st.integers(1, 10**9))
def test_a_part_always_lies_within_the_sound(header: str, size: int) -> None:
    try:
        part = byte_range.asked(header, size)
    except byte_range.NotThere:
        return
    assert part is None or 0 <= part.first <= part.last < part.size == size

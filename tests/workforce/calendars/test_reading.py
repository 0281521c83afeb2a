"""Busy times in calendar files: recurring, all-day, free and cancelled entries, odd time zones, invalid files."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indgang.core.clock import COPENHAGEN
from indgang.workforce.calendars.reading import LARGEST, UnknownZone, UnreadableCalendar, busy_times
from tests import sample

START = datetime(2026, 11, 30, tzinfo=COPENHAGEN)
END = START + timedelta(days=7)


def event(*lines: str) -> bytes:
    return calendar("BEGIN:VEVENT", "UID:1@kommune.example", "DTSTAMP:20261101T000000Z", *lines, "END:VEVENT")


def calendar(*lines: str) -> bytes:
    whole = ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//DA", *lines, "END:VCALENDAR", "")
    return "\r\n".join(whole).encode()


def read(file: bytes) -> list[str]:
    """Returns each busy time in the form "30.11. 10:00-11:30"."""
    return [
        f"{start.astimezone(COPENHAGEN):%d.%m. %H:%M}-{end.astimezone(COPENHAGEN):%H:%M}"
        for start, end in busy_times(file, START, END)
        if start and end
    ]


HOUR = ("DTSTART;TZID=Europe/Copenhagen:20261130T100000", "DTEND;TZID=Europe/Copenhagen:20261130T113000")


@pytest.mark.parametrize(
    ("lines", "busy"),
    [
        (HOUR, ["30.11. 10:00-11:30"]),
        (("DTSTART:20261130T090000Z", "DURATION:PT45M"), ["30.11. 10:00-10:45"]),
        (("DTSTART:20261130T100000", "DTEND:20261130T110000"), ["30.11. 10:00-11:00"]),
        (
            ("DTSTART;TZID=Romance Standard Time:20261130T100000", "DTEND;TZID=Romance Standard Time:20261130T110000"),
            ["30.11. 10:00-11:00"],
        ),
        (("DTSTART;TZID=Mars/Olympus:20160229T100000", "DTEND;TZID=Mars/Olympus:20160229T110000"), []),
        (
            ("DTSTART;TZID=America/New_York:20261130T040000", "DTEND;TZID=America/New_York:20261130T050000"),
            ["30.11. 10:00-11:00"],
        ),
        (("DTSTART;VALUE=DATE:20261201",), ["01.12. 00:00-00:00"]),
        (("DTSTART;VALUE=DATE:20261128", "DTEND;VALUE=DATE:20261201"), ["30.11. 00:00-00:00"]),
        (
            (*HOUR, "RRULE:FREQ=DAILY;COUNT=3", "EXDATE;TZID=Europe/Copenhagen:20261201T100000"),
            ["30.11. 10:00-11:30", "02.12. 10:00-11:30"],
        ),
        (
            (*(line.replace("20261130", "20200106") for line in HOUR), "RRULE:FREQ=WEEKLY;BYDAY=MO"),
            ["30.11. 10:00-11:30"],
        ),
        ((*HOUR, "TRANSP:TRANSPARENT"), []),
        ((*HOUR, "STATUS:CANCELLED"), []),
        ((*HOUR, "STATUS:TENTATIVE"), ["30.11. 10:00-11:30"]),
        ((*HOUR, "X-MICROSOFT-CDO-BUSYSTATUS:FREE"), []),
        ((*HOUR, "ATTENDEE;PARTSTAT=DECLINED:mailto:anna@kommune.example"), []),
        (("DTSTART:20261130T090000Z",), []),
        (("DTSTART:19700101T000000Z", "DURATION:PT1S", "RRULE:FREQ=SECONDLY"), []),
        (("DTSTART:20260101T090000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;INTERVAL=0"), []),
        (("DTSTART:19700101T000000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"), []),
        (("DTSTART;VALUE=DATE:20201130", "RRULE:FREQ=YEARLY"), ["30.11. 00:00-00:00"]),
        (("DTSTART:20201130T100000", "DURATION:PT1H", "RRULE:FREQ=YEARLY;UNTIL=20251231"), []),
    ],
)
def test_what_is_busy(lines: tuple[str, ...], busy: list[str]) -> None:
    assert read(event(*lines)) == busy


def test_published_busy_times_count_as_they_are() -> None:
    file = calendar(
        "BEGIN:VFREEBUSY", "UID:2", "DTSTAMP:20261101T000000Z", "FREEBUSY:20261130T090000Z/20261130T100000Z",
        "FREEBUSY;FBTYPE=FREE:20261130T110000Z/PT1H", "FREEBUSY;FBTYPE=BUSY-TENTATIVE:20261130T120000Z/PT30M",
        "END:VFREEBUSY",
    )  # fmt: skip
    assert read(file) == ["30.11. 10:00-11:00", "30.11. 13:00-13:30"]


@pytest.mark.parametrize("start", ["20261130T100000", "20261129T235900", "20160229T100000\r\nRRULE:FREQ=WEEKLY"])
def test_a_zone_that_nobody_knows_is_no_guess(start: str) -> None:
    with pytest.raises(UnknownZone):
        busy_times(event(f"DTSTART;TZID=Mars/Olympus:{start}", "DURATION:PT1H"), START, END)


def test_times_that_overlap_are_one() -> None:
    first, second = event(*HOUR), event("DTSTART:20261130T100000Z", "DTEND:20261130T120000Z")
    assert read(first + second) == ["30.11. 10:00-13:00"]


def test_no_title_is_in_what_is_read() -> None:
    found = busy_times(event(*HOUR, "SUMMARY:Samtale om opsigelse", "LOCATION:Lokale 4"), START, END)
    assert "opsigelse" not in repr(found)


@pytest.mark.parametrize(
    "file", [b"", b"<html>Log ind</html>", b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT", b"\xff\xfe\x00", b"x" * (LARGEST + 1)]
)
def test_what_is_no_calendar_is_refused(file: bytes) -> None:
    with pytest.raises(UnreadableCalendar):
        busy_times(file, START, END)


_LINES = st.sampled_from(
    ("BEGIN:VEVENT", "END:VEVENT", "BEGIN:VCALENDAR", "END:VCALENDAR", "UID:1", "DTSTART:20261130T090000Z",
     "DTSTART;VALUE=DATE:20261130", "DTEND:20261130T080000Z", "DURATION:-PT1H", "RRULE:FREQ=YEARLY;INTERVAL=0",
     "RRULE:FREQ=", "FREEBUSY:x/y", "EXDATE:x", "DTSTART:99999999T000000Z", "\x00", " folded")
)  # fmt: skip


@given(lines=st.lists(_LINES, max_size=12))
@settings(max_examples=sample.examples(150), deadline=None)
def test_any_file_is_read_or_refused(lines: list[str]) -> None:
    try:
        found = busy_times("\r\n".join(lines).encode(), START, END)
    except UnreadableCalendar:
        return
    assert all(start and end and START <= start < end <= END for start, end in found)

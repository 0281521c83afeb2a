"""Answers of `getSchedule`, read without a server: odd hours, odd shapes, large ones."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from time import perf_counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indgang.core.ranges import RangeSet, TimeRange
from indgang.workforce.calendars import schedules
from indgang.workforce.calendars.schedules import ScheduleFault
from tests import sample
from tests.workforce.calendars.microsoft import entry
from tests.world import MORNING

END = MORNING + timedelta(days=14)


def read(items: Any, view: str = "", **more: Any) -> Any:
    row = {"scheduleId": "David@Kommune.example", "availabilityView": view, "scheduleItems": items, **more}
    body = json.dumps({"value": [row]}).encode()
    return schedules.read(body, ["david@kommune.example"], MORNING, END)["david@kommune.example"]


def test_an_end_in_the_hour_that_comes_twice_is_after_its_beginning() -> None:
    at = MORNING + timedelta(days=220)  # on 25 October the clock is set back from 3 to 2
    item = entry("2026-10-25T02:45", "2026-10-25T02:15", zone="Europe/Copenhagen")
    body = json.dumps({"value": [{"scheduleId": "d@k.example", "scheduleItems": [item]}]}).encode()
    found = schedules.read(body, ["d@k.example"], at, at + timedelta(days=14))["d@k.example"]
    assert isinstance(found, list)
    assert [part.during.end for part in found] == [datetime.fromisoformat("2026-10-25T01:15:00+00:00")]


@pytest.mark.parametrize(
    "items",
    [
        None, "Samtale", [None], [{}], [entry("2026-03-11T09:00", "2026-03-11T10:00", "dancing")], [{"status": "busy"}],
        [entry("i morgen", "2026-03-11T10:00")],
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_a_fault(items: Any) -> None:
    assert read(items) is ScheduleFault.UNREADABLE


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        ({"error": {"responseCode": "5009"}}, ScheduleFault.UNKNOWN_PERSON),
        ({"error": {"responseCode": "5006"}}, ScheduleFault.TOO_MANY),
        ({"error": {"responseCode": "4711"}}, ScheduleFault.NOT_GIVEN),
    ],
)
def test_an_error_of_one_person_is_theirs(more: Any, fault: ScheduleFault) -> None:
    assert read([], **more) is fault


def test_a_time_with_an_offset_must_have_that_of_its_zone() -> None:
    good = entry("2026-03-11T10:00", "2026-03-11T11:00", zone="Romance Standard Time")
    good["start"]["dateTime"] = "2026-03-11T10:00:00+01:00"
    (part,) = read([good])
    assert part.during.start == datetime.fromisoformat("2026-03-11T09:00:00+00:00")
    good["start"]["dateTime"] = "2026-03-11T10:00:00+00:00"
    assert read([good]) is ScheduleFault.WRONG_ZONE


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"value": 3}', b'{"value": [3]}', b"\xff", b"[" * 100_000])
def test_what_is_no_answer_is_refused(body: bytes) -> None:
    with pytest.raises(schedules.UnreadableAnswer):
        schedules.read(body, ["d@k.example"], MORNING, END)


_MINUTES = st.integers(min_value=-600, max_value=14 * 1440 + 600)
_STATUSES = st.sampled_from(("busy", "tentative", "oof", "free", "workingElsewhere", "unknown"))


@settings(max_examples=sample.examples(60))
@given(st.lists(st.tuples(_MINUTES, st.integers(min_value=1, max_value=900), _STATUSES), max_size=12))
def test_every_minute_is_what_its_entries_say(drawn: list[tuple[int, int, str]]) -> None:
    """Against the plain definition, minute by minute; the view is built from the same entries."""
    items = [entry(_utc(start), _utc(start + length), status) for start, length, status in drawn]
    slots = range(14 * 48)
    taken = [(start, start + length) for start, length, status in drawn if status in ("busy", "tentative", "oof")]
    view = "".join("2" if any(a < n * 30 + 30 and n * 30 < b for a, b in taken) else "0" for n in slots)
    parts = read(items, view)
    assert isinstance(parts, list)
    for kind, statuses in (("busy", ("busy", "tentative")), ("away", ("oof",)), ("home", ("workingElsewhere",))):
        found = RangeSet(part.during for part in parts if part.kind == kind)
        of_kind = RangeSet(_range(start, length) for start, length, status in drawn if status in statuses)
        if kind == "busy":
            of_kind = of_kind.difference(RangeSet(_range(s, n) for s, n, status in drawn if status == "oof"))
        assert found == of_kind.intersection(RangeSet([TimeRange(MORNING, END)]))


def _utc(minute: int) -> str:
    return (MORNING + timedelta(minutes=minute)).replace(tzinfo=None).isoformat(timespec="minutes")


def _range(start: int, length: int) -> TimeRange:
    begins = MORNING + timedelta(minutes=start)
    return TimeRange(begins, begins + timedelta(minutes=length))


def test_a_shifted_calendar_never_agrees_with_its_view() -> None:
    """One meeting of an hour, written one to twelve hours wrongly in either direction."""
    for hours in (*range(-12, 0), *range(1, 13)):
        true, said = 1440, 1440 + 60 * hours
        view = "".join("2" if true <= n * 30 < true + 60 else "0" for n in range(14 * 48))
        assert read([entry(_utc(said), _utc(said + 60))], view) is ScheduleFault.WRONG_ZONE


def test_a_full_calendar_is_read_at_once() -> None:
    items = [entry(_utc(10 * n), _utc(10 * n + 5)) for n in range(schedules.MOST_ENTRIES)]
    began = perf_counter()
    view = "2" * 667 + "0" * 5
    assert len(read(items, view)) == schedules.MOST_ENTRIES
    assert perf_counter() - began < 20
    assert read([*items, items[0]]) is ScheduleFault.TOO_MANY

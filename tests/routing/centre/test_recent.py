"""The memory of contacts keeps the newest ones for a while, within a fixed size."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from indgang.routing.centre.recent import Recent

START = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_the_newest_value_counts_until_it_is_too_old() -> None:
    last: Recent[int] = Recent(24 * HOUR, {"+4511111111": (START, 1)})
    last.put("+4511111111", 2, START + HOUR)
    assert last.get("+4511111111", START + 24 * HOUR) == 2
    assert last.get("+4511111111", START + 25 * HOUR) is None
    assert last.get("+4522222222", START) is None


def test_a_year_of_contacts_keeps_no_more_than_a_day_of_them() -> None:
    last: Recent[int] = Recent(24 * HOUR, {})
    for hour in range(365 * 24):
        last.put(f"+45{hour % 5000:08}", hour, START + hour * HOUR)
    assert len(last) == 24


def test_what_was_so_before_is_as_old_as_it_is() -> None:
    last: Recent[int] = Recent(24 * HOUR, {"+4511111111": (START - 23 * HOUR, 1)})
    assert last.get("+4511111111", START) == 1
    assert last.get("+4511111111", START + HOUR) is None

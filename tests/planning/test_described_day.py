"""A day that is described in numbers: each part of it does to the callers what it says."""

from __future__ import annotations

from typing import Any

import pytest

from indgang.planning import described_day
from indgang.planning.described_day import DescribedDay
from indgang.staffing.need import Impossible


def figures(**given: Any) -> dict[str, Any]:
    day = DescribedDay(**given)
    return described_day.as_data(day, described_day.play(day))


def test_a_day_of_calls_alone_is_the_same_on_both_sides() -> None:
    found = figures()
    assert found["whole"] == found["alone"]
    offered = found["alone"]["offered"]
    assert abs(offered["mean"] - 106) <= 2 * offered["half_width"]
    assert (found["beside"], found["second_level"]) == ({}, {})


@pytest.mark.parametrize(
    ("given", "changed", "sign"),
    [
        ({"break_minutes": 60.0}, "service_level", -1),
        ({"break_minutes": 90.0, "hours": 2.0, "agents": 1, "calls": 20.0}, "service_level", -1),
        ({"retry": 80.0, "agents": 1}, "offered", 1),
        ({"retry": 80.0, "agents": 1}, "tried_again", 1),
        ({"mails": 60.0}, "occupancy", 1),
        ({"chats": 60.0}, "service_level", -1),
        ({"passed_on": 60.0}, "service_level", -1),
    ],
)
def test_each_part_changes_what_it_should_beyond_chance(given: dict[str, Any], changed: str, sign: int) -> None:
    difference = figures(**given)["difference"][changed]
    assert sign * difference["mean"] > difference["half_width"]


def test_mails_wait_for_calls_and_chats_go_before_them() -> None:
    beside = figures(mails=80.0, chats=40.0, agents=3)["beside"]
    assert beside["mails"]["mean_answered_wait"]["mean"] > beside["chats"]["mean_answered_wait"]["mean"]
    for each in beside.values():
        assert each["answered"]["mean"] + each["waiting_at_end"]["mean"] == pytest.approx(each["offered"]["mean"])


def test_promised_hours_keep_the_first_level_shorter_than_a_phone_list() -> None:
    a_list, promised = (figures(passed_on=20.0, promised_hours=hours)["second_level"] for hours in (0.0, 9.0))
    assert promised["consulted"]["mean"] == pytest.approx(a_list["consulted"]["mean"], rel=0.05)
    assert promised["mean_asking"]["mean"] < a_list["mean_asking"]["mean"] / 2, "the study: 32 and 74 seconds"
    assert promised["reached_share"]["mean"] > a_list["reached_share"]["mean"]


def test_the_busiest_half_hour_is_near_erlang_a_and_better_with_more_people() -> None:
    rows = described_day.busiest(DescribedDay(calls=200.0, agents=5))
    assert [each.agents for each in rows] == [3, 4, 5, 6, 7, 8]
    shares = [each.found.in_time.mean or 0.0 for each in rows]
    assert shares == sorted(shares)
    for share, row in zip(shares, rows, strict=True):
        assert share == pytest.approx(row.erlang_in_time, abs=0.05), "the spread of talk times matters little here"


def test_a_few_colleagues_promise_no_more_than_they_are() -> None:
    assert figures(passed_on=20.0, colleagues=1, promised_hours=16.0)["second_level"]["reached_share"]["mean"] > 0.5


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"calls": "0"}, "calls is a number from 1 to 1000, not 0"),
        ({"calls": "nan"}, "calls is a number from 1"),
        ({"calls": "mange"}, "calls is a number from 1 to 1000, not mange"),
        ({"agents": "2.5"}, "agents is a whole number"),
        ({"hours": "8.2"}, "whole or half hours"),
        ({"calls": "1000", "mails": "400", "chats": "400"}, "at most 1,500 a day together"),
        ({"call": "3"}, "call is not one of calls"),
        ({"agents": "9" * 400}, "agents is a whole number from 1 to 100"),
        ({"hours": "2", "break_minutes": "120"}, "shorter than the day"),
    ],
)
def test_what_cannot_be_played_is_refused_with_what_would_be_right(values: dict[str, str], said: str) -> None:
    with pytest.raises(Impossible, match=said):
        described_day.read(values)


def test_each_limit_is_that_of_a_field_and_its_usual_value_lies_within() -> None:
    assert set(described_day.LIMITS) == set(described_day.USUAL)
    assert described_day.read({}) == DescribedDay()

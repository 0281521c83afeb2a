"""Agents for a target, whole and real, and the sizing of a year."""

from __future__ import annotations

import json
from dataclasses import replace
from io import StringIO
from typing import Any

import numpy as np
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from hypothesis import assume, given
from hypothesis import strategies as st

from indgang.staffing.erlang import erlang_a, erlang_b, erlang_c
from indgang.staffing.need import Impossible, ServiceTarget, agents_for, lines_for, need
from indgang.staffing.presets import BC31, CONCEPT_2006, PRESETS, TMF_2020, WORKING_YEAR
from indgang.staffing.sizing import Seats, Sizing, lines, size

EIGHTY_TWENTY = ServiceTarget(in_time=0.8, within=20)
LOADS = st.lists(st.floats(0, 50), min_size=1, max_size=6)
TARGETS = st.one_of(
    st.builds(ServiceTarget, in_time=st.floats(0.1, 0.99), within=st.floats(0, 300)),
    st.builds(ServiceTarget, mean_wait=st.floats(0.5, 600), occupancy=st.none() | st.floats(0.3, 1)),
    st.builds(ServiceTarget, in_time=st.floats(0.1, 0.95), mean_wait=st.floats(5, 100), occupancy=st.floats(0.5, 0.95)),
)


def test_the_example_of_the_field() -> None:
    """100 calls in half an hour of 3 minutes, 80 percent within 20 seconds: 14 agents."""
    assert int(agents_for(100 * 180 / 1800, 180, EIGHTY_TWENTY)) == 14


def test_the_check_value_of_the_documents() -> None:
    """5.93 Erlang of 240 s: 8 seats keep a mean of 100 s, 7 seats have 132 s (requirements.md, R-310)."""
    load = 200_000 * 240 / (250 * 9 * 3600)
    assert int(agents_for(load, 240, ServiceTarget(mean_wait=100))) == 8
    assert float(erlang_c(7, load, 240, 20).mean_wait) == pytest.approx(132, abs=0.5)


@given(LOADS, st.floats(10, 1200), TARGETS)
def test_by_c_the_whole_number_is_the_fewest_that_suffices(
    loads: list[float], handling: float, target: ServiceTarget
) -> None:
    found = agents_for(loads, handling, target)
    busy = np.asarray(loads) > 0
    assert target.is_met(erlang_c(found, loads, handling, target.within))[busy].all()
    assert not target.is_met(erlang_c(np.maximum(found - 1, 0), loads, handling, target.within))[busy].any()
    assert (found[~busy] == 0).all()


@given(st.lists(st.floats(0.01, 60), min_size=1, max_size=5), st.floats(30, 600), st.floats(30, 600))
def test_by_a_the_whole_number_is_the_fewest_that_suffices(
    loads: list[float], handling: float, patience: float
) -> None:
    target = ServiceTarget(in_time=0.8, within=20, abandoned=0.1, mean_wait=25)
    found = agents_for(loads, handling, target, patience)
    assert target.is_met(erlang_a(found, loads, handling, 20, patience)).all()
    assert not target.is_met(erlang_a(found - 1, loads, handling, 20, patience)).any()


@given(LOADS, st.floats(10, 1200), TARGETS)
def test_the_real_number_is_less_than_one_below_the_whole_one(
    loads: list[float], handling: float, target: ServiceTarget
) -> None:
    found = need(loads, handling, target)
    assert (found.real <= found.whole).all()
    assert (found.real >= np.maximum(found.whole - 1.0, 0.0)).all()


@given(st.floats(0.1, 60), st.floats(0, 30), st.floats(10, 1200), TARGETS)
def test_the_need_grows_with_the_load(load: float, more: float, handling: float, target: ServiceTarget) -> None:
    found = need([load, load + more], handling, target)
    assert found.whole[0] <= found.whole[1]
    assert found.real[0] <= found.real[1] + 1e-6


@given(st.floats(0.5, 60), st.floats(0.5, 60))
def test_one_queue_needs_no_more_than_two_apart(one: float, other: float) -> None:
    """The gain of pooling. Real numbers, so that rounding does not make it up."""
    found = need([one, other, one + other], 240, EIGHTY_TWENTY).real
    assert found[2] <= found[0] + found[1] + 1e-6


def test_a_queue_with_one_call_a_week_needs_one_agent() -> None:
    assert int(agents_for(240 / (5 * 9 * 3600), 240, EIGHTY_TWENTY)) == 1


@pytest.mark.parametrize(
    ("limits", "names"),
    [
        ({"in_time": 1.0, "within": 0.0}, "0.99"),
        ({"in_time": 1.2}, "between 0 and 1"),
        ({"mean_wait": 0.0}, "to 0"),
        ({"mean_wait": -3.0}, "seconds"),
        ({"occupancy": 0.0}, "to 0"),
        ({"in_time": 0.8, "within": float("nan")}, "seconds"),
        ({}, "at least one"),
    ],
)
def test_a_target_that_nobody_can_meet_is_refused_in_words(limits: dict[str, float], names: str) -> None:
    with pytest.raises(Impossible, match=names):
        ServiceTarget(**limits)


def test_hang_ups_need_a_patience() -> None:
    with pytest.raises(Impossible, match="patience"):
        agents_for(3, 180, ServiceTarget(abandoned=0.1))


@pytest.mark.parametrize("patience", [None, 120.0])
def test_absurd_volumes_are_refused(patience: float | None) -> None:
    with pytest.raises(Impossible, match="more than 1,000,000 agents"):
        agents_for(5e6, 180, EIGHTY_TWENTY, patience)


@pytest.mark.parametrize(
    ("load", "blocked", "lines"),
    [(4.461, 0.01, 10), (4.462, 0.01, 11), (84.064, 0.01, 100), (84.065, 0.01, 101), (0, 0.01, 0), (0.0204, 0.02, 1)],
)
def test_ten_lines_lose_one_percent_at_4_46_erlang(load: float, blocked: float, lines: int) -> None:
    assert lines_for(load, blocked) == lines


@given(st.lists(st.floats(0, 500), min_size=1, max_size=8), st.floats(1e-4, 0.5))
def test_one_line_fewer_would_lose_too_many(loads: list[float], blocked: float) -> None:
    found = lines_for(loads, blocked)
    offered = np.asarray(loads)
    assert np.all(erlang_b(found, offered)[offered > 0] <= blocked * (1 + 1e-9))
    assert np.all(erlang_b(np.maximum(found - 1, 0), offered)[found > 0] > blocked * (1 - 1e-9))


def test_lines_hold_those_who_wait_and_talk_and_not_after_call_work() -> None:
    """In the busiest half-hour 10 seats have 7.7 Erlang; 30 of 240 seconds are after-call work, and callers wait."""
    seats = [each.seats for each in _size("tmf-2020").intervals]
    found = lines(TMF_2020.demand, seats, 0.01)
    calls = max(TMF_2020.demand.loads()) / 240
    waited = float(erlang_c(10, max(TMF_2020.demand.loads()), 240, 0).mean_wait)
    assert found.load == pytest.approx(calls * (210 + waited))
    assert found.lines == lines_for(found.load, 0.01)
    more = lines(TMF_2020.demand, [each + 1 for each in seats], 0.01)
    assert more.load < found.load, "who waits less holds a line less long"
    with pytest.raises(Impossible, match="without end"):
        lines(TMF_2020.demand, [5] * 18, 0.01)
    with pytest.raises(Impossible, match="blocked"):
        lines(TMF_2020.demand, seats, 0)


def test_the_working_year_of_the_fit() -> None:
    assert WORKING_YEAR.net == pytest.approx(1430, abs=1)
    assert replace(WORKING_YEAR, sickness=0, paid_break=0).net == pytest.approx(1635.4)


@pytest.mark.parametrize(("code", "flat", "curve", "seats"), [("tmf-2020", 22.5, 17.4, 10), ("bc31", 8.7, 7.5, 5)])
def test_the_sizings_of_the_documents(code: str, flat: float, curve: float, seats: int) -> None:
    preset = PRESETS[code]
    held, followed = (size(preset.demand, preset.supply, preset.target, each) for each in Seats)
    assert round(held.fte, 1) == flat
    assert round(held.fte) == preset.printed_fte
    assert round(followed.fte, 1) == curve
    assert {each.seats for each in held.intervals} == {seats}


def test_fifty_three_people_carry_some_seven_hundred_thousand_calls() -> None:
    found = size(CONCEPT_2006.demand, CONCEPT_2006.supply, CONCEPT_2006.target, CONCEPT_2006.seats)
    assert round(found.fte) == 53
    assert found.in_time >= 0.8
    assert found.abandoned <= 0.1


def test_the_price_is_that_of_the_people() -> None:
    found = _size(TMF_2020.code)
    assert found.kroner == pytest.approx(found.fte * 550_000)
    assert found.kroner_each_call == pytest.approx(found.fte * 550_000 / 200_000)


def test_shrinkage_divides() -> None:
    less = size(TMF_2020.demand, replace(TMF_2020.supply, shrinkage=0.2), TMF_2020.target, TMF_2020.seats)
    assert less.fte == pytest.approx(_size("tmf-2020").fte / 0.8)


@given(st.floats(1000, 400_000), st.floats(0, 100_000), st.sampled_from(Seats))
def test_more_calls_never_need_fewer_people(calls: float, more: float, seats: Seats) -> None:
    def fte(volume: float) -> float:
        return size(replace(BC31.demand, calls_a_year=volume), BC31.supply, BC31.target, seats).fte

    assert fte(calls) <= fte(calls + more) + 1e-9


@given(st.lists(st.floats(0, 5), min_size=1, max_size=30))
def test_following_the_day_never_needs_more_than_flat(profile: list[float]) -> None:
    assume(sum(profile) > 0)
    demand = replace(BC31.demand, profile=tuple(profile))
    flat, curve = (size(demand, BC31.supply, BC31.target, each).fte for each in Seats)
    assert curve <= flat + 1e-9


def test_a_year_without_calls_needs_nobody() -> None:
    empty = size(replace(BC31.demand, calls_a_year=0), BC31.supply, BC31.target, Seats.FLAT)
    assert (empty.fte, empty.in_time, empty.kroner_each_call) == (0, 1, None)


@pytest.mark.parametrize(
    ("changed", "names"),
    [
        ({"calls_a_year": -1.0}, "calls_a_year"),
        ({"opening_hours": 25.0}, "24 opening hours"),
        ({"opening_days": 0.0}, "opening days"),
        ({"opening_days": 0.5}, "opening days"),
        ({"patience_seconds": 0.0}, "patience_seconds"),
        ({"patience_seconds": float("inf")}, "patience_seconds"),
        ({"talk_seconds": 0.0, "after_call_seconds": 0.0}, "talk_seconds"),
        ({"profile": ()}, "profile"),
        ({"profile": (1.0, -1.0)}, "profile"),
    ],
)
def test_a_demand_that_cannot_be_is_refused_in_words(changed: dict[str, Any], names: str) -> None:
    with pytest.raises(Impossible, match=names):
        replace(BC31.demand, **changed)


@pytest.mark.parametrize(
    ("changed", "names"),
    [
        ({"phone_share": 0.0}, "phone_share"),
        ({"shrinkage": 1.0}, "shrinkage"),
        ({"kroner_each": -5.0}, "kroner_each"),
        ({"kroner_each": float("nan")}, "kroner_each"),
    ],
)
def test_a_supply_that_cannot_be_is_refused_in_words(changed: dict[str, Any], names: str) -> None:
    with pytest.raises(Impossible, match=names):
        replace(BC31.supply, **changed)


def test_the_command_prints_the_sizing_and_where_it_comes_from() -> None:
    data = json.loads(_asked("--preset", "tmf-2020", "--json"))
    assert round(data["fte"]) == 22
    assert round(data["fte_curve"], 1) == 17.4
    assert data["sources"]["calls_a_year"].startswith("001:1704")
    assert data["sources"]["profile"].startswith("fit")
    assert set(data["sources"]) <= set(data["assumptions"])


def test_the_command_takes_assumptions_of_ones_own() -> None:
    data = json.loads(
        _asked("--preset", "bc31", "--calls", "140000", "--seats", "curve", "--mean-wait", "30", "--json")
    )
    assert data["assumptions"]["calls_a_year"] == 140_000
    assert data["sources"]["calls_a_year"] == data["sources"]["target"] == "given"
    assert data["fte"] > _size("bc31", Seats.CURVE).fte


def test_the_working_year_and_the_day_can_be_ones_own() -> None:
    """Their sources are named by themselves: the rest of the year keeps its own."""
    usual = json.loads(_asked("--preset", "bc31", "--json"))
    year = json.loads(_asked("--preset", "bc31", "--sickness", "0.2", "--contracted", "1800", "--json"))
    assert year["assumptions"]["year"] == usual["assumptions"]["year"] | {"sickness": 0.2, "contracted": 1800}
    assert (year["sources"]["year.sickness"], year["sources"]["year"]) == ("given", usual["sources"]["year"])
    hours = usual["assumptions"]["net_hours_a_year"] / year["assumptions"]["net_hours_a_year"]
    assert year["fte"] == pytest.approx(usual["fte"] * hours, rel=1e-4)
    even = json.loads(_asked("--preset", "bc31", "--busiest", "1", "--json"))
    assert even["fte"] < usual["fte"]
    assert len({each["load"] for each in even["intervals"]}) == 1
    assert even["sources"]["profile"] == "given"
    longer = json.loads(_asked("--preset", "bc31", "--hours", "9", "--json"))
    assert [each["begins"] for each in longer["intervals"]][-1] == "17:30", "half-hours, as on the page"
    assert longer["sources"]["profile"] == usual["sources"]["profile"]
    counted = json.loads(_asked("--preset", "bc31", "--intervals", "30", "60", "10", "--json"))
    assert counted["assumptions"]["calls_a_year"] == 100 * 250
    assert counted["sources"]["calls_a_year"] == counted["sources"]["profile"] == "given"


def test_the_command_explains_what_has_no_answer() -> None:
    for arguments, said in (
        (("--abandoned", "0.1"), "patience"), (("--patience", "1e9"), "so much"), (("--calls", "1e9"), "2,000"),
        (("--sickness", "1"), "no hour"), (("--holiday", "nan"), "holiday"), (("--busiest", "0.5"), "busiest"),
        (("--hours", "0.5"), "1 intervals"), (("--intervals", "-3", "4"), "intervals"),
    ):  # fmt: skip
        with pytest.raises(CommandError, match=said) as refused:
            _asked("--preset", "bc31", *arguments)
        assert refused.value.returncode == 2


def test_the_command_reads_as_text() -> None:
    text = _asked("--preset", "concept-2006")
    assert "the document says 53" in text
    assert "004:505-509" in text


def _size(code: str, seats: Seats | None = None) -> Sizing:
    preset = PRESETS[code]
    return size(preset.demand, preset.supply, preset.target, seats or preset.seats)


def _asked(*arguments: str) -> str:
    out = StringIO()
    call_command("staffing", *arguments, stdout=out)
    return out.getvalue()

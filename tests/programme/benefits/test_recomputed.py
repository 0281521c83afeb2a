"""The case with what was measured: the same engine, other amounts, and what they rest on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indgang.programme.benefits.recomputed import AmountBasis, MeasuredContract, MeasuredYear, recomputed
from indgang.programme.cases.case import CaseFault
from indgang.programme.cases.evaluation import NEVER, table
from indgang.programme.cases.library import shipped

BC31 = shipped("bc31")
#: the line of Byliv: 1,347 in 2022 and 1,684 from 2023
FULL = 1_684_000.0


def year(expected: float, realised: float, measured: int = 12) -> MeasuredYear:
    """Of the measured months as much is expected as of others."""
    return MeasuredYear(-expected, -expected * measured / 12, -realised, measured, 12)


def contract(years: Mapping[int, MeasuredYear], **other: object) -> MeasuredContract:
    return MeasuredContract(**({"line": "city-life", "price_year": 2021, "assumption": "", "years": years} | other))  # type: ignore[arg-type]


def row(found: object, code: str) -> tuple[float, ...]:
    return next(amounts for line, amounts in found.lines if line.code == code)  # type: ignore[attr-defined]


def test_nothing_measured_is_the_case_itself() -> None:
    found = recomputed(BC31, [contract({2022: year(1_347_200, 0, 0)})], goes_on=True)
    assert found.table == table(BC31)
    assert set(found.known.values()) == {AmountBasis.ASSUMED}


def test_a_measured_year_stands_in_the_table_and_the_rest_is_as_assumed() -> None:
    """Half of what was expected of Byliv in 2022: 1,347 becomes 674, and the case loses as much."""
    told = contract({2022: year(1_347_200, 673_600), 2023: year(FULL, 0, 0)})
    found = recomputed(BC31, [told], goes_on=False)
    assert row(found.table, "city-life") == (0, -674, -1684, -1684, -1684, -1684)
    assert found.table.net[1] == table(BC31).net[1] + 673
    assert found.known["city-life", 2022] is AmountBasis.MEASURED
    assert found.known["city-life", 2023] is AmountBasis.ASSUMED
    assert found.covered["city-life"] == pytest.approx(1, abs=0.001)


def test_what_goes_on_as_it_goes_may_never_be_paid_back() -> None:
    """Nothing at all comes of the two largest savings."""
    told = [contract({2022: year(1_347_200, 0), 2023: year(FULL, 0)}),
            contract({2022: year(2_197_600, 0), 2023: year(2_747_000, 0)}, line="water")]  # fmt: skip
    found = recomputed(BC31, told, goes_on=True)
    assert row(found.table, "water") == (0, 0, 0, 0, 0, 0)
    assert found.table.payback == NEVER
    assert found.known["water", 2026] is AmountBasis.CARRIED_ON
    assert recomputed(BC31, told, goes_on=False).table.payback < NEVER


def test_a_part_of_a_year_replaces_that_part() -> None:
    """Three of twelve months, each a tenth below what was expected."""
    told = contract({2023: year(FULL, FULL * 0.9 * 3 / 12, 3)})
    assert row(recomputed(BC31, [told], goes_on=False).table, "city-life")[2] == -1642
    going_on = recomputed(BC31, [told], goes_on=True)
    assert row(going_on.table, "city-life")[2:4] == (-1516, -1516)
    assert going_on.known["city-life", 2023] is AmountBasis.PARTLY


def test_a_contract_about_half_of_a_line_leaves_the_other_half_assumed() -> None:
    told = contract({2023: year(FULL / 2, 0)})
    found = recomputed(BC31, [told], goes_on=False)
    assert row(found.table, "city-life")[2] == -842
    assert found.covered["city-life"] == pytest.approx(0.5)
    assert found.known["city-life", 2023] is AmountBasis.PARTLY


def measuring_staff(values: Mapping[int, Mapping[int, float]]) -> MeasuredContract:
    years = {number: replace(year(0, 0, len(told)), values=told) for number, told in values.items()}
    return contract(years, line="centre", assumption="fte")


def test_measured_months_replace_as_many_months_of_an_assumption() -> None:
    """Eleven employees instead of nine in three months of 2023: 9 1/2 on average, and eleven as it goes."""
    told = measuring_staff({2023: dict.fromkeys((1, 2, 3), 11.0)})
    assert row(recomputed(BC31, [told], goes_on=False).table, "centre")[2:4] == (5225, 4455)
    assert row(recomputed(BC31, [told], goes_on=True).table, "centre")[2:4] == (6050, 5445)


def test_an_assumption_in_several_parts_is_measured_when_all_of_them_are() -> None:
    """Half of the nine employees each: four and five, and in the months and years of one alone nothing is known."""
    one = measuring_staff({2022: dict.fromkeys(range(1, 13), 4.0), 2023: dict.fromkeys(range(1, 13), 4.0)})
    other = measuring_staff({2022: {}, 2023: dict.fromkeys(range(1, 7), 7.0)})
    found = recomputed(BC31, [one, other], goes_on=False)
    assert row(found.table, "centre")[1:4] == (4950, 5500, 4455)  # ten on average in 2023
    assert found.known["centre", 2022] is AmountBasis.ASSUMED
    assert found.known["centre", 2023] is AmountBasis.PARTLY


def test_a_measured_assumption_counts_wherever_it_is_used() -> None:
    """Eleven instead of nine full-time employees from 2023 on, measured for one year and then going on."""
    told = measuring_staff({2023: dict.fromkeys(range(1, 13), 11.0)})
    found = recomputed(BC31, [told], goes_on=False)
    assert row(found.table, "centre") == (0, 4950, 6050, 4455, 4455, 4455)
    going_on = recomputed(BC31, [told], goes_on=True)
    assert row(going_on.table, "centre") == (0, 4950, 6050, 5445, 5445, 5445)
    assert row(going_on.table, "centre-first-year")[0] == 4950
    assert going_on.known["centre", 2023] is AmountBasis.PARTLY  # the price of an employee is still assumed
    assert going_on.known["centre-first-year", 2021] is AmountBasis.ASSUMED


def test_a_price_level_without_an_index_is_refused() -> None:
    with pytest.raises(CaseFault) as refused:
        recomputed(BC31, [contract({2023: year(FULL, 0)}, price_year=2026)], goes_on=False)
    assert refused.value.code == "no_price_level"
    indexed = replace(BC31, price_index={2021: 100.0, 2026: 125.0})
    found = recomputed(indexed, [contract({2023: year(FULL, 0)}, price_year=2026)], goes_on=False)
    assert row(found.table, "city-life")[2] == -337  # 1,684 at 2026 prices are 1,347 at those of 2021


@given(st.lists(st.tuples(st.floats(0, 5e6), st.floats(-5e6, 5e6)), min_size=5, max_size=5))
def test_whole_years_as_expected_change_nothing_and_others_by_their_difference(told: list[tuple[float, float]]) -> None:
    years = {2022 + place: year(expected, realised) for place, (expected, realised) in enumerate(told)}
    exact = replace(BC31, rounding=0.001)
    found = recomputed(exact, [contract(years)], goes_on=False).table
    before = table(exact)
    differences = [(expected - realised) / 1000 for expected, realised in told]
    assert [now - then for now, then in zip(found.net[1:], before.net[1:], strict=True)] == pytest.approx(
        differences, abs=0.01
    )

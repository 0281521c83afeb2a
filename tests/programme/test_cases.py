"""Business cases: the shipped ones to the thousand kroner, the counting of payback, formulas, and what is refused."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from io import StringIO
from typing import Any

import numpy as np
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from hypothesis import assume, given
from hypothesis import strategies as st

from indgang.programme import layout
from indgang.programme.cases import evaluation, expressions, findings, listing, uncertainty
from indgang.programme.cases.case import BusinessCase, CaseFault
from indgang.programme.cases.evaluation import NEVER, payback
from indgang.programme.cases.expressions import FormulaFault
from indgang.programme.cases.library import SHIPPED, StatedPayback, shipped, stated_paybacks
from indgang.programme.cases.reading import case_of
from indgang.programme.words import sentence

#: printed figures that the source's own lines do not give: its lines are right (X-43, X-44)
MISPRINTED = {("borgerservice-2020", "speech", None), ("concept-2006", "centres", None)}


def small(**changes: Any) -> dict[str, Any]:
    """A case with one line: `people` cost from year two, after 100 to set up."""
    return {
        "code": "small", "title": "Lille sag", "price_year": 2024, "first_year": 2024, "years": 3,
        "assumptions": {"people": {"value": 2, "source": "et sted"}, "wage": {"value": "people * 10", "source": "her"}},
        "lines": [
            {"code": "pay", "name": "Løn", "kind": "permanent", "area": "service", "amount": "-wage", "shares": [0, 1]},
            {"code": "buy", "name": "Køb", "kind": "investment", "area": "capital", "amounts": [100]},
        ],
        **changes,
    }  # fmt: skip


@pytest.mark.parametrize("code", SHIPPED)
def test_a_shipped_case_gives_what_its_source_prints(code: str) -> None:
    case = shipped(code)
    assert case.printed
    found = {(code, each.of, each.year) for each in findings.disagreements(case)}
    assert found == {each for each in MISPRINTED if each[0] == code}


@pytest.mark.parametrize("code", [each for each in SHIPPED if each != "concept-2006"])
def test_a_shipped_case_is_paid_back_when_its_source_says(code: str) -> None:
    case = shipped(code)
    assert evaluation.table(case).payback == case.stated_payback


@pytest.mark.parametrize("stated", stated_paybacks(), ids=lambda each: each.name)
def test_the_counting_gives_all_ten_stated_years(stated: StatedPayback) -> None:
    assert stated.counted == stated.stated


def test_bc31_is_reproduced() -> None:
    table = evaluation.table(shipped("bc31"))
    assert table.net == (8594, -80, -1820, -2315, -2315, -2315)
    assert (table.paid_back_in, table.cumulative[-1]) == (2026, -251)


def test_the_contact_centre_of_2006_costs_what_was_to_be_financed() -> None:
    table = evaluation.table(shipped("concept-2006"))
    centre = [row for line, row in table.lines if line.code not in
              ("centres", "centres-operation", "offices", "offices-operation")]  # fmt: skip
    assert [sum(amounts) for amounts in zip(*centre, strict=True)] == [20_740, 7_680, 7_680]
    assert table.payback == NEVER


def test_a_remark_computes_its_figures_from_the_case() -> None:
    case = shipped("bc31")
    figures = {name: value for each in case.remarks for name, value, _source in findings.remark_figures(case, each)}
    assert figures["Henvendelser til de fire enheder"] == 88_800
    assert figures["Byliv, kr. i timen"] == pytest.approx(1_684_000 / (8_600 * 15 / 60), rel=1e-3)
    (remark,) = (each for each in case.remarks if each.code == "administration")
    without = evaluation.table(case, "no-buildings")
    told = [round(value) for _name, value, _source in findings.remark_figures(case, remark, without)]
    assert told == [-2820, -1684], "by the values that are tried"


def test_bc31_follows_enquiries_minutes_wages_and_the_share_that_moves() -> None:
    """Half the minutes are half the saving of the three units; a tenth more enquiries are a tenth more."""
    case = shipped("bc31")
    as_printed = _rows(case)
    for other, factor in (
        ({"interruption": 2.5, "after_work": 5}, 0.5), ({"city_life_enquiries": 12150 * 1.1}, 1.1),
        ({"city_life_hourly": 783.3 / 2}, 0.5), ({"city_life_share": 0.7078 / 4}, 0.25),
    ):  # fmt: skip
        tried = _rows(case, other)
        assert tried["city-life"][-1] == pytest.approx(factor * as_printed["city-life"][-1], abs=1)
    assert {"interruption", "city_life_share"} <= {each.assumption.name for each in uncertainty.tornado(case)}


def _rows(case: BusinessCase, other: dict[str, float] | None = None) -> dict[str, Sequence[float]]:
    return {line.code: row for line, row in evaluation.table(case, given=other).lines}


def test_a_scenario_stands_on_its_parent() -> None:
    case = shipped("bc31")
    assert evaluation.table(case, "no-buildings").payback == 11
    lower = evaluation.table(case, "lower-no-buildings")
    assert round(lower.values["saving_water"][0]) == 2_198
    assert lower.payback == NEVER


@given(st.lists(st.integers(-50, 50), min_size=1, max_size=8))
def test_payback_is_the_year_from_which_the_cumulative_stays_at_or_below_zero(net: list[int]) -> None:
    found = payback(np.array([net], dtype=float), np.array([float(net[-1])]))[0]
    long = [*net, *[net[-1]] * 500]
    cumulative = np.cumsum(long)
    first = next((index for index, amount in enumerate(net) if amount), 0)
    above = [index for index, amount in enumerate(cumulative) if amount > 0]
    if not above and net[-1] <= 0:
        assert found == 0
    elif net[-1] > 0 or (net[-1] == 0 and cumulative[-1] > 0):
        assert found == NEVER
    else:
        assert found == above[-1] + 1 - first + 1


NUMBERS = st.integers(1, 99).map(str)


@given(st.recursive(
    NUMBERS | st.just("a"),
    lambda inner: st.builds("({} {} {})".format, inner, st.sampled_from("+-*/"), inner)
    | st.builds("min({}, {})".format, inner, inner) | st.builds("-({})".format, inner),
    max_leaves=12,
))  # fmt: skip
def test_a_formula_has_the_value_that_python_gives_it(text: str) -> None:
    try:
        wanted = eval(text, {"a": 7.0, "min": min})
    except ZeroDivisionError:
        return
    if len(text) <= expressions.LONGEST and math.isfinite(wanted):
        assume(text.count("(") <= expressions.DEEPEST)
        found = float(expressions.value(expressions.parse(text), {"a": np.asarray(7.0)}))
        assert found == pytest.approx(wanted)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "unfinished"), ("1 +", "unfinished"), ("1 2", "unexpected"), ("0,8 * a", "unexpected"),
        ("__import__('os')", "unexpected"), ("a.b", "unexpected"), ("open(1)", "no_function"),
        ("abs(1, 2)", "arguments"),
        ("(" * 30 + "1" + ")" * 30, "too_deep"), ("1+" * 200 + "1", "too_long"), ("a ** 2", "unexpected"),
        ("lambda: 1", "unexpected"), ("1)", "unexpected"), ("min()", "unexpected"),
    ],
)  # fmt: skip
def test_a_formula_that_cannot_be_read_is_refused(text: str, code: str) -> None:
    with pytest.raises(FormulaFault) as refused:
        expressions.parse(text)
    assert refused.value.code == code


def test_halves_are_rounded_away_from_zero_as_in_a_spreadsheet() -> None:
    values = [float(expressions.value(expressions.parse(f"round({each})"), {})) for each in ("2.5", "0.5 - 3", "1.4")]
    assert values == [3, -3, 1]


ASSUMED = {
    "a": {"value": "b + 1", "source": "x"},
    "b": {"value": "c", "source": "x"},
    "c": {"value": "a", "source": "x"},
}
FAULTY: Mapping[str, tuple[dict[str, Any], str]] = {
    "circle": (small(assumptions=ASSUMED | small()["assumptions"]), "a → b → c → a"),
    "unknown": (small(assumptions={"people": {"value": 2, "source": "x"}}), "wage"),
    "no value in a year": (
        small(assumptions={"wage": {"values": [{"value": 5, "to": 2024}], "source": "x"}}), "2025",
    ),
    "two values in a year": (
        small(assumptions={"wage": {"values": [{"value": 5}, {"value": 6, "from": 2025}], "source": "x"}}), "wage",
    ),
    "divided by zero": (small(assumptions={"wage": {"value": "1 / (2 - 2)", "source": "x"}}), "2025"),
    "price level": (small(assumptions={"wage": {"value": 5, "price_year": 2019, "source": "x"}}), "2019"),
    "outside its interval": (small(assumptions={"wage": {"value": 5, "low": 6, "high": 9, "source": "x"}}), "wage"),
    "half an interval": (small(assumptions={"wage": {"value": 5, "low": 4, "source": "x"}}), "wage"),
    "too many years": (small(years=2, lines=[small()["lines"][0] | {"shares": [0, 1, 1]}]), "lines[1]"),
    "no source": (small(assumptions={"wage": {"value": 5}}), "assumptions.wage.source"),
    "a kind that is none": (small(lines=[small()["lines"][0] | {"kind": "gift"}]), "lines[1].kind"),
    "no lines": (small(lines=[]), "lines"),
    "not a number": (small(first_year="snart"), "first_year"),
    "twice": (small(lines=[small()["lines"][1]] * 2), "buy"),
    "scenarios in a circle": (
        small(scenarios=[{"code": "x", "name": "x", "parent": "y", "values": {}},
                         {"code": "y", "name": "y", "parent": "x", "values": {}}]), "x → y → x",
    ),
    "a number beyond counting": (small(assumptions={"wage": {"value": 10**400, "source": "x"}}), "wage"),
    "years beyond counting": (small(years=10**400), "years"),
    "a printed amount beyond counting": (small(printed=[{"of": "net", "amounts": [10**400]}]), "printed[1].amounts"),
    "a printed amount that is none": (small(printed=[{"of": "net", "amounts": [math.nan]}]), "printed[1].amounts"),
    "an index that is none": (small(price_index={2024: math.nan}), "price_index.2024"),
    "an index beyond counting": (small(price_index={2024: 10**400}), "price_index.2024"),
    "a figure of what is not there": (
        small(remarks=[{"code": "r", "text": "x", "figures": [{"name": "x", "value": "pay * 2"}]}]), "remarks.r",
    ),
    "a figure without a value": (
        small(remarks=[{"code": "r", "text": "x", "figures": [{"name": "x", "value": "1 / (wage - wage)"}]}]),
        "remarks.r",
    ),
    "a value that cannot be": (
        small(assumptions={"wage": {"label": "Lønnen", "value": -5, "least": 0, "source": "x"}}), "Lønnen er -5",
    ),
    "a share that cannot be": (
        small(assumptions={"wage": {"label": "Andelen", "value": 1.2, "most": 1, "source": "x"}}), "ikke være over 1",
    ),
    "an interval of what cannot be": (
        small(assumptions={"wage": {"label": "Lønnen", "value": 5, "low": -1, "high": 9, "least": 0, "source": "x"}}),
        "Lønnen: intervallet",
    ),
    "a scenario of what cannot be": (
        small(assumptions={"wage": {"value": 5, "least": 0, "source": "x"}},
              scenarios=[{"code": "x", "name": "x", "values": {"wage": "-1 * 2"}}]), "wage er -2",
    ),
    "two price levels": (
        small(price_index={2019: 1, 2024: 1.1}, assumptions={"wage": {"value": 5, "price_year": 2024, "source": "x"}},
              lines=[small()["lines"][0] | {"price_year": 2019}]), "priser fra 2019, men bruger wage",
    ),
    "a price level of a line": (small(lines=[small()["lines"][1] | {"price_year": 2019}]), "prisindeks for 2019"),
    "a group of what is not there": (small(groups=[{"code": "g", "name": "G", "lines": ["gone"]}]), "groups.g"),
    "a group of later groups": (
        small(groups=[{"code": "g", "name": "G", "lines": ["h"]}, {"code": "h", "name": "H", "lines": ["g"]}]),
        "groups.g",
    ),
    "a line twice in a group": (small(groups=[{"code": "g", "name": "G", "lines": ["pay", "pay"]}]), "groups.g: pay"),
    "a group with the code of a line": (small(groups=[{"code": "pay", "name": "G", "lines": ["buy"]}]), "groups: pay"),
    "nothing": ([], "–"),  # type: ignore[dict-item]
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTY)
def test_a_case_that_is_wrong_says_where(fault: str) -> None:
    given, named = FAULTY[fault]
    with pytest.raises(CaseFault) as refused:
        case_of(given)
    said = sentence(refused.value)
    assert named in said
    assert "%(" not in said


def test_a_value_holds_in_its_years() -> None:
    values = [{"value": 5, "to": 2024}, {"value": 7, "from": 2025}]
    case = case_of(small(assumptions={"wage": {"values": values, "source": "x"}}))
    assert evaluation.table(case).values["wage"] == (5, 7, 7)


def test_amounts_are_shown_at_another_price_level_when_the_index_is_known() -> None:
    case = case_of(small(price_index={2024: 1.0, 2026: 1.1}))
    assert evaluation.table(case, price_year=2026).net == (110, -22, -22)
    with pytest.raises(CaseFault) as refused:
        evaluation.table(case, price_year=2030)
    assert refused.value.code == "no_price_level"


def test_a_line_is_in_the_kroner_of_its_own_price_level() -> None:
    lines = [small()["lines"][0], small()["lines"][1] | {"price_year": 2020}]
    case = case_of(small(lines=lines, price_index={2020: 100, 2024: 110, 2026: 121}))
    assert evaluation.table(case).lines[1][1] == (110, 0, 0)
    assert evaluation.table(case).net == (110, -20, -20)
    later = evaluation.at_price_level(case, 2026)
    assert evaluation.table(later).net == (121, -22, -22)
    assert evaluation.price_levels(case) == (2020, 2024, 2026)
    drawn = uncertainty.simulate(later, seed=1, runs=5)
    assert drawn.mean == pytest.approx(evaluation.table(later).present_value)


def test_a_group_is_the_sum_of_its_lines_and_of_the_groups_in_it() -> None:
    groups = [
        {"code": "all-pay", "name": "Løn i alt", "lines": ["pay"]},
        {"code": "both", "name": "Begge", "lines": ["all-pay", "buy"]},
    ]
    table = evaluation.table(case_of(small(groups=groups)))
    assert {group.code: row for group, row in table.groups} == {"all-pay": (0, -20, -20), "both": table.net}


def test_a_volume_below_zero_is_told_where_nothing_allows_it_and_refused_where_it_has_a_limit() -> None:
    case = shipped("bc31")
    volume = replace(next(each for each in case.assumptions if each.name == "water_enquiries"), low=None, high=None)
    for limit, expected in ((None, [("water_enquiries", -5.0)]), (-10.0, [])):
        own = replace(volume, least=limit)
        loose = replace(case, assumptions=tuple(own if each.name == own.name else each for each in case.assumptions))
        found = evaluation.table(loose, given={"water_enquiries": -5.0})
        assert [(each.name, value) for each, value in findings.below_zero(loose, found)] == expected
        assert any("mindre end 0" in each for each in layout.warnings(loose, found)) == bool(expected)
    with pytest.raises(CaseFault):
        evaluation.table(shipped("bc12"), given={"fewer_calls": -100000})
    assert not list(findings.below_zero(case, evaluation.table(case, given={"saving_water": -5.0}))), "money may be"


def test_a_value_outside_its_interval_is_told_and_one_that_cannot_be_is_refused() -> None:
    case = shipped("bc31")
    assert not list(findings.outside(case, evaluation.table(case)))
    (found,) = findings.outside(case, evaluation.table(case, given={"fte": 12}))
    assert (found.assumption.name, found.value, found.low, found.high) == ("fte", 12, 8, 11)
    for wrong in ({"fte": -9.0}, {"water_share": 1.5}):
        with pytest.raises(CaseFault) as refused:
            evaluation.table(case, given=wrong)
        assert "kan ikke være" in sentence(refused.value)


@pytest.mark.parametrize("code", SHIPPED)
def test_nothing_that_is_shipped_is_outside_its_interval(code: str) -> None:
    case = shipped(code)
    for scenario in ("", *(each.code for each in case.scenarios)):
        assert not layout.warnings(case, evaluation.table(case, scenario))


def test_the_tornado_puts_the_widest_first_and_holds_the_rest_still() -> None:
    case = shipped("bc31")
    swings = uncertainty.tornado(case)
    assert [each.width for each in swings] == sorted((each.width for each in swings), reverse=True)
    by_name = {each.assumption.name: each for each in swings}
    for name, each in by_name.items():
        typed = [evaluation.table(case, given={name: end}).present_value for end in (each.low, each.high)]
        assert [each.at_low, each.at_high] == pytest.approx(typed), f"{name}: what the table says for the same value"
    assert set(by_name) == {each.name for each in case.assumptions if each.is_uncertain}


def test_a_simulation_is_the_same_with_the_same_seed_and_lies_around_the_drawn_means() -> None:
    case = shipped("bc30")
    drawn, again = uncertainty.simulate(case, seed=4), uncertainty.simulate(case, seed=4)
    assert (drawn.worth == again.worth).all()
    assert drawn.percentile(5) < drawn.mean < drawn.percentile(95)
    means = {each.name: (sum(each.interval) + evaluation.table(case).values[each.name][0]) / 3
             for each in case.assumptions if each.interval}  # fmt: skip
    assert drawn.mean == pytest.approx(evaluation.table(case, given=means).present_value, abs=60)
    assert sum(share for _years, share in drawn.payback_shares(200)) + drawn.never == pytest.approx(1)


UNCERTAIN = {"value": 2, "low": 1, "high": 4, "source": "x"}


def test_what_a_scenario_fixes_is_neither_moved_nor_drawn() -> None:
    case = shipped("bc31")
    drawn = uncertainty.simulate(case, seed=1, scenario="no-buildings", runs=100)
    assert "saving_buildings" in uncertainty.simulate(case, seed=1, runs=100).drawn
    moved = {each.assumption.name for each in uncertainty.tornado(case, "no-buildings")}
    assert "saving_buildings" not in {*drawn.drawn, *moved}
    typed = uncertainty.simulate(case, seed=1, given={"saving_buildings": 0}, runs=100)
    assert (drawn.worth == typed.worth).all()


def test_a_price_index_holds_for_value_ends_and_what_is_typed() -> None:
    people = UNCERTAIN | {"price_year": 2020, "least": 0, "most": 10}
    index: dict[str, Any] = {"price_index": {2020: 1.0, 2024: 1.5}}
    scenario = {"code": "more", "name": "Flere", "values": {"people": 4}}
    assumptions = small()["assumptions"] | {"people": people}
    case = case_of(small(assumptions=assumptions, scenarios=[scenario], **index))
    high = evaluation.table(case, given={"people": 4})
    assert (evaluation.table(case).values["people"][0], high.values["people"][0]) == (3, 6)
    assert evaluation.table(case, "more").net == high.net
    (swing,) = uncertainty.tornado(case)
    # `wage` has no interval, and follows
    assert (swing.low, swing.high, swing.at_high) == (1.5, 6, high.present_value)
    said = listing.complete(case, given={}, price_year=2020)
    told = next(each for each in said["assumptions"] if each["name"] == "people")
    assert (said["price_year"], said["assumptions_price_year"], told["typed_price_year"]) == (2020, 2024, 2020)
    assert (told["by_year"], told["interval"], told["least"], told["most"]) == ([3, 3, 3], (1.5, 6), 0, 15)
    drawn = uncertainty.simulate(case, seed=3)
    assert swing.at_high < drawn.worth.min() < drawn.worth.max() < swing.at_low


def test_an_uncertain_assumption_may_be_unused_or_begin_later() -> None:
    unused = case_of(small(assumptions=small()["assumptions"] | {"other": UNCERTAIN}))
    assert [each.width for each in uncertainty.tornado(unused)] == [0]
    later = case_of(small(assumptions=small()["assumptions"] | {"people": UNCERTAIN | {"from": 2025}}))
    assert [each.assumption.name for each in uncertainty.tornado(later)] == ["people"]
    assert uncertainty.simulate(later, seed=1, runs=50).drawn == ("people",)


def test_a_case_without_intervals_has_nothing_to_draw() -> None:
    drawn = uncertainty.simulate(case_of(small()), seed=1, runs=50)
    assert (drawn.worth == drawn.worth[0]).all()
    assert uncertainty.tornado(case_of(small())) == []


def _run(*arguments: str) -> str:
    out = StringIO()
    call_command("businesscase", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_says_the_case_in_words_and_as_json() -> None:
    assert "6 years, in 2026 (stated: 6)" in _run("bc31", "--runs", "100")
    found = json.loads(_run("bc31", "--json", "--set", "fte=12", "--runs", "100"))
    assert found["net"][1] == -80 + 3 * 550
    assert next(each for each in found["assumptions"] if each["name"] == "fte")["source"] == "given"


def test_the_command_warns_and_refuses_as_the_page_does() -> None:
    said = _run("bc31", "--set", "fte=12", "--runs", "100")
    assert "warning         fte is 12, outside its interval 8 to 11" in said
    assert "for 2021–2026 at 3.5% a year" in said
    assert "= Besparelser i alt" in said
    found = json.loads(_run("concept-2006", "--json", "--runs", "100"))
    assert {each["code"]: each["amounts"][0] for each in found["groups"]}["centre-set-up"] == 25_400
    misprint = found["disagreements"][0]
    assert (misprint["of"], misprint["printed"], misprint["computed"]) == ("centres", 109_400, 109_290)


def test_the_command_gives_the_table_also_when_chances_cannot_be_computed() -> None:
    said = _run("bc31", "--set", "fte_cost=10000000")
    assert "present value" in said
    assert "cannot be computed in all of its interval: The line" in said


@pytest.mark.parametrize(
    "arguments", [["bc31", "--set", "fte"], ["bc31", "--set", "fte=-9"], ["bc31", "--set", "x=1"],
                  ["bc31", "--price-year", "1999"], ["bc31", "--scenario", "x"], ["bc31", "--runs", "0"],
                  ["--file", "/no/where.yaml"]],
)  # fmt: skip
def test_the_command_says_in_a_sentence_what_is_wrong(arguments: list[str]) -> None:
    with pytest.raises(CommandError) as refused:
        _run(*arguments)
    assert len(str(refused.value)) > 15

"""Definitions are versioned, compute what they say, and stand in the page for economists."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from indgang.measures.definitions import DEFINITIONS, Definition, definition
from indgang.measures.sums import AnswerSums, Contacts, IndexSum, PriceSum, Replies, Share
from indgang.measures.totals import Times, Totals
from tests.measures.test_formulas import PUBLISHED

PAGE = (Path(__file__).parents[2] / "docs" / "figures.md").read_text(encoding="utf-8")
CONTACTS = Contacts(
    answered=40, transferred=10, talked=20, handled=16, talk_seconds=3600, handle_seconds=4800, registered=30,
    resolved_at_once=21, not_reached=3,
)  # fmt: skip
REPLIES = Replies(answered=50, answered_in_time=41, open_seconds=180_000.0, target_points=4_000)
TOTALS = Totals(
    PUBLISHED, CONTACTS, replies=REPLIES, reply_times=Times(10, 6_300.0, {300: 3, 600: 4, 900: 3}),
    handed_over=Share(6, 30), repeats=Share(5, 8), on_digital=Share(12, 48), transferred_warm=Share(6, 40),
    transferred_blind=Share(4, 40), general=Share(18, 24), overflows=Share(3, 20), out_of_hours=Share(5, 20),
    asked=Share(21, 60), reached_to_ask=Share(60, 80),
    answers=AnswerSums(satisfaction=IndexSum(50, 400_000, 40)), price=PriceSum(2, 1000.0, 40),
)  # fmt: skip
WAITS: dict[str, Any] = {
    name: Times(60, 900.0, {5: 40, 30: 20}) for name in ("answer_waits", "abandon_waits", "whole_waits")
}


@pytest.mark.parametrize("each", DEFINITIONS, ids=lambda each: each.name)
def test_a_definition_stands_in_the_page_for_economists_with_its_version_and_formula(each: Definition) -> None:
    (line,) = [line for line in PAGE.splitlines() if line.startswith(f"| `{each.name}` |")]
    assert f"| {each.formula} |" in line


def test_the_page_names_no_version_that_is_not_in_the_list() -> None:
    named = {line.split("`")[1] for line in PAGE.splitlines() if line.startswith("| `") and " v" in line.split("`")[1]}
    assert named == {each.name for each in DEFINITIONS}


#: every figure of the documents (kpi_definitions.csv)
KPIS = {f"K{number:02}" for number in range(1, 28)}


def test_each_figure_of_the_documents_has_definitions_and_the_page_names_all_of_them() -> None:
    named: dict[str, set[str]] = {}
    for line in PAGE.splitlines():
        if line.startswith("| K"):
            about, where = line[2:-2].split(" | ")
            for kpi in re.findall(r"K\d\d", about):
                named.setdefault(kpi, set()).update(re.findall(r"`(\w+)`", where))
    defined: dict[str, set[str]] = {}
    for each in DEFINITIONS:
        for kpi in each.kpis:
            defined.setdefault(kpi, set()).add(each.code)
    assert defined.keys() == KPIS
    assert {kpi: codes - named.get(kpi, set()) for kpi, codes in defined.items() if codes - named.get(kpi, set())} == {}


@pytest.mark.parametrize(
    ("code", "figure"),
    [
        ("service_level_sl4", 82.7), ("given_up", 4.8), ("average_talk_seconds", 180.0),
        ("average_handle_seconds", 300.0), ("transfers", 25.0), ("first_contact_resolution", 70.0),
        ("written_answered_in_time", 82.0), ("written_average_answer_seconds", 3600.0),
        ("written_median_answer_seconds", 600.0), ("written_p90_answer_seconds", 900.0), ("handed_over", 20.0),
        ("first_contact_resolution_by_repeat", 62.5), ("digital_share", 25.0), ("transfers_warm", 15.0),
        ("transfers_blind", 10.0), ("first_contact_resolution_net", 75.0), ("given_up_after_overflow", 15.0),
        ("second_level_out_of_hours", 25.0), ("survey_response_rate", 35.0), ("survey_reached", 75.0),
        ("satisfied", 80.0), ("service_level_slg", 81.1), ("abandoned_in_queue", 5.7),
        ("operating_cost", 1000.0), ("cost_per_contact", 25.0), ("callbacks_not_reached", 3.0),
    ],
)  # fmt: skip
def test_definitions_compute_the_figures_of_a_day(code: str, figure: float) -> None:
    found = definition(code, on=date(2026, 11, 28)).of(TOTALS)
    assert found.value is not None
    assert round(found.value, 1) == figure


@pytest.mark.parametrize("each", DEFINITIONS, ids=lambda each: each.name)
def test_nothing_counted_is_no_data(each: Definition) -> None:
    found = each.of(Totals())
    assert found.base == 0
    assert found.value is None or (each.unit == "count" and found.value == 0)


@pytest.mark.parametrize("each", DEFINITIONS, ids=lambda each: each.name)
def test_a_definition_says_whether_it_needs_histograms(each: Definition) -> None:
    timed = replace(TOTALS, **WAITS)
    without: dict[str, Any] = {name: replace(getattr(timed, name), counts={}) for name in (*WAITS, "reply_times")}
    assert (each.of(timed) != each.of(replace(timed, **without))) == each.has_times


def test_one_version_holds_on_a_day_and_versions_count_up() -> None:
    versions: dict[str, list[Definition]] = {}
    for each in DEFINITIONS:
        versions.setdefault(each.code, []).append(each)
    for listed in versions.values():
        assert [version.version for version in listed] == list(range(1, len(listed) + 1))
        assert [version.valid_from for version in listed] == sorted({version.valid_from for version in listed})
    assert max(Counter(each.name for each in DEFINITIONS).values()) == 1
    with pytest.raises(LookupError):
        definition("service_level_sl4", on=date(1999, 1, 1))

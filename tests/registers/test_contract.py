"""One suite for all case systems: JSON over HTTP, a view of a real PostgreSQL server, and the demo."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import date
from typing import Any

import pytest

from indgang.core import clock
from indgang.registers.contract import Case, CaseField, CaseSystem, SearchBy, Terms
from indgang.registers.demo import DemoCases
from indgang.registers.rest import RestCases
from indgang.registers.sql_view import SqlViewCases
from tests.world import MORNING

SYSTEMS = {"rest": (RestCases, "rest_terms"), "sql": (SqlViewCases, "sql_terms"), "demo": (DemoCases, "demo_terms")}


@pytest.fixture(params=SYSTEMS)
def adapter(request: pytest.FixtureRequest) -> Iterator[tuple[Any, Terms]]:
    made, terms = SYSTEMS[request.param]
    with clock.frozen(MORNING):
        yield made, request.getfixturevalue(terms)


@pytest.fixture
def system(adapter: tuple[Any, Terms]) -> CaseSystem:
    made, terms = adapter
    found: CaseSystem = made(terms)
    return found


SIGN = Case(
    "2026-0412", title="Facadeskilt", status="Under behandling", case_worker="Ida Isdal", next_step="Afgørelse",
    next_step_on=date(2026, 3, 17), changed_on=date(2026, 3, 9),
)  # fmt: skip


def numbers(cases: list[Case]) -> list[str]:
    return [case.number for case in cases]


def test_a_case_is_found_by_its_number_with_the_given_fields_alone(system: CaseSystem) -> None:
    assert system.find(SearchBy.NUMBER, "2026-0412") == [SIGN]


def test_the_cases_of_a_company_and_of_a_telephone_come_with_the_latest_change_first(system: CaseSystem) -> None:
    assert numbers(system.find(SearchBy.CVR, "10000009")) == ["2026-0412", "2026-0377"]
    assert numbers(system.find(SearchBy.TELEPHONE, "+4599991002")) == ["2026-0288"]


def test_a_status_without_words_and_a_personal_number_are_not_told(system: CaseSystem) -> None:
    (case,) = system.find(SearchBy.NUMBER, "2026-0377")
    assert (case.status, case.case_worker, case.next_step_on) == (None, None, None)
    assert case.title == "Udsugning for ******-****"


@pytest.mark.parametrize(
    ("by", "value"),
    [
        (SearchBy.NUMBER, "2026-9999"),
        (SearchBy.NUMBER, "' OR '1'='1"),
        (SearchBy.NUMBER, "../../admin?x=1&cvr=10000009"),
        (SearchBy.NUMBER, "%"),
        (SearchBy.CVR, "10000106"),
        (SearchBy.TELEPHONE, "+4599999999"),
    ],
)
def test_nothing_is_found_for_what_nobody_has(system: CaseSystem, by: SearchBy, value: str) -> None:
    assert system.find(by, value) == []


def test_with_no_field_given_the_number_alone_is_known(adapter: tuple[Any, Terms]) -> None:
    made, terms = adapter
    found = made(replace(terms, given=frozenset())).find(SearchBy.CVR, "10000009")
    assert sorted(found, key=lambda case: case.number) == [Case("2026-0377"), Case("2026-0412")]


def test_with_services_the_cases_of_others_are_not_given(adapter: tuple[Any, Terms]) -> None:
    made, terms = adapter
    system = made(replace(terms, services=frozenset(("FAC",))))
    assert numbers(system.find(SearchBy.CVR, "10000009")) == ["2026-0412"]
    assert system.find(SearchBy.NUMBER, "2026-0412") == [SIGN]
    assert system.find(SearchBy.NUMBER, "2026-0377") == [], "as if there were no such case"
    assert made(replace(terms, services=frozenset(("fac", "")))).find(SearchBy.CVR, "10000009") == []


def test_the_contract_names_each_field_of_a_case() -> None:
    assert {each.name for each in fields(Case)} == {"number", *CaseField}

"""The shipped tables of the documents, and the arithmetic that they give."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

from indgang.catalogue.offering import LARGE_FROM
from indgang.feedback.studies import costs, reference
from indgang.feedback.studies.assignment import Package, proposed
from indgang.feedback.studies.costs import SPRINTS, SessionPrice, guide_seconds


def test_the_77_services_are_shipped_with_their_source_and_follow_the_rule() -> None:
    services = reference.services()
    assert len(services) == 77
    assert all(each.source.startswith("001:") for each in services)
    assert all(sum(each.indicators) == each.score for each in services)
    assert all((each.cases >= LARGE_FROM) == (each.volume == "large") for each in services)
    assert all((each.score >= 9) == (each.complexity == "high") for each in services)
    assert Counter((each.volume, each.complexity) for each in services) == {
        ("small", "low"): 30, ("large", "low"): 12, ("small", "high"): 22, ("large", "high"): 13,
    }  # fmt: skip


def test_each_segment_has_the_packages_of_the_shipped_table() -> None:
    named = {Package.INTERVIEWS: "interviews", Package.USER_TESTS: "user tests"}
    rows = reference.rows("assignment.csv")
    assert len(rows) == 4
    for row in rows:
        found = proposed(row["complexity"], row["volume"])
        assert {named[each] for each in found.packages | found.may} == {
            each for each in named.values() if each in row["treatment"]
        }
        assert row["source"].startswith("001:")


def test_yearly_costs_are_those_of_the_shipped_table() -> None:
    telephone, articles, self_service = costs.RAPID
    assert (telephone.first_year, articles.first_year, self_service.first_year) == (
        Decimal(27_000),
        Decimal(31_250),
        Decimal(0),
    )
    rows = {row["package"]: row for row in reference.rows("packages.csv")}
    assert {rows["1a"]["source"], rows["1b"]["source"], rows["1c"]["source"]} == {each.source for each in costs.RAPID}
    assert "27.000" in rows["1a"]["first_year"]
    assert "31.000" in rows["1b"]["first_year"]


def test_a_session_costs_what_the_documents_compute() -> None:
    session = SessionPrice()
    assert session.platform == Decimal("2820.00")
    assert session.taking_part == 25
    assert session.gift_cards == 12_500
    assert session.recruited_by_others == 35_000
    assert session.total(is_external=True) == Decimal("50320.00")
    assert session.total(is_external=False) == Decimal("15320.00")
    row = next(each for each in reference.rows("packages.csv") if each["package"] == "4")
    assert "2.820" in row["team_or_effort"]
    assert "12.500" in row["yearly_operation"]


def test_sprints_and_guides_take_what_the_documents_say() -> None:
    assert {code: each.person_days for code, each in SPRINTS.items()} == {
        "three_days": (6, 6), "week": (10, 15), "three_weeks": (45, 60), "test_week": (10, 10),
    }  # fmt: skip
    assert guide_seconds(open_questions=10, polls=10) == 30 * 60


def test_a_service_finds_its_row_by_name_or_by_its_cases() -> None:
    jobs = reference.service_like("Fleksjob (administration)", 6_000, "large", "low")
    assert jobs is not None
    assert jobs.score == 8
    assert reference.service_like("Byggetilladelser mv.", None, "large", "high") is not None
    assert reference.service_like("Ukendt", 1, "large", "high") is None

"""Which packages a service has, when its next study is due, and what a study lacks: pure rules."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indgang.feedback.studies.assignment import Assigned, OwnerDecision, Package, Why, assigned, due, proposed
from indgang.feedback.studies.states import NEXT, Obstacle, StudyFacts, obstacles

TODAY = date(2026, 3, 11)
BOTH = frozenset(Package)


def test_the_proposal_holds_until_the_owner_decides() -> None:
    proposal = proposed("low", "small")
    assert assigned(proposal, None) == Assigned(frozenset(), Why.NO_FOCUS)
    tests = frozenset({Package.USER_TESTS})
    assert assigned(proposal, OwnerDecision(tests, is_critical=True)) == Assigned(tests, Why.CRITICAL)
    assert assigned(proposed("high", "large"), OwnerDecision(frozenset())) == Assigned(frozenset(), Why.DECIDED)


def test_the_most_important_services_have_both_packages() -> None:
    assert assigned(proposed("low", "large"), OwnerDecision(frozenset(), is_most_important=True)).packages == BOTH


def test_a_service_that_is_not_segmented_has_no_proposal() -> None:
    assert proposed("", "").why == Why.UNKNOWN


@pytest.mark.parametrize(
    ("reported", "times", "on"),
    [
        ([], 1, date(2026, 12, 31)),
        ([], 2, date(2026, 6, 30)),
        ([date(2026, 2, 1)], 2, date(2026, 12, 31)),
        ([date(2026, 2, 1)], 1, date(2027, 12, 31)),
        ([date(2026, 1, 1), date(2026, 2, 1)], 2, date(2027, 6, 30)),
        ([date(2025, 12, 31)], 1, date(2026, 12, 31)),
    ],
)
def test_the_next_study_is_due_at_the_end_of_its_part_of_the_year(reported: list[date], times: int, on: date) -> None:
    assert due(reported, times, None, TODAY).on == on


def test_a_year_without_a_study_counts_only_where_the_package_held_all_of_it() -> None:
    assert not due([], 1, None, TODAY).is_behind
    assert not due([], 1, date(2025, 2, 1), TODAY).is_behind
    assert due([], 1, date(2024, 12, 1), TODAY).is_behind
    assert not due([date(2025, 5, 5)], 1, date(2024, 12, 1), TODAY).is_behind


@given(st.lists(st.dates(date(2025, 1, 1), date(2026, 12, 31)), max_size=5), st.integers(1, 2))
def test_one_more_study_never_makes_the_next_due_earlier(reported: list[date], times: int) -> None:
    before = due(reported, times, None, TODAY)
    after = due([*reported, TODAY], times, None, TODAY)
    assert after.on >= before.on > TODAY
    assert after.done == before.done + 1


def test_each_kind_of_study_lacks_its_own_leaders() -> None:
    assert obstacles("running", StudyFacts("interview", participants=3)) == [Obstacle.NO_SPRINT_LEADER]
    assert obstacles("running", StudyFacts("user_test", tasks=1)) == [
        Obstacle.NO_TEST_LEADER, Obstacle.NO_PARTICIPANTS,
    ]  # fmt: skip
    one_leader = StudyFacts("crowdsourcing", team={"session_leader": 1}, participants=50, questions=3)
    assert obstacles("running", one_leader) == [Obstacle.TWO_SESSION_LEADERS]


def test_results_are_presented_with_consent_findings_and_recommendations() -> None:
    lacking = obstacles("reported", StudyFacts("interview", participants=3, consented=2))
    assert lacking == [Obstacle.NO_CONSENT, Obstacle.NO_FINDINGS, Obstacle.NO_RECOMMENDATIONS]
    whole = StudyFacts("crowdsourcing", participants=3, findings=1, recommendations=1, is_session_over=True)
    assert obstacles("reported", whole) == []


def test_everything_is_decided_and_followed_up_before_the_end() -> None:
    assert obstacles("decided", StudyFacts("interview", undecided=1)) == [Obstacle.UNDECIDED]
    assert obstacles("closed", StudyFacts("interview", open=1)) == [Obstacle.NOT_FOLLOWED_UP]


def test_every_state_leads_to_an_end() -> None:
    def ends(state: str) -> bool:
        return not NEXT[state] or all(ends(each) for each in NEXT[state])

    assert all(ends(state) for state in NEXT)
    assert all(each in NEXT for following in NEXT.values() for each in following)

"""The table that says which queue a caller goes to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indgang.routing.distribution.decision import Reason
from indgang.routing.distribution.requirement import Requirement
from indgang.routing.rules import Condition, Destination, Fact, Problem, Rule, Test, match_rules, problems

FACTS: dict[str, Fact] = {"entry": "33667000", "choice": "2", "language": "en", "waited": 40, "party": None}
ENGLISH = Rule("english", (Condition("language", Test.IS, "en"),), Destination("tmf", 2, Requirement.of({"en": 3})))
BUILDING = Rule("building", (Condition("choice", Test.ONE_OF, ("2", "3")),), Destination("byg"))

conditions = st.builds(
    Condition,
    fact=st.sampled_from((*FACTS, "missing")),
    test=st.sampled_from((*Test, "guess")),
    value=st.one_of(st.none(), st.integers(0, 60), st.sampled_from(["en", "2", "3"]), st.just(("2", "en"))),
)
some_rules = st.lists(
    st.builds(
        Rule,
        name=st.text("ab", min_size=1),
        when=st.lists(conditions, max_size=3).map(tuple),
        then=st.builds(Destination, queue=st.sampled_from(["tmf", "bif"])),
    ),
    max_size=6,
)
some_facts = st.fixed_dictionaries({name: st.sampled_from([value, None, "2", 40]) for name, value in FACTS.items()})


def test_the_first_rule_that_fits_decides_and_says_why() -> None:
    routed = match_rules([BUILDING, ENGLISH], FACTS, "safe")
    assert (routed.to.queue, routed.rule, routed.alert) == ("byg", "building", None)
    assert routed.reasons == ((Reason.RULE, "building"), (Reason.FACT, "choice=2"), (Reason.QUEUE, "byg"))


def test_what_no_rule_covers_goes_to_the_safe_queue_with_an_alert() -> None:
    routed = match_rules([BUILDING], {**FACTS, "choice": None}, "safe")
    assert (routed.to, routed.rule, routed.alert) == (Destination("safe"), None, "no rule matched")
    assert routed.reasons == ((Reason.NO_RULE, 1), (Reason.QUEUE, "safe"))


def test_a_rule_that_cannot_be_judged_goes_to_the_safe_queue_although_a_later_one_would_fit() -> None:
    broken = Rule("tired", (Condition("mood", Test.IS, "tired"),), Destination("tmf"))
    routed = match_rules([broken, ENGLISH], FACTS, "safe")
    assert (routed.to.queue, routed.rule) == ("safe", None)
    assert routed.alert == "tired: mood: no such fact"
    assert routed.reasons[0] == (Reason.RULE_BROKEN, "tired: mood: no such fact")


def test_a_broken_condition_is_seen_even_behind_one_that_does_not_hold() -> None:
    rule = Rule("both", (Condition("choice", Test.IS, "9"), Condition("mood", Test.IS, "x")), Destination("tmf"))
    assert match_rules([rule, ENGLISH], FACTS, "safe").alert is not None


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (Condition("language", Test.IS, "en"), True),
        (Condition("language", Test.IS_NOT, "en"), False),
        (Condition("entry", Test.STARTS_WITH, "3366"), True),
        (Condition("waited", Test.AT_LEAST, 40), True),
        (Condition("waited", Test.AT_MOST, 39.5), False),
        (Condition("party", Test.IS_UNKNOWN), True),
        (Condition("party", Test.IS_KNOWN), False),
        (Condition("party", Test.IS_NOT, "x"), False),
        (Condition("language", Test.AT_LEAST, 3), None),
        (Condition("waited", Test.STARTS_WITH, "4"), None),
        (Condition("language", Test.ONE_OF, "en"), None),
        (Condition("language", "resembles", "en"), None),
    ],
)
def test_each_test_compares_as_its_name_says_or_raises_an_alert(condition: Condition, expected: bool | None) -> None:
    routed = match_rules([Rule("r", (condition,), Destination("tmf"))], FACTS, "safe")
    assert (routed.to.queue == "tmf") == bool(expected)
    assert (routed.alert or "").startswith("r: ") == (expected is None)


@given(rules=some_rules, more=some_rules, facts=some_facts)
def test_adding_rules_at_the_end_never_changes_an_earlier_match(
    rules: list[Rule], more: list[Rule], facts: dict[str, Fact]
) -> None:
    before = match_rules(rules, facts, "safe")
    if before.reasons[0][0] is not Reason.NO_RULE:
        assert match_rules(rules + more, facts, "safe") == before


@given(rules=some_rules, facts=some_facts)
def test_there_is_always_a_destination_and_no_silent_fall_to_the_safe_queue(
    rules: list[Rule], facts: dict[str, Fact]
) -> None:
    routed = match_rules(rules, facts, "safe")
    assert routed.to.queue
    assert (routed.to.queue == "safe") == (routed.alert is not None) == (routed.rule is None)
    assert routed.reasons


def test_problems_of_a_table_are_found_before_it_is_published() -> None:
    rules = [
        Rule("a", (Condition("mood", "feels", "x"),), Destination("tmf")),
        Rule("a", (), Destination("gone")),
        ENGLISH,
    ]
    assert problems(rules, facts=FACTS, queues={"tmf"}) == [
        ("a", Problem.UNKNOWN_FACT, "mood"),
        ("a", Problem.UNKNOWN_TEST, "mood"),
        ("a", Problem.SAME_NAME, "a"),
        ("a", Problem.UNKNOWN_QUEUE, "gone"),
        ("english", Problem.NEVER_REACHED, "a"),
    ]
    assert problems([BUILDING, ENGLISH], facts=FACTS, queues={"tmf", "byg"}) == []

"""The states of a study, and what stands in the way of the next one. Pure.

Sources: R-205, R-207, R-208, R-211, R-218, R-220.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

#: test businesses of a user test, and people who can be invited to a session
MOST_TESTERS, MOST_INVITED = 5, 50


class Obstacle(StrEnum):
    NO_SPRINT_LEADER = "no_sprint_leader"
    NO_TEST_LEADER = "no_test_leader"
    TWO_SESSION_LEADERS = "two_session_leaders"
    NO_PARTICIPANTS = "no_participants"
    NO_CONSENT = "no_consent"
    NO_TASKS = "no_tasks"
    NO_QUESTIONS = "no_questions"
    NO_OUTCOMES = "no_outcomes"
    SESSION_NOT_OVER = "session_not_over"
    NO_FINDINGS = "no_findings"
    NO_RECOMMENDATIONS = "no_recommendations"
    UNDECIDED = "undecided"
    NOT_FOLLOWED_UP = "not_followed_up"


#: the states that a study can go to from each; a study that is closed or cancelled stays so
NEXT: Mapping[str, tuple[str, ...]] = {
    "planned": ("running", "cancelled"),
    "running": ("reported", "cancelled"),
    "reported": ("decided",),
    "decided": ("closed",),
    "closed": (),
    "cancelled": (),
}


@dataclass(frozen=True, slots=True)
class StudyFacts:
    """What a study has. `team` counts its people by role; `undecided` and `open` count recommendations: without a
    decision, and accepted without a result."""

    kind: str
    team: Mapping[str, int] = field(default_factory=dict)
    participants: int = 0
    consented: int = 0
    tasks: int = 0
    questions: int = 0
    outcomes: int = 0
    is_session_over: bool = False
    findings: int = 0
    recommendations: int = 0
    undecided: int = 0
    open: int = 0


def obstacles(to: str, facts: StudyFacts) -> list[Obstacle]:
    """What is missing before the study can go to this state."""
    checks = {"running": _before_start, "reported": _before_report, "decided": _before_decision, "closed": _before_end}
    check = checks.get(to)
    return list(check(facts)) if check else []


def _before_start(facts: StudyFacts) -> Iterator[Obstacle]:
    if facts.kind == "interview" and not facts.team.get("sprint_leader"):
        yield Obstacle.NO_SPRINT_LEADER
    if facts.kind == "user_test":
        if not facts.team.get("test_leader"):
            yield Obstacle.NO_TEST_LEADER
        if not facts.tasks:
            yield Obstacle.NO_TASKS
    if facts.kind == "crowdsourcing":
        if facts.team.get("session_leader", 0) != 2:
            yield Obstacle.TWO_SESSION_LEADERS
        if not facts.questions:
            yield Obstacle.NO_QUESTIONS
    if not facts.participants:
        yield Obstacle.NO_PARTICIPANTS


def _before_report(facts: StudyFacts) -> Iterator[Obstacle]:
    if facts.kind == "crowdsourcing" and not facts.is_session_over:
        yield Obstacle.SESSION_NOT_OVER
    if facts.kind == "user_test" and not facts.outcomes:
        yield Obstacle.NO_OUTCOMES
    # in a session everybody consents as they take part; elsewhere the team writes it down
    if facts.kind != "crowdsourcing" and facts.consented < facts.participants:
        yield Obstacle.NO_CONSENT
    if not facts.findings:
        yield Obstacle.NO_FINDINGS
    if not facts.recommendations:
        yield Obstacle.NO_RECOMMENDATIONS


def _before_decision(facts: StudyFacts) -> Iterator[Obstacle]:
    if facts.undecided:
        yield Obstacle.UNDECIDED


def _before_end(facts: StudyFacts) -> Iterator[Obstacle]:
    if facts.open:
        yield Obstacle.NOT_FOLLOWED_UP

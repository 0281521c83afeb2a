"""Laws of asking the second level about a subject, whatever the agreements, the day, and how each attempt ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from hypothesis import event, given, settings
from hypothesis import strategies as st

from indgang.core.ranges import TimeRange
from indgang.entry.board import subjects
from indgang.entry.event_kinds import Kind
from indgang.routing.availability.windows import Absence, AbsenceReason, Substitution, Window
from indgang.telephony import contract as tel
from tests import sample
from tests.entry.board.test_subjects import FRIDA, SUBJECT, ask, does_not_answer, house_with, of_kind, promised, window
from tests.entry.house import ANNA, BO, DAVID, EVA, START, House

PEOPLE = (ANNA, BO, DAVID, EVA, FRIDA)
COLLEAGUES = (BO, DAVID, EVA)
FAILURES = {
    "no_answer": tel.Failure.NO_ANSWER, "refused": tel.Failure.REFUSED, "busy": tel.Failure.BUSY,
    "unreachable": tel.Failure.UNREACHABLE,
}  # fmt: skip


@dataclass(frozen=True)
class Day:
    """Agreements and absences, who is at a desk, and how one attempt after the other ends."""

    windows: tuple[Window, ...]
    absent: frozenset[int]
    substitutes: tuple[tuple[int, int], ...]
    there: frozenset[int]
    at_lunch: frozenset[int]
    reported: frozenset[int]
    kind: str
    ends: tuple[str, ...]


_PEOPLE = st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=4, unique=True)
_SOME = st.frozensets(st.sampled_from(PEOPLE), max_size=3)
_COLLEAGUES = st.frozensets(st.sampled_from(COLLEAGUES))


@st.composite
def days(draw: st.DrawFn) -> Day:
    lines = draw(st.lists(st.tuples(_PEOPLE, st.booleans(), st.sampled_from((9, 9, 9, 20))), max_size=4))
    windows = tuple(
        window(*people, id=number, opens=opens, closes=opens + 3, is_back_up=is_back_up)
        for number, (people, is_back_up, opens) in enumerate(lines, start=1)
    )
    pairs = st.tuples(st.sampled_from(PEOPLE), st.sampled_from(PEOPLE)).filter(lambda pair: pair[0] != pair[1])
    return Day(
        windows, draw(_SOME), tuple(draw(st.lists(pairs, max_size=3, unique_by=lambda pair: pair[0]))),
        draw(_COLLEAGUES), draw(_COLLEAGUES), draw(_SOME), draw(st.sampled_from(("consult", "transfer"))),
        tuple(draw(st.lists(st.sampled_from((*FAILURES, "phone_off", "answered")), min_size=6, max_size=6))),
    )  # fmt: skip


def began(day: Day) -> tuple[House, str]:
    level = promised(
        *day.windows,
        absences=tuple(
            Absence(person, TimeRange(START - timedelta(hours=1), START + timedelta(hours=1)), AbsenceReason.MEETING)
            for person in sorted(day.absent)
        ),
        substitutions=tuple(Substitution(person, substitute) for person, substitute in day.substitutes),
        reported=day.reported,
    )
    house, call = house_with(level, *sorted(day.there))
    for person in sorted(day.at_lunch & day.there):
        house.ask("pause", person, reason="frokost")
    return house, call


def expected(house: House, asked: set[int]) -> int | None:
    """Who is next by today's answer: the first not asked yet who is at a desk, or has a number in the directory."""
    board = house.board
    answer = board.plan.second_level.who_can_take(SUBJECT, subjects.at_desks(board.telephones), house.at)
    can_be_rung = {FRIDA, *(person for person in COLLEAGUES if board.telephones.rings_anywhere(person))}
    return next((one.person for one in answer.available if one.person in can_be_rung - asked - {ANNA}), None)


def asked_now(house: House, call: str) -> int | None:
    consult = house.board.calls[call].consult if call in house.board.calls else None
    return consult.choice.person if consult is not None and consult.choice is not None else None


def played(day: Day) -> tuple[House, str, list[int]]:
    """Play the search to its end, and check before each attempt that the right person is asked."""
    house, call = began(day)
    first, asked = expected(house, set()), []
    assert ask(house, day.kind).done is (first is not None)
    for end in day.ends:
        now = asked_now(house, call)
        if now is None:
            break
        assert now == first
        asked.append(now)
        first = expected(house, set(asked))
        if end == "answered":
            house.answer(house.ringing()[-1].leg)
            break
        if end == "phone_off" and now != FRIDA:
            house.tell(tel.PhoneRegistered(f"p{now}", False, house.at))
        else:
            does_not_answer(house, FAILURES.get(end, tel.Failure.NO_ANSWER))
    return house, call, asked


@given(day=days())
@settings(max_examples=sample.examples(150), deadline=None)
def test_who_is_asked_is_next_by_the_answer_and_nobody_is_asked_twice(day: Day) -> None:
    house, _call, asked = played(day)
    event(f"{len(asked)} asked")
    assert len(asked) == len(set(asked))
    assert ANNA not in asked
    rung = [event for event in of_kind(house, Kind.SUBJECT_TRIED) if event.payload.result != "no_phone"]
    assert [event.person for event in rung] == asked


@given(day=days())
@settings(max_examples=sample.examples(150), deadline=None)
def test_the_caller_is_never_lost(day: Day) -> None:
    house, call, asked = played(day)
    kept = house.board.calls[call]
    assert kept.leg in house.up
    if kept.talk is not None:
        talks_with = kept.talk.person
        consulted = kept.consult is not None and kept.consult.is_talking
        assert talks_with == ANNA or day.kind == "transfer"
        assert consulted or not kept.talk.held
    elif kept.consult is not None:
        assert kept.stage.value == "outside", "the caller talks with a number outside"
        assert asked[-1] == FRIDA
    else:
        assert kept.waits
        assert kept.queue == "byliv"
        assert kept.raised >= 1_000


@given(day=days())
@settings(max_examples=sample.examples(40), deadline=None)
def test_the_same_day_gives_the_same_events(day: Day) -> None:
    def story() -> list[Any]:
        house, call, _asked = played(day)
        return [
            (each.kind, each.at, each.queue, each.person, str(each.data).replace(call, "call")) for each in house.events
        ]

    assert story() == story()

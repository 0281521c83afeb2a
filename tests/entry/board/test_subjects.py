"""A consult or transfer to a subject follows the agreements of the second level: who is asked, in which order, why."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import time, timedelta
from typing import Any
from uuid import UUID

import pytest

from indgang.core.barring import Barring
from indgang.core.ranges import TimeRange
from indgang.core.schedule import Schedule, Weekly
from indgang.entry.board import subjects
from indgang.entry.board.call import Stage
from indgang.entry.board.kept import read_item
from indgang.entry.event_kinds import Kind
from indgang.entry.journal import InHandStage
from indgang.events.event import Event
from indgang.routing.availability.windows import (
    Absence,
    AbsenceReason,
    AtDesk,
    Availability,
    Substitution,
    Window,
)
from indgang.routing.centre.desk import Doing
from indgang.routing.centre.plan import PersonPlan
from indgang.routing.centre.second_level import SecondLevel
from indgang.telephony import contract as tel
from tests.entry.board.test_board import talking
from tests.entry.house import ANNA, BO, DAVID, EVA, START, House, desks_of, new_board, plan

SUBJECT = "loppemarked"
#: has no desk here; the directory has a number
FRIDA, FRIDAS_NUMBER = 6, "+4533330006"
NAMES = {ANNA: "Anna", BO: "Bo", DAVID: "David", EVA: "Eva", FRIDA: "Frida"}


def window(*people: int, id: int = 1, opens: int = 9, closes: int = 14, is_back_up: bool = False) -> Window:
    hours = Schedule(tuple(Weekly(day, time(opens), time(closes)) for day in range(7)))
    return Window(id, "byg", SUBJECT, people, hours, is_back_up=is_back_up)


def promised(*windows: Window, **facts: Any) -> SecondLevel:
    return SecondLevel(
        Availability(tuple(windows), **facts), NAMES, {FRIDA: FRIDAS_NUMBER}, closed_pauses=frozenset({"frokost"})
    )


def house_with(second_level: SecondLevel, *there: int) -> tuple[House, str]:
    """Anna talks with a caller; the others are ready at their desks. Returns the house and the call's id."""
    serving_nothing = {person: PersonPlan(person, NAMES[person], f"p{person}") for person in (BO, DAVID, EVA)}
    base = plan()
    made = replace(base, second_level=second_level, people={**base.people, **serving_nothing})
    house = House(new_board(made, START))
    call = talking(house)
    house.sign_in(*there)
    return house, call


def rung(house: House) -> list[int]:
    """The people whose telephones ring now."""
    return [int(ring.address.removeprefix("agent:p")) for ring in house.ringing() if ring.address.startswith("agent:p")]


def of_kind(house: House, kind: Any) -> list[Event[Any]]:
    return [event for event in house.events if event.kind is kind]


def results(house: House) -> list[tuple[int | None, str]]:
    return [(event.person, event.payload.result) for event in of_kind(house, Kind.SUBJECT_TRIED)]


def does_not_answer(house: House, why: tel.Failure = tel.Failure.NO_ANSWER) -> None:
    leg = house.ringing()[-1].leg
    house.up.pop(leg)
    house.tell(tel.Failed(leg, why, house.at))


def ask(house: House, kind: str = "consult") -> Any:
    return house.ask(kind, ANNA, address=f"subject:{SUBJECT}", name="Loppemarked")


def test_the_promised_person_is_asked_first_then_the_substitute_then_the_back_up() -> None:
    away = Absence(BO, TimeRange(START - timedelta(hours=1), START + timedelta(hours=3)), AbsenceReason.SICK)
    level = promised(
        window(EVA, id=3, is_back_up=True), window(BO, id=2), window(FRIDA, id=1),
        absences=(away,), substitutions=(Substitution(BO, DAVID),), reported=frozenset({FRIDA}),
    )  # fmt: skip
    house, call = house_with(level, DAVID, EVA)
    assert ask(house).done
    assert house.ringing()[-1].address == f"tel:{FRIDAS_NUMBER}"
    does_not_answer(house)
    assert rung(house) == [DAVID]
    does_not_answer(house, tel.Failure.REFUSED)
    assert rung(house) == [EVA]
    house.answer(house.ringing()[-1].leg)
    consult = house.board.calls[call].consult
    assert consult is not None
    assert (consult.person, consult.is_talking) == (EVA, True)
    tried = [event.payload for event in of_kind(house, Kind.SUBJECT_TRIED)]
    assert [(each.precedence, each.window, each.instead_of, each.outside) for each in tried] == [
        ("promised", 1, None, True), ("substitute", 2, BO, False), ("back_up", 3, None, False),
    ]  # fmt: skip
    assert results(house) == [(FRIDA, "no_answer"), (DAVID, "refused"), (EVA, "answered")]
    assert {(each.subject, each.by, each.blind) for each in tried} == {(SUBJECT, ANNA, False)}


def test_the_asking_agent_sees_who_is_asked_and_why_and_who_did_not_answer() -> None:
    away = Absence(BO, TimeRange(START - timedelta(hours=1), None), AbsenceReason.AWAY)
    level = promised(window(EVA, BO), absences=(away,), substitutions=(Substitution(BO, DAVID),))
    house, _call = house_with(level, DAVID, EVA)
    ask(house)
    does_not_answer(house)
    (item,) = house.presences[ANNA].in_hand
    assert (item.stage, item.consult_name, item.consult_state) == (InHandStage.TALKING, "David", "ringing")
    assert item.search == {
        "subject": "Loppemarked", "is_over": False, "precedence": "substitute", "instead_of": "Bo", "confirmed": True,
        "tried": [["Eva", "no_answer"]], "next_at": None, "hindered": [],
    }  # fmt: skip
    house.answer(house.ringing()[-1].leg)
    assert house.presences[ANNA].in_hand[0].search == {}


def test_when_nobody_takes_it_the_agent_has_the_caller_again_and_sees_why_and_when_next() -> None:
    house, call = house_with(promised(window(DAVID, EVA)), DAVID, EVA)
    ask(house)
    house.ask("hang_up", EVA)
    does_not_answer(house)
    house.ask("refuse", EVA)
    assert house.ringing() == []
    kept = house.board.calls[call]
    assert kept.consult is None
    assert kept.talk is not None
    assert not kept.talk.held
    search = house.presences[ANNA].in_hand[0].search
    assert search["is_over"]
    assert search["tried"] == [["David", "no_answer"], ["Eva", "refused"]]
    (unreached,) = of_kind(house, Kind.SUBJECT_UNREACHED)
    assert (unreached.person, unreached.payload.tried, unreached.payload.is_open) == (ANNA, 2, True)
    (ended,) = of_kind(house, Kind.CONSULT_ENDED)
    assert (ended.payload.name, ended.payload.why) == ("Loppemarked", "nobody_left")
    house.ask("consult", ANNA, address=f"person:{DAVID}", name="David")
    assert house.presences[ANNA].in_hand[0].search == {}, "the next consult takes its place"


@pytest.mark.parametrize("kind", ["consult", "transfer"])
def test_with_nobody_to_ask_the_order_is_refused_with_the_next_time_and_the_agent_keeps_the_caller(kind: str) -> None:
    house, call = house_with(promised(window(DAVID, opens=11, closes=12)), DAVID)
    answer = ask(house, kind)
    assert not answer.done
    assert answer.detail == {
        "code": "nobody_left", "subject": "Loppemarked", "next_at": "2026-11-23T10:00:00+00:00", "hindered": [],
        "tried": [],
    }  # fmt: skip
    assert house.board.calls[call].talk is not None
    (unreached,) = of_kind(house, Kind.SUBJECT_UNREACHED)
    assert (unreached.payload.tried, unreached.payload.is_open) == (0, False)
    assert unreached.payload.next_at == "2026-11-23T10:00:00+00:00"


def test_somebody_in_a_conversation_or_in_a_closed_pause_is_not_rung_and_is_named() -> None:
    house, _call = house_with(promised(window(BO, DAVID, EVA)), BO, DAVID, EVA)
    house.ask("pause", DAVID, reason="frokost")
    house.ask("pause", EVA, reason="moede")
    house.ask("dial", BO, number="+4520304099")
    assert ask(house).done
    assert rung(house)[-1] == EVA, "a pause in which colleagues may ask"
    leg = house.ringing()[-1].leg
    house.tell(tel.Failed(leg, tel.Failure.NO_ANSWER, house.at))
    assert house.presences[ANNA].in_hand[0].search["hindered"] == [["Bo", "busy", None], ["David", "paused", None]]


def test_whoever_no_telephone_reaches_is_passed_over_and_noted() -> None:
    house, _call = house_with(promised(window(BO, DAVID), reported=frozenset({BO})), DAVID)
    ask(house)
    assert rung(house) == [DAVID]
    assert results(house) == [(BO, "no_phone")]


def test_a_number_in_the_directory_that_may_not_be_rung_is_passed_over() -> None:
    house, _call = house_with(promised(window(FRIDA, DAVID), reported=frozenset({FRIDA})), DAVID)
    house.board.replan(replace(house.board.plan, barring=Barring(barred=("+45333300",))), house.at)
    ask(house)
    assert rung(house) == [DAVID]
    assert results(house) == [(FRIDA, "no_phone")]


def test_the_asking_agent_is_never_asked() -> None:
    house, _call = house_with(promised(window(ANNA)))
    assert not ask(house).done
    assert results(house) == []


def test_ending_the_consult_asks_nobody_else() -> None:
    house, call = house_with(promised(window(DAVID, EVA)), DAVID, EVA)
    ask(house)
    house.ask("consult_end", ANNA)
    assert house.ringing() == []
    assert house.board.calls[call].consult is None
    assert results(house) == [(DAVID, "ended")]
    assert house.presences[ANNA].in_hand[0].search == {}
    assert house.board.desks[DAVID].doing is Doing.READY


def test_a_phone_that_goes_off_while_it_rings_passes_the_question_on() -> None:
    house, _call = house_with(promised(window(DAVID, EVA)), DAVID, EVA)
    ask(house)
    house.tell(tel.PhoneRegistered(f"p{DAVID}", False, house.at))
    assert rung(house)[-1] == EVA
    assert results(house) == [(DAVID, "unreachable")]


def test_a_blind_transfer_that_is_taken_leaves_the_caller_there() -> None:
    house, call = house_with(promised(window(DAVID, EVA)), DAVID, EVA)
    assert ask(house, "transfer").done
    assert house.board.desks[ANNA].doing is Doing.WRAP_UP
    does_not_answer(house)
    house.answer(house.ringing()[-1].leg)
    taken = house.board.calls[call]
    assert taken.talk is not None
    assert taken.talk.person == EVA
    assert taken.search is None
    (transferred,) = of_kind(house, Kind.TRANSFERRED)
    assert (transferred.payload.name, transferred.payload.address) == ("Loppemarked", f"subject:{SUBJECT}")


def test_a_blind_transfer_that_nobody_takes_brings_the_caller_back_before_the_others() -> None:
    house, call = house_with(promised(window(DAVID)), DAVID)
    ask(house, "transfer")
    does_not_answer(house)
    back = house.board.calls[call]
    assert (back.stage, back.waits, back.queue) == (Stage.FLOW, True, "byliv")
    assert back.raised >= 1_000
    (failed,) = of_kind(house, Kind.TRANSFER_FAILED)
    assert (failed.payload.name, failed.payload.why) == ("Loppemarked", "nobody_left")
    assert back.search is None


def test_a_search_goes_on_after_a_restart_of_the_switchboard() -> None:
    house, call = house_with(promised(window(BO, DAVID, EVA)), BO, DAVID, EVA)
    ask(house, "transfer")
    does_not_answer(house)
    assert rung(house) == [DAVID]
    again = new_board(house.board.plan, house.at)
    kept = [read_item(json.loads(json.dumps(each))) for each in house.kept.values()]
    house._take(again.restore(kept, desks_of(house.board), house.at))
    house.board = again
    legs = tuple(tel.LegUp(leg, up, None, "", "") for leg, up in house.up.items())
    house.tell(tel.Connected(legs, house.at, frozenset({f"p{BO}", f"p{DAVID}", f"p{EVA}"})))
    does_not_answer(house)
    assert rung(house) == [EVA], "Bo and David have been asked"
    house.answer(house.ringing()[-1].leg)
    talk = house.board.calls[call].talk
    assert talk is not None
    assert talk.person == EVA


def test_changed_facts_are_followed_from_the_next_attempt_on() -> None:
    house, _call = house_with(promised(window(BO, DAVID)), BO, DAVID, EVA)
    ask(house)
    house._take(house.board.promise_anew(promised(window(BO, EVA)), house.at))
    does_not_answer(house)
    assert rung(house) == [EVA]


@pytest.mark.parametrize(("kind", "noted"), [("consult", Kind.CONSULTING), ("transfer", Kind.TRANSFERRED)])
def test_a_person_asked_by_name_counts_as_inside_a_window_or_outside(kind: str, noted: Any) -> None:
    windows: Sequence[Window] = (window(DAVID, id=7), window(DAVID, id=8, opens=20, closes=21), window(EVA, id=9))
    house, _call = house_with(promised(*windows), BO, DAVID)
    house.ask(kind, ANNA, address=f"person:{DAVID}", name="David")
    assert [event.payload.windows for event in of_kind(house, noted)] == [[7]]


def test_an_empty_subject_is_no_address() -> None:
    house, _call = house_with(promised(window(DAVID)), DAVID)
    assert house.ask("consult", ANNA, address="subject:").detail == {"code": "bad_address"}


def test_who_has_a_task_on_the_screen_can_be_asked_and_who_has_a_call_ringing_cannot() -> None:
    house, _call = house_with(promised(window(BO)), BO)
    house.ask("task_offer", ANNA, task=str(UUID(int=1)), enquiry=str(UUID(int=2)), people=[BO])
    assert house.board.desks[BO].doing is Doing.RINGING
    assert subjects.at_desks(house.board.telephones)[BO] is AtDesk.FREE
    ask(house)
    assert rung(house) == [BO]
    assert subjects.at_desks(house.board.telephones)[BO] is AtDesk.BUSY

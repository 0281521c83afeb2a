"""The second level is asked about a subject: one person after the other, as the agreements say.

`routing.availability` says who can be asked and in which order. Whoever no telephone of ours and no number in the
directory reaches is passed over. Nobody is asked twice, nor is the one who asks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from indgang.entry.board import outside
from indgang.entry.board.call import Call, ChosenPerson, Consult, SecondLevelSearch, Tried
from indgang.entry.board.calls import Calls
from indgang.entry.event_kinds import Kind
from indgang.routing.availability.reachability import Available, Reachability
from indgang.routing.availability.windows import AtDesk
from indgang.routing.centre.core import RefusedOrder
from indgang.routing.centre.desk import Desk, Doing

#: why a search has ended without anybody
NOBODY_LEFT = "nobody_left"
#: work without a conversation may be interrupted by a question, as may an offer that is only on the screen
_FREE = frozenset({Doing.READY, Doing.NOT_RESPONDING, Doing.WORKING})


@dataclass(frozen=True, slots=True)
class Next:
    """Who is asked next, and at which address. `longest` limits a call to a number outside, in seconds; 0: no limit."""

    choice: ChosenPerson
    name: str
    address: str
    longest: float = 0.0


def begin(calls: Calls, call: Call, search: SecondLevelSearch) -> Next:
    """The first to be asked. Raises `RefusedOrder` with the reasons when nobody can be."""
    found = next_to_ask(calls, call, search)
    if found is None:
        end(calls, call, search)
        raise RefusedOrder(NOBODY_LEFT, **as_told(search))
    return found


def next_to_ask(calls: Calls, call: Call, search: SecondLevelSearch) -> Next | None:
    """The first of today's answer who has not been tried and whom a telephone reaches; None when nobody is left."""
    seen = {search.by, *(each.person for each in search.tried)}
    for each in _answer(calls, search).available:
        if each.person in seen:
            continue
        found = _reached(calls, call, search.by, each)
        if found is not None:
            return found
        _pass_over(calls, call, search, each)
    return None


def tried(calls: Calls, call: Call, asked: Consult, why: str) -> None:
    """Write how the attempt ended: "answered", or why not."""
    search, choice = call.search, asked.choice
    if search is None or choice is None:
        return
    if why != "answered":
        search.tried.append(Tried(choice.person, asked.name, why))
    rang = (calls.centre.at - asked.arrived).total_seconds()
    _note(calls, call, search, choice, result=why, rang=rang, is_outside=asked.person is None)


def end(calls: Calls, call: Call, search: SecondLevelSearch) -> None:
    """Nobody is left: say who else could not be asked, and when somebody can be."""
    answer, names = _answer(calls, search), calls.centre.plan.second_level.names
    search.is_over = True
    search.next_at = answer.next_at.isoformat() if answer.next_at else None
    search.hindered = [
        [names.get(each.person, ""), each.hindrance.value, each.back_at.isoformat() if each.back_at else None]
        for each in answer.unavailable
        if each.person not in {search.by, *(one.person for one in search.tried)}
    ]
    calls.centre.note(
        call, Kind.SUBJECT_UNREACHED, person=search.by, subject=search.subject, next_at=search.next_at,
        tried=sum(each.why != "no_phone" for each in search.tried),
        is_open=bool(answer.available or answer.unavailable), blind=search.blind,
    )  # fmt: skip


def windows_of(calls: Calls, asked: Consult) -> list[int]:
    """The promised windows in which a colleague who is asked by name is now."""
    if asked.person is None:
        return []
    return calls.centre.plan.second_level.windows_of(asked.person, calls.centre.at)


def as_shown(calls: Calls, call: Call) -> Mapping[str, Any]:
    """What the asking agent sees of the search, as JSON data; empty when nothing is searched for."""
    search, asked = call.search, call.consult
    if search is None:
        return {}
    choice = asked.choice if asked is not None else None
    instead_of = choice.instead_of if choice else None
    return {
        **as_told(search), "is_over": search.is_over, "precedence": choice.precedence if choice else "",
        "confirmed": choice.confirmed if choice else True,
        "instead_of": calls.centre.plan.second_level.names.get(instead_of, "") if instead_of else "",
    }  # fmt: skip


def as_told(search: SecondLevelSearch) -> dict[str, Any]:
    """Who was tried ([name, why]), who else could not be asked, and when somebody can be, as JSON data."""
    return {
        "subject": search.name, "next_at": search.next_at, "hindered": search.hindered,
        "tried": [[each.name, each.why] for each in search.tried],
    }  # fmt: skip


def _answer(calls: Calls, search: SecondLevelSearch) -> Reachability:
    return calls.centre.plan.second_level.who_can_take(search.subject, at_desks(calls), calls.centre.at)


def at_desks(calls: Calls) -> dict[int, AtDesk]:
    """What everybody does who is signed in at a desk."""
    closed = calls.centre.plan.second_level.closed_pauses
    there = [desk for desk in calls.centre.desks.values() if desk.signed_in]
    return {desk.person: _at_desk(desk, closed, rings=_rings(calls, desk)) for desk in there}


def _rings(calls: Calls, desk: Desk) -> bool:
    phone = calls.phones.get(desk.person)
    return phone is not None and phone.call is not None


def _at_desk(desk: Desk, closed_pauses: frozenset[str], *, rings: bool) -> AtDesk:
    if desk.doing in _FREE or (desk.doing is Doing.RINGING and not rings):
        return AtDesk.FREE
    if desk.doing is Doing.PAUSED:
        return AtDesk.PAUSED if desk.reason in closed_pauses else AtDesk.FREE
    return AtDesk.BUSY


def _reached(calls: Calls, call: Call, by: int, available: Available) -> Next | None:
    """How a telephone reaches the person: at their desk, else at the number that the directory has."""
    person, known = available.person, calls.centre.plan.second_level
    choice = ChosenPerson(
        person, available.precedence.value, available.window, available.instead_of, available.is_confirmed
    )  # fmt: skip
    desk = calls.centre.desks.get(person)
    if desk is not None and desk.signed_in and calls.rings_at(person, call.exchange):
        return Next(choice, desk.name, f"person:{person}") if calls.phone(person).call is None else None
    number = known.numbers.get(person, "")
    longest = outside.permitted(calls, by, number) if number else None
    return None if longest is None else Next(choice, known.names.get(person, number), f"tel:{number}", longest)


def _pass_over(calls: Calls, call: Call, search: SecondLevelSearch, available: Available) -> None:
    name = calls.centre.plan.second_level.names.get(available.person, "")
    search.tried.append(Tried(available.person, name, "no_phone"))
    choice = ChosenPerson(available.person, available.precedence.value, available.window, available.instead_of)
    _note(calls, call, search, choice, result="no_phone", rang=None, is_outside=False)


def _note(
    calls: Calls,
    call: Call,
    search: SecondLevelSearch,
    choice: ChosenPerson,
    *,
    result: str,
    rang: float | None,
    is_outside: bool,
) -> None:
    calls.centre.note(
        call, Kind.SUBJECT_TRIED, person=choice.person, subject=search.subject, precedence=choice.precedence,
        window=choice.window, instead_of=choice.instead_of, confirmed=choice.confirmed, result=result, rang=rang,
        outside=is_outside, blind=search.blind, by=search.by,
    )  # fmt: skip

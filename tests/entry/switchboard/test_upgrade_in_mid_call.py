"""A release is installed during calls: it reads the calls that the earlier release stored, and all of them continue.

`kept/format_1.json` was written by the last release that stored calls in format 1: one caller is on hold while the
agent consults a colleague, a supervisor listens to one, one waits and one is in the menu. `kept/every_kind.json` holds
one item of each other kind and a desk, as the release of 30 November 2026 stored them; it is never written again.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from indgang.entry.board import kept_desks
from indgang.entry.board.call import FORMAT, Call, ConsultState, Phone, Stage
from indgang.entry.board.kept import read_item, salvaged
from indgang.entry.event_kinds import Kind
from indgang.routing.centre.callbacks import Callback
from indgang.routing.centre.desk import Desk, Doing
from indgang.routing.flows.state import FlowState, Phase
from indgang.telephony import contract as tel
from tests.entry.house import ANNA, BO, DAVID, EVA, EXCHANGE, House, desks_of, new_board, plan

KEPT: dict[str, Any] = json.loads((Path(__file__).parent / "kept" / "format_1.json").read_text())
AT = datetime.fromisoformat(KEPT["at"])
EVERY_KIND: dict[str, Any] = json.loads((Path(__file__).parent / "kept" / "every_kind.json").read_text())
#: the fields that a call has had since the first release
ESSENTIAL = {"id", "exchange", "leg", "number", "contact", "dialled", "arrived", "stage"}


def upgraded() -> House:
    """The house after the new release has started and the exchange has reported all legs as up."""
    house = House(board=new_board(plan(), AT), at=AT, is_new=False)
    before = [Desk(person, str(person), Doing.TALKING, since=AT) for person in (ANNA, BO, DAVID)]
    for desk in [*before, Desk(EVA, "Eva", Doing.PAUSED, since=AT)]:
        house.board.centre.desks[desk.person] = desk
    calls = [Call.from_data(kept) for kept in KEPT["calls"].values()]
    house._take(house.board.restore(calls, desks_of(house.board), AT))
    house.up = dict(KEPT["up"])
    legs = tuple(tel.LegUp(leg, up, None, "", "") for leg, up in house.up.items())
    house._take(house.board.report(EXCHANGE, tel.Connected(legs, AT, frozenset({"p1", "p2", "p4", "p5"}))))
    return house


def the(house: House, name: str) -> Call:
    return house.board.calls[KEPT["calls"][name]["id"]]


def test_who_consults_goes_on_consulting_and_can_hand_over() -> None:
    house = upgraded()
    call = the(house, "consulting")
    assert call.consult is not None
    assert (call.consult.person, call.consult.state) == (DAVID, ConsultState.TALKING)
    assert house.board.desks[DAVID].doing is Doing.TALKING
    assert house.ask("complete_transfer", ANNA).done
    assert call.talk is not None
    assert call.talk.person == DAVID
    house.gone("caller-1")
    assert house.kinds(call.id)[-1] is Kind.ENDED
    assert house.board.desks[DAVID].doing is Doing.WRAP_UP


def test_a_supervisor_still_listens_and_can_stop() -> None:
    house = upgraded()
    assert list(the(house, "monitored").monitors) == [EVA]
    assert house.ask("monitor_end", EVA).done
    assert the(house, "monitored").monitors == {}


def test_a_supervisor_who_barged_in_under_the_earlier_word_has_barged_in() -> None:
    kept = Call.from_data(KEPT["calls"]["monitored"]).as_data()
    before = kept | {"format": 2, "monitors": {str(EVA): ["monitor-1", "join"]}}
    assert Call.from_data(before).monitors == {EVA: ["monitor-1", tel.MonitorMode.BARGE_IN]}


def test_who_waited_keeps_the_place_and_who_was_in_the_menu_hears_it_again() -> None:
    house = upgraded()
    waiting, menu = the(house, "waiting"), the(house, "menu")
    assert waiting.queued_since == datetime.fromisoformat(KEPT["calls"]["waiting"]["queued_since"])
    assert house.ordered(tel.Play)[-1].leg == menu.leg
    house.press("caller-4", "1")
    assert house.board.centre.distributor.waiting("byg") == [waiting.id, menu.id]


@pytest.mark.parametrize("name", sorted(KEPT["calls"]))
def test_what_is_kept_now_is_of_the_newest_format_and_reads_the_same(name: str) -> None:
    call = Call.from_data(KEPT["calls"][name])
    again = json.loads(json.dumps(call.as_data()))
    assert again["format"] == FORMAT
    assert Call.from_data(again).as_data() == call.as_data()


def test_what_is_left_out_because_it_is_empty_is_empty_again() -> None:
    at = datetime(2026, 11, 30, 9, tzinfo=UTC)
    call = Call(id="c", exchange="e", leg="l", dialled="", stage=Stage.FLOW, arrived=at, language="")
    call.flow = FlowState("", 0, "", Phase.ASKING, at, language="")
    assert Call.from_data(json.loads(json.dumps(call.as_data()))) == call


#: by kind the fields, besides the kind, that an item has had since the first release that stored it
ESSENTIAL_OF = {
    "call": ESSENTIAL,
    "callback": {"id", "story", "contact", "target", "arrived", "place"},
    "task": {"id", "story", "arrived"},
    "mail": {"id", "queue", "arrived"},
    "chat": {"id", "queue", "arrived"},
    "robot": {"id", "number", "script", "ours", "ring_seconds", "until"},
    "staying": {"exchange", "leg"},
}


@pytest.mark.parametrize("name", sorted(EVERY_KIND["items"]))
def test_every_kind_of_item_is_read_as_it_was_stored(name: str) -> None:
    kept = EVERY_KIND["items"][name]
    item = read_item(kept)
    again = json.loads(json.dumps(item.as_data()))
    assert {key: again.get(key) for key in kept.keys() - {"format"}} == {
        key: value for key, value in kept.items() if key != "format"
    }
    assert again["format"] >= kept["format"]


@pytest.mark.parametrize("name", sorted(EVERY_KIND["items"]))
def test_a_field_that_a_release_adds_has_a_default_and_one_it_does_not_know_does_no_harm(name: str) -> None:
    """Leaves out each field of the item and its parts in turn, as if the earlier release did not have it."""
    kept = EVERY_KIND["items"][name]
    for field in kept.keys() - ESSENTIAL_OF[name.partition("_")[0]] - {"kind", "format"}:
        read_item({key: value for key, value in kept.items() if key != field})
    for part, needed in (
        ("flow", {"flow", "version", "step", "phase", "entered_at"}), ("place", {"key_at"}), ("greeting", {"since"}),
        ("script", {"intro", "questions", "again", "wrong_key", "thanks", "opted_out"}),
    ):  # fmt: skip
        if isinstance(inner := kept.get(part), dict):
            for field in inner.keys() - needed:
                read_item(kept | {part: {key: value for key, value in inner.items() if key != field}})
            read_item(kept | {part: inner | {"invented_later": 1}})
    read_item(kept | {"invented_later": 1})


def test_of_a_callback_nobody_says_when_it_was_promised_where_that_cannot_be_read() -> None:
    kept = EVERY_KIND["items"]["callback_waiting"]
    for text, promised_at in ((kept["promised_at"], datetime.fromisoformat(kept["promised_at"])), ("i går", None)):
        found = salvaged(kept | {"promised_at": text})
        assert isinstance(found, Callback)
        assert (found.promised_at, found.attempts) == (promised_at, kept["attempts"])


def test_a_desk_is_read_as_it_was_stored_and_each_field_has_a_default() -> None:
    kept = EVERY_KIND["desk"]

    def read(data: dict[str, Any]) -> kept_desks.KeptDesk:
        return kept_desks.put_back(Desk(ANNA, "Anna", Doing.TALKING, since=AT), Phone(ANNA), data)

    found = read(kept)
    assert kept_desks.as_data(found.desk, found.presence) == kept
    for field in kept:
        read({key: value for key, value in kept.items() if key != field})

"""A caller whose exchange failed and who calls again within a time keeps the place, recognised by the number."""

from __future__ import annotations

from datetime import timedelta

import pytest

from indgang.entry.board.kept_places import KEPT_FOR
from indgang.telephony import contract as tel
from tests.entry.house import EXCHANGE, NUMBER, House

OTHER = "syd"
FIRST, SECOND = "+4520304050", "+4520304051"


def waiting(house: House, leg: str, number: str, exchange: str = EXCHANGE) -> str:
    """A caller waits in a queue. Returns the enquiry's id."""
    house.up[leg] = False
    house._take(house.board.report(exchange, tel.Arrived(leg, NUMBER, number, "", house.at)))
    house._take(house.board.report(exchange, tel.Keyed(leg, "1", house.at)))
    call = house.board.legs[leg][0]
    assert house.board.calls[call].waits
    return call


def two_nodes() -> House:
    house = House()
    house._take(house.board.report(OTHER, tel.Connected((), house.at)))
    return house


def place_of(house: House, call: str) -> object:
    found = house.board.calls[call]
    return found.ranks_from or found.queued_since


@pytest.mark.parametrize("ended", [True, False])
def test_the_place_is_kept_at_the_other_node(ended: bool) -> None:
    house = two_nodes()
    came = house.at
    waiting(house, "a-1", FIRST)
    house.wait(60)
    second = waiting(house, "b-1", SECOND, OTHER)
    house.wait(60)
    house.tell(tel.Lost("gone", house.at, ended=ended))
    again = waiting(house, "b-2", FIRST, OTHER)
    assert place_of(house, again) == came
    assert place_of(house, second) == came + timedelta(seconds=60)


def test_the_place_is_kept_once_for_its_time_and_for_its_number_alone() -> None:
    house = two_nodes()
    waiting(house, "a-1", FIRST)
    house.wait(60)
    house.tell(tel.Lost("gone", house.at, ended=True))
    stranger = waiting(house, "b-1", SECOND, OTHER)
    assert place_of(house, stranger) == house.at
    waiting(house, "b-2", FIRST, OTHER)
    later = waiting(house, "b-3", FIRST, OTHER)
    assert place_of(house, later) == house.at, "the place was taken"
    house = two_nodes()
    waiting(house, "a-1", FIRST)
    house.tell(tel.Lost("gone", house.at, ended=True))
    house.wait(KEPT_FOR.total_seconds() + 1)
    assert place_of(house, waiting(house, "b-1", FIRST, OTHER)) == house.at


def test_nobody_has_the_place_of_a_withheld_number() -> None:
    house = two_nodes()
    waiting(house, "a-1", "")
    house.wait(60)
    house.tell(tel.Lost("gone", house.at, ended=True))
    assert place_of(house, waiting(house, "b-1", "", OTHER)) == house.at


def test_who_calls_while_their_call_goes_on_elsewhere_is_a_new_caller() -> None:
    house = two_nodes()
    waiting(house, "a-1", FIRST)
    house.wait(60)
    assert place_of(house, waiting(house, "b-1", FIRST, OTHER)) == house.at

"""Kinds of events: declared by their owners, read whatever release wrote them."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indgang.enquiries.event_kinds import EnquiryKind
from indgang.entry.event_kinds import Kind
from indgang.events import kinds
from indgang.events.event import Event, EventKind
from tests.world import MORNING


@dataclass(frozen=True, slots=True)
class Sent:
    """A letter went off: version 3 counts pages, 2 had `to` for `receiver`, 1 knew one sheet alone."""

    receiver: str = ""
    pages: int = 0
    stamp: str | None = None


def _from_1(data: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**data, "sheets": 1}


def _from_2(data: Mapping[str, Any]) -> Mapping[str, Any]:
    rest = {name: value for name, value in data.items() if name not in ("to", "sheets")}
    return {**rest, "receiver": data.get("to", ""), "pages": data["sheets"] * 2}


@pytest.fixture
def sent() -> Iterator[EventKind[Sent]]:
    yield kinds.declare("test_sent", Sent, version=3, personal=("receiver",), upcasts={1: _from_1, 2: _from_2})
    del kinds._known["test_sent"]


def test_an_event_of_an_older_version_is_read_as_of_now(sent: EventKind[Sent]) -> None:
    old = sent.event("1", MORNING, data={"to": "Anna"}, version=1)
    assert old.payload == Sent("Anna", pages=2)
    assert sent.event("1", MORNING, data={"to": "Anna", "sheets": 3}, version=2).payload == Sent("Anna", pages=6)
    assert old.data == {"receiver": "Anna", "pages": 2}


def test_what_a_newer_release_wrote_is_kept(sent: EventKind[Sent]) -> None:
    newer = {"receiver": "Bo", "pages": 1, "weight": {"grams": 20}}
    event = sent.event("1", MORNING, data=newer, version=4)
    assert event.payload == Sent("Bo", pages=1)
    assert event.unknown == {"weight": {"grams": 20}}
    assert event.data == newer


def test_an_event_that_nobody_declares_any_more_can_be_read() -> None:
    event = kinds.named("test_of_long_ago").event("1", MORNING, data={"x": [1]})
    assert (event.kind, event.data) == ("test_of_long_ago", {"x": [1]})


def test_registrations_of_the_first_release_are_read() -> None:
    data = {"questions": [{"order": 0}], "times": {"arrived_at": "2026-03-11T08:30:00+00:00", "minutes": 7.5}}
    told = EnquiryKind.REGISTERED.event("1", MORNING, data=data, version=1).payload
    assert (told.began_at, told.minutes, len(told.questions)) == ("2026-03-11T08:30:00+00:00", 7.5, 1)
    assert EnquiryKind.REGISTERED.event("1", MORNING, data={"questions": []}, version=1).payload.began_at is None


def test_a_dialled_return_call_of_the_first_release_is_read_in_the_words_of_today() -> None:
    assert Kind.DIALLED.event("1", MORNING, data={"ring_back": 7}, version=1).payload.return_call == 7


def test_a_supervision_of_the_first_release_is_read_in_the_words_of_today() -> None:
    modes = [Kind.SUPERVISED.event("1", MORNING, data={"mode": mode}, version=1).payload.mode for mode in ("join", "")]
    assert modes == ["barge_in", ""]


@pytest.mark.parametrize(
    ("name", "payload", "rest", "problem"),
    [
        ("test_sent", Sent, {}, "declared already"),
        ("test_other", dict, {}, "dataclass"),
        ("test_other", Sent, {"personal": ("sender",)}, "no field sender"),
        ("test_other", Sent, {"version": 3, "upcasts": {1: _from_1}}, "version 2"),
        ("test_other", Event, {}, "defaults"),
    ],
)
def test_a_kind_that_could_not_be_read_is_not_declared(
    sent: EventKind[Sent], name: str, payload: type[Any], rest: dict[str, Any], problem: str
) -> None:
    with pytest.raises(ValueError, match=problem):
        kinds.declare(name, payload, **rest)
    assert name == "test_sent" or name not in kinds.declared()


def test_a_kind_is_its_name_wherever_it_goes(sent: EventKind[Sent]) -> None:
    assert {str(sent): 1}[sent] == 1
    assert json.dumps(sent) == '"test_sent"'
    assert copy.deepcopy(sent) is sent


@given(st.data())
def test_what_is_written_of_each_kind_is_what_is_read(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(kinds.declared()))
    values = st.one_of(
        st.none(), st.booleans(), st.integers(), st.text(max_size=5), st.lists(st.integers(), max_size=2)
    )
    payload = data.draw(st.dictionaries(st.sampled_from([*kind.names, "new_field"]), values))
    event = kind.event("1", MORNING, "tmf-byggeri", 7, payload)
    again = kind.event("1", MORNING, "tmf-byggeri", 7, json.loads(json.dumps(event.data)), version=kind.version)
    assert json.dumps(again.data) == json.dumps(event.data)

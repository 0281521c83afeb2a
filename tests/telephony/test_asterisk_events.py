"""Asterisk's events may be malformed, repeated, late or out of order; reports are valid, unique and in order."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indgang.telephony.asterisk import stock
from indgang.telephony.asterisk.ari import takes_requests_over_websocket
from indgang.telephony.asterisk.legs import BoundedSet, LegBook, why
from indgang.telephony.asterisk.translate import EVENTS, Ended, PickedUp, message_left, translate
from indgang.telephony.contract import (
    Answered,
    Arrived,
    Failed,
    Failure,
    Gone,
    Keyed,
    PhoneRegistered,
    Played,
    Recorded,
    Report,
)

AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
FIELDS = ("channel", "playback", "recording", "endpoint", "args", "cause", "digit")


@given(JSON)
def test_whatever_comes_nothing_is_raised(event: object) -> None:
    assert translate(event, AT) is None


@given(st.sampled_from(EVENTS), st.dictionaries(st.sampled_from(FIELDS), JSON))
def test_events_of_known_kind_with_strange_fields_raise_nothing(kind: str, fields: dict[str, Any]) -> None:
    translate({"type": kind, **fields}, AT)


@given(JSON, JSON, JSON)
def test_strange_lists_of_channels_and_bridges_raise_nothing(channels: object, bridges: object, app: object) -> None:
    assert stock.take("indgang", channels, bridges, app).legs == ()


@pytest.mark.parametrize("word", ["monitoring", "spying"])
def test_a_monitor_set_up_before_a_restart_or_an_upgrade_is_found_again(word: str) -> None:
    tap = {"id": "leader.tap", "state": "Up", "dialplan": {"app_name": "Stasis", "app_data": f"indgang,{word},leader"}}
    assert stock.take("indgang", [tap], [], {}).taps["leader"].channel == "leader.tap"


def channel(leg: str, state: str = "Up", number: str = "33662211") -> dict[str, Any]:
    return {"id": leg, "state": state, "caller": {"number": number, "name": "Bo"}}


def event(kind: str, **fields: object) -> dict[str, object]:
    return {"type": kind, **fields}


ARRIVAL = event("StasisStart", args=["arrived", "70121212"], channel=channel("in-1", "Ring"))
PICKED_UP = event("StasisStart", args=["dialled", "call-1"], channel=channel("leg-1"))
LEFT = event("StasisEnd", channel=channel("leg-1"))
DESTROYED = event("ChannelDestroyed", cause=16, channel=channel("leg-1"))


def test_the_end_of_a_dialled_leg_says_whether_it_rang() -> None:
    ended = {
        state: translate(event("ChannelDestroyed", cause=18, channel=channel("leg-1", state)), AT)
        for state in ("Down", "Ringing", "Up")
    }
    assert [isinstance(seen, Ended) and seen.rung for seen in ended.values()] == [False, True, False]


@pytest.mark.parametrize("name", ["anonymous", "Anonymous", "unavailable", " unknown ", ""])
def test_a_withheld_number_is_no_number(name: str) -> None:
    seen = translate(event("StasisStart", args=["arrived", "1"], channel=channel("in-1", number=name)), AT)
    assert isinstance(seen, Arrived)
    assert seen.caller_number == ""


def test_each_event_has_its_observation() -> None:
    assert translate(ARRIVAL, AT) == Arrived("in-1", "70121212", "33662211", "Bo", AT)
    assert translate(PICKED_UP, AT) == PickedUp("leg-1", AT)
    assert translate(event("ChannelDtmfReceived", digit="#", channel=channel("a")), AT) == Keyed("a", "#", AT)
    assert translate(event("ChannelDtmfReceived", digit="A", channel=channel("a")), AT) is None
    done = event("PlaybackFinished", playback={"id": "p", "target_uri": "channel:a", "state": "failed"})
    assert translate(done, AT) == Played("a", "p", AT)
    phone = event("EndpointStateChange", endpoint={"resource": "anna", "state": "online"})
    assert translate(phone, AT) == PhoneRegistered("anna", True, AT)


@pytest.mark.parametrize(
    ("fields", "seconds"),
    [
        ({"duration": 7, "talking_duration": 4}, 7),
        ({"duration": 7, "talking_duration": 0}, 0),
        ({"duration": 3}, 3),
        ({}, 0),
    ],
)
def test_a_recording_without_talk_lasts_nothing(fields: dict[str, object], seconds: float) -> None:
    recording = {"name": "r", "target_uri": "channel:a", **fields}
    assert translate(event("RecordingFinished", recording=recording), AT) == Recorded("a", "r", seconds, AT)
    assert translate(event("RecordingFailed", recording=recording), AT) == Recorded("a", "r", 0, AT)


def test_a_message_tells_who_called_where_and_when() -> None:
    message = message_left("left-1795385831-33662211-70121212-611693561")
    assert message is not None
    assert (message.caller_number, message.dialled, message.at.year) == ("33662211", "70121212", 2026)
    assert message_left("left-soon--") is None
    assert message_left("heard-1") is None


OF_A_DIALLED_LEG = [
    PICKED_UP,
    event("ChannelDtmfReceived", digit="1", channel=channel("leg-1")),
    LEFT,
    DESTROYED,
]
OF_AN_ARRIVED_LEG = [
    ARRIVAL,
    event("ChannelDtmfReceived", digit="1", channel=channel("in-1")),
    event("StasisEnd", channel=channel("in-1")),
    event("ChannelDestroyed", cause=16, channel=channel("in-1")),
]


def reports(book: LegBook, events: list[dict[str, object]]) -> list[Report]:
    seen = (translate(one, AT) for one in events)
    return [report for one in seen if one is not None and (report := book.observe(one)) is not None]


@given(st.lists(st.sampled_from(OF_A_DIALLED_LEG), max_size=12))
def test_a_dialled_leg_ends_once_and_never_speaks_afterwards(events: list[dict[str, object]]) -> None:
    book = LegBook()
    book.dialled("leg-1")
    kinds = [type(report) for report in reports(book, events)]
    assert kinds.count(Answered) <= 1
    ends = [place for place, kind in enumerate(kinds) if kind in (Gone, Failed)]
    assert len(ends) <= 1
    assert ends in ([], [len(kinds) - 1])
    if Gone in kinds:
        assert Answered in kinds, "only what was answered can go"
    if Failed in kinds:
        assert Answered not in kinds
    assert all(place > kinds.index(Answered) for place, kind in enumerate(kinds) if kind is Keyed)


@given(st.lists(st.sampled_from(OF_AN_ARRIVED_LEG), max_size=12))
def test_an_arrived_leg_arrives_once_and_goes_once(events: list[dict[str, object]]) -> None:
    kinds = [type(report) for report in reports(LegBook(), events)]
    assert kinds.count(Arrived) <= 1
    assert kinds.count(Gone) <= 1
    if kinds:
        assert kinds[0] is Arrived
        assert Gone not in kinds[:-1]


def test_in_any_order_the_events_of_one_life_give_an_end_that_fits() -> None:
    for order in itertools.permutations(OF_A_DIALLED_LEG):
        book = LegBook()
        book.dialled("leg-1")
        found = reports(book, list(order))
        assert isinstance(found[-1], Gone | Failed)


@pytest.mark.parametrize(
    ("cause", "rung", "expected"),
    [
        (17, False, Failure.BUSY),
        (19, True, Failure.NO_ANSWER),
        (21, True, Failure.REFUSED),
        (16, True, Failure.REFUSED),
        (18, True, Failure.NO_ANSWER),
        (18, False, Failure.UNREACHABLE),
        (0, False, Failure.UNREACHABLE),
        (0, True, Failure.NO_ANSWER),
        (None, False, Failure.UNREACHABLE),
        (34, False, Failure.UNREACHABLE),
    ],
)
def test_the_cause_says_why_nobody_answered(cause: int | None, rung: bool, expected: Failure) -> None:
    assert why(cause, rung=rung) is expected


@pytest.mark.parametrize(
    ("cause", "sip", "rung", "expected"),
    [
        (34, 503, False, (True, False)),
        (3, None, False, (True, False)),
        (18, 408, False, (True, False)),
        (0, None, False, (False, True)),
        (1, 404, False, (False, False)),
        (28, 484, False, (False, False)),
        (34, 503, True, (False, False)),
    ],
)
def test_what_cannot_be_reached_never_left_or_stayed_unheard(
    cause: int, sip: int | None, rung: bool, expected: tuple[bool, bool]
) -> None:
    book = LegBook()
    book.dialled("leg-1")
    failed = book.observe(Ended("leg-1", cause, AT, sip, rung=rung))
    assert isinstance(failed, Failed)
    assert failed.why is Failure.UNREACHABLE
    assert (failed.never_left, failed.unheard) == expected


def test_after_a_restart_only_what_is_up_is_known() -> None:
    book = LegBook()
    reports(book, [ARRIVAL])
    book.dialled("leg-1")
    book.restart(["in-9"])
    assert reports(book, [ARRIVAL, PICKED_UP]) == [], "late events of legs that have gone"
    nine = event("StasisStart", args=["arrived", "1"], channel=channel("in-9"))
    assert reports(book, [nine]) == [], "it was in the list already"
    assert [type(one) for one in reports(book, [event("StasisEnd", channel=channel("in-9"))])] == [Gone]


def test_a_phone_is_told_of_when_it_changes() -> None:
    def phone(state: str) -> dict[str, object]:
        return event("EndpointStateChange", endpoint={"resource": "anna", "state": state})

    states = [phone(state) for state in ("offline", "online", "online", "unknown", "offline", "offline", "online")]
    assert [report.on for report in reports(LegBook(), states) if isinstance(report, PhoneRegistered)] == [
        True,
        False,
        True,
    ]


def test_memory_forgets_the_oldest() -> None:
    memory = BoundedSet(2)
    assert [memory.add(one) for one in (1, 2, 3, 3, 1)] == [True, True, True, False, True]
    assert 2 not in memory


@pytest.mark.parametrize(
    ("version", "expected"),
    [("22.10.1+dfsg", True), ("22.3.0", False), ("20.14.1", True), ("21.8.0", False), ("16.28.0~dfsg", False),
     ("23.0.0", True), ("", False), ("GIT-master", False)],
)  # fmt: skip
def test_requests_go_over_the_websocket_where_asterisk_takes_them(version: str, expected: bool) -> None:
    assert takes_requests_over_websocket(version) is expected

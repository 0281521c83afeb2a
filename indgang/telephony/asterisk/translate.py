"""Translates an event of Asterisk into an observation in the terms of the contract, or into nothing.

Pure: no state, no clock, and no exception for any malformed event. `legs` decides what an observation means for a leg
(first or repeated, early or late).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from indgang.core.text import whole_number
from indgang.telephony.asterisk.configuration import ARRIVED, DIALLED, LEFT, LEFT_PREFIX, MONITORING
from indgang.telephony.contract import (
    CONVERSATION,
    Arrived,
    ConversationRecorded,
    Keyed,
    MessageLeft,
    PhoneRegistered,
    Played,
    Recorded,
    Talking,
)


@dataclass(frozen=True, slots=True)
class PickedUp:
    """A leg we dialled was answered and is ours."""

    leg: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Ended:
    """A channel is no longer ours. `cause` is the ISDN cause (Q.850), None when Asterisk has not reported it yet.

    `sip` is the SIP status that ended it, None when there was none or Asterisk (before 20.15 and 22.5) reports none.
    `attempt` is the index of the route on which the leg was dialled. `rung`: the far end rang and did not answer.
    """

    leg: str
    cause: int | None
    at: datetime
    sip: int | None = None
    attempt: int = 0
    rung: bool = False


@dataclass(frozen=True, slots=True)
class TapReady:
    """The channel that taps a call exists and can be bridged."""

    channel: str


@dataclass(frozen=True, slots=True)
class MessageDone:
    """A caller has left a message with the fallback plan and is still on the line."""

    leg: str
    message: MessageLeft


Observation = (
    Arrived
    | PickedUp
    | Ended
    | TapReady
    | MessageDone
    | Keyed
    | Played
    | Talking
    | Recorded
    | ConversationRecorded
    | PhoneRegistered
)

#: the only events we need; Asterisk sends about thirty kinds, and a call costs a third less without the others
EVENTS = (
    "StasisStart", "StasisEnd", "ChannelDestroyed", "ChannelDtmfReceived", "PlaybackFinished",
    "RecordingFinished", "RecordingFailed", "EndpointStateChange", "ApplicationReplaced", "ChannelTalkingStarted",
    "ChannelTalkingFinished",
)  # fmt: skip

#: placeholders of networks for a withheld number
_NO_NUMBER = {"anonymous", "unavailable", "unknown", "restricted", "private"}
_KEYS = frozenset("0123456789*#")


#: separates the leg from the number of the attempt, in the id of a channel that redials a leg
_ATTEMPT = "~"


def channel_of(leg: str, attempt: int) -> str:
    """The id of the channel that dials the leg: the leg's own at first, then new ones, as Asterisk blocks used ids."""
    return f"{leg}{_ATTEMPT}{attempt}" if attempt else leg


def leg_of(channel: str) -> str:
    """The leg of a channel."""
    return channel.partition(_ATTEMPT)[0]


def translate(event: object, at: datetime) -> Observation | None:
    """The observation in the event, made at `at`; None when there is none for us."""
    if not isinstance(event, Mapping):
        return None
    make = _BY_TYPE.get(_text(event, "type"))
    return make(event, at) if make is not None else None


def message_left(recording: str) -> MessageLeft | None:
    """The message described by the name of a fallback recording (`left-<unix time>-<caller>-<dialled>-<random>`)."""
    parts = recording.removeprefix(LEFT_PREFIX).split("-")
    left = whole_number(parts[0], 11)
    if not recording.startswith(LEFT_PREFIX) or len(parts) != 4 or left is None:
        return None
    return MessageLeft(
        recording=recording, caller_number=parts[1], dialled=parts[2], at=datetime.fromtimestamp(left, UTC)
    )


def number(text: str) -> str:
    """A caller's number unchanged, or empty when the network withholds it."""
    return "" if text.strip().lower() in _NO_NUMBER else text.strip()


def _entered(event: Mapping[str, Any], at: datetime) -> Observation | None:
    channel = _object(event, "channel")
    leg = leg_of(_text(channel, "id"))
    found = event.get("args")
    args = [value for value in found if isinstance(value, str)] if isinstance(found, list) else []
    if not leg or not args:
        return None
    if args[0] == ARRIVED:
        caller = _object(channel, "caller")
        return Arrived(
            leg=leg,
            dialled=args[1] if len(args) > 1 else "",
            caller_number=number(_text(caller, "number")),
            caller_name=_text(caller, "name"),
            at=at,
        )
    if args[0] == LEFT and len(args) > 1 and (message := message_left(args[1])):
        return MessageDone(leg, message)
    if args[0] == DIALLED:
        return PickedUp(leg, at)
    return TapReady(leg) if args[0] == MONITORING else None


def _ended(event: Mapping[str, Any], at: datetime) -> Observation | None:
    channel, cause, sip = _object(event, "channel"), event.get("cause"), event.get("tech_cause")
    leg, _, attempt = _text(channel, "id").partition(_ATTEMPT)
    if not leg:
        return None
    return Ended(
        leg,
        cause if isinstance(cause, int) else None,
        at,
        sip if isinstance(sip, int) and 300 <= sip < 700 else None,
        whole_number(attempt, 3) or 0,
        _text(channel, "state") == "Ringing",
    )


def _key(event: Mapping[str, Any], at: datetime) -> Observation | None:
    leg, key = leg_of(_text(_object(event, "channel"), "id")), _text(event, "digit")
    return Keyed(leg, key, at) if leg and key in _KEYS and len(key) == 1 else None


def _talking(event: Mapping[str, Any], at: datetime) -> Observation | None:
    leg = leg_of(_text(_object(event, "channel"), "id"))
    return Talking(leg, _text(event, "type") == "ChannelTalkingStarted", at) if leg else None


def _played(event: Mapping[str, Any], at: datetime) -> Observation | None:
    playback = _object(event, "playback")
    kind, _, leg = _text(playback, "target_uri").partition(":")
    name = _text(playback, "id")
    return Played(leg_of(leg), name, at) if kind == "channel" and leg and name else None


def _recorded(event: Mapping[str, Any], at: datetime) -> Observation | None:
    recording = _object(event, "recording")
    kind, _, leg = _text(recording, "target_uri").partition(":")
    name = _text(recording, "name")
    if kind == "bridge" and name.startswith(CONVERSATION):
        return ConversationRecorded(name, at)
    leg = leg_of(leg)
    if kind != "channel" or not leg or not name:
        return None
    failed = _text(event, "type") == "RecordingFailed"
    # unknown sound counts as talk: an empty message too many is better than a lost one
    talk = recording.get("talking_duration", recording.get("duration"))
    seconds = _seconds(recording.get("duration")) if not failed and _seconds(talk) > 0 else 0.0
    return Recorded(leg, name, seconds, at)


def _phone(event: Mapping[str, Any], at: datetime) -> Observation | None:
    endpoint = _object(event, "endpoint")
    phone, state = _text(endpoint, "resource"), _text(endpoint, "state")
    if not phone or state not in ("online", "offline"):
        return None
    return PhoneRegistered(phone, state == "online", at)


_BY_TYPE = {
    "StasisStart": _entered,
    "StasisEnd": _ended,
    "ChannelDestroyed": _ended,
    "ChannelDtmfReceived": _key,
    "ChannelTalkingStarted": _talking,
    "ChannelTalkingFinished": _talking,
    "PlaybackFinished": _played,
    "RecordingFinished": _recorded,
    "RecordingFailed": _recorded,
    "EndpointStateChange": _phone,
}


def _object(event: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = event.get(name)
    return found if isinstance(found, Mapping) else {}


def _text(event: Mapping[str, Any], name: str) -> str:
    found = event.get(name)
    return found if isinstance(found, str) else ""


def _seconds(value: object) -> float:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) and value > 0 else 0.0

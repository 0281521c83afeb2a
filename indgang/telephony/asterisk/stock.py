"""The live channels and bridges of Asterisk at connection, read from its lists. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from indgang.telephony.asterisk.configuration import ARRIVED, DIALLED, MONITORING
from indgang.telephony.asterisk.orders import Room, Tap
from indgang.telephony.asterisk.translate import leg_of, number
from indgang.telephony.contract import BridgeId, LegId, LegUp

#: how the name of the channel begins with which Asterisk records a bridge: it is nobody's leg
_RECORDER = "Recorder/"
#: name of `MONITORING` in earlier releases; their channels outlive an upgrade
_EARLIER = "spying"


@dataclass(frozen=True, slots=True)
class Stock:
    """Live channels and bridges. `dialling` are channels still dialled for an earlier connection, now unwanted."""

    legs: tuple[LegUp, ...]
    dialling: tuple[LegId, ...]
    bridges: Mapping[BridgeId, Room]
    taps: Mapping[LegId, Tap]
    #: legs whose channel has another id, because they were dialled more than once
    channels: Mapping[LegId, str] = field(default_factory=dict)


def take(app: str, channels: object, bridges: object, application: object) -> Stock:
    """The stock, from the answers to `GET channels`, `GET bridges` and `GET applications/<app>`."""
    watched = set(_strings(application.get("channel_ids"))) if isinstance(application, Mapping) else set()
    recorders = {str(one.get("id")) for one in _objects(channels) if str(one.get("name")).startswith(_RECORDER)}
    rooms = list(_rooms(bridges, recorders))
    key_of = {leg: room.key for _, room in rooms for leg in room.legs}
    legs: list[LegUp] = []
    dialling: list[LegId] = []
    taps: dict[LegId, Tap] = {}
    again: dict[LegId, str] = {}
    for channel in _objects(channels):
        own = str(channel.get("id"))
        leg = leg_of(own)
        args = _arguments(app, channel)
        if args[:1] in ([MONITORING], [_EARLIER]) and len(args) > 1:
            taps[args[1]] = Tap(channel=leg, room=key_of.get(leg, ""))
        elif args[:1] in ([ARRIVED], [DIALLED]):
            legs.append(_leg_up(channel, args))
            if own != leg:
                again[leg] = own
        elif own in watched and channel.get("state") != "Up":
            dialling.append(own)
    # a monitoring supervisor is in a bridge of the provider's own, which the product does not know
    listening = {tap.room for tap in taps.values()}
    talking = {bridge: room for bridge, room in rooms if room.key not in listening and room.legs}
    bridge_of = {leg: bridge for bridge, room in talking.items() for leg in room.legs}
    return Stock(
        legs=tuple(replace(leg, bridge=bridge_of.get(leg.leg)) for leg in legs),
        dialling=tuple(dialling),
        bridges=talking,
        taps=taps,
        channels=again,
    )


def started(info: object) -> datetime | None:
    """When Asterisk started, from the answer to `GET asterisk/info`."""
    status = info.get("status") if isinstance(info, Mapping) else None
    try:
        return datetime.fromisoformat(str(status.get("startup_time"))) if isinstance(status, Mapping) else None
    except ValueError:
        return None


def _rooms(bridges: object, recorders: set[str]) -> Iterator[tuple[BridgeId, Room]]:
    """The bridges that we made with their legs, by the product's name for them."""
    for bridge in _objects(bridges):
        if bridge.get("bridge_class") == "stasis":
            key = str(bridge.get("id"))
            legs = set(_strings(bridge.get("channels"))) - recorders
            yield str(bridge.get("name") or key), Room(key, set(map(leg_of, legs)))


def _leg_up(channel: Mapping[str, Any], args: list[str]) -> LegUp:
    caller = channel.get("caller")
    return LegUp(
        leg=leg_of(str(channel.get("id"))),
        answered=channel.get("state") == "Up",
        bridge=None,
        dialled=args[1] if args[0] == ARRIVED and len(args) > 1 else "",
        caller_number=number(str(caller.get("number") or "")) if isinstance(caller, Mapping) else "",
    )


def _arguments(app: str, channel: Mapping[str, Any]) -> list[str]:
    """The arguments with which the channel is in our application; none when it is elsewhere."""
    dialplan = channel.get("dialplan")
    if not isinstance(dialplan, Mapping) or dialplan.get("app_name") != "Stasis":
        return []
    name, *args = str(dialplan.get("app_data")).split(",")
    return args if name == app else []


def _objects(found: object) -> Iterator[Mapping[str, Any]]:
    if isinstance(found, list):
        yield from (one for one in found if isinstance(one, Mapping))


def _strings(found: object) -> Iterator[str]:
    if isinstance(found, list):
        yield from (one for one in found if isinstance(one, str))

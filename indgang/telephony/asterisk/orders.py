"""Translates orders of the contract into requests to Asterisk.

`Orders` tracks the running bridges, prompts, music and monitors, because Asterisk needs requests in the
right order: a prompt is stopped before its channel is bridged (else the bridge waits for the prompt), and a channel
leaves one bridge before it enters the next. No I/O: the provider sends the steps one after another without waiting.
"""

from __future__ import annotations

import math
import re
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from indgang.telephony.asterisk.ari import Request, path
from indgang.telephony.asterisk.configuration import (
    DIALLED,
    FALLBACK,
    FALLBACK_WAITS,
    MONITORING,
    ExchangeSettings,
)
from indgang.telephony.asterisk.legs import UNREACHABLE_CAUSE, LegBook, is_trunks_fault
from indgang.telephony.asterisk.translate import Ended, Observation, channel_of
from indgang.telephony.asterisk.trunks import Route
from indgang.telephony.contract import (
    TALK_ENDS_AFTER,
    Answer,
    BridgeId,
    Connect,
    ConversationRecorded,
    Disconnect,
    FallBack,
    Hangup,
    LegId,
    Monitor,
    MonitorMode,
    Music,
    Mute,
    Order,
    PauseRecording,
    Play,
    Played,
    Record,
    RecordConversation,
    Recorded,
    Ring,
    SendKeys,
    StopPlaying,
    StopRecording,
    TelephoneError,
    WatchTalk,
)
from indgang.telephony.prompts import spelled

#: silence that ends a recording, in seconds
RECORD_SILENCE = 5

#: how long a test call waits for the far end to ring, in seconds
TRIAL_SECONDS = 20

_PHONE = re.compile(r"[A-Za-z0-9._-]{1,60}")
_NUMBER = re.compile(r"\+?[0-9*#]{1,32}")
_URI = re.compile(r"[A-Za-z0-9._~%+*#!-]+@[A-Za-z0-9.\[\]:-]+(;[A-Za-z0-9=;._-]+)?")
_KEYS = re.compile(r"[0-9*#A-Da-d]+")


@dataclass(frozen=True, slots=True)
class RequestStep:
    """One request, and the reaction to its refusal: an observation to make, or other requests to try."""

    request: Request | None = None
    refused: Callable[[datetime], Observation] | None = None
    otherwise: tuple[Request, ...] = ()


@dataclass(slots=True)
class Room:
    """A bridge in Asterisk. `key` is its id there, a new one each time: Asterisk keeps the id of a deleted bridge for a
    moment, and refuses to create another bridge with that id."""

    key: str
    legs: set[LegId] = field(default_factory=set)


@dataclass(slots=True)
class Tap:
    """A supervisor listening in: the channel that taps the call, and the key of the bridge that joins the two."""

    channel: str
    room: str


@dataclass(slots=True)
class Dialling:
    """A leg that is being dialled: its routes, and the route that is tried now."""

    order: Ring
    routes: tuple[Route, ...]
    attempt: int = 0

    @property
    def route(self) -> Route:
        return self.routes[self.attempt]


@dataclass
class Orders:
    """The running bridges, playbacks, monitors and dialled legs of one exchange. `prompts` are the loaded names."""

    settings: ExchangeSettings
    book: LegBook
    prompts: set[str] = field(default_factory=set)
    #: makes each new name in Asterisk unique
    fresh: Callable[[], str] = lambda: secrets.token_hex(4)

    def __post_init__(self) -> None:
        self._bridges: dict[BridgeId, Room] = {}
        self._playing: dict[LegId, str] = {}
        self._recording: dict[LegId, str] = {}
        self._music: set[LegId] = set()
        self._taps: dict[LegId, Tap] = {}
        self._dialling: dict[LegId, Dialling] = {}
        #: legs that were dialled more than once, with their present channel
        self._channels: dict[LegId, str] = {}

    # --- events of the exchange ------------------------------------------------------------------

    def restart(
        self, bridges: Mapping[BridgeId, Room], taps: Mapping[LegId, Tap], channels: Mapping[LegId, str] | None = None
    ) -> None:
        """Reset to what the exchange reports."""
        self._dialling.clear()
        self._channels = dict(channels or {})
        self._bridges = dict(bridges)
        self._taps = dict(taps)
        self._playing.clear()
        self._recording.clear()
        self._music.clear()

    def played(self, leg: LegId, playback: str) -> None:
        if self._playing.get(leg) == playback:
            del self._playing[leg]

    def recorded(self, leg: LegId) -> None:
        self._recording.pop(leg, None)

    def gone(self, leg: LegId) -> Iterator[RequestStep]:
        """Clean up after a leg that has ended."""
        self._music.discard(leg)
        # Asterisk sends no event for a playback that had not begun; `LegBook` drops a second report of the others
        if (playback := self._playing.pop(leg, None)) is not None:
            yield RequestStep(None, lambda at: Played(leg, playback, at))
        if (name := self._recording.pop(leg, None)) is not None:
            yield RequestStep(None, lambda at: Recorded(leg, name, 0.0, at))
        for bridge in self._bridges_with(leg):
            yield from self._left(bridge, leg)
        yield from self._end_tap(leg)
        self._channels.pop(leg, None)

    def route_of(self, leg: LegId) -> Route | None:
        """The route on which the leg is being dialled, or was answered."""
        found = self._dialling.get(leg)
        return found.route if found else None

    def answered(self, leg: LegId) -> None:
        """The dialled party has answered."""
        self._dialling.pop(leg, None)

    def ended(self, seen: Ended) -> Iterator[RequestStep] | None:
        """The requests that try the next trunk after a failed one. None when there is no other trunk and the leg has
        ended; nothing to send for an attempt that was given up earlier."""
        dialling = self._dialling.get(seen.leg)
        if dialling is None:
            return None
        if seen.attempt != dialling.attempt:
            return iter(())
        if not self.book.is_dialled(seen.leg) or not is_trunks_fault(seen) or seen.attempt + 1 >= len(dialling.routes):
            del self._dialling[seen.leg]
            return None
        dialling.attempt += 1
        self._channels[seen.leg] = channel_of(seen.leg, dialling.attempt)
        return self._originate(dialling)

    def tap_ready(self, channel: str) -> Iterator[RequestStep]:
        """The channel that taps the call exists: let the supervisor hear it."""
        for supervisor, tap in self._taps.items():
            if tap.channel == channel:
                yield RequestStep(_make_bridge(tap.room, tap.room))
                yield RequestStep(self._add(tap.room, (channel, supervisor)))

    # --- orders of the product -------------------------------------------------------------------

    def steps(self, order: Order) -> Iterator[RequestStep]:  # noqa: C901  # one branch for each kind of order
        """The requests that carry out the order. Raises `TelephoneError` when it can never be carried out."""
        match order:
            case Answer(leg):
                yield RequestStep(_request("POST", "channels", self._channel(leg), "answer"))
            case Play():
                yield from self._play(order)
            case StopPlaying(_, playback):
                yield RequestStep(_request("DELETE", "playbacks", playback))
            case Music(leg, on):
                yield from self._turn_music(leg, on)
            case Ring():
                yield from self._ring(order)
            case Hangup(leg, cause):
                self.book.given_up(leg)
                yield RequestStep(_request("DELETE", "channels", self._channel(leg), reason=_reason(cause)))
            case Connect(bridge, legs):
                yield from self._connect(bridge, legs)
            case Disconnect(bridge, legs):
                yield from self._disconnect(bridge, legs)
            case Mute(leg, on):
                yield RequestStep(
                    _request("POST" if on else "DELETE", "channels", self._channel(leg), "mute", direction="in")
                )
            case SendKeys(leg, keys):
                if not _KEYS.fullmatch(keys):
                    raise TelephoneError(f"{keys!r} are no telephone keys")
                yield RequestStep(_request("POST", "channels", self._channel(leg), "dtmf", dtmf=keys))
            case Record():
                yield from self._record(order)
            case RecordConversation(bridge, name):
                yield from self._record_conversation(bridge, name)
            case PauseRecording(name, on):
                yield RequestStep(
                    _request("POST" if on else "DELETE", "recordings", "live", name, "pause"), _is_complete(name)
                )
            case StopRecording(name, discard):
                yield from self._stop_recording(name, discard)
            case Monitor():
                yield from self._monitor(order)
            case FallBack(leg, again):
                yield from self._fall_back(leg, again)
            case WatchTalk(leg):
                value = str(round(TALK_ENDS_AFTER * 1000))
                yield RequestStep(
                    _request(
                        "POST", "channels", self._channel(leg), "variable", variable="TALK_DETECT(set)", value=value
                    )
                )

    def _play(self, order: Play) -> Iterator[RequestStep]:
        leg, playback = order.leg, order.playback
        yield from self._quiet(leg)
        sounds = [f"sound:{self.settings.sounds}/{name}" for name in spelled(order.prompts, self.prompts)]
        if not sounds or self.book.is_over(leg):
            yield RequestStep(None, lambda at: Played(leg, playback, at))
            return
        self._playing[leg] = playback
        self._music.discard(leg)
        yield RequestStep(
            _request("POST", "channels", self._channel(leg), "play", playback, media=",".join(sounds)),
            lambda at: Played(leg, playback, at),
        )

    def _turn_music(self, leg: LegId, on: bool) -> Iterator[RequestStep]:
        if on:
            self._music.add(leg)
        else:
            self._music.discard(leg)
        yield RequestStep(_request("POST" if on else "DELETE", "channels", self._channel(leg), "moh"))

    def _ring(self, order: Ring) -> Iterator[RequestStep]:
        routes = self._routes(order)
        if not self.book.dialled(order.leg):
            return
        if not routes:
            yield RequestStep(None, lambda at: Ended(order.leg, UNREACHABLE_CAUSE, at))
            return
        dialling = self._dialling[order.leg] = Dialling(order, routes)
        yield from self._originate(dialling)

    def _originate(self, dialling: Dialling) -> Iterator[RequestStep]:
        order, route, attempt = dialling.order, dialling.route, dialling.attempt
        leg, endpoint = order.leg, route.endpoint
        query = {
            "endpoint": endpoint,
            "app": self.settings.app,
            "appArgs": f"{DIALLED},{_plain(order.call)}",
            "channelId": channel_of(leg, attempt),
            "timeout": str(max(1, math.ceil(order.timeout))),
            "callerId": f'"{_plain(order.caller_name)}" <{_plain(route.caller_number)}>',
        }
        if endpoint.startswith("Local/"):
            # by default Asterisk uses 192 kHz for these, and resamples every prompt and all music
            query["formats"] = ",".join(self.settings.codecs)
        variables = {"INDGANG_CALL": order.call}
        if endpoint.startswith("PJSIP/") and not route.trunk:
            variables["PJSIP_HEADER(add,X-Indgang-Call)"] = _plain(order.call)
        if order.address.startswith("agent:"):
            variables["PJSIP_HEADER(add,X-Indgang-Leg)"] = _plain(leg)
        yield RequestStep(
            Request("POST", "channels", query, {"variables": variables}),
            lambda at: Ended(leg, UNREACHABLE_CAUSE, at, attempt=attempt),
        )

    def trial(self, leg: LegId, route: Route) -> RequestStep:
        """The request that rings an outside number on one trunk, for a test call."""
        query = {
            "endpoint": route.endpoint,
            "app": self.settings.app,
            "appArgs": DIALLED,
            "channelId": leg,
            "timeout": str(TRIAL_SECONDS),
            "callerId": f"<{_plain(route.caller_number)}>",
        }
        return RequestStep(Request("POST", "channels", query), lambda at: Ended(leg, UNREACHABLE_CAUSE, at))

    def _routes(self, order: Ring) -> tuple[Route, ...]:
        address = order.address
        kind, _, rest = address.partition(":")
        if kind == "agent" and _PHONE.fullmatch(rest):
            return (Route(f"PJSIP/{rest}", order.caller_number),)
        if kind == "sip" and _URI.fullmatch(rest):
            return (Route(f"PJSIP/indgang-sip/sip:{rest}", order.caller_number or order.centre_number),)
        if kind == "tel" and _NUMBER.fullmatch(rest):
            return self.settings.outside(rest, order.caller_number, order.centre_number)
        raise TelephoneError(f"{address!r} is no address: use agent:<phone name>, sip:<user@host> or tel:<number>")

    def _connect(self, bridge: BridgeId, legs: tuple[LegId, ...]) -> Iterator[RequestStep]:
        room = self._bridges.get(bridge)
        # a leg that has hung up since the decision must not be added to a bridge that it would never leave
        new = tuple(leg for leg in legs if not self.book.is_over(leg) and (room is None or leg not in room.legs))
        for leg in new:
            yield from self._quiet(leg)
            if leg in self._music:
                yield from self._turn_music(leg, on=False)
            for other in self._bridges_with(leg):
                yield from self._take_out(other, (leg,))
        if not new:
            return
        if room is None:
            room = self._bridges[bridge] = Room(f"{bridge}.{self.fresh()}")
            yield RequestStep(_make_bridge(room.key, bridge))
        room.legs.update(new)
        # all at once; if one leg has ended Asterisk refuses the others too, so then one by one
        alone = tuple(self._add(room.key, (leg,)) for leg in new) if len(new) > 1 else ()
        yield RequestStep(self._add(room.key, new), otherwise=alone)

    def _disconnect(self, bridge: BridgeId, legs: tuple[LegId, ...]) -> Iterator[RequestStep]:
        room = self._bridges.get(bridge)
        if room is not None:
            yield from self._take_out(bridge, tuple(leg for leg in legs if leg in room.legs))

    def _take_out(self, bridge: BridgeId, legs: tuple[LegId, ...]) -> Iterator[RequestStep]:
        room = self._bridges[bridge]
        for leg in legs:
            yield RequestStep(_request("POST", "bridges", room.key, "removeChannel", channel=self._channel(leg)))
            yield from self._left(bridge, leg)

    def _left(self, bridge: BridgeId, leg: LegId) -> Iterator[RequestStep]:
        room = self._bridges[bridge]
        room.legs.discard(leg)
        if not room.legs:
            del self._bridges[bridge]
            yield RequestStep(_request("DELETE", "bridges", room.key))

    def _bridges_with(self, leg: LegId) -> list[BridgeId]:
        return [bridge for bridge, room in self._bridges.items() if leg in room.legs]

    def _quiet(self, leg: LegId) -> Iterator[RequestStep]:
        """Stop playback and recording on the leg: Asterisk delays all other requests until they end."""
        if (playback := self._playing.pop(leg, None)) is not None:
            yield RequestStep(_request("DELETE", "playbacks", playback))
        if (recording := self._recording.pop(leg, None)) is not None:
            yield RequestStep(_request("POST", "recordings", "live", recording, "stop"))

    def _record(self, order: Record) -> Iterator[RequestStep]:
        leg, name = order.leg, order.recording
        yield from self._quiet(leg)
        if self.book.is_over(leg):
            yield RequestStep(None, lambda at: Recorded(leg, name, 0.0, at))
            return
        self._recording[leg] = name
        query = {
            "name": name,
            "format": "wav",
            "maxDurationSeconds": str(max(1, math.ceil(order.max_seconds))),
            "maxSilenceSeconds": str(RECORD_SILENCE),
            "ifExists": "overwrite",
            "beep": "true",
            "terminateOn": "#",
        }
        yield RequestStep(
            Request("POST", path("channels", self._channel(leg), "record"), query),
            lambda at: Recorded(leg, name, 0.0, at),
        )

    def _record_conversation(self, bridge: BridgeId, name: str) -> Iterator[RequestStep]:
        """Record a bridge. Asterisk puts a channel of its own into it, and never ends by itself: `max_silence` is 0."""
        room = self._bridges.get(bridge)
        if room is None:
            yield RequestStep(None, _is_complete(name))
            return
        query = {"name": name, "format": "wav", "maxSilenceSeconds": "0", "ifExists": "fail", "terminateOn": "none"}
        # the end of the recording is an event of the bridge, which outlives its channels for a moment
        app = self.settings.app
        yield RequestStep(_request("POST", "applications", app, "subscription", eventSource=f"bridge:{room.key}"))
        yield RequestStep(Request("POST", path("bridges", room.key, "record"), query), _is_complete(name))

    def _stop_recording(self, name: str, discard: bool) -> Iterator[RequestStep]:
        if discard:
            self.book.recording_over(name)
            stored = _request("DELETE", "recordings", "stored", name)
            yield RequestStep(_request("DELETE", "recordings", "live", name), otherwise=(stored,))
        else:
            yield RequestStep(_request("POST", "recordings", "live", name, "stop"), _is_complete(name))

    def _fall_back(self, leg: LegId, again: bool) -> Iterator[RequestStep]:
        if not self.book.fallen_back(leg):
            return
        yield from self._quiet(leg)
        self._music.discard(leg)
        for bridge in self._bridges_with(leg):
            yield from self._take_out(bridge, (leg,))
        # outside our application we get the event of the channel's end only with a subscription
        app = self.settings.app
        yield RequestStep(
            _request("POST", "applications", app, "subscription", eventSource=f"channel:{self._channel(leg)}")
        )
        where = {"label": FALLBACK_WAITS} if again else {"priority": "1"}
        yield RequestStep(
            _request("POST", "channels", self._channel(leg), "continue", context=FALLBACK, extension="s", **where)
        )

    def _monitor(self, order: Monitor) -> Iterator[RequestStep]:
        supervisor = order.supervisor
        yield from self._end_tap(supervisor)
        if self.book.is_over(supervisor):
            return
        if order.mode is MonitorMode.BARGE_IN:
            yield from self._connect(order.bridge, (supervisor,))
            return
        for bridge in self._bridges_with(supervisor):
            yield from self._take_out(bridge, (supervisor,))
        mark = self.fresh()
        tap = Tap(channel=f"{supervisor}.tap.{mark}", room=f"{supervisor}.listening.{mark}")
        self._taps[supervisor] = tap
        query = {
            "snoopId": tap.channel,
            "app": self.settings.app,
            "appArgs": f"{MONITORING},{supervisor}",
            "spy": "both",
            "whisper": "out" if order.mode is MonitorMode.WHISPER else "none",
        }
        yield RequestStep(Request("POST", path("channels", self._channel(order.target), "snoop"), query))

    def _channel(self, leg: LegId) -> str:
        return self._channels.get(leg, leg)

    def _add(self, key: str, legs: Iterable[LegId]) -> Request:
        return _request("POST", "bridges", key, "addChannel", channel=",".join(map(self._channel, legs)))

    def _end_tap(self, supervisor: LegId) -> Iterator[RequestStep]:
        if (tap := self._taps.pop(supervisor, None)) is not None:
            yield RequestStep(_request("POST", "bridges", tap.room, "removeChannel", channel=self._channel(supervisor)))
            yield RequestStep(_request("DELETE", "channels", tap.channel))
            yield RequestStep(_request("DELETE", "bridges", tap.room))


def _request(method: str, *parts: str, **query: str) -> Request:
    return Request(method, path(*parts), query)


def _is_complete(name: str) -> Callable[[datetime], Observation]:
    """Asterisk refuses a request for a recording that is not going on: it has ended, or never began."""
    return lambda at: ConversationRecorded(name, at)


def _make_bridge(key: str, name: BridgeId) -> Request:
    return _request("POST", "bridges", key, type="mixing,dtmf_events", name=name)


def _reason(cause: str) -> str:
    return cause if cause in ("busy", "congestion") else "normal"


def _plain(text: str) -> str:
    """The text without characters that could break out of a header or an argument list."""
    return re.sub(r'[\x00-\x1f\x7f"<>,;\\|&]', " ", text)[:80].strip()

"""Asterisk with people around it, who are channels of a second application in the same Asterisk.

The test controls the far end of each call through a connection of its own, and plays and records sound there. So it
measures the sound that each person hears.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import itertools
import math
from array import array
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from indgang.telephony import sound
from indgang.telephony.asterisk.ari import Ari, AriResponse, Request, path
from indgang.telephony.asterisk.configuration import LEFT_PREFIX
from indgang.telephony.asterisk.process import Exchange
from indgang.telephony.asterisk.provider import Asterisk
from indgang.telephony.contract import LegId

PEOPLE = "people"
#: the threshold of audible sound (silence is 0, a tone about 3000)
LOUD = 300.0
#: tones of the talker and of the others, in hertz: whole periods in a tenth of a second, so they do not mix
TONE, HUM = 1000.0, 300.0
#: seconds of listening
LISTEN = 0.3
#: seconds of speech; Asterisk counts talk in whole seconds and takes less for noise
SPEECH = 1.5
#: seconds to wait for an expected event
PATIENCE = 60.0

#: numbers that behave as the rig says: 1 answers, 2 is busy, 3 refuses, 4 never answers, 5 is not there
PEOPLE_PLAN = f"""
[indgang-people]
exten => _1,1,Ringing()
 same => n,Wait(0.2)
 same => n,Answer()
 same => n,Stasis({PEOPLE})
exten => _2,1,Hangup(17)
exten => _3,1,Ringing()
 same => n,Wait(0.2)
 same => n,Hangup(21)
exten => _4,1,Ringing()
 same => n,Wait(60)
"""


class Link:
    """The connection between product and exchange, which a test can cut."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._passing: set[asyncio.Task[None] | None] = set()
        self.port = 0

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._pass_on, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        if self._server is not None:
            self._server.close()
        for writer in list(self._writers):
            writer.transport.abort()
        await asyncio.gather(*(task for task in self._passing if task), return_exceptions=True)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._passing.add(task := asyncio.current_task())
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._port)
        self._writers |= {writer, far_writer}
        await asyncio.gather(_copy(reader, far_writer), _copy(far_reader, writer))
        self._writers -= {writer, far_writer}
        self._passing.discard(task)


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await source.read(65536):
            target.write(data)
            await target.drain()
    with contextlib.suppress(OSError, RuntimeError):
        target.close()


class ExchangeRig:
    answers, busy, refuses, never_answers, unreachable = "tel:1", "tel:2", "tel:3", "tel:4", "tel:5"
    short, pace = 0.2, 1.0
    _numbers = itertools.count(1)

    def __init__(self, exchange: Exchange, link: Link) -> None:
        self.exchange = exchange
        self.link = link
        settings = exchange.settings
        self.telephone = Asterisk(dataclasses.replace(settings, http_port=link.port))
        self._far: dict[LegId, str] = {}
        self._present: set[str] = set()
        self._finished: set[str] = set()
        self._keys: dict[str, str] = {}
        self._changed = asyncio.Condition()
        self._opened = asyncio.Event()
        self.people = Ari(
            url=settings.ari_url,
            user=settings.ari_user,
            password=settings.ari_password,
            app=PEOPLE,
            on_event=self._event,
            on_open=self._on_open,
            on_lost=lambda reason: None,
        )

    # --- actions of people -----------------------------------------------------------------------

    async def call(self, dialled: str, number: str) -> LegId:
        count = next(self._numbers)
        leg, far = f"in-{count}", f"caller-{count}"
        self._far[leg] = far
        answer = await self.people.send(
            Request(
                "POST",
                "channels",
                {
                    "endpoint": f"Local/{dialled}@indgang-inbound/n",
                    "app": PEOPLE,
                    "channelId": far,
                    "otherChannelId": leg,
                    "formats": "alaw",
                    "callerId": number or "anonymous",
                },
            )
        )
        assert answer.ok, answer
        return leg

    async def press(self, leg: LegId, key: str) -> None:
        await self._must("POST", "channels", await self._person(leg), "dtmf", dtmf=key)

    async def hang_up(self, leg: LegId) -> None:
        far = self._far.get(leg, f"{leg};2")
        await self._must("DELETE", "channels", far)

    async def keys_heard(self, leg: LegId, keys: str) -> bool:
        far = await self._person(leg)
        async with asyncio.timeout(PATIENCE), self._changed:
            await self._changed.wait_for(lambda: len(self._keys.get(far, "")) >= len(keys))
        return self._keys[far] == keys

    async def hears(self, listener: LegId, talker: LegId) -> bool:
        """The talker sends one tone, the others another (every real call has sound), and the listener is recorded."""
        listens, talks = await self._person(listener), await self._person(talker)
        said = {far: f"say-{next(self._numbers)}" for far in self._present - {listens}}
        for far, playback in said.items():
            media = f"sound:{self.exchange.settings.sounds}/people-{'tone' if far == talks else 'hum'}"
            await self.people.send(Request("POST", path("channels", far, "play", playback), {"media": media}))
        try:
            return strength(await self._heard(listens), TONE) > LOUD
        finally:
            for playback in said.values():
                await self.people.send(Request("DELETE", path("playbacks", playback)))

    async def hears_music(self, leg: LegId) -> bool:
        samples = await self._heard(await self._person(leg))
        return any(abs(sample) > LOUD for sample in samples)

    async def speak(self, leg: LegId) -> None:
        far, speech = await self._person(leg), f"speech-{next(self._numbers)}"
        await self._must(
            "POST", "channels", far, "play", speech, media=f"sound:{self.exchange.settings.sounds}/people-tone"
        )
        await asyncio.sleep(SPEECH)
        await self._must("DELETE", "playbacks", speech)

    async def fall_silent(self, leg: LegId) -> None:
        """Send silence from now on, as telephones do: a channel that has nothing to play sends nothing."""
        media = f"sound:{self.exchange.settings.sounds}/people-silence"
        await self._must(
            "POST", "channels", await self._person(leg), "play", f"silence-{next(self._numbers)}", media=media
        )

    async def talk(self, seconds: float) -> None:
        """Everybody makes sound for so long."""
        said = {far: f"talk-{next(self._numbers)}" for far in self._present}
        media = f"sound:{self.exchange.settings.sounds}/people-tone"
        for far, playback in said.items():
            await self.people.send(Request("POST", path("channels", far, "play", playback), {"media": media}))
        await asyncio.sleep(seconds)
        for playback in said.values():
            await self.people.send(Request("DELETE", path("playbacks", playback)))

    async def lose(self) -> None:
        await self.link.cut()

    async def restore(self) -> None:
        await self.link.open()

    async def restart(self) -> None:
        """Start the exchange that was killed, and wait until the people are connected again."""
        self._opened.clear()
        await asyncio.to_thread(self.exchange.start)
        await asyncio.wait_for(self._opened.wait(), PATIENCE)

    async def leave_message(self, dialled: str, number: str) -> None:
        """Call, hear the fallback plan out, speak, and hang up."""
        leg = await self.call(dialled, number)
        far = await self._person(leg)
        recordings = self.exchange.settings.recordings
        async with asyncio.timeout(PATIENCE):
            while not list(recordings.glob(f"{LEFT_PREFIX}*")):
                await asyncio.sleep(0.05)
        await self.speak(leg)
        await self.hang_up(leg)
        async with asyncio.timeout(PATIENCE), self._changed:
            await self._changed.wait_for(lambda: far not in self._present)

    # --- inside ----------------------------------------------------------------------------------

    async def _person(self, leg: LegId) -> str:
        """The far channel, once its person is on the line."""
        far = self._far.get(leg, f"{leg};2")
        try:
            async with asyncio.timeout(PATIENCE), self._changed:
                await self._changed.wait_for(lambda: far in self._present)
        except TimeoutError:
            raise AssertionError(f"nobody came on the line at {far}; there are {self._present}") from None
        return far

    async def _heard(self, far: str) -> array[int]:
        """The sound that this person hears now: samples of the last tenth of a second."""
        name = f"heard-{next(self._numbers)}"
        await self._must("POST", "channels", far, "record", name=name, format="wav", maxSilenceSeconds="0")
        await asyncio.sleep(LISTEN)
        await self._must("POST", "recordings", "live", name, "stop")
        async with asyncio.timeout(PATIENCE), self._changed:
            await self._changed.wait_for(lambda: name in self._finished)
        file = self.exchange.settings.recordings / f"{name}.wav"
        content = file.read_bytes()[44:]
        file.unlink()
        # the first sound was on its way before the order
        return array("h", content[: len(content) // 2 * 2])[-sound.RATE // 10 :]

    async def _must(self, method: str, *parts: str, **query: str) -> AriResponse:
        answer = await self.people.send(Request(method, path(*parts), query))
        assert answer.ok, (method, parts, answer)
        return answer

    async def _on_open(self) -> None:
        self._opened.set()

    def _event(self, event: dict[str, Any]) -> None:
        channel = event.get("channel", {}).get("id", "")
        match event.get("type"):
            case "StasisStart":
                self._present.add(channel)
            case "StasisEnd" | "ChannelDestroyed":
                self._present.discard(channel)
            case "ChannelDtmfReceived":
                self._keys[channel] = self._keys.get(channel, "") + event["digit"]
            case "RecordingFinished" | "RecordingFailed":
                self._finished.add(event["recording"]["name"])
        asyncio.get_running_loop().create_task(self._tell())

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()


@asynccontextmanager
async def open_rig(exchange: Exchange) -> AsyncIterator[ExchangeRig]:
    """A rig on a running exchange, which is left without calls, messages and sign-ins."""
    for name, hertz in (("tone", TONE), ("hum", HUM)):
        (exchange.settings.sounds / f"people-{name}.wav").write_bytes(sound.tone(60, hertz=hertz))
    (exchange.settings.sounds / "people-silence.wav").write_bytes(sound.silence(60))
    link = Link(exchange.settings.http_port)
    await link.open()
    rig = ExchangeRig(exchange, link)
    running = asyncio.create_task(rig.people.run())
    try:
        await asyncio.wait_for(rig._opened.wait(), 10)
        yield rig
    finally:
        await hang_up_all(rig.people)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await link.cut()
        for message in exchange.settings.recordings.glob("*"):
            message.unlink()


def strength(samples: array[int], hertz: float) -> float:
    """The strength of one frequency in the samples (Goertzel's filter); a full tone of 0.2 gives about 3000."""
    if len(samples) < 200:
        return 0.0
    turn = 2 * math.cos(2 * math.pi * hertz / sound.RATE)
    before, last = 0.0, 0.0
    for sample in samples:
        before, last = last, sample + turn * last - before
    return math.sqrt(max(0.0, last * last + before * before - turn * last * before)) / len(samples)


async def hang_up_all(ari: Ari) -> None:
    """End every channel of the exchange and wait until none is left."""
    async with asyncio.timeout(PATIENCE):
        while channels := (await ari.send(Request("GET", "channels"))).body:
            for channel in channels:
                await ari.send(Request("DELETE", path("channels", channel["id"])))
            await asyncio.sleep(0.02)

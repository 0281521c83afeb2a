"""Telephones (SIP and RTP over UDP) that notice, packet by packet, when they receive sound.

Callers call an exchange, press keys (RFC 4733) and listen; agents' telephones ring, or answer and send a tone. There is
one socket for signalling and one for sound; the exchange's port tells which call a packet belongs to.
"""

from __future__ import annotations

import asyncio
import itertools
import math
import re
import socket
import struct
import time
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Self

from indgang.telephony import sound
from tests.telephony.sip_phone import SipPeople

#: a packet is 20 ms of sound: 160 samples, A-law
SAMPLES = 160
A_LAW, KEYS = 8, 101
#: louder packets count as sound; hold music reaches 4000
LOUD = 200
SILENCE = bytes([0xD5]) * SAMPLES


def _magnitude(code: int) -> int:
    """How loud one A-law sample is (ITU-T G.711)."""
    code ^= 0x55
    exponent, mantissa = (code & 0x70) >> 4, code & 0x0F
    value = (mantissa << 4) + 8
    return value if exponent == 0 else (value + 0x100) << (exponent - 1)


_LOUD = bytes(_magnitude(code) > LOUD for code in range(256))


def _a_law_tone() -> bytes:
    """20 ms of 400 Hz: eight whole periods, so that the packets join without a gap."""
    codes = sorted((_magnitude(code) * (1 if code & 0x80 else -1), code) for code in range(256))
    wanted = [6000 * math.sin(2 * math.pi * 400 * n / sound.RATE) for n in range(SAMPLES)]
    return bytes(min(codes, key=lambda pair: abs(pair[0] - value))[1] for value in wanted)


class Sound(asyncio.DatagramProtocol):
    """The sound socket of many calls. `ends` are the receivers by the exchange's port."""

    def __init__(self) -> None:
        self.ends: dict[int, Caller] = {}

    @classmethod
    async def open(cls) -> Self:
        made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        made.bind(("127.0.0.1", 0))
        _, opened = await asyncio.get_running_loop().create_datagram_endpoint(cls, sock=made)
        return opened

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]  # always UDP
        self.transport = transport
        self.port = transport.get_extra_info("sockname")[1]

    def datagram_received(self, data: bytes, address: tuple[str, int]) -> None:
        end = self.ends.get(address[1])
        if end is not None and data[1] & 0x7F == A_LAW and any(data[12::8].translate(_LOUD)):
            end.heard.append(time.monotonic())

    def send(self, port: int, number: int, payload: bytes, kind: int = A_LAW, *, marker: bool = False) -> None:
        header = struct.pack("!BBHII", 0x80, kind | (0x80 if marker else 0), number & 0xFFFF, number * SAMPLES, port)
        self.transport.sendto(header + payload, ("127.0.0.1", port))


@dataclass(eq=False)
class Caller:
    """One call. `heard` are the moments (monotonic) at which loud packets arrived."""

    number: str
    call_id: str
    began: float
    sound: Sound
    heard: list[float] = field(default_factory=list)
    port: int = 0
    to: str = ""
    answered: asyncio.Event = field(default_factory=asyncio.Event)
    ended: bool = False
    _count: itertools.count[int] = field(default_factory=itertools.count)

    def press(self, key: str) -> None:
        """Press a key as telephones do: three event packets, and three end packets."""
        digit = "0123456789*#".index(key)
        for last in (False, False, False, True, True, True):
            payload = struct.pack("!BBH", digit, (0x80 if last else 0) | 10, 1600 if last else 400)
            self.sound.send(self.port, next(self._count), payload, KEYS)

    def be_silent(self) -> None:
        """Send a packet of silence, because the exchange ends a call that sends nothing."""
        if self.port and not self.ended:
            self.sound.send(self.port, next(self._count), SILENCE)

    def longest_silence(self, since: float, until: float) -> float:
        """The longest silence in seconds between two moments (monotonic)."""
        heard = [at for at in self.heard if since < at < until]
        return max(later - earlier for earlier, later in pairwise([since, *heard, until]))

    def first_heard(self, since: float) -> float | None:
        return next((at for at in self.heard if at > since), None)


class Callers(asyncio.DatagramProtocol):
    """All callers who call an exchange through the trunk."""

    def __init__(self, exchange_port: int, sounds: Sound) -> None:
        self._exchange = ("127.0.0.1", exchange_port)
        self._sounds = sounds
        self._calls: dict[str, Caller] = {}
        self._numbers = itertools.count(1)
        self._living: asyncio.Task[None] | None = None

    @classmethod
    async def open(cls, exchange_port: int) -> Self:
        sounds = await Sound.open()
        _, callers = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: cls(exchange_port, sounds), local_addr=("127.0.0.1", 0)
        )
        callers._living = asyncio.create_task(callers._stay_on_the_line())
        return callers

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]  # always UDP
        self._transport = transport
        self._port = transport.get_extra_info("sockname")[1]

    def close(self) -> None:
        if self._living is not None:
            self._living.cancel()
        self._transport.close()
        self._sounds.transport.close()

    def call(self, dialled: str, number: str) -> Caller:
        """Begin a call."""
        caller = Caller(number, f"bench-{next(self._numbers)}", time.monotonic(), self._sounds)
        self._calls[caller.call_id] = caller
        sdp = (
            "v=0\r\no=c 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
            f"m=audio {self._sounds.port} RTP/AVP {A_LAW} {KEYS}\r\na=rtpmap:{A_LAW} PCMA/8000\r\n"
            f"a=rtpmap:{KEYS} telephone-event/8000\r\n"
        )
        body = f"Content-Type: application/sdp\r\nContent-Length: {len(sdp)}\r\n\r\n{sdp}"
        self._send("INVITE", caller, dialled, 1, body)
        return caller

    async def is_answered(self, caller: Caller) -> None:
        async with asyncio.timeout(30):
            await caller.answered.wait()

    def hang_up(self, caller: Caller) -> None:
        if not caller.ended:
            caller.ended = True
            self._send("BYE", caller, "x", 2, "Content-Length: 0\r\n\r\n")

    def _send(self, method: str, caller: Caller, dialled: str, number: int, rest: str) -> None:
        where = f"127.0.0.1:{self._exchange[1]}"
        branch = f"z9hG4bK{caller.call_id}{method}{time.monotonic_ns()}"
        lines = [
            f"{method} sip:{dialled}@{where} SIP/2.0",
            f"Via: SIP/2.0/UDP 127.0.0.1:{self._port};branch={branch}",
            f"From: <sip:{caller.number}@127.0.0.1:{self._port}>;tag={caller.call_id}",
            f"To: {caller.to or f'<sip:{dialled}@{where}>'}",
            f"Call-ID: {caller.call_id}",
            f"CSeq: {number} {method}",
            f"Contact: <sip:caller@127.0.0.1:{self._port}>",
            "Max-Forwards: 70",
        ]
        self._transport.sendto(("\r\n".join(lines) + "\r\n" + rest).encode(), self._exchange)

    def datagram_received(self, data: bytes, address: tuple[str, int]) -> None:
        text = data.decode(errors="replace")
        found = re.search(r"^Call-ID: (\S+)", text, re.MULTILINE)
        caller = self._calls.get(found[1]) if found else None
        if caller is None:
            return
        if text.startswith("SIP/2.0 200") and re.search(r"^CSeq: 1 INVITE", text, re.MULTILINE):
            self._answered(caller, text)
        elif not text.startswith("SIP/2.0"):
            self._asked(caller, text)

    def _answered(self, caller: Caller, text: str) -> None:
        to, port = re.search(r"^To: (.+?)\r$", text, re.MULTILINE), re.search(r"^m=audio (\d+)", text, re.MULTILINE)
        if to and port and not caller.answered.is_set():
            caller.to, caller.port = to[1], int(port[1])
            self._sounds.ends[caller.port] = caller
            caller.answered.set()
        self._send("ACK", caller, "x", 1, "Content-Length: 0\r\n\r\n")

    def _asked(self, caller: Caller, text: str) -> None:
        """Handle a request of the exchange: its BYE, or its check that we are still there."""
        caller.ended = caller.ended or text.startswith("BYE")
        kept = [line for line in text.split("\r\n") if re.match(r"(Via|From|To|Call-ID|CSeq):", line)]
        answer = "\r\n".join(["SIP/2.0 200 OK", *kept, "Content-Length: 0", "", ""])
        self._transport.sendto(answer.encode(), self._exchange)

    async def _stay_on_the_line(self) -> None:
        while True:
            await asyncio.sleep(1)
            for caller in self._calls.values():
                caller.be_silent()


class TalkingPeople(SipPeople):
    """Agents' telephones that send a tone while they talk."""

    def __init__(self) -> None:
        super().__init__()
        self._tone = _a_law_tone()
        self._heads: list[int] = []
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._talking: asyncio.Task[None] | None = None

    def _invited(self, text: str, address: tuple[str, int]) -> None:
        port = re.search(r"^m=audio (\d+)", text, re.MULTILINE)
        if text not in self.invites and port and "sip:answers" in text.split("\r\n", 1)[0]:
            self._heads.append(int(port[1]))
            self._talking = self._talking or asyncio.get_running_loop().create_task(self._talk())
        super()._invited(text, address)

    def _sdp(self) -> str:
        return super()._sdp().replace("m=audio 40000", f"m=audio {self._socket.getsockname()[1]}")

    async def _talk(self) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        for number in itertools.count():
            await asyncio.sleep(began + number * SAMPLES / sound.RATE - loop.time())
            for port in self._heads:
                header = struct.pack("!BBHII", 0x80, A_LAW, number & 0xFFFF, number * SAMPLES, port)
                self._socket.sendto(header + self._tone, ("127.0.0.1", port))

    def close(self) -> None:
        if self._talking is not None:
            self._talking.cancel()
        self._socket.close()
        super().close()

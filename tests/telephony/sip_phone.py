"""A minimal SIP for tests: a phone that registers over a websocket, and one that answers calls over UDP."""

from __future__ import annotations

import asyncio
import hashlib
import re
import secrets
from typing import Self

import aiohttp

#: seconds to wait for an answer
PATIENCE = 60.0


class WebsocketPhone:
    """Registers as a browser would, and stays registered while open."""

    def __init__(self, websocket: str, name: str, password: str) -> None:
        self._websocket, self._name, self._password = websocket, name, password

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession()
        self._socket = await self._session.ws_connect(self._websocket, protocols=("sip",))
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._socket.close()
        await self._session.close()

    async def register(self) -> int:
        """The final status of a REGISTER: 200, or the status of the refusal."""
        call = secrets.token_hex(8)
        status, answer = await self._ask(call, 1, "")
        if status != 401:
            return status
        realm, nonce = _value(answer, "realm"), _value(answer, "nonce")
        signed = _digest(self._name, self._password, "REGISTER", "sip:exchange", realm, nonce)
        status, _ = await self._ask(call, 2, signed)
        return status

    async def _ask(self, call: str, number: int, authorization: str) -> tuple[int, str]:
        await self._socket.send_str(
            f"REGISTER sip:exchange SIP/2.0\r\nVia: SIP/2.0/WS test.invalid;branch=z9hG4bK{call}{number}\r\n"
            f"Max-Forwards: 70\r\nFrom: <sip:{self._name}@exchange>;tag={call}\r\nTo: <sip:{self._name}@exchange>\r\n"
            f"Call-ID: {call}\r\nCSeq: {number} REGISTER\r\nContact: <sip:{self._name}@test.invalid;transport=ws>\r\n"
            f"Expires: 60\r\n{authorization}Content-Length: 0\r\n\r\n"
        )
        while True:
            message = await asyncio.wait_for(self._socket.receive(), 10)
            if not isinstance(message.data, str | bytes):
                return 0, ""
            text = message.data if isinstance(message.data, str) else message.data.decode()
            if not text.startswith("SIP/2.0 "):
                continue  # a request of the exchange, or a keep-alive
            status = int(text.split()[1])
            if status >= 200:
                return status, text


class SipPeople(asyncio.DatagramProtocol):
    """People at SIP addresses of this port: the name before the @ decides their behaviour.

    `answers` picks up, `silent` rings for ever, a number such as `486` answers with that status. `invites` holds the
    INVITEs that came, as text.
    """

    def __init__(self) -> None:
        self.invites: list[str] = []
        self.ended: list[str] = []

    @classmethod
    async def open(cls) -> tuple[Self, int]:
        loop = asyncio.get_running_loop()
        _, people = await loop.create_datagram_endpoint(cls, local_addr=("127.0.0.1", 0))
        return people, people.port

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]  # always UDP
        self._transport = transport
        self.port = transport.get_extra_info("sockname")[1]

    def close(self) -> None:
        self._transport.close()

    def datagram_received(self, data: bytes, address: tuple[str, int]) -> None:
        text = data.decode(errors="replace")
        method = text.split(" ", 1)[0]
        if method == "INVITE":
            self._invited(text, address)
        elif method in ("BYE", "CANCEL"):
            self.ended.append(method)
            self._answer(text, address, "200 OK")
            if method == "CANCEL":
                self._answer(self.invites[-1], address, "487 Request Terminated")

    def _invited(self, text: str, address: tuple[str, int]) -> None:
        if text in self.invites:
            return
        self.invites.append(text)
        found = re.match(r"INVITE sip:([^@]+)@", text)
        name = found[1] if found else ""
        if name.isdigit():
            self._answer(text, address, f"{name} As asked")
            return
        self._answer(text, address, "180 Ringing")
        if name == "answers":
            self._answer(text, address, "200 OK", sdp=self._sdp())

    def _answer(self, request: str, address: tuple[str, int], status: str, sdp: str = "") -> None:
        kept = [line for line in request.split("\r\n") if re.match(r"(Via|From|Call-ID|CSeq|Record-Route):", line)]
        to = next(line for line in request.split("\r\n") if line.startswith("To:"))
        tag = "" if "tag=" in to else ";tag=people"
        method = next(line for line in kept if line.startswith("CSeq:")).split()[-1]
        body = ["Content-Type: application/sdp"] if sdp else []
        lines = [f"SIP/2.0 {status}", *kept, f"{to}{tag}", f"Contact: <sip:people@127.0.0.1:{self.port}>", *body]
        if method == "INVITE" or not sdp:
            lines += [f"Content-Length: {len(sdp)}", "", sdp]
        self._transport.sendto("\r\n".join(lines).encode(), address)

    def _sdp(self) -> str:
        return (
            "v=0\r\no=people 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
            "m=audio 40000 RTP/AVP 8 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\n"
        )


def _value(text: str, name: str) -> str:
    found = re.search(rf'{name}="([^"]*)"', text)
    assert found, f"no {name} in {text}"
    return found[1]


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


class SipCaller(asyncio.DatagramProtocol):
    """A caller over UDP from any address of this machine, who may authenticate, talk, press keys or vanish.

    `user` is the name in From; `headers` are more lines of each INVITE. `offers_keys` says whether the phone offers
    RFC 4733 (payload 101).
    """

    def __init__(self, port: int, *, user: str, headers: tuple[str, ...] = (), offers_keys: bool = True) -> None:
        self._exchange, self._user, self._headers = ("127.0.0.1", port), user, headers
        self._offers_keys = offers_keys
        self._call, self._tag, self._to, self._count = secrets.token_hex(8), secrets.token_hex(4), "", 0
        self._heard: asyncio.Queue[str] = asyncio.Queue()
        self._talking: asyncio.Task[None] | None = None
        self._packet, self._media = 0, ("127.0.0.1", 0)
        self.requests: list[str] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        self.vanish()

    async def open(self, address: str = "127.0.0.1") -> Self:
        """Take a port at this address of ours."""
        loop = asyncio.get_running_loop()
        await loop.create_datagram_endpoint(lambda: self, local_addr=(address, 0))
        self._rtp, _ = await loop.create_datagram_endpoint(asyncio.DatagramProtocol, local_addr=(address, 0))
        return self

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]  # always UDP
        self._transport = transport
        self._own = "{}:{}".format(*transport.get_extra_info("sockname"))

    def datagram_received(self, data: bytes, address: tuple[str, int]) -> None:
        text = data.decode(errors="replace")
        if text.startswith("SIP/2.0 "):
            self._heard.put_nowait(text)
        else:
            self.requests.append(text.split(" ", 1)[0])

    async def invite(self, dialled: str, *, sign_in: tuple[str, str] | None = None) -> int:
        """Call; returns the first status other than 100, or 0 if none comes. Authenticates when challenged."""
        answer = await self._invite(dialled, "")
        if _status(answer) == 401 and sign_in is not None:
            name, password = sign_in
            realm, nonce = _value(answer, "realm"), _value(answer, "nonce")
            answer = await self._invite(dialled, _digest(name, password, "INVITE", f"sip:{dialled}@x", realm, nonce))
        return _status(answer)

    async def answered(self) -> None:
        """Wait until the call is picked up."""
        async with asyncio.timeout(PATIENCE):
            while _status(answer := await self._heard.get()) != 200:
                pass
        found = re.search(r"m=audio (\d+)", answer)
        assert found, answer
        self._media = ("127.0.0.1", int(found[1]))
        self._to = next(line for line in answer.split("\r\n") if line.startswith("To:"))
        self._send("ACK", self._count)

    def talk(self) -> None:
        """Send sound from now on, 50 packets a second."""
        self._talking = asyncio.create_task(self._talk())

    async def press(self, key: str) -> None:
        """One key by RFC 4733, a tenth of a second long (RFC 4733, section 2.5: the end is sent three times)."""
        began, event = self._packet, "0123456789*#".index(key)
        for step in range(1, 6):
            await asyncio.sleep(0.02)
            self._event(event, began, step * 160, is_end=False)
        for _ in range(3):
            self._event(event, began, 800, is_end=True)

    def press_by_info(self, key: str) -> None:
        """One key by SIP INFO."""
        self._count += 1
        self._send("INFO", self._count, f"Signal={key}\r\nDuration=100\r\n", "application/dtmf-relay")

    async def hold(self, on: bool) -> int:
        """Hold, or resume, by re-INVITE (RFC 3264, 8.4): the status of the answer."""
        if on and self._talking is not None:
            self._talking.cancel()
        self._count += 1
        self._send("INVITE", self._count, self._sdp("sendonly" if on else "sendrecv"), "application/sdp")
        async with asyncio.timeout(PATIENCE):
            while f"CSeq: {self._count} INVITE" not in (answer := await self._heard.get()) or _status(answer) < 200:
                pass
        self._send("ACK", self._count)
        if not on:
            self.talk()
        return _status(answer)

    def hang_up(self) -> None:
        self._count += 1
        self._send("BYE", self._count)

    def vanish(self) -> None:
        """Stop without a message, like a telephone that loses its network."""
        if self._talking is not None:
            self._talking.cancel()
        self._transport.close()
        self._rtp.close()

    # --- internals -------------------------------------------------------------------------------

    async def _invite(self, dialled: str, authorization: str) -> str:
        self._count += 1
        self._to, self._dialled = f"To: <sip:{dialled}@x>", dialled
        self._send("INVITE", self._count, self._sdp(), "application/sdp", (*self._headers, authorization))
        try:
            async with asyncio.timeout(PATIENCE):
                while _status(answer := await self._heard.get()) == 100:
                    pass
        except TimeoutError:
            return ""
        if _status(answer) >= 300:
            asked, self._to = self._to, next(line for line in answer.split("\r\n") if line.startswith("To:"))
            self._send("ACK", self._count, branch=f"z9hG4bK{self._call}{self._count}")
            self._to = asked
        else:
            self._heard.put_nowait(answer)
        return answer

    def _send(
        self, method: str, count: int, body: str = "", kind: str = "", headers: tuple[str, ...] = (), branch: str = ""
    ) -> None:
        branch = branch or f"z9hG4bK{self._call}{count}{'a' if method == 'ACK' else ''}"
        lines = [
            f"{method} sip:{self._dialled}@x SIP/2.0", f"Via: SIP/2.0/UDP {self._own};branch={branch};rport",
            f"From: <sip:{self._user}@{self._own}>;tag={self._tag}", self._to, f"Call-ID: {self._call}",
            f"CSeq: {count} {method}", f"Contact: <sip:caller@{self._own}>", "Max-Forwards: 70",
            *(line.strip() for line in headers if line), *([f"Content-Type: {kind}"] if kind else []),
            f"Content-Length: {len(body)}", "", body,
        ]  # fmt: skip
        self._transport.sendto("\r\n".join(lines).encode(), self._exchange)

    def _sdp(self, direction: str = "sendrecv") -> str:
        host, port = self._rtp.get_extra_info("sockname")
        keys = "\r\na=rtpmap:101 telephone-event/8000" if self._offers_keys else ""
        return (
            f"v=0\r\no=caller 1 1 IN IP4 {host}\r\ns=-\r\nc=IN IP4 {host}\r\nt=0 0\r\n"
            f"m=audio {port} RTP/AVP 8{' 101' if keys else ''}\r\na=rtpmap:8 PCMA/8000{keys}\r\na={direction}\r\n"
        )

    async def _talk(self) -> None:
        while True:
            self._sound(b"\xd5" * 160)
            await asyncio.sleep(0.02)

    def _sound(self, payload: bytes) -> None:
        self._rtp_packet(8, self._packet * 160, payload)

    def _event(self, event: int, began: int, length: int, *, is_end: bool) -> None:
        payload = bytes((event, (0x80 if is_end else 0) | 10)) + length.to_bytes(2, "big")
        self._rtp_packet(101, began * 160, payload)

    def _rtp_packet(self, kind: int, timestamp: int, payload: bytes) -> None:
        self._packet += 1
        head = bytes((0x80, kind)) + self._packet.to_bytes(2, "big") + timestamp.to_bytes(4, "big") + b"call"
        self._rtp.sendto(head + payload, self._media)


def _status(answer: str) -> int:
    return int(answer.split()[1]) if answer else 0


def _digest(name: str, password: str, method: str, uri: str, realm: str, nonce: str) -> str:
    secret = _md5(f"{name}:{realm}:{password}")
    count, own = "00000001", secrets.token_hex(4)
    response = _md5(f"{secret}:{nonce}:{count}:{own}:auth:{_md5(f'{method}:{uri}')}")
    return (
        f'Authorization: Digest username="{name}", realm="{realm}", nonce="{nonce}", uri="{uri}", qop=auth, '
        f'nc={count}, cnonce="{own}", response="{response}", algorithm=MD5\r\n'
    )

"""Just enough SIP for tests: a phone that registers over a websocket, and one that answers calls over UDP."""

from __future__ import annotations

import asyncio
import hashlib
import re
import secrets
from typing import Self

import aiohttp


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
        """The final status of a REGISTER: 200, or what refused it."""
        call = secrets.token_hex(8)
        status, answer = await self._ask(call, 1, "")
        if status != 401:
            return status
        realm, nonce = _value(answer, "realm"), _value(answer, "nonce")
        status, _ = await self._ask(call, 2, self._authorization(realm, nonce))
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
                continue  # a request of the exchange's, or a sign of life
            status = int(text.split()[1])
            if status >= 200:
                return status, text

    def _authorization(self, realm: str, nonce: str) -> str:
        uri = "sip:exchange"
        secret = _md5(f"{self._name}:{realm}:{self._password}")
        count, own = "00000001", secrets.token_hex(4)
        response = _md5(f"{secret}:{nonce}:{count}:{own}:auth:{_md5(f'REGISTER:{uri}')}")
        return (
            f'Authorization: Digest username="{self._name}", realm="{realm}", nonce="{nonce}", uri="{uri}", qop=auth, '
            f'nc={count}, cnonce="{own}", response="{response}", algorithm=MD5\r\n'
        )


class SipPeople(asyncio.DatagramProtocol):
    """People at SIP addresses of this port: the name before the @ says how they behave.

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

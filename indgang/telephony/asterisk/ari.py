"""A client of Asterisk's REST interface: events in, requests out, over one websocket that stays open.

From Asterisk 20.14, 21.9 and 22.4 requests travel over the websocket too, half a millisecond each and in order. Older
versions get them over HTTP, one after another. Either way requests take effect in the order in which they were given.

Found by experiment (22.10): Asterisk handles the requests of one websocket one at a time. A request that must wait
for a channel (`addChannel` while a prompt plays on it) delays all later ones, so the user of this module stops the
prompt first. The event filter also applies to the answers to requests: `RESTResponse` must be allowed.
"""

from __future__ import annotations

import asyncio
import base64
import itertools
import logging
import re
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

import aiohttp
import orjson

log = logging.getLogger(__name__)

#: seconds without an answer after which a request counts as failed
REQUEST_TIMEOUT = 10.0
#: the same for a file; an hour of recorded conversation has 58 MB
DOWNLOAD_TIMEOUT = 120.0
#: seconds between heartbeats on the websocket
HEARTBEAT = 5.0
#: seconds between two attempts to connect; short, because browsers sign in as soon as the exchange is back
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 0.5
#: shortest interval between two reads of the socket, in seconds. At eighty calls a second some 1,400 messages come in
#: a second, and half of what reading one costs is to wake up for it. What comes after a longer pause is read at once
READS_APART = 0.02
#: number of latest events that are searched for a repeated one
LATEST = 16

_UNRESERVED = re.compile(r"[A-Za-z0-9_.~-]*").fullmatch

#: the first minor version of each series that takes requests over the websocket
_REQUESTS_OVER_WEBSOCKET = {20: 14, 21: 9, 22: 4}


class AriLost(ConnectionError):
    """There is no connection to Asterisk now, or no answer came."""


@dataclass(frozen=True, slots=True)
class AriResponse:
    """What Asterisk answered: HTTP status, and the decoded JSON body (None when empty)."""

    status: int
    body: Any = None

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300


#: called with the result of a request
Answered = Callable[[AriResponse | AriLost], None]


@dataclass(frozen=True, slots=True)
class Request:
    """One request: path below /ari with its parts already quoted, query values and JSON body."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    body: Any = None


@dataclass(slots=True)
class _Asked:
    """A request that has been given, and the deadline of its answer (by the event loop's clock)."""

    number: str
    request: Request
    answered: Answered
    deadline: float


def path(*parts: str) -> str:
    """A path from parts that may contain any character. Most contain nothing that must be quoted."""
    return "/".join(part if _UNRESERVED(part) else quote(part, safe="") for part in parts)


async def ended(*tasks: asyncio.Task[None]) -> None:
    """Cancel the tasks and wait until they have ended; a cancellation of the caller meanwhile takes effect afterwards.

    Raises the error of a failed task, unless it is the loss of the connection.
    """
    for task in tasks:
        task.cancel()
    for outcome in await asyncio.gather(*tasks, return_exceptions=True):
        if outcome is not None and not isinstance(outcome, asyncio.CancelledError | aiohttp.ClientError | OSError):
            raise outcome


class Ari:
    """The connection. `run` keeps it open until cancelled; `give` and `send` take requests while it is open.

    on_event    called with each event (a JSON object); it must not block
    on_open     awaited when connected, while events already come in; an exception closes the connection, and we retry
    on_lost     called with the reason, once per loss (also when the first attempt fails)
    on_refused  called for each attempt at which nobody listens at the address
    """

    def __init__(
        self,
        *,
        url: str,
        user: str,
        password: str,
        app: str,
        on_event: Callable[[dict[str, Any]], None],
        on_open: Callable[[], Awaitable[None]],
        on_lost: Callable[[str], None],
        on_refused: Callable[[], None] = lambda: None,
    ) -> None:
        self._url = url
        self._user = user
        self._password = password
        self._app = app
        self._on_event = on_event
        self._on_open = on_open
        self._on_lost = on_lost
        self._on_refused = on_refused
        self._is_refused = False
        self._session: aiohttp.ClientSession | None = None
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._over_websocket = False
        self._was_open = False
        #: requests that have been given and not sent yet, and those not answered yet, both in the order given
        self._outgoing: asyncio.Queue[_Asked] = asyncio.Queue()
        self._waiting: dict[str, _Asked] = {}
        #: Asterisk sends an event twice to an application that subscribes to it in two ways (to a phone's channel and
        #: to the phone, say); the second event is identical and follows closely
        self._latest: deque[str] = deque(maxlen=LATEST)
        self._numbers = itertools.count()
        #: whether the socket is not read for a moment
        self._resting = False
        self.version = ""

    async def run(self) -> None:
        """Connect and reconnect, with growing pauses, until cancelled."""
        pause, told = FIRST_PAUSE, False
        async with aiohttp.ClientSession(headers={"Authorization": _basic(self._user, self._password)}) as session:
            self._session = session
            try:
                while True:
                    reason = await self._until_lost()
                    if self._was_open:
                        pause, told = FIRST_PAUSE, False
                    if not told:
                        told = True
                        log.warning("exchange lost: %s", reason)
                        self._on_lost(reason)
                    if self._is_refused:
                        self._on_refused()
                    await asyncio.sleep(pause)
                    pause = min(2 * pause, LONGEST_PAUSE)
            finally:
                self._session = None

    def give(self, request: Request, answered: Answered) -> None:
        """Give one request without waiting. `answered` is called with the answer, or with `AriLost` if there is none.

        Requests are carried out in the order in which they were given.
        """
        if self._socket is None:
            answered(AriLost("no connection to the exchange"))
            return
        deadline = asyncio.get_running_loop().time() + REQUEST_TIMEOUT
        asked = _Asked(str(next(self._numbers)), request, answered, deadline)
        self._waiting[asked.number] = asked
        self._outgoing.put_nowait(asked)

    async def send(self, request: Request) -> AriResponse:
        """Carry out one request, in order with the others, and wait for its answer. Raises `AriLost`."""
        waiting: asyncio.Future[AriResponse | AriLost] = asyncio.get_running_loop().create_future()
        self.give(request, lambda answer: None if waiting.done() else waiting.set_result(answer))
        answer = await waiting
        if isinstance(answer, AriLost):
            raise answer
        return answer

    async def over_http(self, request: Request) -> AriResponse:
        """One request over HTTP, outside the order. Raises `AriLost`."""
        status, content = await self._http(request)
        return AriResponse(status, _decoded(content))

    async def download(self, path: str) -> bytes | None:
        """The bytes at a path, or None when Asterisk has nothing there. Raises `AriLost`, also for any other answer."""
        status, content = await self._http(Request("GET", path), seconds=DOWNLOAD_TIMEOUT)
        if status not in (200, 404):
            raise AriLost(f"Asterisk answered {status}")
        return content if status == 200 else None

    # --- internals ------------------------------------------------------------------------------

    async def _until_lost(self) -> str:
        """Run one connection to its end; returns the reason of the end."""
        self._was_open = self._is_refused = False
        try:
            await self._connection()
        except aiohttp.ClientConnectorError as error:
            self._is_refused = isinstance(error.os_error, ConnectionRefusedError)
            return str(error)
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            return str(error) or type(error).__name__
        except Exception as error:  # after any error, the telephone must come back
            log.exception("the connection to the exchange failed in a way nobody thought of")
            return str(error) or type(error).__name__
        finally:
            self._drop()
        return "Asterisk closed the connection"

    async def _connection(self) -> None:
        assert self._session is not None  # set by run
        self.version = await self._ask_version(self._session)
        self._over_websocket = takes_requests_over_websocket(self.version)
        query = urlencode({"app": self._app, "subscribeAll": "false"})
        async with self._session.ws_connect(
            f"{self._url}/events?{query}",
            heartbeat=HEARTBEAT,
            max_msg_size=0,
            timeout=aiohttp.ClientWSTimeout(ws_close=2),
        ) as socket:
            self._socket = socket
            at_work = [asyncio.create_task(self._send_all(socket)), asyncio.create_task(self._give_up_late_ones())]
            opening = asyncio.create_task(self._open())
            try:
                async for message in socket:
                    self._rest(socket)
                    if message.type is aiohttp.WSMsgType.TEXT:
                        self._receive(message.data)
                    if opening.done() and not self._was_open:
                        opening.result()  # a failure while opening ends this connection
            finally:
                await ended(*at_work, opening)

    def _rest(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        """Leave in the socket what comes within the next moment, and read it together."""
        transport = socket._conn.transport if socket._conn else None  # aiohttp shows it in no other way
        if self._resting or transport is None or transport.is_closing():
            return
        self._resting = True
        transport.pause_reading()
        asyncio.get_running_loop().call_later(READS_APART, self._read_on, transport)

    def _read_on(self, transport: asyncio.Transport) -> None:
        self._resting = False
        if not transport.is_closing():
            transport.resume_reading()

    async def _open(self) -> None:
        try:
            await self._on_open()
        except (AriLost, TimeoutError, ValueError, KeyError, TypeError):
            log.exception("could not take stock of the exchange")
            if self._socket is not None:
                await self._socket.close()
        else:
            self._was_open = True

    async def _ask_version(self, session: aiohttp.ClientSession) -> str:
        async with session.get(f"{self._url}/asterisk/info", params={"only": "system"}, timeout=_timeout()) as response:
            response.raise_for_status()
            info = _decoded(await response.read())
        return str(info["system"]["version"]) if isinstance(info, dict) and "system" in info else ""

    def _receive(self, text: str) -> None:
        if text in self._latest:
            return
        self._latest.append(text)
        message = _decoded(text)
        if not isinstance(message, dict):
            log.warning("exchange sent something that is no event: %.200s", text)
        elif message.get("type") == "RESTResponse":
            self._tell(
                str(message.get("request_id")), AriResponse(_status(message), _decoded(message.get("message_body")))
            )
        else:
            self._on_event(message)

    def _tell(self, number: str, answer: AriResponse | AriLost) -> None:
        """Pass on the outcome of a request, once."""
        asked = self._waiting.pop(number, None)
        if asked is not None:
            asked.answered(answer)

    async def _send_all(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        """Send the given requests, one after another, as long as the connection lasts."""
        while True:
            asked = await self._outgoing.get()
            try:
                if self._over_websocket:
                    await socket.send_str(_message(asked))
                else:
                    self._tell(asked.number, await self.over_http(asked.request))
            except (aiohttp.ClientError, OSError) as error:
                self._tell(asked.number, error if isinstance(error, AriLost) else AriLost(str(error)))

    async def _give_up_late_ones(self) -> None:
        """Let requests without a timely answer fail. All have the same time limit, so the first one is the oldest."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(1)
            late = itertools.takewhile(lambda asked: asked.deadline <= loop.time(), self._waiting.values())
            for asked in list(late):
                self._tell(asked.number, AriLost(f"no answer to {asked.request.method} {asked.request.path}"))

    async def _http(self, request: Request, *, seconds: float = REQUEST_TIMEOUT) -> tuple[int, bytes]:
        if self._session is None:
            raise AriLost("no connection to the exchange")
        query = f"?{urlencode(request.query)}" if request.query else ""
        data = None if request.body is None else orjson.dumps(request.body)
        headers = {"Content-Type": "application/json"} if data else {}
        try:
            async with self._session.request(
                request.method,
                f"{self._url}/{request.path}{query}",
                data=data,
                headers=headers,
                timeout=_timeout(seconds),
            ) as response:
                return response.status, await response.read()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise AriLost(str(error) or type(error).__name__) from error

    def _drop(self) -> None:
        self._socket = None
        self._outgoing = asyncio.Queue()
        for number in list(self._waiting):
            self._tell(number, AriLost("the connection to the exchange was lost"))


def takes_requests_over_websocket(version: str) -> bool:
    """Whether an Asterisk of this version ("22.10.1+…") takes requests over the websocket."""
    numbers = version.split(".")
    if len(numbers) < 2 or not numbers[0].isdigit():
        return False
    series, minor = int(numbers[0]), "".join(itertools.takewhile(str.isdigit, numbers[1]))
    if series > max(_REQUESTS_OVER_WEBSOCKET):
        return True
    needed = _REQUESTS_OVER_WEBSOCKET.get(series)
    return needed is not None and minor.isdigit() and int(minor) >= needed


def _message(asked: _Asked) -> str:
    """A request in Asterisk's format for the websocket."""
    request = asked.request
    message: dict[str, Any] = {
        "type": "RESTRequest",
        "request_id": asked.number,
        "method": request.method,
        "uri": request.path,
    }
    if request.query:
        message["query_strings"] = [{"name": name, "value": value} for name, value in request.query.items()]
    if request.body is not None:
        message["content_type"] = "application/json"
        message["message_body"] = orjson.dumps(request.body).decode()
    return orjson.dumps(message).decode()


def _status(message: Mapping[str, Any]) -> int:
    status = message.get("status_code")
    return status if isinstance(status, int) else 500


def _decoded(content: str | bytes | None) -> Any:
    if not content:
        return None
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        return None


def _basic(user: str, password: str) -> str:
    return f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"


def _timeout(seconds: float = REQUEST_TIMEOUT) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=seconds)

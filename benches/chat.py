"""How soon a message of a chat shows at the other side: 300 open chats, 30 messages a second.

The product runs as in production: web process, stream process, PostgreSQL. Each chat has the page of a visitor and
that of the agent who has it (two chats each, as without a profile). Each page does what its browser would
(portal/chat.js, desk/chats.js, ui/live.js): it sends over HTTP, receives the names of stale parts on its stream, and
fetches them unless it shows their version, each part once at a time and once more for what became stale meanwhile.
While a page sends, it does not fetch the conversation, which the answer brings. A message has arrived when a part
that the other side's page fetched contains it; the time runs from before its POST.

Then the connections to the database: those that are there before the pages open, and while all 300 chats wait. And
beside it the least that any solution needs: a message is stored in a transaction with a notification, and another
connection that listens reads it.

`--chats`, `--rate` and `--seconds` change the size.
"""

from __future__ import annotations

import argparse
import asyncio
import html
import json
import os
import random
import re
import resource
import secrets
import time
from collections.abc import Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from benches import _asking, _own, _processor, _streams

CHATS_EACH = 2
PEER_ROUNDS = 300
#: seconds in which the first messages warm caches and connections, in which nothing happens before connections are
#: counted, and for which the last messages are waited for
WARM, QUIET, LAST = 5, 3.0, 15.0
PEER = "a row stored with NOTIFY, read by a listener"

_LIVE = re.compile(r'data-stream="([^"]+)"')
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
_SHOWN, _FOLLOWS = re.compile(rb'data-shown="([^"]*)"'), re.compile(rb'data-follows="([^"]*)"')
_TEXT = re.compile(rb"besked-(\d+)-slut")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--chats", type=int, default=300)
    options.add_argument("--rate", type=int, default=30)
    options.add_argument("--seconds", type=int, default=30)
    chosen = options.parse_args()
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(8192, limit), limit))
    os.environ["INDGANG_WEB_ADDRESS"] = f"127.0.0.1:{_asking.free_port()}"
    os.environ["INDGANG_LIVE_ADDRESS"] = f"127.0.0.1:{_asking.free_port()}"
    with _own.product("chat"):
        _own.collect_static()
        chats = _chats(chosen.chats)
        processes = [_streams.start("web"), _streams.start("live")]
        try:
            asyncio.run(_measure(chats, chosen, [each.pid for each in processes]))
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                process.wait(10)


# --- the chats --------------------------------------------------------------------------------------------------


@dataclass
class OpenChat:
    """A chat in an agent's hands: the visitor's key, and the agent's cookie."""

    pk: str
    key: str
    cookie: str


def _chats(count: int) -> list[OpenChat]:
    """Chats in a queue of the municipality of the tests, and the agents who have them."""
    from indgang.accounts.models import RoleAssignment
    from indgang.catalogue.models import Unit
    from indgang.entry.journal import InHandStage
    from indgang.entry.models import InHand, Presence, QueueMembership
    from tests import world
    from tests.correspondence.chats import chat_queue

    queue, unit = chat_queue(world.build(), schedule=None), Unit.objects.get(code="kk")
    people = [_person(number) for number in range(-(-count // CHATS_EACH))]
    now = datetime.now(UTC)  # noqa: TID251  # a bench measures the machine's own time
    RoleAssignment.objects.bulk_create(RoleAssignment(person=each, role="agent", unit=unit) for each in people)
    QueueMembership.objects.bulk_create(QueueMembership(person=each, queue=queue) for each in people)
    Presence.objects.bulk_create(Presence(person=each, state="working", since=now, signed_in_at=now) for each in people)
    cookies = {each.pk: _streams.signed_in(each)[0] for each in people}
    made = []
    for number in range(count):
        person, key = people[number // CHATS_EACH], secrets.token_urlsafe(24)
        chat = _taken(queue, key, person, now)
        place = number % CHATS_EACH
        InHand.objects.create(person=person, place=place, enquiry=chat.pk, kind="chat", stage=InHandStage.OPEN)
        made.append(OpenChat(str(chat.pk), key, cookies[person.pk]))
    return made


def _person(number: int) -> Any:
    from indgang.accounts.models import Person

    return Person.objects.create(username=f"agent{number}", name=f"Agent {number}", password="!")


def _taken(queue: Any, key: str, person: Any, at: datetime) -> Any:
    from indgang.correspondence.chat import conversation
    from tests.correspondence.chats import taken

    chat = conversation.begin(queue, key=key, question="Må jeg bygge et skur?", name="Gæst", at=at)
    return taken(chat, person, at)


# --- the pages --------------------------------------------------------------------------------------------------


@dataclass
class Messages:
    """When each message was sent, and how long until the other side's page showed it."""

    sent: dict[int, float] = field(default_factory=dict)
    took: dict[int, float] = field(default_factory=dict)
    answers: list[float] = field(default_factory=list)
    fetches: int = 0


class ChatPage:
    """A page that shows a chat. `lives` are its live parts: id, the names that they hear, and the wait in seconds."""

    def __init__(self, web: Any, path: str, lives: Iterable[tuple[str, frozenset[str], float]], told: Messages) -> None:
        self._web, self._path, self._told = web, path, told
        self.parts = [ChatPart(self, *each) for each in lives]
        self._hidden: dict[str, str] = {}
        self.stream_path = ""
        #: the version that each part shows
        self.versions: dict[str, str] = {}
        #: the parts that an answer which is on its way brings
        self.held: set[str] = set()
        #: the messages that this page shows or has sent
        self.shown: set[int] = set()

    async def load(self) -> None:
        """Load the page, as a browser does."""
        async with self._web.get(self._path) as answer:
            text = await answer.text()
        found = _LIVE.search(text)
        if answer.status != 200 or found is None:
            raise RuntimeError(f"{self._path} answered {answer.status}")
        self.stream_path = html.unescape(found[1]).partition("/stream")[2]
        form = text[text.index('id="chat-form"') :]
        self._hidden = dict(
            re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form.split("</form>")[0])
        )
        for part in self.parts:
            _before, there, after = text.partition(f'id="{part.name}"')
            self._notes_version(part.name, after.encode() if there else b"")

    def _notes_version(self, part: str, body: bytes) -> None:
        if part != "chat-state" and (found := _SHOWN.search(body)):
            self.versions[part] = found[1].decode()

    def heard(self, told: str) -> None:
        name, _at, version = told.partition("@")
        for part in self.parts:
            if name == "*" or name in part.names:
                part.hear(version)

    async def rest(self) -> None:
        """Wait until nothing is being fetched any more."""
        for part in self.parts:
            await part.rest()

    async def send(self, number: int) -> None:
        """Send a message as the script of the page does."""
        self.shown.add(number)
        self._told.sent[number] = began = time.monotonic()
        typed = self._hidden | {"text": f"besked-{number}-slut", "client_id": f"{number}"}
        headers = {"HX-Request": "true", "HX-Target": "chat-talk", "Sec-Fetch-Site": "same-origin"}
        headers["X-Shown"] = self.versions["chat-talk"]
        self.held |= {"chat-talk", "chat-state"}
        async with self._web.post(self._path, data=typed, headers=headers) as answer:
            body = await answer.read()
            if answer.status != 200:
                raise RuntimeError(f"{self._path} answered {answer.status}: {body[:300]!r}")
        self._told.answers.append(time.monotonic() - began)
        self._place("chat-talk", body)
        self.held.clear()
        for part in self.parts:
            part.release()

    def _place(self, part: str, body: bytes) -> None:
        """Note what the part shows now, unless the answer goes on from another version."""
        follows = _FOLLOWS.search(body)
        if follows and follows[1].decode() != self.versions[part]:
            return
        self._notes_version(part, body)
        now = time.monotonic()
        for number in {int(each) for each in _TEXT.findall(body)} - self.shown if part == "chat-talk" else ():
            self.shown.add(number)
            if number in self._told.sent:  # one of the first messages may arrive late
                self._told.took[number] = now - self._told.sent[number]

    async def fetch(self, part: str) -> None:
        """Fetch a part and note what it shows."""
        headers = {"HX-Request": "true", "HX-Target": part}
        if version := self.versions.get(part):
            headers["X-Shown"] = version
        async with self._web.get(self._path, headers=headers) as answer:
            body = await answer.read()
            if answer.status not in (200, 204):
                raise RuntimeError(f"{self._path} answered {answer.status}")
        self._told.fetches += 1
        self._place(part, body)


class ChatPart:
    """A live part: one fetch at a time, and one more for what became stale meanwhile."""

    def __init__(self, page: ChatPage, name: str, names: frozenset[str], wait: float) -> None:
        self._page, self.name, self.names, self._wait = page, name, names, wait
        self._stale = self._busy = False
        self._task: asyncio.Task[None] | None = None
        #: the versions that were told since the last fetch began
        self._news: set[str] = set()

    def hear(self, version: str) -> None:
        if not version or version != self._page.versions.get(self.name):
            self._news.add(version)
            self._stale = True
            self._begin()

    def release(self) -> None:
        self._settle()
        if self._stale:
            self._begin()

    def _settle(self) -> None:
        """What was told is shown by now."""
        if self._news and self._news == {self._page.versions.get(self.name)}:
            self._stale = False

    def _begin(self) -> None:
        if not self._busy and self.name not in self._page.held:
            self._busy = True
            self._task = asyncio.create_task(self._go_on())

    async def rest(self) -> None:
        """Wait until nothing is being fetched any more."""
        if self._task is not None:
            await self._task

    async def _go_on(self) -> None:
        await asyncio.sleep(self._wait)
        while self._stale and self.name not in self._page.held:
            self._stale = False
            self._news.clear()
            await self._page.fetch(self.name)
            self._settle()
        self._busy = False


# --- measuring --------------------------------------------------------------------------------------------------


async def _measure(chats: list[OpenChat], chosen: argparse.Namespace, pids: list[int]) -> None:
    from django.conf import settings

    await _streams.until_up(settings.LIVE_ADDRESS, "/health")
    await _streams.until_up(settings.WEB_ADDRESS, "/sign-in/")
    told = Messages()
    async with AsyncExitStack() as stack:
        pairs = [await _pair(stack, chat, number, told) for number, chat in enumerate(chats)]
        await _load(pairs)
        before = await _connections()
        streams = [
            await _streams.opened(settings.LIVE_ADDRESS, f"/stream{page.stream_path}", page.heard)
            for pair in pairs for page in pair
        ]  # fmt: skip
        await asyncio.sleep(QUIET)
        waiting = await _connections()
        await _talk(pairs, told, chosen.rate, WARM)
        for measured in (told.sent, told.took, told.answers):
            measured.clear()
        told.fetches, pids = 0, _processor.with_children(pids)
        used = _processor.used_ms(pids)
        await _talk(pairs, told, chosen.rate, chosen.seconds, first=1_000_000)
        used = (_processor.used_ms(pids) - used) / 1000 / chosen.seconds
        for stream in streams:
            stream.transport.close()
        await asyncio.gather(*(page.rest() for pair in pairs for page in pair))
    _report(told, await _peer(), waiting - before, used, chosen)


async def _pair(stack: AsyncExitStack, chat: OpenChat, number: int, told: Messages) -> tuple[ChatPage, ChatPage]:
    """The visitor's and the agent's page of a chat, on two machines."""
    import aiohttp
    from django.conf import settings

    def session(net: int, **more: Any) -> Any:
        own = aiohttp.TCPConnector(local_addr=(f"127.{net}.{number // 250}.{number % 250 + 1}", 0), limit=6)
        return aiohttp.ClientSession(f"http://{settings.WEB_ADDRESS}", connector=own, **more)

    visitor = await stack.enter_async_context(session(2))
    name, _sign, value = chat.cookie.partition("=")
    jar = aiohttp.CookieJar(unsafe=True)  # also of an address without a name
    agent = await stack.enter_async_context(session(3, cookies={name: value}, cookie_jar=jar))
    talk = ("chat-talk", frozenset({"messages"}), 0.0)
    theirs = [talk, ("chat-state", frozenset({"centre-read"}), 0.0)]
    lists = ("chat-list", frozenset({"call", "threads"}), 0.05)
    ours = [talk, lists, ("chat-state", frozenset({"contact-read"}), 0.0)]
    return ChatPage(visitor, f"/chat/{chat.key}/", theirs, told), ChatPage(agent, f"/desk/chats/{chat.pk}/", ours, told)


async def _load(pairs: list[tuple[ChatPage, ChatPage]]) -> None:
    """Load all pages, eight at a time, so that the web process has the connections that it needs."""
    pages = [page for pair in pairs for page in pair]
    for start in range(0, len(pages), 8):
        await asyncio.gather(*(page.load() for page in pages[start : start + 8]))


async def _talk(
    pairs: list[tuple[ChatPage, ChatPage]], told: Messages, rate: int, seconds: int, *, first: int = 0
) -> None:
    """Send messages at even intervals, from both sides in turn, and wait until the last has arrived."""
    choice, began, sending = random.Random(first), time.monotonic(), []
    for number in range(rate * seconds):
        await asyncio.sleep(max(0.0, began + number / rate - time.monotonic()))
        pair = choice.choice(pairs)
        sending.append(asyncio.create_task(pair[number % 2].send(first + number)))
    await asyncio.gather(*sending)
    deadline = time.monotonic() + LAST
    while len(told.took) < len(told.sent) and time.monotonic() < deadline:
        await asyncio.sleep(0.05)


async def _connections() -> int:
    """The connections of clients to the database, without ours."""
    import psycopg

    from indgang.live import database

    asked = (
        "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND datname = current_database()"
        " AND pid <> pg_backend_pid()"
    )
    async with await psycopg.AsyncConnection.connect(database.conninfo(), autocommit=True) as connection:
        row = await (await connection.execute(asked)).fetchone()
    assert row is not None
    return int(row[0])


async def _peer() -> list[float]:
    """Seconds from before a row is stored, with a notification, until a listener has read it."""
    import psycopg

    from indgang.live import database

    async with (
        await psycopg.AsyncConnection.connect(database.conninfo(), autocommit=True) as writer,
        await psycopg.AsyncConnection.connect(database.conninfo(), autocommit=True) as reader,
    ):
        await reader.execute("LISTEN bench_chat")
        return [await _round(writer, reader, number) for number in range(PEER_ROUNDS)]


async def _round(writer: Any, reader: Any, number: int) -> float:
    began = time.monotonic()
    async with writer.transaction():
        await writer.execute("INSERT INTO live_ending (whose, at) VALUES (%s, now())", [f"bench-{number}"])
        await writer.execute("SELECT pg_notify('bench_chat', %s)", [str(number)])
    # the connection is not free for a query before the iteration has ended
    told = [each async for each in reader.notifies(timeout=5, stop_after=1)]
    assert told, "the notification did not come"
    await (await reader.execute("SELECT at FROM live_ending WHERE whose = %s", [f"bench-{number}"])).fetchone()
    return time.monotonic() - began


def _report(told: Messages, peer: list[float], connections: int, used: float, chosen: argparse.Namespace) -> None:
    ours, bare = sorted(told.took.values()), _streams.ms(peer, 0.99)
    load = f"{chosen.chats} chats, {chosen.rate} messages a second, load average {os.getloadavg()[0]:.1f}"
    beside = {"peer": PEER, "peer_value": bare, "ratio": round(_streams.ms(ours, 0.99) / bare, 1)}
    _print("arrived_share", value=round(len(told.took) / len(told.sent), 4), unit="of messages", goal=">= 1", load=load)
    _print("p99_ms", value=_streams.ms(ours, 0.99), unit="ms", goal="<= 500", **beside)
    _print("p50_ms", value=_streams.ms(ours, 0.5), unit="ms", goal="")
    _print("sent_p99_ms", value=_streams.ms(told.answers, 0.99), unit="ms", goal="")
    _print("fetches", value=round(told.fetches / len(told.sent), 2), unit="for each message", goal="")
    _print("processor", value=round(used, 2), unit="cores of web and live", goal="")
    each = used * 1000 * chosen.seconds / len(told.sent)
    _print("processor_ms", value=round(each, 1), unit="of web and live for each message", goal="")
    _print("waiting_connections", value=connections, unit="connections for all chats", goal="<= 0")


def _print(figure: str, **values: Any) -> None:
    print(json.dumps({"bench": "chat", "figure": figure, **values}), flush=True)


if __name__ == "__main__":
    main()

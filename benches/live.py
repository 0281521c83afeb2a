"""How soon a change shows: 500 desks with open streams and 100 wallboards, 50 events a second.

The product runs as in production: web process, stream process, PostgreSQL. An event changes the state of one agent, in
a transaction that also marks the parts that show it. Each page does what its browser would: it receives the name of a
stale part on its stream, waits for the delay of its htmx trigger, and fetches the part over HTTP. An event has arrived
when the fetched body contains its exact moment (`data-since`).

Then the event rate doubles; two cores may be unable to show every event. A page has one fetch of a part under
way and asks once more for what became stale meanwhile (as ui/live.js does), so nothing queues up and nothing is lost.
The figures are: the share of events that every desk has shown, itself or in a later state of the same agent; the time
after the last event until every desk and every wallboard shows the last state; and whether the backlog has grown
(fetches under way, and marks in the outbox).

Then the stream alone: 1,000 open streams and one announcement at a time to all of them, against the smallest server
that does the same: bare asyncio, which writes prepared bytes to 1,000 sockets.

`--seconds`, `--desks` and `--boards` change the size.
"""

from __future__ import annotations

import argparse
import asyncio
import functools
import json
import os
import random
import re
import resource
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from benches import _asking, _own, _streams

CENTRES = 10
EVENTS_PER_SECOND = 50
OVERLOAD = 2
BROADCASTS = 60
STREAMS = 1000
SCOPE = "bench"

#: the longest wait for the last screen after the last event; and the backlog that counts as none
PATIENCE, FEW = 20.0, 20.0
#: seconds between two readings of the backlog
LOOK = 0.25

#: as in the pages themselves: the delay of the trigger in desk/home.html, the pace of office/wallboard.html
DESK_DELAY = 0.02
BOARD_PACE = 0.7
#: the most by which their turns differ, and what places the turns of different pages (ui/live.js)
APART = 0.1
GOLDEN = (5**0.5 - 1) / 2


def main() -> None:
    if sys.argv[1:2] == ["bare"]:
        asyncio.run(_bare_server(int(sys.argv[2])))
        return
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=int, default=20)
    options.add_argument("--desks", type=int, default=500)
    options.add_argument("--boards", type=int, default=100)
    chosen = options.parse_args()
    limit = min(8192, resource.getrlimit(resource.RLIMIT_NOFILE)[1])
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    os.environ["INDGANG_WEB_ADDRESS"] = f"127.0.0.1:{_asking.free_port()}"
    os.environ["INDGANG_LIVE_ADDRESS"] = f"127.0.0.1:{_asking.free_port()}"
    with _own.product("live"):
        _run(chosen)


def _run(chosen: argparse.Namespace) -> None:
    people = _municipality(chosen.desks)
    processes = [_streams.start("web"), _streams.start("live")]
    try:
        asyncio.run(_measure(people, chosen))
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(10)


@dataclass
class Someone:
    """A person with a session: an agent at a desk, or a leader in front of a wallboard."""

    pk: int
    centre: str
    cookie: str
    session: str


@dataclass
class People:
    agents: list[Someone]
    leaders: list[Someone]


def _municipality(desks: int) -> People:
    """Ten centres with their agents, all in a call, and one leader each."""
    from indgang.accounts.models import RoleAssignment
    from indgang.catalogue.models import ContactCentre, Unit
    from indgang.entry.models import Presence, Queue, QueueMembership
    from indgang.entry.setup import queue_terms
    from tests import world

    world.build()
    model = ContactCentre.objects.get(code="tmf")
    kk = Unit.objects.get(code="kk")
    made = People([], [])
    for number in range(CENTRES):
        unit = Unit.objects.create(
            parent=kk, kind="centre", code=f"b{number}", name=f"Center {number}", path=f"kk/b{number}/"
        )
        centre = ContactCentre.objects.create(
            code=f"bench-{number}", name=f"Center {number}", owner=unit, operator=unit, schedule=model.schedule
        )
        queue = Queue.objects.create(code=f"bench-{number}", name="Kø", centre=centre)
        queue_terms.first([queue])
        agents = [_person(f"agent{number}-{index}") for index in range(desks // CENTRES)]
        leader = _person(f"leader{number}")
        RoleAssignment.objects.bulk_create(RoleAssignment(person=each, role="agent", unit=unit) for each in agents)
        RoleAssignment.objects.create(person=leader, role="team_leader", unit=unit)
        QueueMembership.objects.bulk_create(QueueMembership(person=each, queue=queue) for each in agents)
        now = datetime.now(UTC)  # noqa: TID251  # a bench measures the machine's own time
        Presence.objects.bulk_create(
            Presence(person=each, state="talking", since=now, signed_in_at=now) for each in agents
        )
        made.agents += [_signed_in(each, centre.code) for each in agents]
        made.leaders.append(_signed_in(leader, centre.code))
    return made


def _person(username: str) -> Any:
    from indgang.accounts.models import Person

    return Person.objects.create(username=username, name=username.capitalize(), password="!")


def _signed_in(person: Any, centre: str) -> Someone:
    cookie, session = _streams.signed_in(person)
    return Someone(person.pk, centre, cookie, session)


# --- The pages --------------------------------------------------------------------------------------------------


@dataclass
class Events:
    """The events (commit times by agent and event moment), and the delay until each page showed them."""

    committed: dict[int, dict[int, float]] = field(default_factory=lambda: defaultdict(dict))
    desks: list[float] = field(default_factory=list)
    boards: list[float] = field(default_factory=list)

    def forget(self) -> None:
        for measured in (self.committed, self.desks, self.boards):
            measured.clear()

    def copy(self) -> Events:
        return Events(defaultdict(dict, self.committed), [*self.desks], [*self.boards])


class Page(ABC):
    """An open page with one live part: one fetch at a time, and one more for what became stale meanwhile."""

    delay = 0.0
    pace = 0.0

    def __init__(self, web: Any, who: Someone, agents: Iterable[int], events: Events) -> None:
        self.web, self.who, self.events = web, who, events
        #: the latest event moment of each agent on this page
        self.shown: dict[int, int] = dict.fromkeys(agents, 0)
        self.fetching = False
        self._stale = False
        self._timer: asyncio.TimerHandle | None = None
        self._earliest = 0.0
        self._own = random.random()
        #: whether a page with a pace has fetched once more after the last news
        self._quiet = True
        self._task: asyncio.Task[None] | None = None

    @property
    @abstractmethod
    def url(self) -> str:
        """The address of the part."""

    @abstractmethod
    def concerns(self, part: str) -> bool:
        """Whether the page shows this part."""

    @abstractmethod
    async def fetch(self) -> None:
        """Fetch the part and record what it shows."""

    def heard(self, part: str) -> None:
        if self.concerns(part):
            self._quiet = False
            self._want(self.delay)

    def leave(self) -> None:
        if self._timer:
            self._timer.cancel()
        if self._task:
            self._task.cancel()

    def shows_last(self) -> bool:
        """Whether the page shows the last state of each agent."""
        committed = self.events.committed
        return all(shown >= max(committed[pk]) for pk, shown in self.shown.items() if committed.get(pk))

    def note(self, body: bytes, late: list[float]) -> None:
        """Record the moments in a fetched body and their delays after the commit. Overtaken events are skipped."""
        now, moments = time.monotonic(), _moments(body)
        for pk, shown in self.shown.items():
            committed = self.events.committed.get(pk, {})
            since = max((each for each in moments & committed.keys() if each > shown), default=0)
            if since:
                self.shown[pk] = since
                late.append(now - committed[since])

    def _want(self, delay: float) -> None:
        self._stale = True
        if self.fetching or self._timer:
            return
        rest = max(delay, self._until_turn()) if self.pace else delay
        self._timer = asyncio.get_running_loop().call_later(rest, self._go)

    def _until_turn(self) -> float:
        """Wait for the page's turn: pages with the same content fetch at nearly the same moments, as in ui/live.js."""
        turn = hashed(self.url) * GOLDEN % 1 * self.pace + APART * self._own
        rest = self.pace - (time.time() - turn) % self.pace
        return rest + self.pace if rest < self._earliest - asyncio.get_running_loop().time() else rest

    def _go(self) -> None:
        self._timer, self._stale, self.fetching = None, False, True
        self._earliest = asyncio.get_running_loop().time() + self.pace / 2
        self._task = asyncio.create_task(self._fetched(trailing=self._quiet))

    async def _fetched(self, *, trailing: bool) -> None:
        await self.fetch()
        self.fetching = False
        if self._stale:
            self._want(0)
        elif self.pace and not trailing:
            self._quiet = True
            self._want(0)


class Desk(Page):
    """An agent's desk: it fetches its state when it is stale."""

    delay = DESK_DELAY
    url = "/desk/"

    def concerns(self, part: str) -> bool:
        return part == "state"

    async def fetch(self) -> None:
        self.note(await _part(self.web, self.url, "desk-state", self.who.cookie), self.events.desks)


class Board(Page):
    """A wallboard: it fetches at its turns, and once more when no news has come for a while."""

    pace = BOARD_PACE
    _tag = ""

    @property
    def url(self) -> str:
        return f"/office/wallboard/{self.who.centre}/"

    def concerns(self, part: str) -> bool:
        return True

    async def fetch(self) -> None:
        answer = await _answer(self.web, self.url, "board", self.who.cookie, self._tag)
        if answer is not None:
            body, self._tag = answer
            self.note(body, self.events.boards)


def hashed(text: str) -> int:
    """As in ui/live.js."""
    return functools.reduce(lambda total, letter: (total * 31 + ord(letter)) % 1_000_003, text, 7)


_SINCE = re.compile(rb'data-since="(\d+)"')


def _moments(body: bytes) -> set[int]:
    return {int(since) for since in _SINCE.findall(body)}


async def _part(web: Any, path: str, target: str, cookie: str) -> bytes:
    answer = await _answer(web, path, target, cookie, "")
    assert answer is not None
    return answer[0]


async def _answer(web: Any, path: str, target: str, cookie: str, tag: str) -> tuple[bytes, str] | None:
    from django.conf import settings

    headers = {"Cookie": cookie, "HX-Request": "true", "HX-Target": target}
    headers |= {"If-None-Match": tag} if tag else {}
    async with web.get(f"http://{settings.WEB_ADDRESS}{path}", headers=headers, allow_redirects=False) as answer:
        body = await answer.read()
        if answer.status == 304:
            return None
        if answer.status != 200:
            raise RuntimeError(f"{path} answered {answer.status}")
        return body, answer.headers.get("ETag", "")


# --- Measuring --------------------------------------------------------------------------------------------------


async def _measure(people: People, chosen: argparse.Namespace) -> None:
    from django.conf import settings

    await _streams.until_up(settings.LIVE_ADDRESS, "/health")
    await _streams.until_up(settings.WEB_ADDRESS, "/sign-in/")
    events, overload = await _pages(people, chosen)

    def page(number: int) -> str:
        return f"/stream?token={_token(number, f'bench-{number}', SCOPE)}"

    ours = 1000 * await _broadcasts(settings.LIVE_ADDRESS, page, _by_notification)
    bare = 1000 * await _bare_broadcasts()
    _report(events, bare)
    _report_overload(overload)
    _print("stream_p99_ms", value=round(ours, 1), unit="ms", goal="<= 3 times the peer", **_beside(ours, bare))


def _report(events: Events, bare: float) -> None:
    """The delays at the pages, beside the time of one announcement to 1,000 streams of a bare server (`bare`, ms)."""
    from indgang.live.database import PAUSE

    happened = sum(len(each) for each in events.committed.values())
    desk_waits = 1000 * (PAUSE / 2 + DESK_DELAY)  # the mean until the next announcement, and the page's delay
    desk, board = _streams.ms(events.desks, 0.99), _streams.ms(events.boards, 0.99)
    _print("p99_ms", value=desk, unit="ms", goal="<= 150", fixed=desk_waits, **_beside(desk, bare))
    _print("p50_ms", value=_streams.ms(events.desks, 0.5), unit="ms", goal="")
    _print("shown_share", value=round(len(events.desks) / happened, 4), unit="of events", goal=">= 0.99")
    _print("wallboard_p99_ms", value=board, unit="ms", goal="<= 1000", fixed=1000 * BOARD_PACE, **_beside(board, bare))
    _print("wallboard_max_ms", value=_streams.ms(events.boards, 1.0), unit="ms", goal="")


def _report_overload(overload: Overload) -> None:
    load = f"{OVERLOAD * EVENTS_PER_SECOND} events a second"
    share, seconds, growth = round(overload.shown_share, 4), round(overload.last_state, 2), round(overload.growth, 2)
    _print("overload_shown_share", value=share, unit="of events", goal=">= 1", load=load)
    _print("overload_last_state_s", value=seconds, unit="s", goal="<= 2")
    _print("overload_waiting_growth", value=growth, unit="times", goal="<= 2", most=max(overload.waiting, default=0))
    _print("overload_p99_ms", value=overload.p99, unit="ms", goal="")


def _beside(ours: float, bare: float) -> dict[str, Any]:
    """The peer's fields of a figure, both in milliseconds."""
    name = "bare asyncio, announcement to 1,000 streams"
    return {"peer": name, "peer_value": round(bare, 1), "ratio": round(ours / bare, 2)}


@dataclass
class Overload:
    """The result of twice the load (see the module's docstring). `waiting` is the backlog at each reading."""

    shown_share: float
    last_state: float
    p99: float
    waiting: list[int]

    @property
    def growth(self) -> float:
        """The backlog in the last third divided by that in the first; a small one counts as none."""
        third = max(1, len(self.waiting) // 3)
        first, last = (max(FEW, sum(part) / len(part)) for part in (self.waiting[:third], self.waiting[-third:]))
        return last / first


async def _pages(people: People, chosen: argparse.Namespace) -> tuple[Events, Overload]:
    import aiohttp

    events = Events()
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=64)) as web:
        pages, streams = await _opened(web, people, chosen, events)
        _own.settle()  # each page stands for a browser of its own: no collection of theirs stops all the others
        await _happen(people.agents, events, seconds=3)  # the first events warm caches and connections
        await asyncio.sleep(2)
        measured = await _normal(people, events, chosen.seconds)
        overload = await _overloaded(people, pages, events, chosen.seconds)
        for page, stream in zip(pages, streams, strict=True):
            page.leave()
            stream.transport.close()
    return measured, overload


async def _opened(
    web: Any, people: People, chosen: argparse.Namespace, events: Events
) -> tuple[list[Page], list[_streams.Stream]]:
    from django.conf import settings

    streams: list[_streams.Stream] = []
    pages: list[Page] = []
    for who in people.agents:
        path = f"/stream?token={_token(who.pk, who.session, f'person-{who.pk}', 'all')}"
        pages.append(Desk(web, who, [who.pk], events))
        streams.append(await _streams.opened(settings.LIVE_ADDRESS, path, pages[-1].heard))
    for index in range(chosen.boards):
        who = people.leaders[index % len(people.leaders)]
        agents = [each.pk for each in people.agents if each.centre == who.centre]
        # each wallboard signs in separately
        path = f"/stream?token={_token(who.pk, f'{who.session}-{index}', f'centre-{who.centre}', 'all')}"
        pages.append(Board(web, who, agents, events))
        streams.append(await _streams.opened(settings.LIVE_ADDRESS, path, pages[-1].heard))
    return pages, streams


async def _normal(people: People, events: Events, seconds: int) -> Events:
    events.forget()
    await _happen(people.agents, events, seconds=seconds)
    await asyncio.sleep(3)
    return events.copy()


async def _overloaded(people: People, pages: list[Page], events: Events, seconds: int) -> Overload:
    events.forget()
    waiting: list[int] = []
    looking = asyncio.create_task(_look(pages, waiting))
    await _happen(people.agents, events, seconds=seconds, times=OVERLOAD)
    ended = time.monotonic()
    looking.cancel()
    while not all(page.shows_last() for page in pages) and time.monotonic() < ended + PATIENCE:
        await asyncio.sleep(0.01)
    last_state = time.monotonic() - ended
    happened = [(pk, since) for pk, committed in events.committed.items() for since in committed]
    shown = {pk: since for page in pages if isinstance(page, Desk) for pk, since in page.shown.items()}
    share = sum(shown[pk] >= since for pk, since in happened) / len(happened)
    return Overload(share, last_state, _streams.ms(events.desks, 0.99), waiting)


async def _look(pages: list[Page], waiting: list[int]) -> None:
    """Read the backlog repeatedly: fetches under way, and marks that are not announced yet."""
    import psycopg

    from indgang.live import database

    async with await psycopg.AsyncConnection.connect(database.conninfo(), autocommit=True) as connection:
        while True:
            row = await (await connection.execute("SELECT count(*) FROM live_mark")).fetchone()
            waiting.append(sum(page.fetching for page in pages) + (row[0] if row else 0))
            await asyncio.sleep(LOOK)


async def _happen(agents: list[Someone], events: Events, *, seconds: int, times: int = 1) -> None:
    """Write events at even intervals. No agent changes twice within a round, so that each event can be seen."""
    import psycopg

    from indgang.live import database

    choice = random.Random(1)
    waiting: list[Someone] = []
    began = time.monotonic()
    async with await psycopg.AsyncConnection.connect(database.conninfo(), autocommit=True) as connection:
        rate = EVENTS_PER_SECOND * times
        for number in range(seconds * rate):
            waiting = waiting or choice.sample(agents, len(agents))
            await asyncio.sleep(max(0.0, began + number / rate - time.monotonic()))
            await _event(connection, waiting.pop(), events)


async def _event(connection: Any, who: Someone, events: Events) -> None:
    since = round(time.time() * 1000)
    marks = [f"person-{who.pk}/state", f"centre-{who.centre}/agents"]
    async with connection.transaction():
        await connection.execute(
            "UPDATE entry_presence SET since = to_timestamp(%s::bigint / 1000.0), state = CASE state WHEN 'talking'"
            " THEN 'wrap_up' ELSE 'talking' END WHERE person_id = %s",
            [since, who.pk],
        )
        await connection.execute("INSERT INTO live_mark (part) SELECT unnest(%s::text[])", [marks])
        # a page may show the event before the commit has returned
        events.committed[who.pk][since] = time.monotonic()


def _token(person: int, session: str, *scopes: str) -> str:
    from indgang.live import token

    return token.make(person=person, session_key=session, scopes=frozenset(scopes), origin="http://bench")


def _print(figure: str, **values: Any) -> None:
    print(json.dumps({"bench": "live", "figure": figure, **values}), flush=True)


# --- The stream alone -------------------------------------------------------------------------------------------

Say = Callable[[int], Any]


async def _broadcasts(address: str, path: Callable[[int], str], speaker: Callable[[], Any]) -> float:
    """The 99th percentile in seconds of the time from an announcement until all 1,000 streams have received it."""
    heard: list[float] = []
    said = 0.0

    def hear(part: str) -> None:
        if part != "*":
            heard.append(time.monotonic() - said)

    streams = [await _streams.opened(address, path(number), hear) for number in range(STREAMS)]
    await asyncio.sleep(1)
    heard.clear()
    async with speaker() as say:
        for number in range(BROADCASTS):
            said = time.monotonic()
            await say(number)
            await asyncio.sleep(0.25)
    await asyncio.sleep(1)
    for stream in streams:
        stream.transport.close()
    if len(heard) != STREAMS * BROADCASTS:
        raise RuntimeError(f"{len(heard)} of {STREAMS * BROADCASTS} were received")
    return sorted(heard)[int(len(heard) * 0.99)]


@asynccontextmanager
async def _by_notification() -> AsyncIterator[Say]:
    import psycopg

    from indgang.live import database

    async with await psycopg.AsyncConnection.connect(database.conninfo(), autocommit=True) as connection:

        async def say(number: int) -> None:
            await connection.execute("SELECT pg_notify(%s, %s)", [database.CHANNEL, f"{SCOPE}/part-{number}"])

        yield say


async def _bare_broadcasts() -> float:
    port = _asking.free_port()
    process = subprocess.Popen([sys.executable, "-m", "benches.live", "bare", str(port)])
    try:
        await _streams.until_up(f"127.0.0.1:{port}", "/health")

        @asynccontextmanager
        async def speaker() -> AsyncIterator[Say]:
            _reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"SAY\r\n\r\n")

            async def say(number: int) -> None:
                writer.write(f"part-{number}\n".encode())
                await writer.drain()

            yield say
            writer.close()

        return await _broadcasts(f"127.0.0.1:{port}", lambda number: "/stream", speaker)
    finally:
        process.terminate()
        process.wait(10)


async def _bare_server(port: int) -> None:
    """The peer: no framework, no token, no scopes; every line it receives goes to every open stream."""
    listeners: set[asyncio.StreamWriter] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        if head.startswith(b"SAY"):
            while line := await reader.readline():
                for listener in listeners:
                    listener.write(b"event: stale\ndata: " + line + b"\n")
        elif b"/health" in head:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
            writer.close()
        else:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
            listeners.add(writer)
            await reader.read()
            listeners.discard(writer)

    async with await asyncio.start_server(serve, "127.0.0.1", port, backlog=2048) as server:
        await server.serve_forever()


if __name__ == "__main__":
    main()

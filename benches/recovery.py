"""The switchboard is killed during fifty calls: how long until every call is restored, and what callers hear.

Real telephones (SIP and RTP) call a real Asterisk. Some callers are in the menu, some wait, some ring at an agent, some
talk, and one calls at the moment of the kill. The switchboard runs as under `indgang up`, with a standby. A call is
restored when it does again what it did before: the menu is heard, the caller is in the queue, an agent's phone rings
again, or the two hear each other. Silence is measured packet by packet from the kill on.

The limit, measured in the same run, is the time in which a bare client connects to the same Asterisk and lists its
channels. The load average shows how busy the machine is.

python -m benches recovery
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any, TypeVar

import aiohttp
from django.db import connection

from benches import _testdb
from benches._callers import Caller, Callers, TalkingPeople
from indgang.accounts.models import Person
from indgang.config import supervisor
from indgang.core import clock
from indgang.enquiries.models import Enquiry, State
from indgang.entry import commands
from indgang.entry.event_kinds import Kind
from indgang.entry.models import ExchangeStatus, LiveWork, Queue
from indgang.events.event import EventKind
from indgang.events.models import StoredEvent
from indgang.telephony.asterisk.configuration import ExchangeSettings
from indgang.telephony.asterisk.process import Exchange, local_settings
from indgang.telephony.asterisk.trunks import Trunk
from tests.entry.asterisk_house import KEY, NUMBER, QUEUE, SwitchboardProcess, agents, patient_menu
from tests.world import build

T = TypeVar("T")
IN_MENU, WAITING, RINGING, TALKING = 10, 25, 5, 10
#: seconds until the bench gives up on a condition
PATIENCE = 60.0
#: seconds after the last restored call in which silence still counts
AFTERWARDS = 1.0


@dataclass
class House:
    """All callers, by their present activity."""

    callers: Callers
    thread: ThreadPoolExecutor
    calls: dict[str, list[Caller]] = field(default_factory=dict)

    @property
    def everybody(self) -> list[Caller]:
        return [caller for group in self.calls.values() for caller in group]

    async def db(self, question: Callable[..., T], *arguments: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self.thread, lambda: question(*arguments))

    async def until(self, what: str, question: Callable[[], Any]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not await self.db(question):
            if time.monotonic() > deadline:
                raise SystemExit(f"this did not happen within {PATIENCE:.0f} s: {what}")
            await asyncio.sleep(0.02)

    async def call(self, group: str, number: str, state: State | None) -> None:
        """Add a caller, who presses the key unless they stay in the menu."""
        caller = self.callers.call(NUMBER, number)
        self.calls.setdefault(group, []).append(caller)
        await self.callers.is_answered(caller)
        await self.until(f"{number} calls", lambda: Enquiry.objects.filter(caller_number=number).exists())
        if state is not None:
            caller.press(KEY)
            await self.until(
                f"{number} {state}", lambda: Enquiry.objects.filter(caller_number=number, state=state).exists()
            )


def come_on(people: list[Person], address: str) -> None:
    for person in people:
        commands.give_and_wait(
            "sign_in", by=person, at=clock.now(), patience=30, phone_kind="sip", phone_address=address
        )
        commands.give_and_wait("ready", by=person, at=clock.now(), patience=30)


async def fill(house: House, phones: TalkingPeople, people: list[Person]) -> None:
    """Ten callers talk, five ring, twenty-five wait, and ten listen to the menu."""
    await house.db(come_on, people[:TALKING], f"sip:answers@127.0.0.1:{phones.port}")
    for number in range(TALKING):
        await house.call("talking", f"+452000{number:04}", State.TALKING)
    await house.db(come_on, people[TALKING:], f"sip:silent@127.0.0.1:{phones.port}")
    for number in range(RINGING):
        await house.call("ringing", f"+452001{number:04}", State.RINGING)
    for number in range(WAITING):
        await house.call("waiting", f"+452002{number:04}", State.WAITING)
    for number in range(IN_MENU):
        if number == IN_MENU // 2:
            await heard_out(house.calls["menu"])
        await house.call("menu", f"+452003{number:04}", None)


async def heard_out(callers: list[Caller]) -> None:
    """Wait until these callers have heard the whole menu, because their silence would be the longest."""
    deadline = time.monotonic() + PATIENCE
    while any(time.monotonic() - caller.heard[-1] < 2 for caller in callers if caller.heard):
        if time.monotonic() > deadline:
            raise SystemExit("the menu does not end")
        await asyncio.sleep(0.1)


def places(numbers: list[str]) -> dict[str, tuple[str, str, Any]]:
    """Each caller's enquiry and queue, and when they entered it."""
    rows = Enquiry.objects.filter(caller_number__in=numbers, ended_at=None)
    return {row.caller_number: (str(row.pk), str(row.queue_id), row.queued_at) for row in rows}


def came_again(kind: EventKind[Any], group: list[Caller], since: Any) -> bool:
    """Whether this event has happened to every one of them since."""
    numbers = {caller.number for caller in group}
    events = StoredEvent.objects.filter(
        kind=kind, at__gt=since, stream__in=Enquiry.objects.filter(caller_number__in=numbers).values("pk")
    )
    return events.values("stream").distinct().count() == len(numbers)


def said(numbers: list[str]) -> dict[str, int]:
    """The number of prompts that the flow has played to each caller; it grows when the flow continues."""
    enquiries = dict(Enquiry.objects.filter(caller_number__in=numbers).values_list("pk", "caller_number"))
    rows = LiveWork.objects.filter(item__in=enquiries).values_list("item", "kept")
    return {enquiries[pk]: kept["flow"]["count"] for pk, kept in rows}


@dataclass(frozen=True)
class Outcome:
    """The result of one kill. Times are in seconds after it."""

    restored: float
    lost: list[str]
    silence: dict[str, float]
    first_sound: float


async def kill(house: House, switchboard: SwitchboardProcess, newcomers_number: str) -> Outcome:
    """Kill the switchboard and wait until every call is restored."""
    numbers = [caller.number for caller in house.everybody]
    in_menu = [caller.number for caller in house.calls["menu"]]
    before, said_before = await house.db(places, numbers), await house.db(said, in_menu)
    since = clock.now()
    killed = time.monotonic()
    switchboard.kill()
    newcomer = house.callers.call(NUMBER, newcomers_number)
    await house.until(
        "those who wait are in their queue", lambda: came_again(Kind.QUEUED, house.calls["waiting"], since)
    )
    await house.until("agents' phones ring anew", lambda: came_again(Kind.OFFERED, house.calls["ringing"], since))
    await house.until(
        "the menu goes on", lambda: all(said(in_menu).get(number, 0) > said_before[number] for number in in_menu)
    )
    restored = time.monotonic() - killed
    while newcomer.first_heard(killed) is None:
        await asyncio.sleep(0.02)
    await asyncio.sleep(AFTERWARDS)
    after = await house.db(places, numbers)
    until = time.monotonic()
    return Outcome(
        restored=restored,
        lost=[number for number in numbers if before.get(number) != after.get(number) or number not in after],
        silence={
            group: max(caller.longest_silence(killed, until) for caller in callers)
            for group, callers in house.calls.items()
        },
        first_sound=(newcomer.first_heard(killed) or until) - newcomer.began,
    )


# --- the limit -----------------------------------------------------------------------------------


async def bare_client(settings: ExchangeSettings) -> float:
    """Seconds until a new client has connected to Asterisk and has the list of its channels."""
    who = {"Authorization": aiohttp.encode_basic_auth(settings.ari_user, settings.ari_password)}
    began = time.monotonic()
    events = f"{settings.ari_url}/events?app=bare&subscribeAll=false"
    async with (
        aiohttp.ClientSession(headers=who) as session,
        session.ws_connect(events),
        session.get(f"{settings.ari_url}/channels") as answer,
    ):
        channels = await answer.json()
    took = time.monotonic() - began
    assert len(channels) >= IN_MENU + WAITING + RINGING + TALKING, len(channels)
    return took


# --- main ----------------------------------------------------------------------------------------


def figure(name: str, value: float, unit: str, goal: str, peer: float | None = None) -> None:
    """Print one figure, with the limit and the ratio of the two."""
    line: dict[str, object] = {
        "bench": "recovery",
        "figure": name,
        "value": round(value, 3),
        "unit": unit,
        "goal": goal,
    }
    if peer is not None:
        line |= {"peer": "bare ARI client: connect, list channels", "peer_value": round(peer, 3)}
        line |= {"ratio": round(value / peer, 1)}
    print(json.dumps(line), flush=True)


@contextmanager
def running(folder: Path, exchange: Exchange) -> Iterator[tuple[SwitchboardProcess, SwitchboardProcess]]:
    """A running switchboard and a standby."""
    for name in ("first", "second"):
        (folder / name).mkdir()
    first, second = (SwitchboardProcess(exchange, folder / name) for name in ("first", "second"))
    first.start()
    try:
        _wait(lambda: ExchangeStatus.objects.filter(up=True).exists(), first)
        second.start()
        _wait(lambda: "standing by" in second.log.read_text(), second)
        yield first, second
    finally:
        first.stop()
        second.stop()
        print(second.log.read_text()[-1500:], file=sys.stderr)


def _wait(question: Callable[[], bool], process: SwitchboardProcess) -> None:
    deadline = time.monotonic() + PATIENCE
    while not question():
        if time.monotonic() > deadline:
            raise SystemExit(f"the switchboard did not come up:\n{process.log.read_text()[-2000:]}")
        time.sleep(0.05)


async def measure(
    exchange: Exchange, first: SwitchboardProcess, second: SwitchboardProcess, people: list[Person]
) -> tuple[Outcome, Outcome, float]:
    """Kill the leader while a standby runs, then kill the standby that took over, which only a restart replaces."""
    callers, thread = await Callers.open(exchange.settings.sip_port), ThreadPoolExecutor(1)
    _, phones = await asyncio.get_running_loop().create_datagram_endpoint(TalkingPeople, local_addr=("127.0.0.1", 0))
    house = House(callers, thread)
    try:
        await fill(house, phones, people)
        limit = median([await bare_client(exchange.settings) for _ in range(5)])
        outcome = await kill(house, first, "+4520049998")
        await heard_out(house.calls["menu"][: IN_MENU // 2])
        loop = asyncio.get_running_loop()
        loop.call_later(supervisor.wait_before(1), first.start)
        alone = await kill(house, second, "+4520049999")
        return outcome, alone, limit
    finally:
        for caller in house.everybody:
            callers.hang_up(caller)
        await asyncio.sleep(1)
        callers.close()
        phones.close()
        await house.db(lambda: connection.close())
        thread.shutdown()


def main() -> None:
    """Print the figures, one JSON object per line."""
    with tempfile.TemporaryDirectory(prefix="bench-recovery-") as name, _testdb.database():
        build()
        patient_menu(300)
        people = agents(TALKING + RINGING)
        Queue.objects.filter(code=QUEUE).update(ring_seconds=300)
        folder = Path(name)
        settings = local_settings(folder / "exchange", trunks=(Trunk("network", match=("127.0.0.1",)),))
        with Exchange(settings) as exchange, running(folder, exchange) as (first, second):
            outcome, alone, limit = asyncio.run(measure(exchange, first, second, people))
    figure("recovery_s", outcome.restored, "s", "<= 5", limit)
    figure("places_lost", len(outcome.lost), "calls", "0")
    figure("longest_silence_s", max(outcome.silence.values()), "s", "<= 3")
    for group, seconds in outcome.silence.items():
        figure(f"longest_silence_s_{group}", seconds, "s", "none")
    figure("newcomer_first_sound_s", outcome.first_sound, "s", "<= 3")
    figure("recovery_s_without_standby", alone.restored, "s", "none: start-up and the supervisor's second in it", limit)
    figure("longest_silence_s_without_standby", max(alone.silence.values()), "s", "none")
    figure("places_lost_without_standby", len(alone.lost), "calls", "0")
    print(f"load average {os.getloadavg()}; lost: {outcome.lost + alone.lost}", file=sys.stderr)


if __name__ == "__main__":
    main()

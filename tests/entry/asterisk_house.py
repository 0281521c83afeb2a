"""The product with a real Asterisk: a switchboard process that can be killed, callers, agents with desk phones."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import connection

from indgang.accounts.models import Person, RoleAssignment
from indgang.catalogue.models import Unit
from indgang.config import exchange_file
from indgang.core import clock
from indgang.enquiries import stream
from indgang.enquiries.models import Enquiry
from indgang.entry.event_kinds import Kind
from indgang.entry.models import ExchangeStatus, FlowVersion, Queue, QueueMembership, QueueTerms
from indgang.events.models import StoredEvent
from indgang.telephony.asterisk.ari import AriLost, Request, path
from indgang.telephony.asterisk.process import Exchange, local_settings
from indgang.telephony.asterisk.trunks import Trunk
from indgang.telephony.contract import LegId
from tests.entry.running import PATIENCE, Asking
from tests.processes import Started
from tests.server import database_url
from tests.telephony.exchange_rig import PEOPLE, PEOPLE_PLAN, ExchangeRig, open_rig
from tests.telephony.sip_phone import SipPeople

#: the number that leads to the flow with a menu in the test world
NUMBER = "+4533661000"
#: the menu key and the code of the queue that every agent made here serves
KEY, QUEUE = "0", "tmf-oevrige"
#: the event kinds that end an enquiry; each enquiry has exactly one of them
LAST_WORDS = (Kind.ENDED, Kind.ABANDONED, Kind.LEFT)


class SwitchboardProcess:
    """The process `indgang switchboard`, with the test's database and one exchange."""

    def __init__(self, exchange: Exchange | None, folder: Path, log_level: str = "INFO", database: str = "") -> None:
        note = folder / "ari.json"
        if exchange is not None:
            exchange_file.write(note, exchange.settings)
        self.log = folder / "switchboard.log"
        self._environment = os.environ | {
            "DATABASE_URL": database or database_url(),
            "INDGANG_EXCHANGES": "",
            "INDGANG_EXCHANGE_FILE": str(note),
            "INDGANG_LOG_LEVEL": log_level,
        }
        self._process: subprocess.Popen[bytes] | None = None

    def add_settings(self, **settings: str) -> None:
        """Set these environment variables from the next start on."""
        self._environment |= settings

    @property
    def pid(self) -> int:
        assert self._process is not None, "the switchboard is not running"
        return self._process.pid

    def start(self) -> None:
        with self.log.open("ab") as log:
            self._process = Started(
                [sys.executable, "-m", "indgang", "switchboard"], env=self._environment, stdout=log, stderr=log
            )

    def kill(self) -> None:
        """Kill the process, as a crash does."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(how)
            process.wait(PATIENCE)


class NodesProcess(SwitchboardProcess):
    """A switchboard process with the nodes of a telephone file and no other exchange."""

    def __init__(self, folder: Path, file: Path, log_level: str = "INFO") -> None:
        super().__init__(None, folder, log_level)
        self._environment |= {"INDGANG_EXCHANGES": "asterisk", "INDGANG_TELEPHONE_FILE": str(file)}


def telephone_file(folder: Path, nodes: Mapping[str, Exchange]) -> Path:
    """Write a telephone file of these nodes, each with a trunk `net-<name>` to this machine, and return its path."""
    file = folder / "telephone.yaml"
    lines = ["nodes:"]
    for name, exchange in nodes.items():
        settings = exchange.settings
        lines += [
            f"  - name: {name}", f"    ari_port: {settings.http_port}", f"    ari_password: {settings.ari_password}",
            f"    folder: {settings.directory}", f"    sip_port: {settings.sip_port}",
            f"    websocket: {settings.browser_websocket}",
        ]  # fmt: skip
    lines.append("trunks:")
    lines += [f"  - {{name: net-{name}, node: {name}, addresses: 127.0.0.1}}" for name in nodes]
    file.write_text("\n".join(lines) + "\n")
    file.chmod(0o600)
    return file


@contextmanager
def running_exchange(folder: Path) -> Iterator[Exchange]:
    """An Asterisk of the test's own, which the test may kill. It reconnects to the product every second."""
    settings = local_settings(
        folder,
        trunks=(Trunk("network", match=("127.0.0.1",)),),
        keys_by_info=True,  # the format in which SIPp callers send keys
        extra_dialplan=PEOPLE_PLAN,
        # as in the contract suite: callers are recorded while they listen
        transmit_silence=False,
        fallback_retry=1,
        fallback_wait_text="Vent.",
    )
    exchange = Exchange(settings)
    with exchange:
        yield exchange


@dataclass
class AsteriskHouse(Asking):
    """Asterisk, the switchboard process, callers (`rig`) and agents with SIP phones (`phones`)."""

    exchange: Exchange
    rig: ExchangeRig
    phones: SipPeople
    switchboard: SwitchboardProcess

    async def connected(self) -> None:
        """Start the switchboard and wait until it is connected to the exchange."""
        at = clock.now()
        self.switchboard.start()
        await self.until(lambda: ExchangeStatus.objects.filter(up=True, heartbeat__gt=at).exists())

    async def comes_on(self, person: Person, phone: str = "answers") -> None:
        """Sign in with a desk phone and become ready. `phone` selects its behaviour (tests/telephony/sip_phone.py)."""
        address = f"sip:{phone}@127.0.0.1:{self.phones.port}"
        await self.give("sign_in", person, phone_kind="sip", phone_address=address)
        await self.give("ready", person)

    async def call(self, number: str, key: str = "") -> LegId:
        """Place a call, wait until the menu has it, press `key` if given, and return the caller's leg."""
        leg = await self.rig.call(NUMBER, number)
        await self.until(lambda: Enquiry.objects.filter(caller_number=number).exists())
        if key:
            await self.rig.press(leg, key)
        return leg

    async def comes_to(self, number: str, **state: Any) -> Enquiry:
        """Wait until the enquiry of this caller has these field values, and return it."""
        return await self.until(lambda: Enquiry.objects.filter(caller_number=number, **state).first())

    async def channels(self) -> dict[str, dict[str, Any]]:
        """Returns all channels of Asterisk by id."""
        answer = await self.rig.people.send(Request("GET", "channels"))
        return {channel["id"]: channel for channel in answer.body}

    async def conversations(self) -> dict[str, frozenset[str]]:
        """Returns the channels of each bridge that the product made, by bridge id."""
        answer = await self.rig.people.send(Request("GET", "bridges"))
        return {bridge["id"]: frozenset(bridge["channels"]) for bridge in answer.body if bridge["id"].startswith("b-")}

    async def both_are_connected(self) -> dict[str, frozenset[str]]:
        """Wait until a bridge has two channels, and return all. The call is `TALKING` before Asterisk has done it."""
        bridges = await self.conversations()
        async with asyncio.timeout(PATIENCE):
            while not any(len(channels) == 2 for channels in bridges.values()):
                await asyncio.sleep(0.02)
                bridges = await self.conversations()
        return bridges

    async def callers_are_back(self) -> None:
        """Wait until callers can call again after an outage of the exchange."""
        async with asyncio.timeout(PATIENCE):
            while not await self._callers_connected():
                await asyncio.sleep(0.05)

    async def _callers_connected(self) -> bool:
        try:
            return (await self.rig.people.send(Request("GET", path("applications", PEOPLE)))).ok
        except AriLost:
            return False

    async def nobody_is_left(self) -> None:
        """Wait until Asterisk has neither channels nor bridges."""
        async with asyncio.timeout(PATIENCE):
            while await self.channels() or await self.conversations():
                await asyncio.sleep(0.02)


@asynccontextmanager
async def open_house(exchange: Exchange, folder: Path, *, database: str = "") -> AsyncIterator[AsteriskHouse]:
    """The product connected to a running exchange. The switchboard uses the database at `database`, if given."""
    phones, _ = await SipPeople.open()
    thread = ThreadPoolExecutor(1, "test-database")
    switchboard = SwitchboardProcess(exchange, folder, database=database)
    try:
        async with open_rig(exchange) as rig:
            house = AsteriskHouse(thread, exchange, rig, phones, switchboard)
            await house.connected()
            yield house
    finally:
        switchboard.stop()
        phones.close()
        await asyncio.get_running_loop().run_in_executor(thread, lambda: connection.close())
        thread.shutdown()


def agents(count: int, queue: str = QUEUE) -> list[Person]:
    """Create `count` agents who serve this queue only, and set the queue's wrap-up time to zero."""
    unit = Unit.objects.get(code="tmf")
    unusable = make_password(None)
    people = Person.objects.bulk_create(
        [Person(username=f"agent{n}", name=f"Agent {n}", password=unusable) for n in range(count)]
    )
    RoleAssignment.objects.bulk_create([RoleAssignment(person=each, role="agent", unit=unit) for each in people])
    serves = Queue.objects.get(code=queue)
    QueueMembership.objects.bulk_create([QueueMembership(person=each, queue=serves) for each in people])
    QueueTerms.objects.filter(queue=serves).update(wrap_up_seconds=0)
    return list(people)


def patient_menu(seconds: float = 120.0) -> None:
    """Lengthen the time-out of every menu, so that callers can stay in it for a whole test."""
    version = FlowVersion.objects.get(flow__code="erhverv")
    for step in version.definition["steps"]:
        if step["kind"] == "menu":
            step["timeout"] = seconds
    version.save()


def kinds_of(enquiry: Enquiry) -> list[str]:
    """Returns the kinds of the enquiry's events, in order."""
    return list(StoredEvent.objects.filter(stream=enquiry.pk).order_by("number").values_list("kind", flat=True))


def check_the_books(enquiries: Iterable[Enquiry]) -> None:
    """Check that each enquiry ended once, misses and repeats no event, and has phases that sum to its duration."""
    for enquiry in enquiries:
        numbers = list(
            StoredEvent.objects.filter(stream=enquiry.pk).order_by("number").values_list("number", flat=True)
        )
        assert numbers == list(range(enquiry.events)), enquiry
        ends = [kind for kind in kinds_of(enquiry) if kind in LAST_WORDS]
        assert len(ends) == 1, (enquiry, kinds_of(enquiry))
        assert enquiry.ended_at is not None
        lasted = (enquiry.ended_at - enquiry.arrived_at).total_seconds()
        measured = sum(getattr(enquiry, name) for name in stream.SECONDS_OF_PHASE.values())
        assert abs(measured - lasted) < 1e-3, (enquiry, measured, lasted)

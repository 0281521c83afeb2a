"""Thirty robot calls beside fifty live calls: does a free agent's telephone ring later than without them?

Fifty agents talk with fifty callers (SIPp). Twenty more callers wait for one agent, whose telephone rings as soon as
the call before has ended. The time from hang-up to ringing is measured in turn without and with thirty robot calls,
whose far ends (SIPp) say a word and press keys; in each round anew, on the same Asterisk and switchboard.

python -m benches robot
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from statistics import median

from django.db import connection

from benches import _processor, _testdb
from benches.phone import FOLDER, KEY, OnePhone, come_on, until
from indgang.accounts.models import Person
from indgang.core import clock
from indgang.core.ids import uuid7
from indgang.enquiries.models import Enquiry
from indgang.entry import commands, robot_calls
from indgang.entry.board.robot_script import Script
from indgang.entry.models import ExchangeStatus, FlowVersion, Prompt, RobotCall
from indgang.telephony.asterisk.process import Exchange, free_ports, local_settings
from indgang.telephony.asterisk.trunks import Trunk
from tests.entry.asterisk_house import NUMBER, SwitchboardProcess, agents
from tests.world import build

LIVE, ROBOTS, WAITING, ROUNDS = 50, 30, 20, 2
#: how long a live call lasts at most, in milliseconds: the callers' scenario gives up after a minute
TALK_MS = 50_000
SCRIPT = Script("bench-intro", ("bench-1", "bench-2", "bench-3", "bench-4"), "bench-again", "bench-wrong", "bench-end",
                "bench-out")  # fmt: skip
_TEXT = "Hvor tilfreds er du alt i alt med opkaldet? Svar med et tal fra 1 til 9."


class House:
    """The ports of an exchange and of the people around it, and a folder for what SIPp writes."""

    def __init__(self, folder: Path, exchange: Exchange, ports: tuple[int, ...], one: Person, switchboard: int) -> None:
        self.folder, self.exchange, self.one, self.switchboard = folder, exchange, one, switchboard
        self.live_port, self.one_port, self.asked_port, self.caller_port, self.waiter_port = ports
        self._runs = 20

    @contextlib.contextmanager
    def sipp(self, scenario: str, port: int, *options: str) -> Iterator[subprocess.Popen[bytes]]:
        quiet = subprocess.DEVNULL
        command = [
            "sipp",
            "-sf",
            str(self.folder / scenario if (self.folder / scenario).exists() else FOLDER / scenario),
            "-i",
            "127.0.0.1",
            "-p",
            str(port),
            "-nostdin",
            *options,
        ]
        process = subprocess.Popen(command, cwd=self.folder, stdin=quiet, stdout=quiet, stderr=quiet)
        try:
            yield process
        finally:
            process.terminate()
            process.wait()

    @contextlib.contextmanager
    def processor(self, when: str) -> Iterator[None]:
        """Print the processor time of the exchange, the switchboard and the database meanwhile."""
        parts = {
            "exchange": [self.exchange.pid], "switchboard": [self.switchboard],
            "database": _processor.pids_saying(f" {connection.settings_dict['NAME']} "),
        }  # fmt: skip
        began, before = time.monotonic(), {name: _processor.used_ms(pids) for name, pids in parts.items()}
        yield
        took = time.monotonic() - began
        used = {name: round(_processor.used_ms(pids) - before[name]) for name, pids in parts.items()}
        print(f"{when}: {took:.1f} s, processor time in ms: {used}", file=sys.stderr)

    @contextlib.contextmanager
    def callers(self, port: int, count: int, rate: int) -> Iterator[subprocess.Popen[bytes]]:
        self._runs += 1
        number = [f"127.0.0.1:{self.exchange.settings.sip_port}", "-s", NUMBER, "-key", "key", KEY]
        number += ["-key", "from", f"+4520{self._runs:02}", "-r", str(rate), "-m", str(count), "-l", "1000"]
        with self.sipp("caller.xml", port, *number) as process:
            yield process


def place_robots() -> list[str]:
    at = clock.now()
    made = []
    for number in range(ROBOTS):
        call = robot_calls.place(
            # no number ends with 9: there an answering machine would answer
            uuid7(), number=f"+4520{400_000 + 10 * number:06}", ours=NUMBER, script=SCRIPT,
            until=at + timedelta(minutes=5), at=at, reference="bench:",
        )  # fmt: skip
        made.append(str(call.pk))
    return made


async def ring_delays(house: House) -> list[float]:
    """Twenty callers wait for one agent. The seconds from each hang-up to the next ringing."""
    loop = asyncio.get_running_loop()
    _, phone = await loop.create_datagram_endpoint(OnePhone, local_addr=("127.0.0.1", house.one_port))
    with house.callers(house.waiter_port, WAITING, 20) as waiting:
        await asyncio.to_thread(waiting.wait, 60)
    phone.close()
    return phone.delays


def without_sound(folder: Path) -> None:
    """The scenario of the far ends without their word: thirty streams of SIPp take half a core, and the fifty live
    calls have no sound either."""
    lines = (FOLDER / "asked.xml").read_text().splitlines()
    (folder / "asked.xml").write_text("\n".join(line for line in lines if "rtp_stream=" not in line))


def talking() -> int:
    return Enquiry.objects.filter(answered_at__isnull=False, ended_at=None).count()


def round_of(house: House, *, with_robots: bool) -> list[float]:
    """One measurement beside fifty live calls."""
    with house.sipp("agent.xml", house.live_port, "-d", str(TALK_MS)), house.callers(house.caller_port, LIVE, 15):
        if not until(lambda: talking() >= LIVE, 20):
            raise SystemExit(f"only {talking()} live calls came up")
        commands.give_and_wait("ready", by=house.one, at=clock.now(), patience=30)
        if not with_robots:
            with house.processor("without"):
                return asyncio.run(ring_delays(house))
        keys = [part for n in range(1, 5) for part in ("-key", f"key{n}", str(n + 4))]
        with house.sipp("asked.xml", house.asked_port, *keys):
            calls = place_robots()
            rows = RobotCall.objects.filter(pk__in=calls)
            if not until(lambda: rows.filter(answered_at__isnull=False).count() == ROBOTS, 30):
                raise SystemExit("the robot calls were not answered")
            with house.processor("with robot calls"):
                delays = asyncio.run(ring_delays(house))
            print(f"robot calls still up after: {rows.filter(outcome='').count()}", file=sys.stderr)
            return delays


def clear(house: House) -> None:
    """End every call, and wait until the agents are free again."""
    commands.give_and_wait("pause", by=house.one, at=clock.now(), patience=30)
    house.exchange.console("channel request hangup all")
    until(lambda: not Enquiry.objects.filter(ended_at=None).exists(), 30)
    until(lambda: not RobotCall.objects.filter(outcome="").exists(), 30)


@contextlib.contextmanager
def product(folder: Path) -> Iterator[tuple[House, list[Person]]]:
    """A database, an Asterisk that rings outside at SIPp, and a running switchboard."""
    with _testdb.database():
        build()
        people = agents(LIVE + 1)
        version = FlowVersion.objects.get(flow__code="erhverv")
        version.definition["start"] = "menu"
        version.save()
        for code in (SCRIPT.intro, *SCRIPT.questions):
            Prompt.objects.create(code=code, language="da", text=_TEXT, updated_at=clock.now())
        ports = free_ports(5)
        without_sound(folder)
        settings = local_settings(
            folder / "exchange", trunks=(Trunk("network", match=("127.0.0.1",)),), keys_by_info=True,
            outside_route=f"PJSIP/indgang-sip/sip:{{number}}@127.0.0.1:{ports[2]}",
        )  # fmt: skip
        with Exchange(settings) as exchange:
            switchboard = SwitchboardProcess(exchange, folder, "WARNING")
            switchboard.add_settings(INDGANG_ROBOT_CALLS=str(ROBOTS), INDGANG_TELEPHONE_LINES="200")
            switchboard.start()
            try:
                if not until(lambda: ExchangeStatus.objects.filter(up=True).exists(), 30):
                    raise SystemExit(f"the switchboard did not come up:\n{switchboard.log.read_text()}")
                yield House(folder, exchange, ports, people[0], switchboard.pid), people
            finally:
                switchboard.stop()
                print(switchboard.log.read_text()[-2000:], file=sys.stderr)


def main() -> None:
    """Print the figures, one JSON object per line."""
    delays: dict[bool, list[float]] = {False: [], True: []}
    with tempfile.TemporaryDirectory(prefix="bench-robot-") as name, product(Path(name)) as (house, people):
        first, *others = people
        come_on([first], house.one_port)
        come_on(others, house.live_port)
        commands.give_and_wait("pause", by=first, at=clock.now(), patience=30)
        for number in range(2 * ROUNDS):
            with_robots = number % 2 == 1
            delays[with_robots] += round_of(house, with_robots=with_robots)
            clear(house)
    without, beside = (1000 * median(delays[with_robots]) for with_robots in (False, True))
    line = {
        "bench": "robot", "figure": "hang_up_to_ring_ms_p50", "value": round(beside, 2), "unit": "ms",
        "goal": "ratio <= 1.2", "peer": "without robot calls", "peer_value": round(without, 2),
        "ratio": round(beside / without, 3),
    }  # fmt: skip
    print(json.dumps(line), flush=True)
    print({with_robots: len(each) for with_robots, each in delays.items()}, file=sys.stderr)


if __name__ == "__main__":
    main()

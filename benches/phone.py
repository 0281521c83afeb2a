"""Calls per second through the whole path, against Asterisk's own `Queue()` on the same machine in the same run.

A call: SIPp calls in, hears a menu, presses a key, waits in a queue, and rings a SIP telephone (SIPp). The telephone
answers, talks for half a second and hangs up; the enquiry is ended and stored. The peer is the same call with the same
telephones through `Answer`, `Read` and `Queue` in Asterisk's dialplan, which stores no record.

A rate is sustained when, for `SECONDS`, no call fails and at most one call in twenty is delayed by more than
`PATIENCE`. The search raises the rate and then halves the gap, in turn for both.

python -m benches phone
"""

from __future__ import annotations

import asyncio
import contextlib
import csv
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from statistics import median

from django.db import connection

from benches import _processor, _testdb
from indgang.accounts.models import Person
from indgang.catalogue.models import Purpose, Service
from indgang.core import clock, compiled
from indgang.enquiries import registration
from indgang.enquiries.models import Enquiry, State
from indgang.entry import commands
from indgang.entry.models import ExchangeStatus, FlowVersion
from indgang.telephony.asterisk.configuration import ExchangeSettings
from indgang.telephony.asterisk.process import Exchange, free_ports, local_settings
from indgang.telephony.asterisk.trunks import Trunk
from tests.entry.asterisk_house import NUMBER, SwitchboardProcess, agents
from tests.telephony.sip_phone import SipPeople
from tests.world import build

FOLDER = Path(__file__).parent / "sip"
AGENTS = 200
TALK_MS = 500
SECONDS = 5.0
#: the longest delay in seconds of one call in twenty, from key to hang-up without the talk
PATIENCE = 1.0
#: the first rate of the search, and the gap at which it ends, as a share of the rate
FIRST_RATE, EXACT = 60.0, 0.1
#: callers who wait for one agent, to measure the time until the next call rings
WAITING = 20
KEY, PEER_NUMBER = "0", "9000"
#: leads to the peer's queue, which only the first agent serves
PEER_ONE_AGENT = "9001"


@dataclass(frozen=True, slots=True)
class Step:
    """The result of one rate."""

    rate: float
    made: int
    succeeded: int
    #: seconds from key to hang-up without the talk: the median, and the 95th percentile
    held_up: float
    held_up_p95: float
    written: int | None = None

    @property
    def sustained(self) -> bool:
        whole = self.succeeded == self.made and self.written in (None, self.made)
        return whole and self.held_up_p95 <= PATIENCE


class Sipp:
    """SIPp as callers and as agents' telephones of an exchange, on separate ports."""

    def __init__(self, folder: Path, exchange: Exchange, caller_port: int, agent_port: int) -> None:
        self.folder, self.agent_port = folder, agent_port
        self.exchange, self._caller_port = exchange, caller_port
        self._runs = 0

    @contextlib.contextmanager
    def telephones(self) -> Iterator[None]:
        """Telephones that answer at once, talk for `TALK_MS` and hang up, for any name before the @."""
        command = ["sipp", "-sf", str(FOLDER / "agent.xml"), "-i", "127.0.0.1", "-p", str(self.agent_port)]
        with _quiet([*command, "-d", str(TALK_MS), "-nostdin"], self.folder) as process:
            yield
            process.kill()

    def call(self, number: str, rate: float, count: int) -> tuple[int, list[float]]:
        """Make `count` calls at this rate. Returns how many succeeded, and the seconds from key to hang-up of each."""
        self._runs += 1
        folder = self.folder / f"run{self._runs}"
        folder.mkdir()
        command = [
            "sipp",
            f"127.0.0.1:{self.exchange.settings.sip_port}",
            "-sf",
            str(FOLDER / "caller.xml"),
            "-i",
            "127.0.0.1",
        ]
        command += ["-p", str(self._caller_port), "-s", number, "-key", "from", f"+4520{self._runs:02}"]
        command += ["-key", "key", KEY, "-r", str(round(rate * 10)), "-rp", "10000", "-m", str(count), "-l", "100000"]
        command += ["-nostdin", "-trace_rtt", "-rtt_freq", "1", "-trace_stat", "-fd", "1", "-stf", "stat.csv"]
        with _quiet([*command, "-timeout", f"{count / rate + 8:.0f}s"], folder) as process:
            process.wait()
        self._clear_the_line()
        return _successes(folder / "stat.csv"), _times(folder)

    def _clear_the_line(self) -> None:
        """Hang up the calls that a failed step has left, so that the next one begins with an idle exchange."""
        deadline = time.monotonic() + 60
        while not self.exchange.console("core show channels count").startswith("0 active channels"):
            if time.monotonic() > deadline:
                raise SystemExit("the exchange did not get rid of its calls")
            self.exchange.console("channel request hangup all")
            time.sleep(0.5)


@contextlib.contextmanager
def _quiet(command: list[str], folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    with (folder / "errors").open("ab") as errors:
        process = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors
        )
        try:
            yield process
        finally:
            process.terminate()
            process.wait()


def _successes(file: Path) -> int:
    with file.open(newline="") as rows:
        last = list(csv.DictReader(rows, delimiter=";"))[-1]
    return int(last["SuccessfulCall(C)"])


def _times(folder: Path) -> list[float]:
    """The times of the second measurement of the scenario (key to hang-up), in seconds."""
    times = []
    for file in folder.glob("*_rtt.csv"):
        with file.open(newline="") as rows:
            times += [float(row[1]) / 1000 for row in csv.reader(rows, delimiter=";") if row[2:3] == ["2"]]
    return times


# --- the two ways of the call --------------------------------------------------------------------

_PEER_PLAN = """
[indgang-inbound](+)
exten => _900[01],1,Answer()
 same => n,Read(KEY,{sounds}/menu.da,1,,1,10)
 same => n,Queue(bench-${{EXTEN}},I,,,60)
 same => n,Hangup()
"""
_PEER_QUEUE = """
[bench-{number}]
autofill = yes
strategy = leastrecent
ringinuse = no
timeout = 20
retry = 1
wrapuptime = 0
"""


def exchange_settings(folder: Path, agent_port: int) -> ExchangeSettings:
    """One Asterisk for both: the product's dialplan, and the peer's with the same telephones as members."""
    telephones = [Trunk(f"agent{number}", host=f"127.0.0.1:{agent_port}", options_every=0) for number in range(AGENTS)]
    settings = local_settings(folder)
    members = [f"member => PJSIP/{telephone.name}\n" for telephone in telephones]
    queues = _PEER_QUEUE.format(number=PEER_NUMBER) + "".join(members)
    queues += _PEER_QUEUE.format(number=PEER_ONE_AGENT) + members[0]
    return local_settings(
        folder,
        trunks=(Trunk("network", match=("127.0.0.1",)), *telephones),
        keys_by_info=True,  # the format in which SIPp's callers send keys
        extra_dialplan=_PEER_PLAN.format(sounds=settings.sounds),
        extra_modules=("app_queue", "app_read"),
        extra_files=(("queues.conf", queues),),
    )


def straight_to_the_menu() -> None:
    """A flow that begins with its menu, as the peer's dialplan does."""
    version = FlowVersion.objects.get(flow__code="erhverv")
    version.definition["start"] = "menu"
    version.save()


def come_on(people: list[Person], agent_port: int) -> None:
    """Sign these agents in with their telephones and make them ready."""
    for person in people:
        address = f"sip:{person.username}@127.0.0.1:{agent_port}"
        commands.give_and_wait(
            "sign_in", by=person, at=clock.now(), patience=30, phone_kind="sip", phone_address=address
        )
        commands.give_and_wait("ready", by=person, at=clock.now(), patience=30)


def until(question: Callable[[], bool], patience: float) -> bool:
    """Wait for a condition. Returns whether it became true in time."""
    deadline = time.monotonic() + patience
    while not question():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def step(sipp: Sipp, number: str, rate: float) -> Step:
    """Try one rate; for the product, also count the stored enquiries."""
    since, count = clock.now(), round(rate * SECONDS)
    succeeded, times = sipp.call(number, rate, count)
    held = sorted(seconds - TALK_MS / 1000 for seconds in times) or [float("inf")]
    written = None
    if number != PEER_NUMBER:
        done = Enquiry.objects.filter(arrived_at__gte=since, state=State.UNREGISTERED, answered_at__isnull=False)
        until(lambda: done.count() == count, 5)
        written = done.count()
    made = Step(rate, count, succeeded, median(held), held[int(0.95 * len(held))], written)
    print(number, made, "sustained" if made.sustained else "NOT sustained", file=sys.stderr, flush=True)
    return made


# --- the highest rate ----------------------------------------------------------------------------


class Search:
    """The search for the highest sustained rate of one of the two; the steps of both take turns."""

    def __init__(self, number: str) -> None:
        self.number = number
        self.steps: list[Step] = []
        self._held, self._failed = 0.0, float("inf")
        self._failures = 0

    @property
    def is_over(self) -> bool:
        return self._failed < float("inf") and self._failed - self._held <= EXACT * self._failed

    def next_rate(self) -> float:
        if not self._held:
            return FIRST_RATE if self._failed == float("inf") else self._failed / 2
        return min(self._held * 1.4, (self._held + self._failed) / 2)

    def learn(self, made: Step) -> None:
        """Record a result. A rate fails only when it fails twice, because the machine may have been busy."""
        self.steps.append(made)
        if made.sustained:
            self._held, self._failures = max(self._held, made.rate), 0
        elif self._failures:
            self._failed, self._failures = made.rate, 0
        else:
            self._failures = 1

    @property
    def best(self) -> Step:
        return max((step for step in self.steps if step.sustained), key=lambda step: step.rate)


def search(sipp: Sipp) -> tuple[Step, Step]:
    """The best step of the product and of the peer."""
    ours, peers = Search(NUMBER), Search(PEER_NUMBER)
    while not (ours.is_over and peers.is_over):
        for one in (ours, peers):
            if not one.is_over:
                one.learn(step(sipp, one.number, one.next_rate()))
    return ours.best, peers.best


# --- where the work goes --------------------------------------------------------------------------


def work_per_call(sipp: Sipp, switchboard: int, rate: float) -> None:
    """Print the cost of a call in each process at a rate that both sustain, in turn for both."""
    database = str(connection.settings_dict["NAME"])
    parts = {
        "exchange": [sipp.exchange.pid],
        "switchboard": [switchboard],
        "database": _processor.pids_saying(f" {database} "),
    }
    used: dict[str, dict[str, list[float]]] = {NUMBER: {}, PEER_NUMBER: {}}
    for number in (NUMBER, PEER_NUMBER) * 2:
        before = {name: _processor.used_ms(pids) for name, pids in parts.items()}
        made = step(sipp, number, rate).made
        for name, pids in parts.items():
            used[number].setdefault(name, []).append((_processor.used_ms(pids) - before[name]) / made)
    theirs = median(used[PEER_NUMBER]["exchange"])
    figure("exchange_work_ms_per_call", median(used[NUMBER]["exchange"]), "ms", "none", theirs)
    for name in ("switchboard", "database"):
        figure(f"{name}_work_ms_per_call", median(used[NUMBER][name]), "ms", "none")
    ours = sum(median(each) for each in used[NUMBER].values())
    figure("work_ratio", theirs / ours, "share", work_goal())


def work_goal() -> str:
    """By the engines of the switchboard, a process of its own that uses compiled ones where they are built."""
    return ">= 0.65 (compiled engines)" if compiled.are_wanted() and compiled.is_built() else ">= 0.55 (plain Python)"


# --- from free agent to ringing ------------------------------------------------------------------


class OnePhone(SipPeople):
    """An agent's telephone that answers, talks briefly and hangs up; it records when it hung up and when it rang."""

    def __init__(self) -> None:
        super().__init__()
        self.delays: list[float] = []
        self.rang_at: list[datetime] = []
        self._free_since = 0.0

    def _invited(self, text: str, address: tuple[str, int]) -> None:
        if text in self.invites:
            return
        if self._free_since:
            self.delays.append(time.monotonic() - self._free_since)
        self.rang_at.append(clock.now())
        super()._invited(text, address)
        self._answer(text, address, "200 OK", sdp=self._sdp())
        asyncio.get_running_loop().call_later(0.2, self._hang_up, text, address)

    def _hang_up(self, invite: str, address: tuple[str, int]) -> None:
        header = dict(line.split(": ", 1) for line in invite.split("\r\n") if ": " in line)
        contact = header["Contact"].strip("<>")
        lines = [
            f"BYE {contact} SIP/2.0",
            f"Via: SIP/2.0/UDP 127.0.0.1:{self.port};branch=z9hG4bK{len(self.delays)}-{id(self)}-{time.monotonic_ns()}",
            f"From: {header['To']};tag=people", f"To: {header['From']}", f"Call-ID: {header['Call-ID']}",
            "CSeq: 1 BYE", "Max-Forwards: 70", "Content-Length: 0", "", "",
        ]  # fmt: skip
        self._free_since = time.monotonic()
        self._transport.sendto("\r\n".join(lines).encode(), address)


async def ring_delays(sipp: Sipp, number: str, port: int) -> OnePhone:
    """Twenty callers wait for one agent; each call rings as soon as the previous one ends."""
    _, phone = await asyncio.get_running_loop().create_datagram_endpoint(OnePhone, local_addr=("127.0.0.1", port))
    await asyncio.to_thread(sipp.call, number, 20.0, WAITING)
    phone.close()
    return phone


def switchboard_delays(phone: OnePhone, since: datetime) -> list[float]:
    """Seconds from the switchboard's event that the agent is free to the INVITE of the next call at the telephone."""
    ended = Enquiry.objects.filter(ended_at__gte=since).order_by("ended_at").values_list("ended_at", flat=True)
    return [(rang - free).total_seconds() for free, rang in zip(ended, phone.rang_at[1:], strict=False) if free]


# --- main ----------------------------------------------------------------------------------------


def register(enquiries: list[Enquiry]) -> int:
    """Register the questions of the calls, as agents do by hand. Returns the number of registrations."""
    service, purpose = Service.objects.all()[0], Purpose.objects.all()[0]
    about = registration.QuestionData(service, purpose, "general", "resolved")
    for enquiry in enquiries:
        assert enquiry.agent is not None
        registration.register(enquiry, questions=[about], by=enquiry.agent, at=clock.now())
    return Enquiry.objects.filter(pk__in=[each.pk for each in enquiries], state=State.REGISTERED).count()


def figure(name: str, value: float, unit: str, goal: str, peer: float | None = None) -> None:
    """Print one figure, with the peer's figure and the ratio of the two."""
    line: dict[str, object] = {"bench": "phone", "figure": name, "value": round(value, 2), "unit": unit, "goal": goal}
    if peer is not None:
        line |= {"peer": "Asterisk Queue()", "peer_value": round(peer, 2), "ratio": round(value / peer, 3)}
    print(json.dumps(line), flush=True)


@contextlib.contextmanager
def product(folder: Path) -> Iterator[tuple[Sipp, list[Person], SwitchboardProcess]]:
    """A database, an Asterisk and a running switchboard."""
    with _testdb.database():
        build()
        people = agents(AGENTS)
        straight_to_the_menu()
        agent_port, caller_port = free_ports(2)
        (folder / "sipp").mkdir()
        with Exchange(exchange_settings(folder / "exchange", agent_port)) as exchange:
            switchboard = SwitchboardProcess(exchange, folder, "WARNING")
            switchboard.start()
            try:
                if not until(lambda: ExchangeStatus.objects.filter(up=True).exists(), 30):
                    raise SystemExit(f"the switchboard did not come up:\n{switchboard.log.read_text()}")
                yield Sipp(folder / "sipp", exchange, caller_port, agent_port), people, switchboard
            finally:
                switchboard.stop()
                print(switchboard.log.read_text()[-2000:], file=sys.stderr)


def delays(sipp: Sipp, people: list[Person]) -> None:
    """Print the time until a free agent's telephone rings, measured at the telephone and at the switchboard."""
    first, *others = people
    come_on([first], sipp.agent_port)
    since = clock.now()
    ours = asyncio.run(ring_delays(sipp, NUMBER, sipp.agent_port))
    until(lambda: not Enquiry.objects.filter(ended_at=None).exists(), 10)
    peers = asyncio.run(ring_delays(sipp, PEER_ONE_AGENT, sipp.agent_port))
    figure("ring_delay_ms_p50", 1000 * median(switchboard_delays(ours, since)), "ms", "<= 50")
    print(
        f"hang-up to ringing, p50: {median(ours.delays):.3f} s, Queue() {median(peers.delays):.3f} s", file=sys.stderr
    )
    figure("hang_up_to_ring_ms_p50", 1000 * median(ours.delays), "ms", "<= 60", 1000 * median(peers.delays))
    come_on(others, sipp.agent_port)


def main() -> None:
    """Print the figures, one JSON object per line."""
    with tempfile.TemporaryDirectory(prefix="bench-phone-") as name, product(Path(name)) as running:
        sipp, people, switchboard = running
        delays(sipp, people)
        with sipp.telephones():
            ours, peers = search(sipp)
            work_per_call(sipp, switchboard.pid, ours.rate / 2)
        figure("calls_per_second", ours.rate, "1/s", "ratio >= 0.8", peers.rate)
        ended = list(Enquiry.objects.filter(state=State.UNREGISTERED).select_related("agent")[:500])
        started = time.monotonic()
        registered = register(ended)
        took = time.monotonic() - started
        print(f"{registered} of {len(ended)} registered in {took:.1f} s", file=sys.stderr)


if __name__ == "__main__":
    main()

"""Two Asterisk nodes behind one switchboard against one: calls per second, and the switchboard's cost of a call.

A call is that of the bench `phone`. With two nodes each gets half of the calls; the agents' telephones are the same. A
sustained rate is defined as there. The switchboard's processor time for each call gives the rate at which that one
process is saturated, whatever the number of nodes and cores.

python -m benches nodes
"""

from __future__ import annotations

import contextlib
import json
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median

from benches import _processor, _testdb
from benches.phone import AGENTS, SECONDS, TALK_MS, Search, Sipp, Step, come_on, straight_to_the_menu, until
from indgang.core import clock
from indgang.enquiries.models import Enquiry, State
from indgang.entry.models import ExchangeStatus
from indgang.telephony.asterisk.process import Exchange, free_ports, local_settings
from indgang.telephony.asterisk.trunks import Trunk
from tests.entry.asterisk_house import NUMBER, NodesProcess, agents, telephone_file
from tests.world import build

ONE, TWO = "one node", "two nodes"


def step(sipps: list[Sipp], rate: float, label: str) -> Step:
    """Try one rate, shared evenly by these nodes."""
    since, share = clock.now(), rate / len(sipps)
    count = round(share * SECONDS)
    with ThreadPoolExecutor(len(sipps)) as threads:
        came = list(threads.map(lambda sipp: sipp.call(NUMBER, share, count), sipps))
    held = sorted(seconds - TALK_MS / 1000 for _, times in came for seconds in times) or [float("inf")]
    made = count * len(sipps)
    done = Enquiry.objects.filter(arrived_at__gte=since, state=State.UNREGISTERED, answered_at__isnull=False)
    until(lambda: done.count() == made, 5)
    succeeded = sum(successes for successes, _ in came)
    tried = Step(rate, made, succeeded, median(held), held[int(0.95 * len(held))], done.count())
    print(label, tried, "sustained" if tried.sustained else "NOT sustained", file=sys.stderr, flush=True)
    return tried


def search(sipps: list[Sipp]) -> dict[str, Step]:
    """The best step with one node and with both; the two take turns."""
    ways = {ONE: sipps[:1], TWO: sipps}
    searches = {label: Search(label) for label in ways}
    while not all(each.is_over for each in searches.values()):
        for label, each in searches.items():
            if not each.is_over:
                each.learn(step(ways[label], each.next_rate(), label))
    return {label: each.best for label, each in searches.items()}


def work(sipps: list[Sipp], switchboard: int, rate: float) -> tuple[float, float]:
    """Milliseconds of processor time for each call at this rate: of the switchboard, and of all nodes."""
    parts = ([switchboard], [sipp.exchange.pid for sipp in sipps])
    before = [_processor.used_ms(pids) for pids in parts]
    made = step(sipps, rate, "work").made
    ours, theirs = ((_processor.used_ms(pids) - used) / made for pids, used in zip(parts, before, strict=True))
    return ours, theirs


@contextlib.contextmanager
def two_nodes(folder: Path) -> Iterator[tuple[list[Sipp], NodesProcess]]:
    """A database, two Asterisk nodes and a running switchboard."""
    with _testdb.database(), contextlib.ExitStack() as stack:
        build()
        people = agents(AGENTS)
        straight_to_the_menu()
        agent_port, *caller_ports = free_ports(3)
        nodes = {
            name: stack.enter_context(Exchange(local_settings(
                folder / name, name=name, trunks=(Trunk(f"net-{name}", match=("127.0.0.1",)),),
                keys_by_info=True,
            )))
            for name in ("nord", "syd")
        }  # fmt: skip
        switchboard = NodesProcess(folder, telephone_file(folder, nodes), "WARNING")
        switchboard.start()
        stack.callback(switchboard.stop)
        if not until(lambda: ExchangeStatus.objects.filter(up=True).count() == len(nodes), 60):
            raise SystemExit(f"the switchboard did not come up:\n{switchboard.log.read_text()}")
        sipps = []
        for (name, node), port in zip(nodes.items(), caller_ports, strict=True):
            (folder / f"sipp-{name}").mkdir()
            sipps.append(Sipp(folder / f"sipp-{name}", node, port, agent_port))
        come_on(people, agent_port)
        yield sipps, switchboard


def figure(name: str, value: float, unit: str, goal: str = "none") -> None:
    line = {"bench": "nodes", "figure": name, "value": round(value, 2), "unit": unit, "goal": goal}
    print(json.dumps(line), flush=True)


def main() -> None:
    """Print the figures, one JSON object per line."""
    with tempfile.TemporaryDirectory(prefix="bench-nodes-") as name, two_nodes(Path(name)) as (sipps, switchboard):
        with sipps[0].telephones():
            best = search(sipps)
            rate = min(each.rate for each in best.values()) / 2
            ours, theirs = work(sipps, switchboard.pid, rate)
        figure("calls_per_second_one_node", best[ONE].rate, "1/s")
        figure("calls_per_second_two_nodes", best[TWO].rate, "1/s")
        figure("two_nodes_against_one", best[TWO].rate / best[ONE].rate, "times")
        figure("switchboard_work_ms_per_call", ours, "ms")
        figure("node_work_ms_per_call", theirs, "ms")
        figure("switchboard_full_at", 1000 / ours, "1/s")


if __name__ == "__main__":
    main()

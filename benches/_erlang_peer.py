"""The Erlang A of pyworkforce, in a process of its own: `python -m benches._erlang_peer FILE`.

The release that has one asks for Python 3.12, so that an older Python gets an earlier one, without it. It is plain
Python, and runs here too: its wheel is fetched with pip, checked against the lock, and imported as it is.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from time import perf_counter

RELEASE = "0.5.4"
_ROOT = Path(__file__).resolve().parents[1]
_KEPT = _ROOT / "var" / "bench-peers"


def microseconds(loads: list[float], *, handling: float, within: float, patience: float) -> float | None:
    """For one requirement: 80 percent `within` seconds, at most 10 percent abandoned. None when there is no peer."""
    return _asked({"loads": loads, "handling": handling, "within": within, "patience": patience})


def service_level(agents: int, load: float, *, handling: float, within: float, patience: float) -> float | None:
    """The share answered `within` seconds, as the peer has it. None when there is no peer."""
    return _asked({"agents": agents, "loads": [load], "handling": handling, "within": within, "patience": patience})


def _asked(question: dict[str, object]) -> float | None:
    wheel = None if version("pyworkforce") == RELEASE else _wheel()
    if wheel is None and version("pyworkforce") != RELEASE:
        return None
    command = [sys.executable, __file__, *([str(wheel)] if wheel else [])]
    answer = subprocess.run(command, input=json.dumps(question), capture_output=True, text=True, check=True)
    return float(answer.stdout)


def _wheel() -> Path | None:
    """The file of the release, fetched once."""
    _KEPT.mkdir(parents=True, exist_ok=True)
    there = _KEPT / f"pyworkforce-{RELEASE}-py3-none-any.whl"
    if not there.exists():
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
        found = subprocess.run(
            [*pip, "--python-version", "3.12", "--dest", str(_KEPT), f"pyworkforce=={RELEASE}"], check=False
        )
        if found.returncode:
            return None
    digest = hashlib.sha256(there.read_bytes()).hexdigest()
    locked = (_ROOT / "requirements.lock").read_text().partition(f"pyworkforce=={RELEASE}")[2].partition("\n\n")[0]
    if digest not in re.findall(r"sha256:([0-9a-f]{64})", locked)[:2]:
        raise SystemExit(f"{there.name} is not the file of requirements.lock")
    return there


def _ask() -> None:
    """The peer computes one requirement at a time, as it does; or one service level."""
    if sys.argv[1:]:
        sys.path.insert(0, sys.argv[1])
    from pyworkforce.queuing import ErlangA

    given = json.loads(sys.stdin.read())
    minutes = {name: given[name] / 60 for name in ("handling", "within", "patience")}
    centres = (
        ErlangA(
            transactions=load * 15 / minutes["handling"], aht=minutes["handling"], asa=minutes["within"], interval=15,
            patience=minutes["patience"],
        ) for load in given["loads"]
    )  # fmt: skip
    if "agents" in given:
        print(next(centres).service_level(positions=given["agents"]))
        return
    begun = perf_counter()
    for centre in centres:
        centre.required_positions(service_level=0.8, max_abandonment=0.1)
    print((perf_counter() - begun) / len(given["loads"]) * 1e6)


if __name__ == "__main__":
    _ask()

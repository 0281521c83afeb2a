"""Runs the benches: `python -m benches` runs all of them, `python -m benches phone live` those named. What follows `--`
are options of the bench: `python -m benches shifts -- --long` (`python -m benches.shifts --help` lists them).

Each runs in a process of its own, so that it leaves nothing behind for the next. Before each, the machine's speed is
measured and printed (`machine_speed`, see benches/_machine.py). Each figure then has its value on the machine of
docs/performance.md (`scaled`) and whether its goal is met (`kept`). Lines that are not figures go to standard error, so
that the output can be piped.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from benches import _machine

_FOLDER = Path(__file__).parent


def names() -> list[str]:
    """The names of all benches."""
    return sorted(path.stem for path in _FOLDER.glob("*.py") if not path.stem.startswith("_"))


def run(name: str, options: Sequence[str] = ()) -> bool:
    """Measure the machine, run one bench and pass on its figures. Returns whether it succeeded."""
    machine = _machine.speed()
    print(json.dumps({"bench": name, **_speed(machine)}), flush=True)
    bench = subprocess.Popen([sys.executable, "-m", f"benches.{name}", *options], stdout=subprocess.PIPE, text=True)
    assert bench.stdout is not None
    for line in bench.stdout:
        if _is_figure(line):
            print(_machine.judged(line, machine), end="", flush=True)
        else:
            print(line, end="", file=sys.stderr, flush=True)
    return bench.wait() == 0


def _speed(machine: float) -> dict[str, object]:
    about = "times the machine of docs/performance.md"
    return {"figure": "machine_speed", "value": round(machine, 2), "unit": about, "goal": "none"}


def _is_figure(line: str) -> bool:
    try:
        return "figure" in json.loads(line)
    except (ValueError, TypeError):
        return False


def main(arguments: list[str]) -> int:
    there, mark = names(), arguments.index("--") if "--" in arguments else len(arguments)
    asked, options = arguments[:mark], arguments[mark + 1 :]
    if options and len(asked) != 1:
        print("Options are those of one bench: name it.", file=sys.stderr)
        return 2
    unknown = [name for name in asked if name not in there]
    if unknown:
        print(f"There is no bench {', '.join(unknown)}. There are: {', '.join(there)}.", file=sys.stderr)
        return 2
    failed = [name for name in asked or there if not run(name, options)]
    if failed:
        print(f"These benches failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

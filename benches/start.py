"""How soon a new administrator sees a page: from `indgang init` with a file to the first response of `indgang up`.

The bench runs a whole start with the commands that an administrator types: PostgreSQL is created, the tables are
migrated, the centre is made, static files are collected, and all processes are started. Then `indgang doctor` checks
the running product. `--times` sets the number of starts; the median counts.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

GOAL = 20.0
DOCTOR_GOAL = 5.0
PATIENCE = 180.0
_ANSWERS = """
municipality: Eksempel Kommune
units: [Borgerservice, Teknik og Miljø]
number: 33 66 33 66
administrator: {name: Astrid Lund, username: astrid, password: en lang sætning om havnen}
"""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--times", type=int, default=3)
    wanted = options.parse_args()
    runs = [_run() for _ in range(wanted.times)]
    worked = resource.getrusage(resource.RUSAGE_CHILDREN)
    for figure, values, goal in (
        ("init_to_first_page", [init + up for init, up, _doctor in runs], f"< {GOAL:.0f}"),
        ("init", [init for init, _up, _doctor in runs], "none"),
        ("up_to_first_page", [up for _init, up, _doctor in runs], "none"),
        ("doctor", [doctor for _init, _up, doctor in runs], f"< {DOCTOR_GOAL:.0f}"),
    ):
        line = {"bench": "start", "figure": figure, "value": round(statistics.median(values), 2), "unit": "s",
                "goal": goal, "runs": len(values)}  # fmt: skip
        print(json.dumps(line), flush=True)
    seconds = (worked.ru_utime + worked.ru_stime) / len(runs)
    print(json.dumps({"bench": "start", "figure": "processor_time", "value": round(seconds, 2), "unit": "s",
                      "goal": "none: of all processes but PostgreSQL, until the end"}), flush=True)  # fmt: skip


def _run() -> tuple[float, float, float]:
    """Seconds of `indgang init`, from there to the first page, and of `indgang doctor` beside the running product."""
    with tempfile.TemporaryDirectory(prefix="indgang-bench-", ignore_cleanup_errors=True) as folder:
        web = _free_address()
        environment = {name: value for name, value in os.environ.items() if not name.startswith("INDGANG_")}
        environment.pop("DATABASE_URL", None)
        # an installed product is compiled
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        environment |= {
            "INDGANG_VAR": f"{folder}/var", "INDGANG_WEB_ADDRESS": web, "INDGANG_LIVE_ADDRESS": _free_address(),
        }  # fmt: skip
        file = Path(folder) / "init.yaml"
        file.write_text(_ANSWERS, encoding="utf-8")
        indgang = [sys.executable, "-m", "indgang"]
        began = time.monotonic()
        subprocess.run([*indgang, "init", "--file", str(file)], env=environment, check=True, stdout=subprocess.DEVNULL)
        made = time.monotonic()
        running = subprocess.Popen([*indgang, "up"], env=environment, stdout=subprocess.DEVNULL)
        try:
            _wait_for_page(f"http://{web}/sign-in/", running)
            shown = time.monotonic()
            # exit status 1 is expected: no backup exists yet
            subprocess.run([*indgang, "doctor"], env=environment, check=False, stdout=subprocess.DEVNULL)
            return made - began, shown - made, time.monotonic() - shown
        finally:
            running.send_signal(signal.SIGTERM)
            running.wait(60)


def _wait_for_page(url: str, running: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if running.poll() is not None:
            raise SystemExit("`indgang up` has ended")
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                if answer.status == 200:
                    return
        except (OSError, urllib.error.URLError):
            time.sleep(0.02)
    raise SystemExit(f"no page within {PATIENCE:.0f} s")


def _free_address() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{free.getsockname()[1]}"


if __name__ == "__main__":
    main()

"""Several processes of one machine are counted as one, also after one of them has been replaced."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

_COUNT = "from indgang.telemetry.metrics import EVENTS; EVENTS.labels('arrived').inc({count})"
_SHOW = "from indgang.telemetry import metrics; print(metrics.exposition().decode())"


def _run(folder: Path, code: str) -> str:
    environment = os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(folder)}
    return subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True, timeout=60
    ).stdout


def _arrived(said: str) -> float:
    found = re.search(r'indgang_events_total\{kind="arrived"\} (\S+)', said)
    return float(found[1]) if found else 0.0


def test_workers_are_added_up_whoever_is_asked_and_whoever_has_ended(tmp_path: Path) -> None:
    _run(tmp_path, _COUNT.format(count=3))
    _run(tmp_path, _COUNT.format(count=4))
    assert _arrived(_run(tmp_path, _SHOW)) == 7.0


def test_processes_of_the_same_number_in_two_containers_do_not_share_a_file(tmp_path: Path) -> None:
    in_container = "import os, socket; os.getpid = lambda: 1; socket.gethostname = lambda: {name!r};"
    for name in ("web", "worker"):
        _run(tmp_path, in_container.format(name=name) + _COUNT.format(count=3))
    assert {path.name for path in tmp_path.glob("counter_*")} == {"counter_web-1.db", "counter_worker-1.db"}
    assert _arrived(_run(tmp_path, _SHOW)) == 6.0


def test_a_new_start_forgets_those_that_have_ended_and_no_other(tmp_path: Path) -> None:
    _run(tmp_path, _COUNT.format(count=3))
    alive = tmp_path / f"counter_{socket.gethostname()}-{os.getpid()}.db"
    elsewhere, earlier = tmp_path / "counter_other-9999999.db", tmp_path / "counter_9999999.db"
    for path in (alive, elsewhere, earlier):
        path.write_bytes(b"")
    _run(tmp_path, f"from pathlib import Path; from indgang.telemetry.metrics import forget_ended;"
                   f"forget_ended(Path({str(tmp_path)!r}))")  # fmt: skip
    assert alive.exists()
    assert elsewhere.exists(), "whether it runs in another container is not known here"
    assert not earlier.exists()
    alive.unlink()
    elsewhere.unlink()
    assert _arrived(_run(tmp_path, _SHOW)) == 0.0

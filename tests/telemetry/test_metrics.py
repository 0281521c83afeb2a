"""Several processes of one machine are counted as one, also after one of them has been replaced."""

from __future__ import annotations

import os
import re
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


def test_a_new_start_forgets_those_that_have_ended_and_no_other(tmp_path: Path) -> None:
    _run(tmp_path, _COUNT.format(count=3))
    alive = tmp_path / f"counter_{os.getpid()}.db"
    alive.write_bytes(b"")
    _run(tmp_path, f"from pathlib import Path; from indgang.telemetry.metrics import forget_ended;"
                   f"forget_ended(Path({str(tmp_path)!r}))")  # fmt: skip
    assert alive.exists()
    alive.unlink()
    assert _arrived(_run(tmp_path, _SHOW)) == 0.0

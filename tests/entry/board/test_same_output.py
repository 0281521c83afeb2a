"""The board is deterministic: the same input gives the same output, whatever the order of Python's sets."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest


def day(seed: int, hash_seed: int) -> str:
    environment = os.environ | {"PYTHONHASHSEED": str(hash_seed)}
    command = [sys.executable, "-m", "tests.entry.any_day", str(seed)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout


@pytest.mark.slow("plays days in processes of its own")
@pytest.mark.parametrize("seed", [1, 2])
def test_the_same_day_twice_is_the_same_to_the_last_byte(seed: int) -> None:
    first = day(seed, 1)
    assert first.count("\n") > 500, "a day in which something happens"
    assert first == day(seed, 2)

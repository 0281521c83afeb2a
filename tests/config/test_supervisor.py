"""Processes that die come back, what they say is passed on, and nothing outlives the supervisor."""

from __future__ import annotations

import asyncio
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from indgang.config import supervisor
from indgang.config.keeper import remove_dead_users
from indgang.config.supervisor import AddressTaken, Process, Supervisor, check_free, split, wait_before

#: the longest a step of these programs may take on a busy machine
_LONGEST = 30


def _program(code: str) -> list[str]:
    return [sys.executable, "-u", "-c", code]


async def _run_until(processes: list[Process], enough: Callable[[list[str]], bool]) -> list[str]:
    """Run the supervisor and stop it when what has been said is enough."""
    said: list[str] = []
    running: Supervisor

    def say(line: str) -> None:
        said.append(line)
        if enough(said):
            running.stop()

    running = Supervisor(processes, say)
    await asyncio.wait_for(running.run(), _LONGEST)
    return said


def test_what_a_process_says_is_passed_on_with_its_name() -> None:
    processes = [
        Process("web", _program("print('here'); import time; time.sleep(60)")),
        Process("switchboard", _program("import sys; print('oh', file=sys.stderr); import time; time.sleep(60)")),
    ]
    said = asyncio.run(_run_until(processes, lambda said: {"web         | here", "switchboard | oh"} <= set(said)))
    assert said[-1].endswith("stopping")


def test_a_process_that_dies_is_started_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "_FIRST_WAIT", 0.01)
    said = asyncio.run(
        _run_until(
            [Process("web", _program("raise SystemExit(3)"))], lambda said: len([s for s in said if "code 3" in s]) == 3
        )
    )
    assert said[0].startswith("web | ended with code 3; starting it again")


def test_a_process_with_a_delay_starts_later_and_is_not_waited_for_at_the_end() -> None:
    says = _program("print('here'); import time; time.sleep(60)")
    processes = [Process("never", says, delay=600), Process("late", says, delay=0.2), Process("soon", says)]
    said = asyncio.run(_run_until(processes, lambda said: {"late  | here", "soon  | here"} <= set(said)))
    assert "never | here" not in said


def test_a_very_long_line_does_not_stop_the_reading() -> None:
    code = "print('x' * 300_000); print('after'); import time; time.sleep(60)"
    asyncio.run(_run_until([Process("web", _program(code))], lambda said: "web | after" in said))


def test_a_process_that_does_not_listen_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "_PATIENCE", 0.2)
    code = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf'); time.sleep(60)"
    asyncio.run(_run_until([Process("web", _program(code))], lambda said: "web | deaf" in said))


def test_restarts_wait_longer_each_time_but_not_for_ever() -> None:
    waits = [wait_before(number) for number in range(1, 12)]
    assert waits[:4] == [1, 2, 4, 8]
    assert waits[-1] == 30


_KILLED = """
import asyncio, sys
from indgang.config.supervisor import Process, Supervisor
child = "import os, time; print(os.getpid(), flush=True); time.sleep(600)"
processes = [Process("child", [sys.executable, "-c", child])]
asyncio.run(Supervisor(processes, lambda line: print(line, flush=True)).run())
"""


def test_a_supervisor_that_is_killed_takes_its_processes_along() -> None:
    parent = subprocess.Popen([sys.executable, "-c", _KILLED], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline().rpartition(" ")[2])
    waiting = os.pidfd_open(child)
    parent.kill()
    parent.wait(_LONGEST)
    # a pid descriptor becomes readable when its process has ended
    ready, _, _ = select.select([waiting], [], [], _LONGEST)
    os.close(waiting)
    assert ready, "the child lives on"


def test_ctrl_c_ends_the_supervisor_in_good_order() -> None:
    parent = subprocess.Popen([sys.executable, "-c", _KILLED], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    parent.stdout.readline()
    parent.send_signal(signal.SIGINT)
    assert parent.wait(_LONGEST) == 0


def test_an_address_that_is_taken_is_refused_with_what_to_do() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(AddressTaken, match=r"INDGANG_WEB_ADDRESS=127\.0\.0\.1:"):
            check_free(address, "INDGANG_WEB_ADDRESS")
    check_free(address, "INDGANG_WEB_ADDRESS")


@pytest.mark.parametrize("wrong", ["8000", "127.0.0.1", "127.0.0.1:http", ""])
def test_what_is_no_address_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="host:port"):
        split(wrong)


def test_programs_that_were_killed_are_forgotten_as_users_of_the_database(tmp_path: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait(_LONGEST)
    listed = tmp_path / ".handle_pids.json"
    listed.write_text(f"[{ended.pid}, {os.getpid()}]")
    remove_dead_users(tmp_path)
    assert listed.read_text() == f"[{os.getpid()}]"

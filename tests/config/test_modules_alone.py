"""Each command and each process can be imported first, in whatever order others import what they share."""

from __future__ import annotations

import os
import pkgutil
import subprocess
import sys

import pytest

from indgang.config.management import commands
from indgang.staffing.shifts import runner

#: what the commands of the processes import only as they run, and what is started as a module of its own
_PROCESSES = [
    "indgang.config.asgi", "indgang.config.cli", "indgang.config.pages", "indgang.config.serving",
    "indgang.config.supervisor", "indgang.config.switchboard", "indgang.config.urls", "indgang.config.wsgi",
    runner._MODULE,
]  # fmt: skip

#: imports each module in a copy of a process that has done nothing but set Django up
_ALONE = """
import gc, importlib, os, sys, traceback
gc.disable()
import django
django.setup()
failed = 0
for name in sys.argv[1:]:
    pid = os.fork()
    if pid == 0:
        try:
            importlib.import_module(name)
        except BaseException:
            print(name, file=sys.stderr)
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    failed += os.waitpid(pid, 0)[1] != 0
sys.exit(min(failed, 100))
"""


@pytest.mark.slow("imports what each command needs, anew for each")
def test_each_command_and_each_process_can_be_imported_by_itself() -> None:
    names = [f"{commands.__name__}.{each.name}" for each in pkgutil.iter_modules(commands.__path__)]
    assert len(names) > 40
    nowhere = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:9/nowhere"}
    done = subprocess.run(
        [sys.executable, "-c", _ALONE, *names, *_PROCESSES], env=os.environ | nowhere, capture_output=True, text=True,
        timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr

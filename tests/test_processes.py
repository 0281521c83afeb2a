"""Processes that tests start as copies of a template are like those that begin as usual, only sooner."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests import processes
from tests.processes import Started, run

pytestmark = pytest.mark.slow("imports the product twice, once for the template and once for what it is held against")

#: what a process can find out about itself
_ASKED = """
import os, random, sys, threading
import django
django.setup()
from django.conf import settings
from django.db import connection
from indgang.core import clock
from indgang.telemetry import metrics
from indgang.ui import navigation
print(sys.argv, sys.path[0], __name__, os.getcwd(), os.environ["TZ"], sys.stdout.isatty())
print(settings.DATABASES["default"]["NAME"], settings.DEMO, settings.DEBUG, settings.AXES_ENABLED)
print(settings.TEMPLATES, connection.settings_dict["NAME"], [link.url_name for link in navigation.registered()])
print(clock._offset, os.path.exists(os.environ["PROMETHEUS_MULTIPROC_DIR"]), len(threading.enumerate()))
print(os.getsid(0) == os.getpid(), os.getppid(), metrics.EVENTS.labels("arrived")._value.get())
metrics.EVENTS.labels("arrived").inc()
print(sorted(os.listdir(os.environ["PROMETHEUS_MULTIPROC_DIR"]))[0].startswith("counter_"), sys.stdin.read())
sys.exit("that is all")
"""
_ENDLESS = "import time; print('here', flush=True); time.sleep(600)"


def _environment(folder: Path, **more: str) -> dict[str, str]:
    own = {
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:9/nowhere", "DJANGO_SETTINGS_MODULE": "indgang.config.settings",
        "INDGANG_VAR": str(folder), "PROMETHEUS_MULTIPROC_DIR": str(folder),
    }  # fmt: skip
    return os.environ | own | more


def _asked(starts: Any, folder: Path, **more: str) -> tuple[int, str, str]:
    folder.mkdir()
    command = [sys.executable, "-c", _ASKED, "and", "more"]
    with starts(
        command, cwd=folder.parent, env=_environment(folder, **more), text=True, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
    ) as process:  # fmt: skip
        said, errors = process.communicate("typed", timeout=120)
    return process.returncode, said, errors


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"INDGANG_DEMO": "true", "INDGANG_DEBUG": "true"}, id="settings that are read again"),
        pytest.param({"INDGANG_CLOCK_OFFSET": "3600"}, id="a variable that a module has read"),
    ],
)
def test_a_copy_finds_what_a_process_finds_that_has_just_begun(tmp_path: Path, more: dict[str, str]) -> None:
    copied = _asked(Started, tmp_path / "copied", **more)
    assert copied == _asked(subprocess.Popen, tmp_path / "begun", **more)
    assert copied[0] == 1
    assert copied[2] == "that is all\n"


def test_only_what_a_module_has_read_makes_a_copy_begin_again(tmp_path: Path) -> None:
    asked = [sys.executable, "-c", "import sys; print('tests.template_process' in sys.modules)"]
    for name, is_copy in {"INDGANG_DEMO": True, "INDGANG_CLOCK_OFFSET": False, "LC_TIME": False}.items():
        environment = _environment(tmp_path, **{name: "60" if name == "INDGANG_CLOCK_OFFSET" else "true"})
        assert run(asked, env=environment, capture_output=True, text=True).stdout == f"{is_copy}\n", name


@pytest.mark.parametrize("by", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_a_copy_as_it_ends_any_process(by: signal.Signals) -> None:
    process: subprocess.Popen[str]
    with Started(
        [sys.executable, "-c", _ENDLESS], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "here\n"
        assert process.poll() is None
        process.send_signal(by)
        assert process.wait(30) == -by


#: reads a setting that the template has not read, starts another that does, and lets it write into a pipe
_OUTER = """
import os, subprocess, sys
from django.conf import settings
there, here = os.pipe()
said = "print(settings.SECRET_KEY, 'tests.template_process' in sys.modules)"
inner = f"import os, sys; from django.conf import settings; {said}; os.write({here}, str(os.getppid()).encode())"
done = subprocess.run([sys.executable, "-c", inner], pass_fds=[here], capture_output=True, text=True, check=True)
print(done.stdout == f"{settings.SECRET_KEY} True\\n", int(os.read(there, 100)) == os.getpid())
"""


def test_what_a_copy_starts_is_a_copy_and_its_child_and_keeps_the_files_it_is_given(tmp_path: Path) -> None:
    environment = _environment(tmp_path, INDGANG_SECRET_KEY="kornblomst " * 5)
    said = run([sys.executable, "-c", _OUTER], env=environment, capture_output=True, text=True)
    assert (said.stdout, said.stderr) == ("True True\n", "")


def test_without_the_template_processes_begin_as_usual(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    template = processes._Template()
    monkeypatch.setattr(processes, "_template", template)
    asked = [sys.executable, "-c", "print('here')"]
    template._begin()
    assert template._process is not None
    template._process.kill()
    for _ in range(2):
        assert run(asked, capture_output=True, text=True).stdout == "here\n"
    assert "no longer used" in capsys.readouterr().err

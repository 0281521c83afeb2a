"""Processes that tests start as copies of a template are like those that begin as usual, only sooner."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
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
#: whether it is a copy
_IS_COPY = "import sys; print('tests.template_process' in sys.modules)"


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
    asked = [sys.executable, "-c", _IS_COPY]
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


#: has something to say and to do at its end
_INTERRUPTED = "import atexit, time; atexit.register(print, 'the end'); print('more'); "


@pytest.mark.parametrize("starts", [Started, subprocess.Popen])
def test_who_is_interrupted_writes_what_it_has_and_ends_what_it_began(starts: Any) -> None:
    code = _INTERRUPTED + _ENDLESS
    with starts([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "more\n"
        assert process.stdout.readline() == "here\n"
        process.send_signal(signal.SIGINT)
        said, errors = process.communicate(timeout=30)
    assert (process.returncode, said, errors.splitlines()[-1]) == (-signal.SIGINT, "the end\n", "KeyboardInterrupt")


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_that_comes_at_once_ends_it_too(by: signal.Signals) -> None:
    for _ in range(5):
        with Started([sys.executable, "-c", _ENDLESS], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            process.send_signal(by)
            assert process.wait(30) == -by


#: a template that has not imported the product, and therefore begins at once
_BARE = "from tests import template_process as of; of._import_the_product = lambda: None; of.main()"

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


def _said_in_a_copy(code: str) -> str:
    """What a copy says that runs this code, which may start `inner`, and `ask` whether that is a copy."""
    begin = (
        f"import subprocess, sys, threading; inner = lambda code: [sys.executable, '-c', code]; ask = {_IS_COPY!r}\n"
    )
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    done = run(
        [sys.executable, "-c", begin + code], env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        text=True, timeout=120, check=True,
    )  # fmt: skip
    return str(done.stdout)


def test_a_copy_with_other_threads_is_not_copied() -> None:
    """A lock that another thread holds would stay locked for ever."""
    said = _said_in_a_copy("""
over = threading.Event()
other = threading.Thread(target=over.wait)
other.start()
subprocess.run(inner(ask), check=True)
over.set()
other.join()
subprocess.run(inner(ask), check=True)
""")
    assert said == "False\nTrue\n"


def test_a_copy_does_not_write_again_what_its_parent_has_not_written_yet() -> None:
    said = _said_in_a_copy("print('parent'); subprocess.run(inner(ask), check=True)")
    assert said == "parent\nTrue\n"


def test_what_fails_before_a_copy_has_begun_does_not_run_on_in_its_parents_program() -> None:
    said = _said_in_a_copy("""
try:
    print(subprocess.run(inner(ask), preexec_fn=lambda: 1 / 0).returncode)
finally:
    print("once")
try:
    subprocess.run(inner(ask), cwd="/no/such/folder")
except FileNotFoundError:
    print("not found")
print(subprocess.run(inner("import os; print(oct(os.umask(0)))"), umask=0o27, capture_output=True).stdout)
""")
    assert said == "255\nonce\nnot found\nb'0o27\\n'\n"


def test_a_copy_gets_the_signals_that_come_while_its_parent_is_copied() -> None:
    said = _said_in_a_copy("""
import signal
signal.signal(signal.SIGTERM, lambda *_: None)
for _ in range(5):
    process = subprocess.Popen(inner("import time; time.sleep(600)"))
    process.terminate()
    print(process.wait(30))
""")
    assert said == "-15\n" * 5


def test_a_folder_is_found_from_ours_or_is_missing_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "inner").mkdir()
    monkeypatch.chdir(tmp_path)
    asked = [sys.executable, "-c", "import os; print(os.getcwd())"]
    assert run(asked, cwd="inner", capture_output=True, text=True).stdout == f"{tmp_path}/inner\n"
    with pytest.raises(FileNotFoundError):
        run(asked, cwd="other")


@pytest.fixture
def template(monkeypatch: pytest.MonkeyPatch) -> Any:
    made = processes._Template()
    monkeypatch.setattr(processes, "_template", made)
    yield made
    made.end()


def test_the_template_does_not_depend_on_what_the_first_test_has_changed(
    template: processes._Template, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("INDGANG_DEMO", "true")
    assert run([sys.executable, "-c", _IS_COPY], capture_output=True, text=True).stdout == "True\n"


class _BrokenOff:
    """The line to a template, which fails when the answer is there. Then nobody knows that a copy has been made."""

    def __init__(self, line: socket.socket, fails: Callable[[bytes], bytes]) -> None:
        self._line, self._fails, self.heard = line, fails, 0
        self.sendmsg, self.close = line.sendmsg, line.close

    def recv(self, size: int) -> bytes:
        said = self._line.recv(size)
        self.heard = int(said)
        return self._fails(said)


def _too_late(_said: bytes) -> bytes:
    raise TimeoutError


def _interrupted(_said: bytes) -> bytes:
    raise KeyboardInterrupt


def _of_another(_said: bytes) -> bytes:
    return b"1"  # never our child


@pytest.mark.parametrize("fails", [_too_late, _interrupted, _of_another])
def test_a_copy_that_was_given_up_does_nothing(
    template: processes._Template, tmp_path: Path, fails: Callable[[bytes], bytes]
) -> None:
    written = tmp_path / "written"
    asked = [sys.executable, "-c", f"open({str(written)!r}, 'a').write('once')"]
    template.program = ["-c", _BARE]
    line: Any = _BrokenOff(template._begin(), fails)
    template._line = line
    if fails is _interrupted:
        with pytest.raises(KeyboardInterrupt):
            run(asked)
        run(asked, check=True)
    else:
        with pytest.warns(UserWarning, match="no longer used"):
            run(asked, check=True)
    with suppress(ChildProcessError):
        os.waitpid(line.heard, 0)
    assert written.read_text() == "once"
    assert template._process is None


def test_without_the_template_processes_begin_as_usual_and_the_run_says_so(template: processes._Template) -> None:
    asked = [sys.executable, "-c", "print('here')"]
    template._begin()
    assert template._process is not None
    template._process.kill()
    with pytest.warns(UserWarning, match="no longer used"):
        assert run(asked, capture_output=True, text=True).stdout == "here\n"
    assert run(asked, capture_output=True, text=True).stdout == "here\n"

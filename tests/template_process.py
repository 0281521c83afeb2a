"""The template of processes: it imports the product and then copies itself for each process that a test starts.

A copy must be like a process that has just begun, so nothing in it may depend on what the template found:

- The settings module is imported again in the copy. When a setting has another value than one that was read while the
  product was imported, the copy begins again as a process of its own (`exec`).
- So it does when a variable differs that was read meanwhile, or that Python or a library may have read.
- The template opens no connection and starts no thread of Python.

A process of the product that a copy starts (a worker of a server) is a copy of that copy, unless that has other threads
by then: one may hold a lock that nobody would open in the copy.

A copy differs in what it has from the template. All modules are imported, so that a test of the start, or of what a
module imports, needs a real process. And copies share the seed of hashes: two of them walk a set of texts in the same
order, so they do not show whether two real processes take locks in different orders.
"""

from __future__ import annotations

import atexit
import copy
import gc
import importlib
import io
import json
import os
import pkgutil
import runpy
import signal
import socket
import subprocess
import sys
import threading
import time
import traceback
import types
from collections.abc import Collection, Iterator, Mapping
from typing import Any, NoReturn

from tests import processes

#: beginnings of variables that are read where this cannot be seen
_READ_UNSEEN = ("LANG", "LC_", "LD_", "MALLOC_", "OMP_", "OPENBLAS_", "PYTHON", "SSL_")
#: one of them, which a copy heeds
_UNBUFFERED = "PYTHONUNBUFFERED"
#: settings that were read without effect (Django checks receivers of signals when DEBUG is on), or whose effect a copy
#: has anew
_HARMLESS = {"DATABASES", "DEBUG", "DEMO", "LOGGING", "LOGGING_CONFIG", "SMS_GATEWAY"}

#: what was read while the product was imported: variables and settings
_variables: dict[str, str | None] = {}
_settings: dict[str, Any] = {}
#: the settings before packages changed them as they were set up
_as_imported: dict[str, Any] = {}
#: the start of this process, once it is a copy
_own: dict[str, Any] = {}


def main() -> None:
    """Copy this process as often as the test process asks, until that has ended."""
    line = socket.socket(fileno=int(sys.argv[1]))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the test process decides when a run is over
    _import_the_product()
    while True:
        text, files, _flags, _sender = socket.recv_fds(line, 1 << 20, 4)
        if not text:
            return
        line.send(str(_copied(json.loads(text), files)).encode())
        for file in files:
            os.close(file)


def _copied(order: dict[str, Any], files: list[int]) -> int:
    """The number of a copy whose parent has ended, so that it becomes a child of the test process.

    It waits for a word in the last of its files. When the test process has given it up, that is closed without one.
    """
    reading, writing = os.pipe()
    between = os.fork()
    if between == 0:
        pid = os.fork()
        if pid == 0:
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            if not os.read(files.pop(), 1):
                os._exit(1)
            _become(order, files)
        os.write(writing, str(pid).encode())
        os._exit(0)
    os.close(writing)
    os.waitpid(between, 0)
    pid = int(os.read(reading, 20))
    os.close(reading)
    return pid


# --- before there are copies ---------------------------------------------------------------------------------------


class _Watched(os._Environ):  # type: ignore[type-arg]
    """The environment, which notes what is read."""

    _listed: set[str]

    def __getitem__(self, name: str) -> str:
        try:
            value = str(super().__getitem__(name))
        except KeyError:
            self._note(name, None)
            raise
        self._note(name, value)
        return value

    def _note(self, name: str, value: str | None) -> None:
        if name in self._listed:
            self._listed.discard(name)
        else:
            _variables.setdefault(name, value)

    def __iter__(self) -> Iterator[str]:
        """All names, for somebody who copies all variables, which says nothing about any."""
        self._listed.update(names := list(super().__iter__()))
        return iter(names)


def _import_the_product() -> None:
    from indgang.config import garbage

    garbage.rarely()
    unwatched = type(os.environ)
    vars(os.environ)["_listed"] = set()
    os.environ.__class__ = _Watched
    for module in ("config.environment", "config.sign_on", "core.barring", "core.clock", "telemetry.logs"):
        importlib.import_module(f"indgang.{module}")
    os.environ.__class__ = unwatched
    read = importlib.import_module("indgang.config.settings")  # a copy imports it again
    _as_imported.update((name, copy.deepcopy(value)) for name, value in vars(read).items() if name.isupper())
    os.environ.__class__ = _Watched
    _import_with_models()
    os.environ.__class__ = unwatched
    for heeded in ("DJANGO_SETTINGS_MODULE", "PROMETHEUS_MULTIPROC_DIR"):
        _variables.pop(heeded, None)
    from django.conf import LazySettings, settings

    from indgang.config import cli

    _settings.update(_read_of(settings))
    lazy: Any = LazySettings
    lazy._setup = _checked(lazy._setup)
    subprocess.Popen._execute_child = _copying(subprocess.Popen._execute_child)  # type: ignore[attr-defined]
    cli._share_metrics = _then_count(cli._share_metrics)
    gc.collect()
    gc.freeze()


def _import_with_models() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "indgang.config.settings")
    django.setup()
    from django.conf import settings

    from indgang.config import urls
    from indgang.config.management import commands

    for each in ("cli", "connections", "jobs", "pages", "serving", "switchboard"):
        importlib.import_module(f"indgang.config.{each}")
    for command in pkgutil.iter_modules(commands.__path__):
        importlib.import_module(f"{commands.__name__}.{command.name}")
    for middleware in settings.MIDDLEWARE:
        importlib.import_module(middleware.rpartition(".")[0])
    assert urls.urlpatterns


def _read_of(settings: Any) -> dict[str, Any]:
    """The settings that have been read so far; Django keeps them."""
    return {name: value for name, value in vars(settings).items() if name.isupper()}


# --- a copy --------------------------------------------------------------------------------------------------------


def _become(
    order: dict[str, Any],
    files: list[int],
    keeps: Collection[int] = (),
    before: Any = None,
    mask: Collection[int] = (),
) -> NoReturn:
    """Be the process of this order, with these three open files and those that it keeps, and end with it.

    Nothing may be raised here, for it would run on in the program that was copied.
    """
    try:
        _take_place(order, files, keeps)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        if order["new_session"]:
            os.setsid()
        if before is not None:
            before()
        if _differs(order["environment"]):
            _begin_again()
        os.environ.clear()
        os.environ.update(order["environment"])
        time.tzset()
        _open_streams()
        _forget_settings()
        _count()
        _end(_run(order["command"]))
    except BaseException:  # noqa: BLE001  # see above
        traceback.print_exc()
    finally:
        os._exit(255)


def _take_place(order: dict[str, Any], files: list[int], keeps: Collection[int]) -> None:
    _own.clear()
    _own.update(order)
    for place, file in enumerate(files):
        os.dup2(file, place)
    _let_go_of_files({0, 1, 2, *keeps})
    os.chdir(order["folder"])
    _default_signals()


def _let_go_of_files(kept: Collection[int]) -> None:
    """Replace all other open files by nothing. Their numbers stay taken, for objects of before may yet close them."""
    null = os.open(os.devnull, os.O_RDWR)
    for name in os.listdir("/proc/self/fd"):
        if int(name) not in {null, *kept}:
            os.dup2(null, int(name), inheritable=False)
    for each in kept:
        os.set_inheritable(each, True)


def _default_signals() -> None:
    signal.set_wakeup_fd(-1)
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        if signal.getsignal(number) not in (signal.SIG_DFL, signal.SIG_IGN, None):
            signal.signal(number, signal.SIG_DFL)


def _differs(environment: Mapping[str, str]) -> bool:
    """Whether a variable differs that was read when or before the product was imported."""
    unseen = {name for name in {*environment, *os.environ} if name.startswith(_READ_UNSEEN)} - {_UNBUFFERED}
    return any(environment.get(name) != value for name, value in _variables.items()) or any(
        environment.get(name) != os.environ.get(name) for name in unseen
    )


def _begin_again() -> NoReturn:
    os.execve(_own["command"][0], _own["command"], _own["environment"])


def _open_streams() -> None:
    unbuffered = bool(os.environ.get(_UNBUFFERED))
    raw_input = io.BufferedReader(io.FileIO(0, closefd=False))
    stdin = io.TextIOWrapper(raw_input, encoding=sys.stdin.encoding, errors=sys.stdin.errors)
    vars(sys).update(stdin=stdin, __stdin__=stdin)
    for number, name in ((1, "stdout"), (2, "stderr")):
        before = getattr(sys, name)
        raw = io.FileIO(number, "wb", closefd=False)
        stream = io.TextIOWrapper(
            raw if unbuffered else io.BufferedWriter(raw),
            encoding=before.encoding, errors=before.errors, write_through=unbuffered,
            line_buffering=number == 2 or raw.isatty(),
        )  # fmt: skip
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)


def _forget_settings() -> None:
    """Have the settings, the database's among them, read from the environment when they are asked for."""
    from django.conf import settings
    from django.db import connections
    from django.utils.functional import empty

    from indgang import config
    from indgang.config import environment

    _settings.update(_read_of(settings))
    for each in connections.all(initialized_only=True):
        del connections[each.alias]
    vars(connections).pop("settings", None)
    setattr(connections, "_settings", None)  # noqa: B010  # the stubs do not know it
    settings._wrapped = empty
    sys.modules.pop("indgang.config.settings", None)
    vars(config).pop("settings", None)
    environment.asked.clear()
    environment.faults.clear()
    environment._collects = False


def _checked(set_up: Any) -> Any:
    """Django's reading of the settings, from when on it is known whether one differs that was read before."""
    from django.conf import settings

    from indgang.office import links

    former = settings._wrapped
    assert not settings.DEMO
    assert settings.SMS_GATEWAY == "none", "a copy can add the links of the demo and cannot take them away"

    def _setup(self: Any, name: str | None = None) -> None:
        set_up(self, name)
        now = vars(self._wrapped)
        changed = {each for each, value in _as_imported.items() if now[each] != value}
        if any(now[each] != value for each, value in _settings.items() if each in changed - _HARMLESS):
            _begin_again()
        kept = {name for name in vars(former) if name.isupper()} - changed - _HARMLESS
        now |= {name: vars(former)[name] for name in kept}  # packages changed some of them as they were set up
        if changed & {"DEMO", "SMS_GATEWAY"}:
            links._demo()

    return _setup


def _count() -> None:
    """Have the metrics count in the folder that the environment names now, as they do when they are imported."""
    from prometheus_client import values as of_library
    from prometheus_client.metrics import MetricWrapperBase

    from indgang.telemetry import metrics

    values: Any = of_library
    if os.environ.get(metrics.FOLDER):
        values.ValueClass = values.MultiProcessValue(lambda: f"{metrics._HOST}-{os.getpid()}")
    else:
        values.ValueClass = values.MutexValue
    found: list[Any] = [each for each in vars(metrics).values() if isinstance(each, MetricWrapperBase)]
    for each in found:
        vars(each)["_metrics"] = {}
        if each._is_observable():
            each._metric_init()


def _then_count(share: Any) -> Any:
    """The command line names the folder of the metrics before it imports them."""

    def _share_metrics(folder: Any) -> None:
        share(folder)
        _count()

    return _share_metrics


def _run(command: list[str]) -> int:
    """Run the module or the code as `__main__`. Returns the code that the process ends with, or the signal below 0."""
    try:
        if signal.getsignal(signal.SIGINT) == signal.SIG_DFL:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        if command[1] == "-c":
            _run_code(*command[2:])
        else:
            _run_module(*command[2:])
    except SystemExit as end:
        return _code(end)
    except BaseException as error:  # noqa: BLE001  # as Python does
        sys.excepthook(*sys.exc_info())
        return -signal.SIGINT if isinstance(error, KeyboardInterrupt) else 1
    return 0


def _run_code(code: str, *arguments: str) -> None:
    sys.argv, sys.path[0] = ["-c", *arguments], ""
    main = sys.modules["__main__"] = types.ModuleType("__main__")
    exec(compile(code, "<string>", "exec", dont_inherit=True), vars(main))


def _run_module(name: str, *arguments: str) -> None:
    from indgang.config import cli

    sys.argv, sys.path[0] = [name, *arguments], os.getcwd()
    if name in ("indgang", "indgang.config.cli"):
        cli.main()
        return
    sys.modules.pop(name, None)  # a module that is run is imported only when somebody asks for it by its name
    runpy.run_module(name, run_name="__main__", alter_sys=True)


def _code(end: SystemExit) -> int:
    if end.code is None or isinstance(end.code, int):
        return (end.code or 0) & 0xFF
    print(end.code, file=sys.stderr)
    return 1


def _end(code: int) -> NoReturn:
    """End as Python does, without freeing what the operating system frees at once."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            code = code or 120
    if code == -signal.SIGINT:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGINT)
    os._exit(code)


def _copying(execute_child: Any) -> Any:
    """The start of a process by a copy: one of the product is a copy again."""

    def _execute_child(self: Any, *given: Any) -> None:
        start = processes.Start.of(given)
        if not (_own and start.can_be_a_copy("pass_fds", "preexec_fn") and _can_be_copied()):
            execute_child(self, *given)
            return
        files, order = start.files, start.order
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())  # the parent's handlers are not for it
        try:
            pid = os.fork()
            if pid == 0:
                atexit._clear()  # it ends what the parent has begun
                _become(order, files, start.how["pass_fds"], start.how["preexec_fn"], mask)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        start.gave(self, pid)

    return _execute_child


def _can_be_copied() -> bool:
    """Whether a copy of this process would find nothing half done: output to write, or locks of other threads."""
    try:
        for stream in (sys.stdout, sys.__stdout__, sys.stderr, sys.__stderr__):
            stream.flush()  # type: ignore[union-attr]
    except (AttributeError, OSError, ValueError):
        return False
    return len(os.listdir("/proc/self/task")) == 1


if __name__ == "__main__":
    from tests import template_process

    template_process.main()  # under its name, where its copies find it

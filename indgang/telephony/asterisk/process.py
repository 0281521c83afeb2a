"""Runs one Asterisk in the foreground as a child process: for tests, benchmarks and `indgang exchange`.

In production `indgang exchange` has a systemd unit of its own, so that Asterisk outlives the product.
"""

from __future__ import annotations

import base64
import contextlib
import http.client
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from indgang.telephony.asterisk import configuration, installation
from indgang.telephony.asterisk.configuration import ExchangeSettings
from indgang.telephony.asterisk.installation import Installation

#: seconds until a started Asterisk must answer; it takes about half a second
START_TIMEOUT = 30.0
#: seconds a stopping Asterisk may take to hang up its calls
STOP_TIMEOUT = 5.0


class ExchangeFailed(RuntimeError):
    """Asterisk did not start; the message holds the end of its log."""


class Exchange:
    """One local Asterisk. As a context manager it starts on entry and stops on exit.

    `before` runs in the new process just before it becomes Asterisk, for example to tie its end to its parent's.
    """

    def __init__(
        self,
        settings: ExchangeSettings,
        programs: Installation | None = None,
        before: Callable[[], None] | None = None,
    ) -> None:
        self.settings = settings
        self.programs = programs or installation.find()
        self._before = before
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def command(self) -> list[str]:
        """The command that runs this exchange in the foreground."""
        return self.programs.command("-f", "-C", str(self.settings.configuration_file))

    @property
    def pid(self) -> int:
        """Process id; raises `ExchangeFailed` when it is not running."""
        if self._process is None:
            raise ExchangeFailed("the exchange is not running")
        return self._process.pid

    def start(self) -> None:
        """Write the configuration, start Asterisk and wait until ARI answers. Raises `ExchangeFailed`."""
        configuration.write(self.settings, self.programs)
        for stale in ("asterisk.ctl", "asterisk.pid"):
            (self.settings.directory / "run" / stale).unlink(missing_ok=True)
        with (self.settings.directory / "log" / "console").open("ab") as console:
            self._process = subprocess.Popen(
                self.command, cwd=self.settings.directory, stdin=subprocess.DEVNULL, stdout=console, stderr=console,
                preexec_fn=self._before,
            )  # fmt: skip
        try:
            self._wait_until_ready()
        except BaseException:
            self.kill()
            raise

    def stop(self) -> None:
        """Hang up all calls and end Asterisk."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """Kill Asterisk, as in a crash."""
        self._end(signal.SIGKILL)

    def wait(self) -> int:
        """Wait until Asterisk ends by itself; returns its exit status."""
        if self._process is None:
            return 0
        return self._process.wait()

    def console(self, command: str) -> str:
        """The answer of Asterisk's console to a command such as "core show channels"."""
        arguments = self.programs.command("-C", str(self.settings.configuration_file), "-rx", command)
        return subprocess.run(arguments, capture_output=True, text=True, timeout=20, check=False).stdout

    def log(self) -> str:
        """The log of Asterisk so far."""
        path = self.settings.directory / "log" / "console"
        return path.read_text(errors="replace") if path.exists() else ""

    def __enter__(self) -> Exchange:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(how)
        try:
            process.wait(STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT
        while time.monotonic() < deadline:
            if self._process is None or self._process.poll() is not None:
                raise ExchangeFailed(f"Asterisk ended at once:\n{self.log()[-2000:]}")
            if self._answers():
                return
            time.sleep(0.05)
        raise ExchangeFailed(f"Asterisk did not answer within {START_TIMEOUT:.0f} s:\n{self.log()[-2000:]}")

    def _answers(self) -> bool:
        settings = self.settings
        token = base64.b64encode(f"{settings.ari_user}:{settings.ari_password}".encode()).decode()
        connection = http.client.HTTPConnection(settings.http_address, settings.http_port, timeout=2)
        with contextlib.closing(connection), contextlib.suppress(OSError, http.client.HTTPException):
            connection.request("GET", "/ari/endpoints", headers={"Authorization": f"Basic {token}"})
            return connection.getresponse().status == http.client.OK
        return False


def has_ended(settings: ExchangeSettings) -> bool:
    """Whether the Asterisk on this machine with these settings has ended; False when that is unknown."""
    if not settings.http_address.startswith("127."):
        return False
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as control:
        try:
            control.connect(str(settings.directory / "run" / "asterisk.ctl"))
        except (ConnectionRefusedError, FileNotFoundError):
            return True
        except OSError:
            return False
    return False


def free_ports(count: int, address: str = "127.0.0.1") -> tuple[int, ...]:
    """Ports that are unused now, for both TCP and UDP, so that several exchanges can run side by side."""
    with contextlib.ExitStack() as held:
        ports: list[int] = []
        while len(ports) < count:
            tcp = held.enter_context(socket.socket(socket.AF_INET, socket.SOCK_STREAM))
            tcp.bind((address, 0))
            udp = held.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            with contextlib.suppress(OSError):
                udp.bind((address, tcp.getsockname()[1]))
                ports.append(tcp.getsockname()[1])
        return tuple(ports)


def local_settings(directory: Path, **changes: object) -> ExchangeSettings:
    """Settings of an exchange on free ports of this machine, with a password of its own; `changes` replace fields."""
    http_port, sip_port = free_ports(2)
    fields: dict[str, object] = {
        "directory": directory.resolve(),
        "ari_password": secrets.token_urlsafe(18),
        "http_port": http_port,
        "sip_port": sip_port,
    }
    return ExchangeSettings(**(fields | changes))  # type: ignore[arg-type]  # fields are checked where they are used

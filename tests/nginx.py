"""nginx as a reverse proxy for tests, with the configuration of deploy/nginx.conf, and the product behind it."""

from __future__ import annotations

import http.client
import os
import shutil
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.processes import Started
from tests.server import database_url

CONFIGURATION = Path(__file__).resolve().parents[1] / "deploy" / "nginx.conf"
#: the server's name in the configuration
NAME = "indgang.kommune.example"
#: the address of a client: every address of 127.0.0.0/8 is ours on Linux
AGENT = "127.0.0.3"
PATIENCE = 30.0


def configured(folder: Path, *, web: int, plain: int, secure: int, live: int = 9, telephone: int = 9) -> Path:
    """The documented configuration with these ports, its own certificate, file names in the folder and no user."""
    nginx = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
    assert nginx, "nginx is missing: run scripts/install-test-tools"
    certificate, key = folder / "indgang.pem", folder / "indgang.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", f"/CN={NAME}", "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True,
    )  # fmt: skip
    text = CONFIGURATION.read_text()
    changes = {
        "user www-data;": "user root;" if os.getuid() == 0 else "", "/run/nginx.pid": f"{folder}/nginx.pid",
        "/var/log/nginx": str(folder), "/etc/ssl/certs/indgang.pem": str(certificate),
        "/etc/ssl/private/indgang.key": str(key), "listen 80;": f"listen 127.0.0.1:{plain};",
        "listen 443 ssl": f"listen 127.0.0.1:{secure} ssl", "127.0.0.1:8000": f"127.0.0.1:{web}",
        "127.0.0.1:8001": f"127.0.0.1:{live}", "127.0.0.1:8088": f"127.0.0.1:{telephone}",
        "worker_processes auto": "worker_processes 1",
        "worker_rlimit_nofile 65536;": "",
    }  # fmt: skip
    for documented, ours in changes.items():
        assert documented in text, f"deploy/nginx.conf has no {documented}"
        text = text.replace(documented, ours)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    places = "".join(f"    {kind}_temp_path {folder}/{kind};\n" for kind in kinds)
    file = folder / "nginx.conf"
    file.write_text(text.replace("http {\n", f"http {{\n{places}", 1))
    return file


@dataclass(frozen=True)
class Site:
    """What nginx serves, and the ports that it listens on; `live` is the stream process itself."""

    plain: int
    secure: int
    live: int

    def connect(self, client: str = AGENT) -> ssl.SSLSocket:
        """A TLS connection from the client's address."""
        raw = socket.create_connection(("127.0.0.1", self.secure), timeout=PATIENCE, source_address=(client, 0))
        return unchecked().wrap_socket(raw, server_hostname=NAME)

    def ask(
        self,
        path: str,
        form: Mapping[str, str] | None = None,
        *,
        client: str = AGENT,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        with closing(http.client.HTTPConnection("127.0.0.1", self.secure, timeout=PATIENCE)) as asking:
            asking.sock = self.connect(client)
            sent = {"Host": NAME, **(headers or {})}
            if form is not None:
                sent["Content-Type"] = "application/x-www-form-urlencoded"
            asking.request("GET" if form is None else "POST", path, None if form is None else urlencode(form), sent)
            answer = asking.getresponse()
            return Answer(answer.status, answer.headers, answer.read().decode())


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Any
    text: str


def unchecked() -> ssl.SSLContext:
    """For a certificate that nobody has signed."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


@contextmanager
def product(folder: Path, *, telephone: int = 9, settings: Mapping[str, str] | None = None) -> Iterator[Site]:
    """The processes `web` and `live` on the test's database, behind nginx; `telephone` is Asterisk's port."""
    web, live, plain, secure = _free_ports(4)
    environment = os.environ | {
        "DATABASE_URL": database_url(), "INDGANG_PROXIES": "1", "INDGANG_HOSTS": NAME, "INDGANG_WEB_WORKERS": "1",
        "INDGANG_ORIGINS": f"https://{NAME}", "INDGANG_SECURE_COOKIES": "true",
        "INDGANG_WEB_ADDRESS": f"127.0.0.1:{web}", "INDGANG_LIVE_ADDRESS": f"127.0.0.1:{live}",
        "INDGANG_LIVE_URL": f"https://{NAME}/live", **(settings or {}),
    }  # fmt: skip
    file = configured(folder, web=web, live=live, telephone=telephone, plain=plain, secure=secure)
    commands = [[sys.executable, "-m", "indgang", name] for name in ("web", "live")]
    found = Site(plain, secure, live)
    with _running([*commands, _nginx(file)], environment) as running:
        _wait_for(found, running, 200, "/sign-in/", "/live/readiness")
        yield found


@contextmanager
def alone(folder: Path) -> Iterator[Site]:
    """nginx with nobody behind it."""
    web, plain, secure = _free_ports(3)
    found = Site(plain, secure, live=9)
    file = configured(folder, web=web, plain=plain, secure=secure)
    with _running([_nginx(file)], dict(os.environ)) as running:
        _wait_for(found, running, 503, "/sign-in/")
        yield found


def _nginx(file: Path) -> list[str]:
    return ["nginx", "-c", str(file), "-g", "daemon off;"]


@contextmanager
def _running(commands: list[list[str]], environment: Mapping[str, str]) -> Iterator[list[subprocess.Popen[bytes]]]:
    running: list[subprocess.Popen[bytes]] = [
        Started(command, env=environment, stdout=subprocess.DEVNULL) for command in commands
    ]
    try:
        yield running
    finally:
        for process in reversed(running):
            process.terminate()
        for process in running:
            process.wait(PATIENCE)


def _free_ports(count: int) -> list[int]:
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def _wait_for(site: Site, running: list[subprocess.Popen[bytes]], status: int, *paths: str) -> None:
    deadline = time.monotonic() + 3 * PATIENCE
    while time.monotonic() < deadline:
        assert all(process.poll() is None for process in running), "one of them has ended"
        try:
            if all(site.ask(path).status == status for path in paths):
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise AssertionError("they did not start")

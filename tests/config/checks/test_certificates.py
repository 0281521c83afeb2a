"""Certificates: one that ends tonight, one for another name, one that has ended, one that nobody has signed."""

from __future__ import annotations

import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from indgang.config.checks import certificates
from indgang.core import clock
from indgang.health.finding import Level

pytestmark = pytest.mark.proxy


def _certificate(folder: Path, *, lasts: timedelta, name: str = "localhost") -> Path:
    """Its own authority: key and certificate in one file, valid from two days ago until `lasts` from now."""
    path = folder / "both.pem"
    now = clock.now()
    begins, ends = (f"{at:%Y%m%d%H%M%SZ}" for at in (now - timedelta(days=2), now + lasts))
    (folder / "index").write_text("")
    (folder / "serial").write_text("01")
    (folder / "ca.conf").write_text(
        f"[ca]\ndefault_ca=own\n[own]\ndatabase={folder}/index\nserial={folder}/serial\nnew_certs_dir={folder}\n"
        "default_md=sha256\npolicy=any\ncopy_extensions=copy\n[any]\ncommonName=supplied\n"
    )

    def openssl(*arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)

    openssl("req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "asked.pem",
            "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}")  # fmt: skip
    openssl("ca", "-batch", "-config", "ca.conf", "-selfsign", "-keyfile", "key.pem", "-in", "asked.pem", "-notext",
            "-startdate", begins, "-enddate", ends, "-out", "cert.pem")  # fmt: skip
    path.write_text((folder / "key.pem").read_text() + (folder / "cert.pem").read_text())
    return path


@contextmanager
def _serving(certificate: Path) -> Iterator[int]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def serve(listening: socket.socket) -> None:
        with suppress(OSError):
            while True:
                raw, _who = listening.accept()
                with suppress(OSError), context.wrap_socket(raw, server_side=True) as protected:
                    protected.recv(1)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=serve, args=(listening,), daemon=True).start()
        yield listening.getsockname()[1]


@pytest.mark.parametrize(
    ("lasts", "level", "says"),
    [
        (timedelta(hours=10), Level.ERROR, "udløber inden for et døgn, kl. "),
        (timedelta(days=1, hours=1), Level.ERROR, "1 dag endnu"),
        (timedelta(days=8, hours=1), Level.WARNING, "8 dage"),
        (timedelta(days=60, hours=1), Level.OK, "60 dage"),
        (timedelta(hours=-1), Level.ERROR, "expired"),
    ],
)
def test_days_left_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lasts: timedelta, level: Level, says: str
) -> None:
    certificate = _certificate(tmp_path, lasts=lasts)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with _serving(certificate) as port:
        found = certificates.of("localhost", port)
    assert (found.level, says in found.text) == (level, True), found


def test_what_browsers_would_refuse_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate = _certificate(tmp_path, lasts=timedelta(days=60), name="another.example")
    with _serving(certificate) as port:
        assert "self-signed" in certificates.of("localhost", port).text.replace("self signed", "self-signed")
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert "localhost" in certificates.of("localhost", port).text
    assert certificates.of("localhost", port).level is Level.ERROR, "nobody listens there any more"


def test_the_addresses_that_people_use_are_looked_at(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.PUBLIC_URL, settings.LIVE_URL = "https://indgang.example", "https://indgang.example/live"
    settings.SIP_WEBSOCKET_URL = "wss://telefon.example:8089/ws"
    now = clock.now()
    monkeypatch.setattr(certificates, "_ends", lambda _host, port: now + timedelta(days=90 if port == 443 else 2))
    web, telephone = certificates.look()
    assert (web.level, "indgang.example:443" in web.text) == (Level.OK, True)
    assert (telephone.level, "telefon.example:8089" in telephone.text) == (Level.ERROR, True)

"""The virus scanner says clean, infected, or why it does not know. One suite for ClamAV itself and its stand-in."""

from __future__ import annotations

import hashlib
import io
import shutil
import socket
import subprocess
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from indgang.messaging import scanning
from indgang.messaging.scanning import ClamAV, Clean, Infected, NotScanned, NoVerdict
from tests.messaging import clamd_stand_in
from tests.messaging.clamd_stand_in import EICAR, StandIn

_CLAMD = shutil.which("clamd", path="/usr/sbin:/usr/local/sbin:/usr/bin")
_SECONDS = 20.0


@pytest.fixture
def stand_in() -> Iterator[tuple[StandIn, ClamAV]]:
    with clamd_stand_in.running() as (server, address):
        yield server, ClamAV(address, _SECONDS)


@pytest.fixture(scope="module")
def clamd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real clamd with one signature of our own, so that none have to be fetched; at a Unix socket."""
    if _CLAMD is None:
        pytest.skip("clamd is not installed (scripts/install-test-tools)")
    folder = tmp_path_factory.mktemp("clamd")
    path = folder / "clamd.sock"
    (folder / "signatures").mkdir()
    signature = f"{hashlib.md5(EICAR).hexdigest()}:{len(EICAR)}:{clamd_stand_in.NAME}\n"
    (folder / "signatures" / "own.hdb").write_text(signature)
    (folder / "clamd.conf").write_text(
        f"DatabaseDirectory {folder}/signatures\nLocalSocket {path}\nForeground yes\nStreamMaxLength 1M\n"
        f"TemporaryDirectory {folder}\n"
    )
    with (folder / "out").open("wb") as out:
        process = subprocess.Popen([_CLAMD, f"--config-file={folder}/clamd.conf"], stdout=out, stderr=out)
    try:
        _wait_for(path, process, folder / "out")
        yield str(path)
    finally:
        process.terminate()
        process.wait(20)


def _wait_for(path: Path, process: subprocess.Popen[bytes], out: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            ClamAV(str(path), 1).version()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(out.read_text(errors="replace"))


@pytest.fixture(params=["port", "socket", "clamd"])
def scanner(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ClamAV]:
    if request.param == "clamd":
        yield ClamAV(request.getfixturevalue("clamd"), _SECONDS)
        return
    path = tmp_path / "clamd.sock" if request.param == "socket" else None
    with clamd_stand_in.running(path, largest=1024 * 1024) as (_server, address):
        yield ClamAV(address, _SECONDS)


def test_a_harmless_file_is_clean(scanner: ClamAV) -> None:
    assert scanner.scan(b"Hej") == Clean()
    assert scanner.scan(b"") == Clean()
    assert scanner.scan(b"x" * 300_000) == Clean()


def test_the_test_virus_is_found_by_its_name(scanner: ClamAV) -> None:
    found = scanner.scan(EICAR)
    assert isinstance(found, Infected)
    assert found.name.startswith(clamd_stand_in.NAME)


def test_a_file_over_the_scanner_s_limit_is_not_scanned(scanner: ClamAV) -> None:
    assert scanner.scan(b"x" * 5_000_000) == NotScanned(NoVerdict.TOO_LARGE)
    assert scanner.scan(b"Hej") == Clean()


def test_the_scanner_says_its_version(scanner: ClamAV) -> None:
    assert scanner.version().startswith("ClamAV ")


def test_clamav_itself_looks_into_archives(clamd: str) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("tegning.com", EICAR)
    assert EICAR not in packed.getvalue()
    assert isinstance(ClamAV(clamd, _SECONDS).scan(packed.getvalue()), Infected)


def test_the_whole_content_arrives_in_its_order(stand_in: tuple[StandIn, ClamAV]) -> None:
    server, scanner = stand_in
    content = bytes(range(256)) * 1000
    assert scanner.scan(content) == Clean()
    assert server.received == [content]


def test_nobody_at_the_address_is_away(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert ClamAV(f"127.0.0.1:{port}", _SECONDS).scan(EICAR) == NotScanned(NoVerdict.AWAY)
    assert ClamAV(str(tmp_path / "none.sock"), _SECONDS).scan(EICAR) == NotScanned(NoVerdict.AWAY)


def test_a_scanner_that_hangs_up_is_away(stand_in: tuple[StandIn, ClamAV]) -> None:
    server, scanner = stand_in
    server.hangs_up = True
    assert scanner.scan(b"Hej") == NotScanned(NoVerdict.AWAY)


def test_a_scanner_that_does_not_answer_in_time_is_too_slow(stand_in: tuple[StandIn, ClamAV]) -> None:
    server, scanner = stand_in
    server.silent = True
    assert ClamAV(scanner.address, 0.5).scan(b"Hej") == NotScanned(NoVerdict.TOO_SLOW)


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (b"stream: Can't allocate memory ERROR\0", NotScanned(NoVerdict.FAILED)),
        (b"stream: OK FOUND\0", Infected("OK")),
        (b"stream: OK\nstream: X FOUND\0", NotScanned(NoVerdict.FAILED)),
        (b"all is well\0", NotScanned(NoVerdict.FAILED)),
        (b"\xff\xfe\0", NotScanned(NoVerdict.FAILED)),
        (b"stream: Na\xc3\xa6vn\x1b[2J FOUND\0", Infected("Na?vn?[2J")),
        (b"stream: OK", Clean()),
        (b"x" * 100_000, NotScanned(NoVerdict.FAILED)),
    ],
)
def test_what_the_protocol_does_not_know_is_no_permission(
    stand_in: tuple[StandIn, ClamAV], answer: bytes, verdict: scanning.Verdict
) -> None:
    server, scanner = stand_in
    server.answer = answer
    assert scanner.scan(b"Hej") == verdict


def test_without_a_setting_nothing_is_scanned(settings: Any) -> None:
    settings.VIRUS_SCANNER = ""
    assert scanning.configured().scan(EICAR) == NotScanned(NoVerdict.NO_SCANNER)


def test_the_scanner_of_the_settings_is_asked(settings: Any, stand_in: tuple[StandIn, ClamAV]) -> None:
    settings.VIRUS_SCANNER = stand_in[1].address
    settings.VIRUS_SCANNER_SECONDS = _SECONDS
    assert scanning.configured().scan(EICAR) == Infected(clamd_stand_in.NAME)


@pytest.mark.parametrize(
    "written", ["clamav", "clamav:", ":3310", "clamav:0", "clamav:99999", "clamav:x", "run/clamd.ctl"]
)
def test_an_address_that_is_none_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="neither the path of a socket nor host:port"):
        scanning.checked_address(written)

"""The note about a local exchange comes back as it was written, and holds its secret."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

from indgang.config import exchange_file
from indgang.config.management.commands.exchange import chosen_settings
from indgang.telephony.asterisk.configuration import DeskPhone, ExchangeSettings
from indgang.telephony.asterisk.trunks import Keys, NumberRange, Transport, Trunk


def test_everything_that_was_written_is_read(tmp_path: Path) -> None:
    settings = ExchangeSettings(
        directory=tmp_path / "asterisk",
        ari_password="hemmelig",
        sip_port=5062,
        open_to_all=True,
        trunks=(
            Trunk(
                "net",
                match=("10.0.0.1", "10.0.0.2"),
                host="sip.example.org",
                numbers=(NumberRange("+4570121212", "+4570121213"),),
                transport=Transport.TLS,
                keys=Keys.INFO,
            ),
        ),
        phones=(DeskPhone("p1", "kode"),),
        extra_files=(("etc/a.conf", "x"),),
    )
    note = tmp_path / "exchange" / "ari.json"
    exchange_file.write(note, settings)
    found = exchange_file.read(note)
    assert found == settings
    assert found.trunks[0].transport is Transport.TLS


def test_others_cannot_read_it(tmp_path: Path) -> None:
    note = tmp_path / "ari.json"
    exchange_file.write(note, ExchangeSettings(directory=tmp_path, ari_password="hemmelig"))
    assert note.stat().st_mode & 0o077 == 0


def test_without_a_note_there_is_no_exchange(tmp_path: Path) -> None:
    note = tmp_path / "ari.json"
    assert exchange_file.read(note) is None
    exchange_file.write(note, ExchangeSettings(directory=tmp_path, ari_password="hemmelig"))
    exchange_file.remove(note)
    exchange_file.remove(note)
    assert exchange_file.read(note) is None


def test_the_note_of_a_killed_exchange_counts_for_nothing(tmp_path: Path) -> None:
    note = tmp_path / "ari.json"
    program = (
        "import os, signal, sys; from pathlib import Path; from indgang.config import exchange_file;"
        "from indgang.telephony.asterisk.configuration import ExchangeSettings;"
        "exchange_file.write(Path(sys.argv[1]), ExchangeSettings(directory=Path('/tmp'), ari_password='hemmelig'));"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", program, str(note)], check=False, timeout=60)
    assert note.exists()
    assert exchange_file.read(note) is None


def test_the_local_exchange_keeps_password_and_ports_over_a_restart(tmp_path: Path) -> None:
    first = chosen_settings(tmp_path / "asterisk", "127.0.0.1")
    assert chosen_settings(tmp_path / "asterisk", "127.0.0.1") == first
    assert (tmp_path / "asterisk" / "kept.json").stat().st_mode & 0o077 == 0
    _leave_a_connection_winding_down(first.http_port)
    assert chosen_settings(tmp_path / "asterisk", "127.0.0.1") == first
    with socket.create_server(("127.0.0.1", first.http_port)):
        moved = chosen_settings(tmp_path / "asterisk", "127.0.0.1")
    assert (moved.http_port != first.http_port, moved.ari_password) == (True, first.ari_password)
    assert chosen_settings(tmp_path / "another", "127.0.0.1").ari_password != first.ari_password


def _leave_a_connection_winding_down(port: int) -> None:
    """As a server does that ends while somebody is connected."""
    with socket.create_server(("127.0.0.1", port)) as server, socket.create_connection(("127.0.0.1", port)) as client:
        accepted, _ = server.accept()
        accepted.close()
        client.recv(1)

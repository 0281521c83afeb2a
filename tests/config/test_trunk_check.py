"""What `indgang doctor` says of the telephone lines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from indgang.config.checks import trunks
from indgang.core import clock
from indgang.entry.models import TrunkStatus
from indgang.health.finding import Level
from tests.world import World

FILE = """
trunks:
  - {name: tdc, server: sip.example, addresses: 192.0.2.1, numbers: "+4570121212-+4570121213"}
"""


@pytest.fixture
def lines(tmp_path: Path, settings: Any) -> Path:
    file = tmp_path / "telephone.yaml"
    file.write_text(FILE)
    settings.EXCHANGES, settings.TELEPHONE_FILE = ["asterisk"], str(file)
    return file


def found() -> dict[str, Level]:
    return {finding.text: finding.level for finding in trunks.look()}


def test_lines_are_told_with_what_is_wrong(world: World, lines: Path) -> None:
    assert found()["Linjen tdc: tilstanden er ukendt."] is Level.WARNING
    row = TrunkStatus.objects.create(
        exchange="asterisk", name="tdc", up=True, since=clock.now(), heartbeat=clock.now(), reachable=True
    )
    assert found()["Linjen tdc: Klar."] is Level.OK
    TrunkStatus.objects.filter(pk=row.pk).update(registered=False, sip=403)
    assert found()["Linjen tdc: Operatøren afviser vores adgangskode (SIP 403)."] is Level.ERROR


def test_a_number_that_no_line_brings_is_told(world: World, lines: Path) -> None:
    assert any("hører ikke til nogen telefonlinje" in text for text in found())
    lines.write_text(FILE.replace(', numbers: "+4570121212-+4570121213"', ""))
    assert not any("hører ikke" in text for text in found()), "nobody says which numbers it brings"


def test_no_line_at_all_is_an_error(world: World, lines: Path) -> None:
    lines.write_text("trunks: []")
    assert list(found().values()) == [Level.ERROR]


def test_without_asterisk_there_is_nothing_to_look_at(world: World, settings: Any) -> None:
    settings.EXCHANGES = ["simulator"]
    assert list(found().values()) == [Level.OK]

"""The check of the virus scanner: it answers, or somebody learns why not."""

from __future__ import annotations

import socket
from datetime import UTC, datetime
from typing import Any

import pytest

from indgang.config.checks import virus_scanner
from indgang.core.clock import frozen
from indgang.health.finding import Finding, Level
from tests.messaging import clamd_stand_in


def _found() -> list[Finding]:
    return list(virus_scanner.look())


def test_a_scanner_that_answers_is_fine(settings: Any) -> None:
    with clamd_stand_in.running() as (_server, settings.VIRUS_SCANNER), frozen(datetime(2026, 11, 30, tzinfo=UTC)):
        [finding] = _found()
    assert finding.level is Level.OK
    assert "ClamAV 1.4.6" in finding.text


def test_signatures_of_last_month_are_told(settings: Any) -> None:
    with clamd_stand_in.running() as (_server, settings.VIRUS_SCANNER), frozen(datetime(2026, 12, 20, tzinfo=UTC)):
        _answers, old = _found()
    assert old.level is Level.WARNING
    assert "29.11.2026" in old.text


def test_a_scanner_that_is_away_is_an_error(settings: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        settings.VIRUS_SCANNER = f"127.0.0.1:{listener.getsockname()[1]}"
    [finding] = _found()
    assert finding.level is Level.ERROR
    assert settings.VIRUS_SCANNER in finding.text


def test_an_address_that_is_none_is_an_error(settings: Any) -> None:
    settings.VIRUS_SCANNER = "clamav"
    [finding] = _found()
    assert finding.level is Level.ERROR
    assert "vært:port" in finding.advice


@pytest.mark.parametrize(("demo", "level"), [(True, Level.OK), (False, Level.WARNING)])
def test_no_scanner_is_a_warning_except_in_the_demo(settings: Any, demo: bool, level: Level) -> None:
    settings.VIRUS_SCANNER, settings.DEMO = "", demo
    [finding] = _found()
    assert finding.level is level

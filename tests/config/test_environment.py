"""Settings of the environment that are wrong stop the start with a sentence."""

from __future__ import annotations

import pytest

from indgang.config import environment


def test_a_scanner_address_that_is_none_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INDGANG_VIRUS_SCANNER", "clamav")
    with pytest.raises(environment.BadSetting, match="write the path of a socket or host:port"):
        environment.scanner_address("INDGANG_VIRUS_SCANNER")


@pytest.mark.parametrize("address", ["", "/run/clamav/clamd.ctl", "127.0.0.1:3310"])
def test_a_scanner_address_is_a_path_or_a_host_and_port(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("INDGANG_VIRUS_SCANNER", address)
    assert environment.scanner_address("INDGANG_VIRUS_SCANNER") == address

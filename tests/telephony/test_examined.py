"""The doctor looks at a real Asterisk."""

from __future__ import annotations

import dataclasses

import pytest

from indgang.config.checks.telephone_system import findings
from indgang.health.finding import Level
from indgang.telephony.asterisk.process import Exchange

pytestmark = pytest.mark.exchange


def test_a_real_asterisk_has_what_the_doctor_asks_for_and_refuses_a_wrong_password(exchange: Exchange) -> None:
    found = list(findings(exchange.settings))
    assert [finding.level for finding in found] == [Level.OK], found
    wrong = dataclasses.replace(exchange.settings, ari_password="et-forkert-kodeord")
    (refused,) = findings(wrong)
    assert refused.level is Level.ERROR
    assert "INDGANG_ARI_PASSWORD" in refused.advice

"""The addresses of incoming calls on a trunk when only its host is known."""

from __future__ import annotations

import pytest

from indgang.telephony.asterisk.trunks import Trunk


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("sip.example", "sip.example"),
        ("sip.example:5061", "sip.example"),
        ("192.0.2.7:5060", "192.0.2.7"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("[2001:db8::1]:5060", "2001:db8::1"),
    ],
)
def test_a_trunk_that_registers_takes_calls_from_its_host(host: str, address: str) -> None:
    assert Trunk("network", host=host, username="u", password="p", register=True).addresses == (address,)

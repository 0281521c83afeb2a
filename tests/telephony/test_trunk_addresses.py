"""The addresses of incoming calls on a trunk when only its host is known, and the number that outgoing ones show."""

from __future__ import annotations

from typing import Any

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


@pytest.mark.parametrize(
    ("fields", "caller", "centre", "shown"),
    [
        ({}, "+4520304050", "+4533661000", "+4533661000"),
        ({}, "+4520304050", "", "+4520304050"),
        ({"caller_number": "+4533663366"}, "+4520304050", "+4533661000", "+4533663366"),
        ({"caller_number": "+4533663366", "shows_callers": True}, "+4520304050", "+4533661000", "+4520304050"),
        ({"caller_number": "+4533663366", "shows_callers": True}, "", "+4533661000", "+4533663366"),
    ],
)
def test_the_centres_number_is_shown_unless_the_trunk_may_show_the_callers(
    fields: dict[str, Any], caller: str, centre: str, shown: str
) -> None:
    assert Trunk("network", host="sip.example", **fields).shown(caller, centre) == shown

"""Which numbers and telephones may be rung."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indgang.core.barring import EVERYWHERE, Bar, Barring

DEFAULT = Barring()


@pytest.mark.parametrize(
    ("number", "bar"),
    [
        ("+4533663366", None),
        ("33 66 33 66", None),
        ("+46850800000", None),
        ("0046850800000", None),
        ("+299321000", None),
        ("+4580102030", None),
        ("112", None),
        ("114", None),
        ("1813", None),
        ("5200", None),
        ("118", Bar.PREFIX),
        ("90112233", Bar.PREMIUM),
        ("+4590112233", Bar.PREMIUM),
        ("004590112233", Bar.PREMIUM),
        ("+449098790000", Bar.PREMIUM),
        ("+870776001234", Bar.SATELLITE),
        ("00870776001234", Bar.SATELLITE),
        ("008816 31234567", Bar.SATELLITE),
        ("+979123456789", Bar.SATELLITE),
        ("+12125551234", Bar.COUNTRY),
        ("+18764567890", Bar.COUNTRY),
        ("kommunen", Bar.NO_NUMBER),
        ("anonymous", Bar.NO_NUMBER),
        ("+99912345678", Bar.NO_NUMBER),
        ("", Bar.NO_NUMBER),
    ],
)
def test_premium_and_satellite_numbers_and_far_countries_are_barred(number: str, bar: Bar | None) -> None:
    assert DEFAULT.number(number) is bar
    assert DEFAULT.address(f"tel:{number}") is bar


def test_what_is_configured_goes_before_the_rest_and_the_longer_prefix_counts() -> None:
    barring = Barring(countries=frozenset((EVERYWHERE,)), barred=("+4570", "112"), allowed=("+457012", "+4590", "118"))
    assert barring.number("112") is None, "the alarm is never barred"
    assert barring.number("+12125551234") is None
    assert barring.number("70121212") is None
    assert barring.number("70131212") is Bar.PREFIX
    assert barring.number("90112233") is None
    assert barring.number("118") is None
    assert barring.number("+870776001234") is Bar.SATELLITE, "everywhere is on Earth"


@pytest.mark.parametrize(
    ("address", "bar"),
    [
        ("sip:1234@central.kommune.example", None),
        ("sip:1234@tlf.huset.example:5070", None),
        ("sip:1234@10.20.3.4", None),
        ("sip:1234@[fd00::7]:5060", None),
        ("sip:1234@huset.example", Bar.PHONE),
        ("sip:1234@10.21.3.4", Bar.PHONE),
        ("sip:1234@evil.example", Bar.PHONE),
        ("sip:1234@central.kommune.example.evil.example", Bar.PHONE),
        ("sip:1234@127.0.0.1", Bar.PHONE),
        ("sip:@central.kommune.example", Bar.NO_PHONE),
        ("sip:1234", Bar.NO_PHONE),
        ("sip:a@b@central.kommune.example", Bar.NO_PHONE),
        ("sip:1234@central.kommune.example;transport=evil", Bar.NO_PHONE),
        ("sip:1234@central.kommune.example\n", Bar.NO_PHONE),
        ("http://central.kommune.example", Bar.NO_PHONE),
    ],
)
def test_desk_phones_are_where_the_house_has_them(address: str, bar: Bar | None) -> None:
    hosts = frozenset(("central.kommune.example", "*.huset.example", "10.20.0.0/16", "fd00::/8"))
    assert Barring(phones=hosts).phone(address) is bar
    assert Barring(phones=hosts).address(address) is bar
    assert Barring().phone(address) in (Bar.PHONE, Bar.NO_PHONE), "none until they are configured"


@given(st.text(max_size=40))
def test_nothing_that_is_typed_is_an_error(text: str) -> None:
    DEFAULT.number(text)
    DEFAULT.phone(text)
    DEFAULT.address(text)


@given(st.integers(0, 10**12), st.sampled_from(["+870", "00870", "+881", "00881", "+4590", "004590", "+45 90 ", "90"]))
def test_no_way_of_writing_it_opens_a_dear_number(number: int, prefix: str) -> None:
    assert DEFAULT.number(f"{prefix}{number}") is not None or (prefix == "90" and len(f"{prefix}{number}") <= 6)

"""The telephone file is read whole, or refused with a sentence that says what to change."""

from __future__ import annotations

from pathlib import Path

import pytest

from indgang.telephony.asterisk.configuration import ExchangeSettings
from indgang.telephony.asterisk.telephone_file import BadTelephoneFile, read
from indgang.telephony.asterisk.trunks import Keys, NumberForm, NumberRange, Transport, in_form, routes

LOCAL = ExchangeSettings(directory=Path("/var/exchange/asterisk"), ari_password="p", open_to_all=True)
WHOLE = """
nodes:
  - name: nord
    ari_port: 8188
    ari_password_file: nord.ari
    sip_address: 192.0.2.1
    websocket: wss://indgang.example/telephone
  - name: syd
    ari_port: 8288
trunks:
  - name: tdc
    node: nord
    server: sip.operator.example:5061
    transport: tls
    srtp: true
    register: true
    username: kommune
    password_file: tdc.password
    addresses: [192.0.2.10, 192.0.2.128/28, sbc.operator.example]
    codecs: [g722, alaw]
    numbers: [+4533663300-+4533663399, +4570121212]
    caller_number: "33 66 33 66"
    number_form: national
    keys: rfc4733
    priority: 1
  - name: backup
    node: nord
    addresses: 198.51.100.7
    server: 198.51.100.7
  - {name: other, node: syd, server: 198.51.100.8, addresses: 198.51.100.8}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "nord.ari").write_text("ari secret\n")
    (tmp_path / "tdc.password").write_text("trunk secret\n")
    return tmp_path / "telephone.yaml"


def test_nodes_and_trunks_are_read(file: Path) -> None:
    file.write_text(WHOLE)
    nord, syd = read(file, LOCAL)
    assert (nord.name, nord.ari_password, nord.http_port, nord.sip_address) == ("nord", "ari secret", 8188, "192.0.2.1")
    assert nord.websocket_url == "wss://indgang.example/telephone"
    assert nord.directory == Path("/var/exchange/nord")
    assert syd.directory == Path("/var/exchange/syd")
    assert not nord.open_to_all, "a real line and a door for everybody do not go together"
    tdc, backup = nord.trunks
    assert (tdc.host, tdc.transport, tdc.srtp, tdc.password) == (
        "sip.operator.example:5061", Transport.TLS, True, "trunk secret",
    )  # fmt: skip
    assert tdc.match == ("192.0.2.10", "192.0.2.128/28", "sbc.operator.example")
    assert tdc.numbers == (NumberRange("+4533663300", "+4533663399"), NumberRange("+4570121212", "+4570121212"))
    assert (tdc.codecs, tdc.keys, tdc.number_form) == (("g722", "alaw"), Keys.RFC4733, NumberForm.NATIONAL)
    assert tdc.caller_number == "+4533663366"
    assert backup.match == ("198.51.100.7",)
    assert [trunk.name for trunk in syd.trunks] == ["other"]


def test_trunks_alone_belong_to_the_one_node(file: Path) -> None:
    file.write_text("trunks:\n  - {name: net, server: sip.example, addresses: sip.example}\n")
    (node,) = read(file, LOCAL)
    assert node.name == LOCAL.name
    assert [trunk.name for trunk in node.trunks] == ["net"]


def test_a_number_goes_out_in_the_order_of_priority_with_a_number_of_ours(file: Path) -> None:
    file.write_text(WHOLE)
    (nord, _) = read(file, LOCAL)
    first, second = routes(nord.trunks, "+4522334455", "+4599999999")
    assert (first.endpoint, first.caller_number) == ("PJSIP/22334455@tdc", "33663366")
    assert (second.endpoint, second.caller_number) == ("PJSIP/+4522334455@backup", "+4599999999")
    assert routes(nord.trunks, "+4522334455", "+4599999999", "+4533661000")[1].caller_number == "+4533661000"
    assert routes(nord.trunks, "+4522334455", "+4533663350")[0].caller_number == "33663350", "it is in the range"


@pytest.mark.parametrize(
    ("form", "number", "dialled"),
    [
        (NumberForm.E164, "+4533663366", "+4533663366"),
        (NumberForm.INTERNATIONAL, "+4533663366", "004533663366"),
        (NumberForm.NATIONAL, "+4533663366", "33663366"),
        (NumberForm.NATIONAL, "+46812345678", "0046812345678"),
        (NumberForm.NATIONAL, "112", "112"),
        (NumberForm.INTERNATIONAL, "112", "112"),
    ],
)
def test_numbers_are_written_as_the_operator_wants_them(form: NumberForm, number: str, dialled: str) -> None:
    assert in_form(number, form) == dialled


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("trunks:\n  - server: sip.example\n", "it needs a name"),
        ("trunks:\n  - {name: p12, server: a}\n", "cannot be a name"),
        ("trunks:\n  - {name: net, sever: a}\n", "'sever' is unknown"),
        ("trunks:\n  - {name: net, server: 'a b'}\n", "is no server"),
        ("trunks:\n  - {name: net, server: a, register: true}\n", "a username"),
        ("trunks:\n  - {name: net, server: a, register: true, username: u}\n", "password_file"),
        ("trunks:\n  - {name: net, server: a, username: u, password_file: none}\n", "cannot be read"),
        ("trunks:\n  - {name: net, server: a, srtp: true}\n", "transport: tls"),
        ("trunks:\n  - {name: net, server: a, transport: sctp}\n", "udp or tcp or tls"),
        ("trunks:\n  - {name: net, server: a, codecs: [g729]}\n", "no codec"),
        ("trunks:\n  - {name: net, server: a, numbers: '+4533663399-+4533663300'}\n", "ends before it begins"),
        ("trunks:\n  - {name: net, server: a, caller_number: abc}\n", "no telephone number"),
        ("trunks:\n  - {name: net, server: a, priority: first}\n", "whole number"),
        ("trunks:\n  - {name: net, server: a, register: perhaps}\n", "true or false"),
        ("trunks:\n  - {name: net, server: 'a;b'}\n", "no line breaks"),
        ("trunks:\n  - {name: net, addresses: 'a b'}\n", "is no address"),
        ("trunks:\n  - {name: net}\n", "no call can come or go"),
        ("trunks:\n  - {name: net, server: a}\n  - {name: net, server: b}\n", "called net"),
        ("trunks:\n  - {name: net, server: a, node: west}\n", "which node"),
        ("trunks: net\n", "write a list"),
        ("trunks:\n  - net\n", "below each other"),
        ("- a\n", "begin with"),
        ("trunks: [\n", "no YAML"),
        ("trunks: &a [*a]\n", "plain lists"),
    ],
)
def test_what_cannot_be_used_is_refused_with_what_to_write(file: Path, text: str, says: str) -> None:
    file.write_text(text)
    with pytest.raises(BadTelephoneFile, match=says):
        read(file, LOCAL)


def test_a_password_in_the_file_is_for_its_owner_alone(file: Path) -> None:
    file.write_text("trunks:\n  - {name: net, server: a, username: u, password: x}\n")
    file.chmod(0o644)
    with pytest.raises(BadTelephoneFile, match="chmod 600"):
        read(file, LOCAL)
    file.chmod(0o600)
    assert read(file, LOCAL)[0].trunks[0].password == "x"


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadTelephoneFile, match="cannot be read"):
        read(tmp_path / "none.yaml", LOCAL)

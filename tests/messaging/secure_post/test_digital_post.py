"""Digital Post's interface: an answer is accepted, refused or a doubt; no fault of the service is lost or believed."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from indgang.messaging.secure_post import contract, transport
from indgang.messaging.secure_post.contract import (
    PostAccepted,
    PostAnswer,
    PostDoubt,
    PostRefused,
    SecurePostError,
    SecurePostFault,
)
from indgang.messaging.secure_post.digital_post import DigitalPost
from tests.messaging.certificates import Authority
from tests.messaging.secure_post import stand_in
from tests.messaging.secure_post.letters import AT, ours
from tests.messaging.secure_post.stand_in import StandIn, receipt, reply

ACCEPTED, REFUSED, FOR_GOOD, DOUBT = "accepted", "refused", "refused for good", "doubt"


@pytest.fixture
def server() -> Iterator[StandIn]:
    with stand_in.running() as running:
        yield running


def service(server: StandIn, key: str = stand_in.KEY) -> DigitalPost:
    return DigitalPost(server.address, stand_in.SYSTEM, key)


def kind(answer: PostAnswer) -> str:
    if isinstance(answer, PostRefused):
        return FOR_GOOD if answer.for_good else REFUSED
    return DOUBT if isinstance(answer, PostDoubt) else ACCEPTED


def always(status: int, content: object) -> Callable[[BaseHTTPRequestHandler], bool]:
    def answer(handler: BaseHTTPRequestHandler) -> bool:
        reply(handler, status, content)
        return True

    return answer


@pytest.mark.parametrize(
    ("status", "content", "expected"),
    [
        (200, receipt("x", status="RECEIVED"), ACCEPTED),
        (202, receipt("x"), ACCEPTED),
        (200, receipt("x", code="recipient.not.registered"), FOR_GOOD),
        (200, receipt("x", status="NOT_ALLOWED"), FOR_GOOD),
        (200, {"receiptStatus": "COMPLETED"}, DOUBT),
        (200, receipt("x", status="SOMETHING"), DOUBT),
        (200, b"<html>proxy</html>", DOUBT),
        (200, [], DOUBT),
        (204, b"", DOUBT),
        (302, {}, REFUSED),
        (400, {"code": "file.extension.not.allowed"}, FOR_GOOD),
        (401, {}, REFUSED),
        (403, {"code": "system.not.allowed"}, REFUSED),
        (404, b"", REFUSED),
        (409, {"code": "memo.already.received"}, DOUBT),
        (413, b"", FOR_GOOD),
        (422, {"code": "0101701111 is wrong"}, FOR_GOOD),
        (429, b"", REFUSED),
        (500, {"code": "unexpected"}, DOUBT),
        (502, b"bad gateway", DOUBT),
        (503, b"", REFUSED),
        (504, b"", DOUBT),
    ],
)  # fmt: skip
def test_every_answer_is_accepted_refused_or_a_doubt(
    server: StandIn, status: int, content: object, expected: str
) -> None:
    server.misbehave = always(status, content)
    answer = service(server).send(ours())
    assert kind(answer) == expected
    assert "0101701111" not in getattr(answer, "reason", "")


def test_a_repeat_that_is_known_there_was_taken_the_first_time(server: StandIn) -> None:
    server.misbehave = always(409, {"code": "memo.already.received"})
    assert kind(service(server).send(replace(ours(), is_repeat=True))) == ACCEPTED


def test_a_service_that_is_down_has_taken_nothing() -> None:
    with stand_in.running() as server:
        gone = service(server)
    assert kind(gone.send(ours())) == REFUSED
    with pytest.raises(SecurePostError) as raised:
        gone.waiting()
    assert raised.value.fault is SecurePostFault.UNREACHABLE


def test_a_service_that_is_slow_leaves_a_doubt(server: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contract, "ANSWER_SECONDS", 0.5)
    server.misbehave = lambda handler: server.released.wait(60)
    assert kind(service(server).send(ours())) == DOUBT
    with pytest.raises(SecurePostError) as raised:
        service(server).receipts()
    assert raised.value.fault is SecurePostFault.SLOW


def test_an_answer_without_end_is_not_read_to_the_end(server: StandIn) -> None:
    def flood(handler: BaseHTTPRequestHandler) -> bool:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while not server.released.is_set():
            handler.wfile.write(b"x" * 65_536)
        return True

    server.misbehave = flood
    assert kind(service(server).send(ours())) == DOUBT
    assert service(server).fetch("x", largest=100_000) is None


@pytest.mark.parametrize(
    ("status", "content", "fault"),
    [
        (401, {}, SecurePostFault.SIGN_IN), (403, {}, SecurePostFault.SIGN_IN), (429, b"", SecurePostFault.BUSY),
        (503, b"", SecurePostFault.BUSY), (500, b"", SecurePostFault.UNREACHABLE), (302, b"", SecurePostFault.REFUSED),
        (200, b"<html>", SecurePostFault.UNREADABLE), (200, {"content": {}}, SecurePostFault.UNREADABLE),
    ],
)  # fmt: skip
def test_what_is_wrong_when_asking_for_messages_is_named(
    server: StandIn, status: int, content: object, fault: SecurePostFault
) -> None:
    server.misbehave = always(status, content)
    with pytest.raises(SecurePostError) as raised:
        service(server).waiting()
    assert raised.value.fault is fault


def test_a_wrong_key_is_said_to_be_that(server: StandIn) -> None:
    with pytest.raises(SecurePostError) as raised:
        service(server, key="another").waiting()
    assert raised.value.fault is SecurePostFault.SIGN_IN
    assert "another" not in str(raised.value)


def test_an_id_that_is_no_uuid_is_not_asked_for(server: StandIn) -> None:
    server.memos = {"../receipts": b"", "4e2ee1f5-6b21-4b1c-8a54-1d4d1f5f0b6f": b"<x/>"}
    assert service(server).waiting() == ["4e2ee1f5-6b21-4b1c-8a54-1d4d1f5f0b6f"]


@pytest.mark.parametrize(
    "told",
    [
        {}, [], receipt("no uuid"), receipt("4e2ee1f5-6b21-4b1c-8a54-1d4d1f5f0b6f", status="READ"),
        receipt("4e2ee1f5-6b21-4b1c-8a54-1d4d1f5f0b6f") | {"timeStamp": "i går"},
        receipt("4e2ee1f5-6b21-4b1c-8a54-1d4d1f5f0b6f") | {"timeStamp": "0001-01-01T00:00:00+02:00"},
    ],
)  # fmt: skip
def test_a_receipt_that_cannot_be_understood_is_listed_as_that(server: StandIn, told: object) -> None:
    server.receipts = {"r1": told}  # type: ignore[dict-item]
    assert service(server).receipts() == ["r1"]
    assert service(server).receipt("r1") is None


@pytest.mark.parametrize(
    ("address", "fault"),
    [
        ("http://digitalpost.example/apis/v1", SecurePostFault.INSECURE), ("", SecurePostFault.INSECURE),
        ("https://[", SecurePostFault.INSECURE), ("https://127.0.0.1:1/", SecurePostFault.NO_CERTIFICATE),
    ],
)  # fmt: skip
def test_the_key_leaves_this_machine_encrypted_and_with_our_certificate_alone(
    address: str, fault: SecurePostFault
) -> None:
    there = DigitalPost(address, stand_in.SYSTEM, stand_in.KEY)
    with pytest.raises(SecurePostError) as raised:
        there.waiting()
    assert raised.value.fault is fault
    assert kind(there.send(ours())) == REFUSED


def test_a_certificate_that_cannot_be_read_is_said_to_be_that(tmp_path: object) -> None:
    broken = f"{tmp_path}/broken.pem"
    with open(broken, "w") as file:
        file.write("no certificate")
    for path in (broken, f"{tmp_path}/missing.pem"):
        with pytest.raises(SecurePostError) as raised:
            transport.context_of(path, "")
        assert raised.value.fault is SecurePostFault.NO_CERTIFICATE
    assert isinstance(transport.context_of("", ""), ssl.SSLContext)


def test_a_confirmation_is_a_receipt(server: StandIn) -> None:
    uuid = "4e2ee1f5-6b21-4b1c-8a54-1d4d1f5f0b6f"
    server.memos[uuid] = b"<x/>"
    service(server).confirm(uuid, is_readable=True, at=AT)
    assert server.confirmed == {uuid: "COMPLETED"}
    server.misbehave = always(500, b"")
    with pytest.raises(SecurePostError):
        service(server).confirm(uuid, is_readable=True, at=AT)


def test_what_is_unpacked_on_the_way_is_not_asked_for(server: StandIn) -> None:
    asked: list[str] = []

    def look(handler: BaseHTTPRequestHandler) -> bool:
        asked.append(handler.headers.get("Accept-Encoding", ""))
        return False

    server.misbehave = look
    service(server).waiting()
    assert asked == ["identity"]


def test_accepted_has_the_services_number(server: StandIn) -> None:
    answer = service(server).send(ours())
    assert isinstance(answer, PostAccepted)
    assert len(answer.transmission) == 36


def test_our_certificate_is_shown_and_the_servers_is_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority = Authority(tmp_path)
    theirs, own = tmp_path / "server.pem", tmp_path / "own.pem"
    authority.issue(theirs, tmp_path / "server.key")
    authority.issue(own, tmp_path / "own.key")
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(theirs, tmp_path / "server.key")
    tls.load_verify_locations(authority.file)
    tls.verify_mode = ssl.CERT_REQUIRED
    with stand_in.running(tls) as server:
        there = DigitalPost(server.address, stand_in.SYSTEM, stand_in.KEY, str(own), str(tmp_path / "own.key"))
        with pytest.raises(SecurePostError) as raised:
            there.waiting()
        assert raised.value.fault is SecurePostFault.CERTIFICATE
        assert server.requests == []
        monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
        assert there.waiting() == []
        assert kind(there.send(ours())) == ACCEPTED

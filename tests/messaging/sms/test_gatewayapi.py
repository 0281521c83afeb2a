"""GatewayAPI's documented interface: an answer is accepted, refused or a doubt, and only signed reports are taken."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from typing import Any

import jwt
import pytest
from django.test import Client

from indgang.messaging.sms import arrivals, contract, gatewayapi
from indgang.messaging.sms.arrivals import Report
from indgang.messaging.sms.contract import (
    IncomingSms,
    ReceiptState,
    SmsAccepted,
    SmsAnswer,
    SmsDoubt,
    SmsReceipt,
    SmsRefused,
)
from indgang.messaging.sms.gatewayapi import BadReport, GatewayApi, read_report
from tests.messaging.sms import stand_in
from tests.messaging.sms.contract_suite import outgoing
from tests.messaging.sms.stand_in import SECRET, StandIn, reply

REFUSED, FOR_GOOD, DOUBT = "refused", "refused for good", "doubt"


@pytest.fixture
def server() -> Iterator[StandIn]:
    with stand_in.running() as running:
        yield running


def gateway(server: StandIn, token: str = stand_in.TOKEN) -> GatewayApi:
    return GatewayApi(server.address, token, "Kommunen")


def kind(answer: SmsAnswer) -> str:
    if isinstance(answer, SmsRefused):
        return FOR_GOOD if answer.for_good else REFUSED
    return DOUBT if isinstance(answer, SmsDoubt) else "accepted"


def test_the_request_is_the_documented_one(server: StandIn) -> None:
    message = outgoing("Crêpe")
    answer = gateway(server).send(message)
    [sent] = server.sent
    assert answer == SmsAccepted(str(sent["id"]))
    assert sent["recipients"] == [{"msisdn": 4599990101}]
    assert (sent["userref"], sent["sender"], sent["encoding"]) == (message.reference, "Kommunen", "UCS2")
    gateway(server).send(outgoing("Æblegrød"))
    assert server.sent[1]["encoding"] == "UTF8"


@pytest.mark.parametrize(
    ("status", "content", "expected"),
    [
        (200, {"ids": []}, DOUBT),
        (200, {"usage": {}}, DOUBT),
        (200, b"<html>proxy</html>", DOUBT),
        (200, [], DOUBT),
        (202, {}, DOUBT),
        (302, {}, REFUSED),
        (400, {"message": "Invalid argument"}, FOR_GOOD),
        (422, {"message": "Invalid JSON"}, FOR_GOOD),
        (401, {"code": "0x0223"}, REFUSED),
        (403, {"code": "0x0213", "variables": ["1.2.3.4"]}, REFUSED),
        (403, {"code": "0x0217", "message": "Unauthorized destination"}, FOR_GOOD),
        (400, {"code": "0x0216", "message": "Insufficient credit"}, REFUSED),
        (400, {"code": "0x0309"}, REFUSED),
        (404, b"", REFUSED),
        (429, b"", REFUSED),
        (500, {"message": "exception", "incident_uuid": "d8127429"}, DOUBT),
        (502, b"bad gateway", DOUBT),
        (503, b"", REFUSED),
        (504, b"", DOUBT),
        (400, {"code": "0xNONSENSE 4599990101"}, FOR_GOOD),
    ],
)  # fmt: skip
def test_every_answer_is_accepted_refused_or_a_doubt(
    server: StandIn, status: int, content: object, expected: str
) -> None:
    def answer_with(handler: BaseHTTPRequestHandler, message: dict[str, Any]) -> bool:
        reply(handler, status, content)
        return True

    server.misbehave = answer_with
    answer = gateway(server).send(outgoing())
    assert kind(answer) == expected
    assert "4599990101" not in getattr(answer, "reason", "")


def test_a_gateway_that_is_slow_leaves_a_doubt(server: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contract, "ANSWER_SECONDS", 0.5)
    server.misbehave = lambda handler, message: server.released.wait(60)
    assert kind(gateway(server).send(outgoing())) == DOUBT


def test_an_answer_that_comes_drop_by_drop_leaves_a_doubt(server: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contract, "ANSWER_SECONDS", 1.0)

    def drip(handler: BaseHTTPRequestHandler, message: dict[str, Any]) -> bool:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        while not server.released.wait(0.2):
            handler.wfile.write(b" ")
        return True

    server.misbehave = drip
    assert kind(gateway(server).send(outgoing())) == DOUBT


def test_an_answer_without_end_is_not_read_to_the_end(server: StandIn) -> None:
    def flood(handler: BaseHTTPRequestHandler, message: dict[str, Any]) -> bool:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while not server.released.is_set():
            handler.wfile.write(b"x" * 65_536)
        return True

    server.misbehave = flood
    assert kind(gateway(server).send(outgoing())) == DOUBT


def test_a_connection_cut_after_the_request_leaves_a_doubt_and_one_that_never_was_does_not(server: StandIn) -> None:
    server.misbehave = stand_in.cut
    assert kind(gateway(server).send(outgoing())) == DOUBT
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        closed = GatewayApi(f"http://127.0.0.1:{nobody.getsockname()[1]}", stand_in.TOKEN, "Kommunen")
        assert kind(closed.send(outgoing())) == REFUSED


def test_a_wrong_token_is_a_fault_of_the_settings_and_not_of_the_message(server: StandIn) -> None:
    assert kind(gateway(server, token="wrong").send(outgoing())) == REFUSED
    assert server.sent == []


@pytest.mark.parametrize("address", ["http://gateway.example", "ftp://gateway.example", "", "https://", "http://[::1"])
def test_the_token_never_travels_in_the_clear(address: str) -> None:
    assert kind(GatewayApi(address, "token", "Kommunen").send(outgoing())) == REFUSED


def test_a_redirect_is_not_followed(server: StandIn) -> None:
    with stand_in.running() as other:

        def redirect(handler: BaseHTTPRequestHandler, message: dict[str, Any]) -> bool:
            handler.send_response(307)
            handler.send_header("Location", f"{other.address}/rest/mtsms")
            handler.end_headers()
            return True

        server.misbehave = redirect
        assert kind(gateway(server).send(outgoing())) == REFUSED
        assert other.sent == []


def test_the_receipt_may_come_before_the_answer(server: StandIn) -> None:
    """It is found by our reference, because nobody knows the gateway's number yet."""
    reported = threading.Event()
    found: list[SmsReceipt | IncomingSms] = []

    def report_to(signature: str) -> int:
        found.append(read_report(signature, secret=SECRET))
        reported.set()
        return 204

    def report_first(handler: BaseHTTPRequestHandler, message: dict[str, Any]) -> bool:
        server.report(message, "DELIVERED")
        return False

    server.report_to, server.misbehave = report_to, report_first
    message = outgoing()
    answer = gateway(server).send(message)
    assert reported.is_set()
    assert isinstance(answer, SmsAccepted)
    assert [each.reference for each in found] == [message.reference]


# --- what the gateway reports ---------------------------------------------------------------------


def signed(claims: dict[str, Any], secret: str = SECRET, algorithm: str = "HS256") -> str:
    return jwt.encode(claims, secret, algorithm=algorithm)


STATUS = {"id": 1000001, "msisdn": 4587654321, "time": 1450000000, "status": "DELIVERED", "userref": "foobar"}
MESSAGE = {
    "id": 1000001,
    "msisdn": 4587654321,
    "receiver": 451204,
    "message": "foo Hello World",
    "senttime": 1450000000,
}


def test_the_documented_receipt_is_read() -> None:
    at = datetime.fromtimestamp(1450000000, UTC)
    assert read_report(signed(STATUS), secret=SECRET) == SmsReceipt(
        "foobar", "1000001", ReceiptState.DELIVERED, at, "DELIVERED"
    )


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("SCHEDULED", ReceiptState.ON_THE_WAY), ("BUFFERED", ReceiptState.ON_THE_WAY),
        ("ENROUTE", ReceiptState.ON_THE_WAY), ("ACCEPTED", ReceiptState.DELIVERED),
        ("EXPIRED", ReceiptState.FAILED), ("DELETED", ReceiptState.FAILED),
        ("UNDELIVERABLE", ReceiptState.FAILED), ("REJECTED", ReceiptState.FAILED), ("SKIPPED", ReceiptState.FAILED),
    ],
)  # fmt: skip
def test_every_documented_state_is_known(status: str, state: ReceiptState) -> None:
    report = read_report(signed({**STATUS, "status": status, "code": "0x1010"}), secret=SECRET)
    assert isinstance(report, SmsReceipt)
    assert (report.state, report.reason) == (state, f"{status} 0x1010")


def test_the_documented_message_is_read_and_loses_its_keyword() -> None:
    report = read_report(signed(MESSAGE), secret=SECRET, keyword="FOO")
    assert isinstance(report, IncomingSms)
    assert (report.number, report.to, report.text) == ("+4587654321", "451204", "Hello World")
    whole = read_report(signed(MESSAGE), secret=SECRET)
    assert isinstance(whole, IncomingSms)
    assert whole.text == "foo Hello World"


def test_a_sender_without_number_is_named_by_its_text() -> None:
    claims = {**MESSAGE, "msisdn": None, "sender": "Banken"}
    report = read_report(signed(claims), secret=SECRET)
    assert isinstance(report, IncomingSms)
    assert report.number == "Banken"


@pytest.mark.parametrize(
    "signature",
    [
        "", "nonsense", signed(STATUS, "another secret, which is just as long"), signed(STATUS)[:-3],
        jwt.encode(STATUS, "", algorithm="none"), signed(STATUS, algorithm="HS384"),
        signed({**STATUS, "status": "FLYING"}), signed({**STATUS, "time": "soon"}), signed({**STATUS, "time": 1e30}),
        signed({"status": "DELIVERED"}), signed({**MESSAGE, "msisdn": "x"}), signed({**MESSAGE, "senttime": None}),
        signed({**STATUS, "time": float("nan")}),
    ],
)  # fmt: skip
def test_what_is_not_signed_or_says_nothing_is_refused(signature: str) -> None:
    with pytest.raises(BadReport):
        read_report(signature, secret=SECRET)


def test_without_a_secret_nothing_is_taken() -> None:
    with pytest.raises(BadReport):
        read_report(jwt.encode(STATUS, "x" * 40, algorithm="HS256"), secret="")


# --- our address ------------------------------------------------------------------------------------


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch, settings: Any) -> list[Report]:
    settings.SMS_GATEWAY, settings.SMS_WEBHOOK_SECRET = gatewayapi.NAME, SECRET
    reports: list[Report] = []
    monkeypatch.setattr(arrivals, "_listeners", [lambda report, at: reports.append(report)])
    return reports


def post(client: Client, signature: str, body: bytes = b"{}") -> int:
    headers = {"X-Gwapi-Signature": signature}
    return client.post("/api/sms/", body, content_type="application/json", headers=headers).status_code


@pytest.mark.django_db
def test_a_signed_report_is_taken_whatever_its_body_says(client: Client, taken: list[Report]) -> None:
    assert post(client, signed(STATUS), b'{"status": "REJECTED"}') == 204
    [report] = taken
    assert isinstance(report, SmsReceipt)
    assert report.state is ReceiptState.DELIVERED


@pytest.mark.django_db
def test_a_forged_report_is_refused(client: Client, taken: list[Report]) -> None:
    assert post(client, signed(STATUS, "another secret, which is just as long")) == 403
    assert client.post("/api/sms/", b"{}", content_type="application/json").status_code == 403
    assert taken == []


@pytest.mark.django_db
def test_a_report_that_could_not_be_written_down_comes_again(
    client: Client, taken: list[Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(report: Report, at: datetime) -> None:
        raise RuntimeError("the database is full")

    monkeypatch.setattr(arrivals, "_listeners", [fail])
    client.raise_request_exception = False
    assert post(client, signed(STATUS)) == 500


@pytest.mark.django_db
def test_without_that_gateway_there_is_no_address(client: Client, taken: list[Report], settings: Any) -> None:
    settings.SMS_GATEWAY = "simulator"
    assert post(client, signed(STATUS)) == 404
    assert client.get("/api/sms/").status_code == 405

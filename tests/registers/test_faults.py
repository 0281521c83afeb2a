"""Case systems that are down, slow or wrong: each ends in a fault that the desk can tell."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from indgang.registers import addresses, asking, fault_words, sql_view, transport
from indgang.registers.contract import MOST_CASES, RegisterError, RegisterFault, SearchBy, Terms
from indgang.registers.rest import RestCases
from indgang.registers.sql_view import SqlViewCases
from tests.registers import servers
from tests.registers.servers import answering
from tests.world import MORNING


def fault_of(system: Any, by: SearchBy = SearchBy.NUMBER, value: str = "2026-0412") -> RegisterFault:
    with pytest.raises(RegisterError) as error:
        system.find(by, value)
    return error.value.fault


def sager(*items: Any) -> bytes:
    return json.dumps({"data": {"sager": list(items)}}).encode()


WHOLE = {"sagsnummer": "2026-0412", "frist": "2026-03-17"}


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (answering(401), RegisterFault.REFUSED),
        (answering(500), RegisterFault.DOWN),
        (answering(503), RegisterFault.DOWN),
        (answering(302, Location="http://127.0.0.1:9/"), RegisterFault.WRONG_ANSWER),
        (answering(200, b"<html>Log ind</html>"), RegisterFault.WRONG_ANSWER),
        (answering(200, b'{"data": {"sager": ["x"]}}'), RegisterFault.WRONG_ANSWER),
        (answering(200, b'{"data": 7}'), RegisterFault.WRONG_ANSWER),
        (answering(200, b"[]"), RegisterFault.WRONG_ANSWER),
        (answering(200, b"[" * 100_000), RegisterFault.WRONG_ANSWER),
        (answering(200, b" " * 2_000_000), RegisterFault.WRONG_ANSWER),
        (answering(200, sager(WHOLE | {"frist": "snart"})), RegisterFault.WRONG_ANSWER),
        (answering(200, sager(WHOLE | {"frist": "9999-12-31T23:59:59Z"})), RegisterFault.WRONG_ANSWER),
        (answering(200, sager(WHOLE | {"titel": {"da": "x"}})), RegisterFault.WRONG_ANSWER),
        (answering(200, sager({"titel": "uden nummer"})), RegisterFault.WRONG_ANSWER),
        (answering(200, sager(WHOLE | {"sagsnummer": "2026-0999"})), RegisterFault.WRONG_ANSWER),
        (answering(200, sager(*[WHOLE] * (MOST_CASES + 1))), RegisterFault.TOO_MANY),
        (answering(200, sager(WHOLE)[:-3], **{"Content-Length": "5000"}), RegisterFault.WRONG_ANSWER),
    ],
)  # fmt: skip
def test_a_wrong_answer_over_http_ends_in_a_fault(rest_terms: Terms, settings: Any, answer: Any, fault: Any) -> None:
    with servers.http(answer) as root:
        settings.REGISTER_ADDRESSES = (root,)
        assert fault_of(RestCases(replace(rest_terms, address=root))) == fault


@pytest.mark.parametrize("body", [b'{"data": null}', b'{"data": {}}', b"{}"])
def test_an_answer_without_cases_is_no_fault(rest_terms: Terms, settings: Any, body: bytes) -> None:
    with servers.http(answering(200, body)) as root:
        settings.REGISTER_ADDRESSES = (root,)
        assert RestCases(replace(rest_terms, address=root)).find(SearchBy.CVR, "10000009") == []


def test_a_system_that_is_not_there_is_down(rest_terms: Terms, sql_terms: Terms, settings: Any) -> None:
    port = servers.free_port()
    settings.REGISTER_ADDRESSES = (f"http://127.0.0.1:{port}/", f"postgresql://127.0.0.1:{port}/sager")
    assert fault_of(RestCases(replace(rest_terms, address=f"http://127.0.0.1:{port}/"))) == RegisterFault.DOWN
    address = f"postgresql://127.0.0.1:{port}/sager"
    assert fault_of(SqlViewCases(replace(sql_terms, address=address))) == RegisterFault.DOWN


def _trickle(handler: BaseHTTPRequestHandler) -> None:
    """Answers without an end, one byte at a time, so that no single read is slow."""
    handler.send_response(200)
    handler.end_headers()
    while True:
        handler.wfile.write(b" ")
        time.sleep(0.05)


def _silent(handler: BaseHTTPRequestHandler) -> None:
    time.sleep(5)


@pytest.mark.parametrize("answer", [_trickle, _silent])
def test_a_slow_answer_is_given_up(
    rest_terms: Terms, settings: Any, monkeypatch: pytest.MonkeyPatch, answer: Any
) -> None:
    monkeypatch.setattr(transport, "ANSWER_SECONDS", 0.4)
    with servers.http(answer) as root:
        settings.REGISTER_ADDRESSES = (root,)
        assert fault_of(RestCases(replace(rest_terms, address=root))) == RegisterFault.SLOW


def test_an_address_elsewhere_is_never_asked(rest_terms: Terms, sql_terms: Terms, settings: Any) -> None:
    settings.REGISTER_ADDRESSES = ("https://sager.kommune.example/",)
    assert fault_of(RestCases(rest_terms)) == RegisterFault.NOT_ALLOWED
    assert fault_of(SqlViewCases(sql_terms)) == RegisterFault.NOT_ALLOWED


@pytest.mark.parametrize(
    "address",
    [
        "http://sager.kommune.example/api/", "https://sager.kommune.example.evil.example/api/",
        "https://sager.kommune.example:8443/api/", "https://x@sager.kommune.example/api/",
        "https://sager.kommune.example/api/../admin", "https://sager.kommune.example/api/%2e%2e/admin",
        "https://sager.kommune.example\\@evil.example/api/", "https://sager.kommune.example/apiother",
        "postgresql://sager.kommune.example/esdh2", "postgresql://u:p@sager.kommune.example/esdh",
        "file:///etc/passwd", "https://[", "", "esdh",
    ],
)  # fmt: skip
def test_only_addresses_below_an_allowed_one_are_allowed(settings: Any, address: str) -> None:
    settings.REGISTER_ADDRESSES = ("https://sager.kommune.example/api/", "postgresql://sager.kommune.example/esdh")
    assert not addresses.is_allowed(address)
    assert addresses.is_allowed("https://sager.kommune.example/api/sager?x=1")
    assert addresses.is_allowed("postgresql://sager.kommune.example/esdh?sslmode=require")


def test_a_view_cannot_write_through_us(sql_terms: Terms) -> None:
    """The role may write, and the view does: the transaction is read only."""
    writing = replace(sql_terms, place="esdh.skriver", sources={**sql_terms.sources, "next_step": "looked"})
    assert fault_of(SqlViewCases(writing)) == RegisterFault.WRONG_ANSWER


def test_the_server_ends_a_slow_view(sql_terms: Terms, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("indgang.registers.sql_view._MILLISECONDS", 300)
    slow = replace(sql_terms, place="esdh.langsom", sources={**sql_terms.sources, "next_step": "slept"})
    assert fault_of(SqlViewCases(slow)) == RegisterFault.SLOW


def test_a_halted_server_is_broken_off(sql_terms: Terms, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that ends no statement, as one whose processes are halted; without that, the view answers in the end."""
    monkeypatch.setattr(sql_view, "_MILLISECONDS", 60_000)
    monkeypatch.setattr(sql_view, "BREAKS_OFF_SECONDS", 0.5)
    slow = replace(sql_terms, place="esdh.langsom", sources={**sql_terms.sources, "next_step": "slept"})
    assert fault_of(SqlViewCases(slow)) == RegisterFault.DOWN


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"secret": "laeser:forkert"}, RegisterFault.REFUSED),
        ({"place": "esdh.sag"}, RegisterFault.REFUSED),
        ({"place": "esdh.findes_ikke"}, RegisterFault.WRONG_ANSWER),
        ({"place": 'esdh.sag"; DROP TABLE esdh.sag; --'}, RegisterFault.WRONG_ANSWER),
        ({"sources": {}}, None),
    ],
)
def test_what_a_database_refuses_ends_in_a_fault(sql_terms: Terms, change: dict[str, Any], fault: Any) -> None:
    if fault is None:
        change = {"sources": {**sql_terms.sources, "title": "findes_ikke"}}
        fault = RegisterFault.WRONG_ANSWER
    assert fault_of(SqlViewCases(replace(sql_terms, **change))) == fault


# --- asking: nobody waits for a register ----------------------------------------------------------


@pytest.fixture
def hanging() -> Iterator[threading.Event]:
    """An event that a hanging question waits for; set when the test ends."""
    ends = threading.Event()
    yield ends
    ends.set()


def ask(question: Any, at: Any = MORNING) -> RegisterFault | str:
    try:
        return str(asking.ask("sager", question, at=at))
    except RegisterError as error:
        return error.fault


def test_a_question_that_hangs_is_given_up_and_counts_until_it_ends(
    hanging: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "ANSWER_SECONDS", 0.05)
    monkeypatch.setattr(asking, "FAILURES", 100)
    assert [ask(lambda: hanging.wait(60)) for _ in range(asking.AT_ONCE)] == [RegisterFault.SLOW] * asking.AT_ONCE
    monkeypatch.setattr(asking, "ANSWER_SECONDS", 20.0)
    assert ask(lambda: "svar") == RegisterFault.BUSY
    hanging.set()
    ends = time.monotonic() + 20
    while ask(lambda: "svar") != "svar":
        assert time.monotonic() < ends
        time.sleep(0.01)


def _down() -> str:
    raise RegisterError(RegisterFault.DOWN)


def test_after_three_failures_a_register_rests_and_is_then_tried_by_one() -> None:
    later = MORNING + asking.REST
    assert [ask(_down) for _ in range(3)] == [RegisterFault.DOWN] * 3
    assert ask(lambda: "svar") == RegisterFault.RESTING
    assert ask(_down, later) == RegisterFault.DOWN
    assert ask(lambda: "svar", later + timedelta(seconds=1)) == RegisterFault.RESTING
    assert ask(lambda: "svar", later + asking.REST) == "svar"
    assert ask(_down, later + asking.REST) == RegisterFault.DOWN
    assert ask(lambda: "svar", later + asking.REST) == "svar", "one failure after an answer is not the third"


def test_a_wrong_answer_does_not_make_it_rest() -> None:
    def wrong() -> str:
        raise RegisterError(RegisterFault.WRONG_ANSWER)

    assert [ask(wrong) for _ in range(5)] == [RegisterFault.WRONG_ANSWER] * 5
    assert ask(lambda: "svar") == "svar"


def test_each_fault_has_words() -> None:
    assert set(fault_words.WORDS) == set(RegisterFault)

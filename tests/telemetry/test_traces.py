"""A request, its SQL and what the switchboard does for it are one trace, sent to a collector over HTTP."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from indgang.telemetry import spans, traces
from tests.entry.running import running, told
from tests.world import PASSWORD, World

pytestmark = pytest.mark.django_db(transaction=True)


class Collector(ThreadingHTTPServer):
    """Takes OTLP over HTTP and keeps the spans."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Take)
        self.spans: list[Any] = []

    def named(self, name: str) -> list[Any]:
        return [span for span in self.spans if span.name == name]


class _Take(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        plain = gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body
        sent = ExportTraceServiceRequest.FromString(plain)
        assert isinstance(self.server, Collector)
        for resource in sent.resource_spans:
            for scope in resource.scope_spans:
                self.server.spans.extend(scope.spans)
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_about: object) -> None:
        return


@pytest.fixture
def collector(settings: Any) -> Iterator[Collector]:
    server = Collector()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.TRACES_URL, settings.TRACES_PERCENT = f"http://127.0.0.1:{server.server_port}/v1/traces", 100
    spans.provider.cache_clear()
    connection.close()
    yield server
    spans.provider().shutdown()
    server.shutdown()
    server.server_close()
    spans.provider.cache_clear()
    connection.close()
    connection.execute_wrappers.clear()


def test_an_order_is_one_trace_from_the_page_over_sql_to_the_switchboard(
    world: World, tmp_path: Path, collector: Collector
) -> None:
    def _signs_in_at_the_desk() -> None:
        client = Client()
        client.post("/sign-in/", {"username": "anna", "password": PASSWORD})
        client.post("/sign-out/")

    def _ordered() -> bool:
        traces.flush()
        return bool(collector.named("sign-out")) and any(span.name.startswith("order ") for span in collector.spans)

    async def story() -> None:
        async with running(tmp_path) as house:
            await house.comes_on(world.anna)
            await house.db(_signs_in_at_the_desk)
            await house.until(_ordered)

    told(story())
    (asked,) = collector.named("sign-out")
    orders = [span for span in collector.spans if span.name.startswith("order ")]
    of_request = [span for span in collector.spans if span.trace_id == asked.trace_id]
    assert {span.trace_id for span in orders} == {asked.trace_id}, "the orders belong to the request"
    statements = [span for span in of_request if span.name in ("SELECT", "INSERT", "UPDATE")]
    assert any(span.parent_span_id == asked.span_id for span in statements)
    said = str(collector.spans)
    for personal in ("anna", "Agerbæk", PASSWORD):
        assert personal not in said


def test_a_collector_that_is_away_holds_up_no_request(settings: Any, world: World) -> None:
    settings.TRACES_URL = "http://127.0.0.1:1/v1/traces"
    spans.provider.cache_clear()
    try:
        assert Client().get("/sign-in/").status_code == 200
    finally:
        spans.provider().shutdown()
        settings.TRACES_URL = ""
        spans.provider.cache_clear()


def test_without_a_collector_nothing_is_made(settings: Any) -> None:
    settings.TRACES_URL = ""
    spans.provider.cache_clear()
    with traces.continued("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "order x"):
        assert traces.carried() == ""

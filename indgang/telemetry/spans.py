"""Spans of OpenTelemetry, for `traces`. Only a process that sends traces loads this module and the library."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from django.conf import settings
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ParentBasedTraceIdRatio
from opentelemetry.trace import Span, SpanKind, StatusCode, Tracer
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from indgang import __version__
from indgang.telemetry import logs
from indgang.telemetry.request_span import PARENT, RequestSpan

_SENDING_SECONDS = 5
_SQL_LENGTH = 1000

_carrier = TraceContextTextMapPropagator()


class _Span(RequestSpan):
    def __init__(self, span: Span) -> None:
        self._span = span

    def answered(self, view: str, status: int) -> None:
        self._span.update_name(view)
        self._span.set_attribute("http.route", view)
        self._span.set_attribute("http.response.status_code", status)
        if status >= 500:
            self._span.set_status(StatusCode.ERROR)


@contextmanager
def request(method: str, parent: str) -> Iterator[RequestSpan]:
    begun = _context(parent) if parent else None
    with _tracer().start_as_current_span(
        "request", begun, SpanKind.SERVER, {"http.request.method": method}, record_exception=False
    ) as span:
        token = logs.trace_id.set(f"{span.get_span_context().trace_id:032x}")
        try:
            yield _Span(span)
        finally:
            logs.trace_id.reset(token)


@contextmanager
def continued(parent: str, name: str) -> Iterator[None]:
    with _tracer().start_as_current_span(name, _context(parent), SpanKind.CONSUMER, record_exception=False):
        yield


def carried() -> str:
    carrier: dict[str, str] = {}
    _carrier.inject(carrier)
    return carrier.get(PARENT, "")


def watch(wrappers: list[Callable[..., Any]]) -> None:
    if _statement not in wrappers:
        wrappers.append(_statement)


def flush() -> None:
    provider().force_flush()


def _statement(execute: Callable[..., Any], sql: Any, parameters: Any, many: bool, context: dict[str, Any]) -> Any:
    if not settings.TRACES_URL or not trace.get_current_span().get_span_context().is_valid:
        return execute(sql, parameters, many, context)
    # composed SQL may hold values
    text = sql[:_SQL_LENGTH] if isinstance(sql, str) else "(composed)"
    about = {"db.system.name": "postgresql", "db.query.text": text}
    with _tracer().start_as_current_span(
        text.partition(" ")[0], kind=SpanKind.CLIENT, attributes=about, record_exception=False
    ):
        return execute(sql, parameters, many, context)


def _context(parent: str) -> Context:
    return _carrier.extract({PARENT: parent})


def _tracer() -> Tracer:
    return provider().get_tracer("indgang")


@cache
def provider() -> TracerProvider:
    """Sends the spans to INDGANG_TRACES_URL."""
    resource = Resource.create({"service.name": "indgang", "service.version": __version__})
    made = TracerProvider(resource=resource, sampler=ParentBasedTraceIdRatio(settings.TRACES_PERCENT / 100))
    exporter = OTLPSpanExporter(endpoint=settings.TRACES_URL, timeout=_SENDING_SECONDS)
    made.add_span_processor(BatchSpanProcessor(exporter))
    return made

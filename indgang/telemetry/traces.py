"""Traces for OpenTelemetry, when INDGANG_TRACES_URL names a collector: a request, its SQL, and the switchboard's work
for it.

Spans hold names of views, kinds of orders and SQL without its values; they never name a person. An order carries its
trace to the switchboard in its row (`carried`, `continued`).
"""

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

#: the name of the header, and of the field that a row stores
PARENT = "traceparent"
_SENDING_SECONDS = 5
_SQL_LENGTH = 1000

_carrier = TraceContextTextMapPropagator()


class RequestSpan:
    """The span of one request; without a collector it does nothing."""

    def __init__(self, span: Span | None) -> None:
        self._span = span

    def answered(self, view: str, status: int) -> None:
        """Set the view's name and the status, which are known after the request."""
        if self._span is None:
            return
        self._span.update_name(view)
        self._span.set_attribute("http.route", view)
        self._span.set_attribute("http.response.status_code", status)
        if status >= 500:
            self._span.set_status(StatusCode.ERROR)


@contextmanager
def request(method: str, parent: str) -> Iterator[RequestSpan]:
    """A span around a request; `parent` is the span that began the trace, "" for a new trace."""
    tracer = _tracer()
    if tracer is None:
        yield RequestSpan(None)
        return
    begun = _context(parent) if parent else None
    with tracer.start_as_current_span(
        "request", begun, SpanKind.SERVER, {"http.request.method": method}, record_exception=False
    ) as span:
        token = logs.trace_id.set(f"{span.get_span_context().trace_id:032x}")
        try:
            yield RequestSpan(span)
        finally:
            logs.trace_id.reset(token)


@contextmanager
def continued(parent: str, name: str) -> Iterator[None]:
    """A span for work on behalf of a request of another process; `parent` is the value that the row carries."""
    tracer = _tracer()
    if tracer is None or not parent:
        yield
        return
    with tracer.start_as_current_span(name, _context(parent), SpanKind.CONSUMER, record_exception=False):
        yield


def carried() -> str:
    """The present span in text form, for a row that another process works on; empty outside any span."""
    carrier: dict[str, str] = {}
    if _tracer() is not None:
        _carrier.inject(carrier)
    return carrier.get(PARENT, "")


def watch(wrappers: list[Callable[..., Any]]) -> None:
    """Make a span for every statement of a database connection; `wrappers` are Django's `execute_wrappers`."""
    if _tracer() is not None and _statement not in wrappers:
        wrappers.append(_statement)


def flush() -> None:
    """Send all finished spans."""
    provider = _provider()
    if provider is not None:
        provider.force_flush()


def _statement(execute: Callable[..., Any], sql: Any, parameters: Any, many: bool, context: dict[str, Any]) -> Any:
    tracer = _tracer()
    if tracer is None or not trace.get_current_span().get_span_context().is_valid:
        return execute(sql, parameters, many, context)
    # composed SQL may hold values
    text = sql[:_SQL_LENGTH] if isinstance(sql, str) else "(composed)"
    about = {"db.system.name": "postgresql", "db.query.text": text}
    with tracer.start_as_current_span(
        text.partition(" ")[0], kind=SpanKind.CLIENT, attributes=about, record_exception=False
    ):
        return execute(sql, parameters, many, context)


def _context(parent: str) -> Context:
    return _carrier.extract({PARENT: parent})


def _tracer() -> Tracer | None:
    provider = _provider()
    return None if provider is None else provider.get_tracer("indgang")


@cache
def _provider() -> TracerProvider | None:
    if not settings.TRACES_URL:
        return None
    resource = Resource.create({"service.name": "indgang", "service.version": __version__})
    made = TracerProvider(resource=resource, sampler=ParentBasedTraceIdRatio(settings.TRACES_PERCENT / 100))
    exporter = OTLPSpanExporter(endpoint=settings.TRACES_URL, timeout=_SENDING_SECONDS)
    made.add_span_processor(BatchSpanProcessor(exporter))
    return made

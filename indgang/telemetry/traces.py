"""Traces for OpenTelemetry, when INDGANG_TRACES_URL names a collector: a request, its SQL, and the switchboard's work
for it.

Spans hold names of views, kinds of orders and SQL without its values; they never name a person. An order carries its
trace to the switchboard in its row (`carried`, `continued`).
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from types import ModuleType
from typing import Any

from django.conf import settings

from indgang.telemetry.request_span import RequestSpan


def request(method: str, parent: str) -> AbstractContextManager[RequestSpan]:
    """A span around a request; `parent` is the span that began the trace, "" for a new trace."""
    return _spans().request(method, parent) if settings.TRACES_URL else nullcontext(RequestSpan())


def continued(parent: str, name: str) -> AbstractContextManager[None]:
    """A span for work on behalf of a request of another process; `parent` is the value that the row carries."""
    return _spans().continued(parent, name) if settings.TRACES_URL and parent else nullcontext()


def carried() -> str:
    """The present span in text form, for a row that another process works on; empty outside any span."""
    return _spans().carried() if settings.TRACES_URL else ""


def watch(wrappers: list[Callable[..., Any]]) -> None:
    """Make a span for every statement of a database connection; `wrappers` are Django's `execute_wrappers`."""
    if settings.TRACES_URL:
        _spans().watch(wrappers)


def flush() -> None:
    """Send all finished spans."""
    if settings.TRACES_URL:
        _spans().flush()


def _spans() -> ModuleType:
    """The module that loads OpenTelemetry, which takes a tenth of a second at the start of every process."""
    from indgang.telemetry import spans

    return spans

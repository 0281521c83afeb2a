"""A scenario as JSON data, read strictly. The fields and their defaults are those of the classes in `scenario`.

    {"code": "day", "title": "A day", "interval_seconds": 1800,
     "queues": [{"queue": "line", "steps": [{"after": 0}, {"after": 60, "also_queues": ["other"]}]}, ...],
     "inflows": [{"queue": "line", "arrivals": [12, 30, 22], "talk": {"mean": 210, "shape": "lognormal", "spread": 0.9},
                  "patience": {"mean": 180}}],
     "crews": [{"name": "day", "number": 5, "queues": ["line"], "attendances": [{"begins": 0, "ends": 5400}]}]}

Times are seconds since the beginning. Flows are written as `routing.flows.data` reads them. What is not understood is
refused with its place, so that a misspelt field is not silently without effect.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from indgang.core.schedule import Schedule
from indgang.routing.distribution.requirement import RuleError
from indgang.routing.flows import data as flows
from indgang.routing.flows.steps import Flow
from indgang.staffing.twin.scenario import BadScenario, TwinScenario


def parse(data: Any) -> TwinScenario:
    """The scenario that the data describes. Raises BadScenario with the place and the reason of the first fault."""
    made: TwinScenario = _read(TwinScenario, data, "scenario")
    return made


def _read(wanted: Any, raw: Any, where: str) -> Any:
    """The raw value as one of the wanted type."""
    origin, parts = get_origin(wanted), get_args(wanted)
    if origin is UnionType:
        return None if raw is None else _read(next(each for each in parts if each is not type(None)), raw, where)
    if origin in (tuple, frozenset):
        return _several(origin, parts, raw, where)
    if origin is not None:
        return _mapping(parts[1], raw, where)
    if wanted is Flow:
        return _flow(raw, where)
    if is_dataclass(wanted) and isinstance(wanted, type):
        return _object(wanted, raw, where)
    return _plain(wanted, raw, where)


def _object(wanted: type, raw: Any, where: str) -> Any:
    if not isinstance(raw, Mapping):
        raise BadScenario(f"{where}: an object is needed, not {raw!r}")
    hints = _hints(wanted)
    known = {each.name: each for each in fields(wanted) if each.init and hints[each.name] != Mapping[str, Schedule]}
    unknown = [str(name) for name in raw if name not in known]
    if unknown:
        raise BadScenario(f"{where}: {unknown[0]!r} is not known; known are {', '.join(known)}")
    missing = [
        name for name, each in known.items()
        if name not in raw and each.default is MISSING and each.default_factory is MISSING
    ]  # fmt: skip
    if missing:
        raise BadScenario(f"{where}: {missing[0]!r} is missing")
    values = {name: _read(hints[name], value, f"{where}.{name}") for name, value in raw.items()}
    try:
        return wanted(**values)
    except (BadScenario, RuleError) as error:
        raise BadScenario(f"{where}: {error}") from error


@cache
def _hints(wanted: type) -> dict[str, Any]:
    return get_type_hints(wanted)


def _several(origin: type, parts: tuple[Any, ...], raw: Any, where: str) -> Any:
    if not isinstance(raw, Sequence) or isinstance(raw, str):
        raise BadScenario(f"{where}: a list is needed, not {raw!r}")
    if origin is tuple and parts[-1] is not Ellipsis:
        if len(raw) != len(parts):
            raise BadScenario(f"{where}: a list of {len(parts)} is needed, not {raw!r}")
        return tuple(_read(part, each, where) for part, each in zip(parts, raw, strict=True))
    return origin(_read(parts[0], each, f"{where}[{number}]") for number, each in enumerate(raw))


def _mapping(part: Any, raw: Any, where: str) -> dict[str, Any]:
    if not isinstance(raw, Mapping):
        raise BadScenario(f"{where}: an object is needed, not {raw!r}")
    return {str(key): _read(part, value, f"{where}.{key}") for key, value in raw.items()}


def _flow(raw: Any, where: str) -> Flow:
    try:
        return flows.parse(raw)
    except flows.FlowError as error:
        raise BadScenario(f"{where}: {error}") from error


def _plain(wanted: Any, raw: Any, where: str) -> Any:
    """A text, number, word or time; a whole number is a number too, and true is none."""
    if wanted is float and isinstance(raw, int | float) and not isinstance(raw, bool):
        try:
            return float(raw)
        except OverflowError as error:
            raise BadScenario(f"{where}: a number that is too large") from error
    if wanted in (int, str, bool) and type(raw) is wanted:
        return raw
    try:
        if isinstance(wanted, type) and issubclass(wanted, Enum):
            return wanted(raw)
        if wanted is datetime:
            return datetime.fromisoformat(raw)
    except (TypeError, ValueError) as error:
        raise BadScenario(f"{where}: {raw!r} is not understood ({error})") from error
    raise BadScenario(f"{where}: {raw!r} is no {getattr(wanted, '__name__', wanted)}")

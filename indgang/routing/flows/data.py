"""A flow as JSON data, read strictly and written back.

    {"code": "tmf", "version": 3, "title": "…", "start": "<step id>",
     "steps": [{"id": "menu", "kind": "menu", "prompts": ["…"], "keys": {"1": "<step id>"}, …}, …]}

Fields and their defaults are those of the classes in `steps`; what is left out has its default. Reading refuses
what is not understood, so that a misspelt field is not silently without effect. Whether the flow makes sense is asked
of `problems`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, Field
from enum import StrEnum
from typing import Any

from indgang.routing.flows.steps import (
    ELSEWHERE,
    KEYS,
    NUMBER,
    ON_DUTY,
    POSITION,
    PROMISED_QUEUE,
    STEP_KINDS,
    WAIT,
    Flow,
    Holds,
    Step,
    marks,
)

_CODE = re.compile(r"[a-zA-Z0-9æøåÆØÅ][a-zA-Z0-9æøåÆØÅ_.-]*")
_ADDRESS = re.compile(r"(tel:\+?[0-9]{3,15}|unit:[\w.-]+|person:[0-9]+|sip:[^\s]+)")
_PLACEHOLDERS = frozenset({POSITION, WAIT, NUMBER, ELSEWHERE})


class FlowError(ValueError):
    """The data is not a flow. `step` is the step's id (empty: the flow itself), `reason` says what is wrong there."""

    def __init__(self, step: str, reason: str) -> None:
        super().__init__(f"step {step!r}: {reason}" if step else reason)
        self.step = step
        self.reason = reason


class _WrongError(Exception):
    """A value does not fit its field."""


def parse(data: Mapping[str, Any]) -> Flow:
    """The flow that the data describes. Raises FlowError with the step and the reason for the first thing wrong."""
    if not isinstance(data, Mapping):
        raise FlowError("", "a flow is an object")
    _refuse_others(data, {"code", "version", "title", "start", "steps"}, "")
    steps = data.get("steps")
    if not isinstance(steps, Sequence) or isinstance(steps, str | bytes):
        raise FlowError("", "'steps' must be a list")
    parsed = tuple(_step(each, number) for number, each in enumerate(steps, start=1))
    _refuse_doubles(parsed)
    try:
        return Flow(
            code=_code(data.get("code")),
            version=_whole(data.get("version", 1)),
            title=_text(data.get("title", "")),
            start=_code(data.get("start")),
            steps=parsed,
        )
    except _WrongError as error:
        raise FlowError("", f"code, version, title or start: {error}") from error


def dump(flow: Flow) -> dict[str, Any]:
    """The flow as data that `parse` reads back to an equal flow; fields that have their default are left out."""
    return {
        "code": flow.code,
        "version": flow.version,
        "title": flow.title,
        "start": flow.start,
        "steps": [{"id": step.id, "kind": step.kind, **_written(step)} for step in flow.steps],
    }


# --- Reading -----------------------------------------------------------------------------------


def _step(data: Any, number: int) -> Step:
    if not isinstance(data, Mapping):
        raise FlowError("", f"step number {number} must be an object")
    step_id = data.get("id")
    if not isinstance(step_id, str) or not _CODE.fullmatch(step_id):
        raise FlowError("", f"step number {number} needs an 'id' of letters, digits, '-', '_' and '.'")
    cls = STEP_KINDS.get(data["kind"]) if isinstance(data.get("kind"), str) else None
    if cls is None:
        raise FlowError(step_id, f"kind {data.get('kind')!r} is none of {', '.join(STEP_KINDS)}")
    rest = {name: value for name, value in data.items() if name not in ("id", "kind")}
    return cls(step_id, **_read(cls, rest, step_id))


def _read(cls: type, data: Mapping[str, Any], step_id: str, inside: str = "") -> dict[str, Any]:
    _refuse_others(data, {mark.name for mark in marks(cls)}, step_id, inside)
    found = {}
    for mark in marks(cls):
        if mark.name in data:
            found[mark.name] = _value(mark, data[mark.name], step_id, inside + mark.name)
        elif mark.default is MISSING:
            raise FlowError(step_id, f"'{inside}{mark.name}' is missing")
    return found


def _value(mark: Field[Any], raw: Any, step_id: str, name: str) -> Any:
    kind, part = mark.metadata["holds"], mark.metadata["of"]
    try:
        if kind is Holds.PARTS:
            return tuple(_part(part, each, step_id, f"{name}.{number}.") for number, each in enumerate(_list(raw)))
        if kind is Holds.PART:
            return None if raw is None else _part(part, raw, step_id, f"{name}.")
        if kind is Holds.WORD and mark.metadata["words"] is not None:
            return _word(raw, mark.metadata["words"])
        if mark.default == "" and raw == "":
            return ""
        return _READERS[kind](raw)
    except _WrongError as error:
        raise FlowError(step_id, f"'{name}' {error}") from error


def _part(cls: type, raw: Any, step_id: str, inside: str) -> Any:
    if not isinstance(raw, Mapping):
        raise FlowError(step_id, f"'{inside.rstrip('.')}' must be an object")
    return cls(**_read(cls, raw, step_id, inside))


def _refuse_others(data: Mapping[str, Any], known: set[str], step_id: str, inside: str = "") -> None:
    others = [str(name) for name in data if name not in known]
    if others:
        raise FlowError(step_id, f"'{inside}{others[0]}' is not known here; known are {', '.join(sorted(known))}")


def _refuse_doubles(steps: Sequence[Step]) -> None:
    seen: set[str] = set()
    for step in steps:
        if step.id in seen:
            raise FlowError(step.id, "two steps have this id")
        seen.add(step.id)


def _text(raw: Any) -> str:
    if not isinstance(raw, str):
        raise _WrongError("must be a text")
    return raw


def _code(raw: Any) -> str:
    if not isinstance(raw, str) or not _CODE.fullmatch(raw):
        raise _WrongError("must be a name of letters, digits, '-', '_' and '.'")
    return raw


def _queue(raw: Any) -> str:
    if isinstance(raw, str) and raw.startswith(ON_DUTY):
        return ON_DUTY + _code(raw.removeprefix(ON_DUTY))
    return PROMISED_QUEUE if raw == PROMISED_QUEUE else _code(raw)


def _whole(raw: Any) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int):
        raise _WrongError("must be a whole number")
    return raw


def _count(raw: Any) -> int:
    if _whole(raw) < 0:
        raise _WrongError("must not be below 0")
    return int(raw)


def _seconds(raw: Any) -> float:
    if isinstance(raw, bool) or not isinstance(raw, int | float) or not math.isfinite(raw) or not 0 <= raw <= 86_400:
        raise _WrongError("must be a number of seconds from 0 to 86400")
    return float(raw)


def _flag(raw: Any) -> bool:
    if not isinstance(raw, bool):
        raise _WrongError("must be true or false")
    return raw


def _key(raw: Any) -> str:
    if not isinstance(raw, str) or len(raw) != 1 or raw not in KEYS:
        raise _WrongError("must be one key: 0 to 9, * or #")
    return raw


def _keys(raw: Any) -> tuple[tuple[str, str], ...]:
    if not isinstance(raw, Mapping):
        raise _WrongError("must be an object from key to step")
    read = {_key(key): _code(target) for key, target in raw.items()}
    return tuple(sorted(read.items(), key=lambda pair: KEYS.index(pair[0])))


def _list(raw: Any) -> Sequence[Any]:
    if not isinstance(raw, list | tuple):
        raise _WrongError("must be a list")
    return raw


def _prompts(raw: Any) -> tuple[str, ...]:
    return tuple(each if each in _PLACEHOLDERS else _code(each) for each in map(_text, _list(raw)))


def _words(raw: Any) -> tuple[str, ...]:
    return tuple(_text(each) for each in _list(raw))


def _word(raw: Any, words: type[StrEnum]) -> StrEnum:
    try:
        return words(raw)
    except ValueError as error:
        raise _WrongError(f"must be one of {', '.join(words)}") from error


def _address(raw: Any) -> str:
    if not isinstance(raw, str) or not _ADDRESS.fullmatch(raw):
        raise _WrongError("must be an address: tel:+4512345678, unit:<code>, person:<id> or sip:<address>")
    return raw


def _compared(raw: Any) -> Any:
    """What a condition compares with: nothing, a number, or a list of texts or of whole numbers."""
    if raw is None:
        return None
    if isinstance(raw, list | tuple):
        return tuple(_whole(each) if isinstance(each, int) else _text(each) for each in raw)
    if isinstance(raw, bool) or not isinstance(raw, int | float) or not math.isfinite(raw):
        raise _WrongError("must be a number or a list")
    return float(raw)


_READERS: Mapping[Holds, Callable[[Any], Any]] = {
    Holds.STEP: _code,
    Holds.PROMPTS: _prompts,
    Holds.SECONDS: _seconds,
    Holds.COUNT: _count,
    Holds.FLAG: _flag,
    Holds.QUEUE: _queue,
    Holds.SCHEDULE: _code,
    Holds.FLOW: _code,
    Holds.ADDRESS: _address,
    Holds.KEY: _key,
    Holds.KEYS: _keys,
    Holds.WORD: _code,
    Holds.WORDS: _words,
    Holds.NUMBER: _whole,
    Holds.VALUE: _compared,
}


# --- Writing -----------------------------------------------------------------------------------


def _written(value: Any) -> dict[str, Any]:
    written = {}
    for mark in marks(type(value)):
        content = getattr(value, mark.name)
        if mark.default is MISSING or content != mark.default:
            written[mark.name] = _plain(mark.metadata["holds"], content)
    return written


def _plain(kind: Holds, content: Any) -> Any:
    if kind is Holds.PARTS:
        return [_written(part) for part in content]
    if kind is Holds.PART:
        return _written(content)
    if kind is Holds.KEYS:
        return dict(content)
    if isinstance(content, StrEnum):
        return content.value
    return list(content) if isinstance(content, tuple) else content

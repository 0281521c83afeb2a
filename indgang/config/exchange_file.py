"""The file in which `indgang exchange` leaves all settings of the local Asterisk, so that a running product finds
it."""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from indgang.telephony.asterisk.configuration import DeskPhone, ExchangeSettings
from indgang.telephony.asterisk.trunks import trunk_of

#: the types of fields that JSON does not preserve
_MADE_OF: dict[str, Callable[..., Any]] = {"trunks": trunk_of, "phones": DeskPhone}

#: the process that runs the exchange; it deletes the file at its end, unless it is killed
_RUN_BY = "run_by"

#: in the exchange's folder: password and ports, which the next start uses again
_KEPT = "kept.json"


def write(path: Path, settings: ExchangeSettings) -> None:
    """Write the file atomically, readable by our user alone, because it holds a password."""
    path.parent.mkdir(parents=True, exist_ok=True)
    content = json.dumps(dataclasses.asdict(settings) | {_RUN_BY: os.getpid()}, default=str, indent=2)
    _write_for_us_alone(path, content)


def read(path: Path) -> ExchangeSettings | None:
    """The settings of the exchange that runs now; None without a file, or when its writer has been killed."""
    try:
        process, settings = _read(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return settings if _runs(process) else None


@lru_cache(maxsize=1)
def _read(content: str) -> tuple[int, ExchangeSettings]:
    """The process that runs the exchange, and its settings. The switchboard asks every two seconds, beside live calls,
    and the content seldom changes."""
    told = json.loads(content)
    process = told.pop(_RUN_BY)
    return process, ExchangeSettings(**{name: _value(name, value) for name, value in told.items()})


def keep(folder: Path, settings: ExchangeSettings) -> None:
    """Store in the exchange's own folder the settings that its next start must keep."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = {"ari_password": settings.ari_password, "http_port": settings.http_port, "sip_port": settings.sip_port}
    _write_for_us_alone(folder / _KEPT, json.dumps(kept))


def last(folder: Path) -> dict[str, Any]:
    """The stored settings of the last exchange in this folder; empty before the first."""
    try:
        kept = json.loads((folder / _KEPT).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return kept if isinstance(kept, dict) else {}


def remove(path: Path) -> None:
    """Delete the file."""
    path.unlink(missing_ok=True)


def _write_for_us_alone(path: Path, content: str) -> None:
    part = path.with_suffix(".part")
    part.touch(mode=0o600)
    part.write_text(content, encoding="utf-8")
    os.replace(part, path)


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True  # it belongs to another user
    return True


def _value(name: str, value: Any) -> Any:
    if name == "directory":
        return Path(value)
    if name in _MADE_OF:
        return tuple(_MADE_OF[name](**_tuples(each)) for each in value)
    return _tuple(value)


def _tuples(each: dict[str, Any]) -> dict[str, Any]:
    return {name: _tuple(value) for name, value in each.items()}


def _tuple(value: Any) -> Any:
    return tuple(_tuple(each) for each in value) if isinstance(value, list) else value

"""The registry of event kinds: each is declared once, in `event_kinds` of the package that writes it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import MISSING, fields, is_dataclass
from typing import Any, TypeVar

from indgang.events.event import EventKind, Nothing, Upcast

P = TypeVar("P")

_known: dict[str, EventKind[Any]] = {}


def declare(
    name: str,
    payload: type[P],
    *,
    version: int = 1,
    personal: Collection[str] = (),
    upcasts: Mapping[int, Upcast] | None = None,
) -> EventKind[P]:
    """Declare a kind of event (see `EventKind`); call it once, in a package's module `event_kinds`.

    Raises ValueError for a name that is taken, a payload without defaults, personal fields that do not exist, and
    versions that no upcast can read.
    """
    if not is_dataclass(payload):
        raise ValueError(f"the event kind {name!r} needs a dataclass as its payload")
    kind: EventKind[P] = EventKind(name, payload, version=version, personal=frozenset(personal), upcasts=upcasts)
    if problem := _problem(kind):
        raise ValueError(f"the event kind {name!r} {problem}")
    _known[name] = kind
    return kind


def declared() -> list[EventKind[Any]]:
    """All kinds, by name."""
    return [_known[name] for name in sorted(_known)]


def named(name: str) -> EventKind[Any]:
    """The kind of this name. For a name that nobody declares (any more), a kind whose data is all unknown."""
    return _known.get(name) or EventKind(name, Nothing)


def _problem(kind: EventKind[Any]) -> str:
    if kind in _known:
        return "is declared already"
    required = [each.name for each in fields(kind.payload) if each.default is each.default_factory is MISSING]
    if required:
        return f"needs defaults for {', '.join(required)}: events written before must stay readable"
    if strangers := sorted(kind.personal - set(kind.names)):
        return f"has no field {', '.join(strangers)}"
    if missing := sorted(set(range(1, kind.version)) - set(kind.upcasts)):
        return f"cannot be read in version {', '.join(map(str, missing))}"
    return ""

"""Events: something that happened, with a payload of the type that its kind declares. Pure values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, Generic, TypeVar, cast

P = TypeVar("P")
#: converts the data of one version to that of the next
Upcast = Callable[[Mapping[str, Any]], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Nothing:
    """The payload of an event whose kind says everything."""


class EventKind(str, Generic[P]):
    """A kind of event. It is a string, the stored name, and knows the type of its events' payload.

    `payload` is a frozen dataclass whose fields are JSON values and all have defaults; `personal` names the fields with
    personal data. `version` goes up when old data must be converted; `upcasts` do this, by the version they start from.
    A new field alone needs no new version.
    """

    payload: type[P]
    version: int
    personal: frozenset[str]
    upcasts: Mapping[int, Upcast]
    names: tuple[str, ...]

    def __new__(
        cls,
        name: str,
        payload: type[P],
        *,
        version: int = 1,
        personal: frozenset[str] = frozenset(),
        upcasts: Mapping[int, Upcast] | None = None,
    ) -> EventKind[P]:
        self = super().__new__(cls, name)
        self.payload, self.version, self.personal = payload, version, personal
        self.upcasts = dict(upcasts or {})
        self.names = tuple(each.name for each in fields(cast(Any, payload)))
        return self

    def __deepcopy__(self, memo: object) -> EventKind[P]:
        return self

    def event(
        self,
        stream: str,
        at: datetime,
        queue: str = "",
        person: int | None = None,
        data: Mapping[str, Any] | None = None,
        *,
        version: int | None = None,
    ) -> Event[P]:
        """An event of this kind from plain data, as written in `version` (by default the current one).

        Data that the payload does not declare goes to `unknown`; None counts as missing.
        """
        plain = {name: value for name, value in self._upcast(data or {}, version).items() if value is not None}
        known = {name: plain.pop(name) for name in self.names if name in plain}
        return Event(stream, self, at, queue, person, self.payload(**known), plain)

    def _upcast(self, data: Mapping[str, Any], version: int | None) -> Mapping[str, Any]:
        for each in range(self.version if version is None else version, self.version):
            data = self.upcasts[each](data)
        return data


@dataclass(frozen=True, slots=True)
class Event(Generic[P]):
    """One event of a stream. `stream` is the id of the event's subject as text; `person` is the id of the person who
    acted.

    `unknown` holds stored data that the kind does not declare, because a newer release wrote it.
    """

    stream: str
    kind: EventKind[P]
    at: datetime
    queue: str
    person: int | None
    payload: P
    unknown: Mapping[str, Any] = field(default_factory=dict)

    @property
    def data(self) -> dict[str, Any]:
        """The payload as JSON data, including unknown data; a field that is None is left out."""
        payload = self.payload
        known = {name: value for name in self.kind.names if (value := getattr(payload, name)) is not None}
        return {**known, **self.unknown} if self.unknown else known

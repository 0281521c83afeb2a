"""Service levels as if every queue promised other seconds, beside those by the queues' own promises."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields

from indgang.measures.definitions import Definition, Figure
from indgang.measures.totals import Totals


@dataclass(frozen=True, slots=True, eq=False)
class PromisedDefinition(Definition):
    """A version of a service level with a promise of `within` seconds in place of the queues' own."""

    within: int = 0

    @property
    def name(self) -> str:
        """`service_level_sl4 v1 within 20 seconds`."""
        return f"{self.code} v{self.version} within {self.within} seconds"


def also_within(definitions: Iterable[Definition], thresholds: Iterable[int]) -> list[Definition]:
    """The definitions, each service level once more for each of these promises in seconds."""
    found: list[Definition] = []
    for each in definitions:
        found.append(each)
        found += [_within(each, seconds) for seconds in thresholds if each.has_promise]
    return found


def _within(kpi: Definition, seconds: int) -> PromisedDefinition:
    def of(totals: Totals) -> Figure:
        return kpi.of(totals.promising(seconds))

    values = {each.name: getattr(kpi, each.name) for each in fields(Definition)}
    return PromisedDefinition(**values | {"of": of, "has_times": True}, within=seconds)

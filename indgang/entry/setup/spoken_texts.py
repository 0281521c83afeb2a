"""Texts of packages above that callers hear: spoken and loaded like prompts, which they know best themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

#: a code, a language and what is said
SpokenText = tuple[str, str, str]
_sources: list[Callable[[datetime], Iterable[SpokenText]]] = []


def subscribe(source: Callable[[datetime], Iterable[SpokenText]]) -> None:
    """Let `source` give its texts whenever the switchboard reads its prompts."""
    _sources.append(source)


def texts(at: datetime) -> Iterator[SpokenText]:
    for source in _sources:
        yield from source(at)

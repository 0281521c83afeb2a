"""A finding of a check: how bad it is, what it means, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Level(IntEnum):
    """Levels; a higher one is worse."""

    OK = 0
    WARNING = 1
    ERROR = 2

    @property
    def word(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Finding:
    """`text` describes the state and what it means, `advice` what to do; neither ever holds a secret."""

    level: Level
    text: str
    advice: str = ""


def ok(text: str) -> Finding:
    return Finding(Level.OK, text)


def warning(text: str, advice: str) -> Finding:
    return Finding(Level.WARNING, text, advice)


def error(text: str, advice: str) -> Finding:
    return Finding(Level.ERROR, text, advice)

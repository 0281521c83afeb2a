"""A long sorted list with cheap insertion and removal."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator
from typing import Any, Generic, TypeVar

T = TypeVar("T", bound=tuple[Any, ...])

BLOCK = 512
"""Longest run of a sorted list; inserting moves at most this many neighbours (4 kB, well under a microsecond)."""


class Ordered(Generic[T]):
    """Sorted tuples in blocks, so that the cost of adding, removing and counting hardly grows with the length."""

    __slots__ = ("_blocks", "_lasts", "head", "size")

    def __init__(self) -> None:
        self._blocks: list[list[T]] = []
        self._lasts: list[T] = []
        self.head: T | None = None
        self.size = 0

    def __iter__(self) -> Iterator[T]:
        for block in self._blocks:
            yield from block

    def add(self, slot: T) -> None:
        blocks, lasts = self._blocks, self._lasts
        self.size += 1
        if not blocks:
            blocks.append([slot])
            lasts.append(slot)
            self.head = slot
            return
        if slot > lasts[-1]:
            at = len(lasts) - 1
            block = blocks[at]
            block.append(slot)
            lasts[at] = slot
        else:
            at = bisect_left(lasts, slot)
            block = blocks[at]
            insort(block, slot)
        if len(block) > BLOCK:
            half = len(block) // 2
            blocks.insert(at + 1, block[half:])
            lasts.insert(at, block[half - 1])
            del block[half:]
        self.head = blocks[0][0]

    def remove(self, slot: T) -> None:
        blocks, lasts = self._blocks, self._lasts
        at = bisect_left(lasts, slot)
        block = blocks[at]
        del block[bisect_left(block, slot)]
        self.size -= 1
        if block:
            lasts[at] = block[-1]
        else:
            del blocks[at], lasts[at]
        self.head = blocks[0][0] if blocks else None

    def before(self, slot: T) -> int:
        """The number of tuples that sort before `slot`, whether or not the list contains it."""
        at = bisect_left(self._lasts, slot)
        if at == len(self._lasts):
            return self.size
        return sum(len(block) for block in self._blocks[:at]) + bisect_left(self._blocks[at], slot)

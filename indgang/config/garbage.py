"""Python's garbage collector, tuned for processes that run for weeks and answer within milliseconds."""

from __future__ import annotations

import gc

#: new objects before the young generation is collected; with Python's own 700 every page pays for several collections
_YOUNG = 50_000
_MIDDLE, _OLD = 20, 100


def rarely() -> None:
    """Call this before the imports: a sixth of a start's processor time was spent scanning what had been imported."""
    gc.set_threshold(_YOUNG, _MIDDLE, _OLD)


def settle() -> None:
    """Call this once after all imports: the collector never scans the existing objects again.

    A page of the desk makes some 20,000 objects and hardly a cycle. Collections that scanned all modules made one page
    in twenty a quarter slower (measured with the bench `desk`). In a busy switchboard they took a tenth of the time
    (docs/performance.md), and callers waited meanwhile.
    """
    gc.collect()
    gc.freeze()
    rarely()

"""Python's search for garbage cycles, tuned for processes that run for weeks and answer within milliseconds."""

from __future__ import annotations

import gc

#: new objects before the young ones are looked through; Python's own 700 makes every page pay for several searches
_YOUNG = 50_000
_MIDDLE, _OLD = 20, 100


def settle() -> None:
    """Call once everything is imported: what is there now is never looked through again.

    A page of the desk makes some 20,000 objects and hardly a cycle; searching all modules in between made one page
    in twenty a quarter slower (measured with the bench `desk`). In a busy switchboard the search took a tenth of the
    time (docs/performance.md), and callers waited meanwhile.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, _MIDDLE, _OLD)

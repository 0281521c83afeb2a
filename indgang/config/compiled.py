"""The routing engines as machine code, where they have been compiled: which modules, and whether they are current.

`scripts/compile` (`make compile`) makes them from the same source with mypyc and leaves a stamp. A compiled module is
imported instead of its source, so after a change of the source it would go on doing what the old one said: nothing
starts then. Read and written without Django.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

ENGINES = Path(__file__).resolve().parents[1] / "routing"
#: what was compiled
STAMP = ENGINES / "compiled.stamp"
#: modules that decide. Values, plans and kept states stay Python: their dataclasses are not what mypyc takes.
MODULES = (
    "distribution/distributor", "distribution/estimate", "distribution/line", "distribution/matching",
    "distribution/ordered", "flows/behaviour", "flows/branches", "flows/dialogue", "flows/machine", "flows/turn",
    "flows/waiting", "centre/centre", "centre/core", "centre/facts", "centre/journey", "centre/offers",
    "centre/personal", "centre/presence",
)  # fmt: skip


def sources() -> list[Path]:
    return [ENGINES / f"{module}.py" for module in MODULES]


def built() -> Iterator[Path]:
    """Every compiled file that is there."""
    yield from (path for suffix in ("*.so", "*.pyd") for path in ENGINES.rglob(suffix))


def fingerprint() -> str:
    """Of the source that a compiled engine must have come from."""
    digest = hashlib.sha256()
    for path in sorted(ENGINES.rglob("*.py")):
        digest.update(path.relative_to(ENGINES).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def is_stale() -> bool:
    """There is something compiled, and it is not from this source."""
    return any(built()) and (not STAMP.exists() or STAMP.read_text() != fingerprint())


def remove() -> None:
    """Back to plain Python."""
    for path in (*built(), STAMP):
        path.unlink(missing_ok=True)

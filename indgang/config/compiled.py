"""The routing engines as machine code, if they have been compiled: which modules, and whether they are current.

`scripts/compile` (`make compile`) compiles them from the same source with mypyc and writes a stamp. Python imports a
compiled module instead of its source. After a change of the source it would still run the old code, so no process
starts then. This module uses no Django.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

ENGINES = Path(__file__).resolve().parents[1] / "routing"
#: the stamp of the compiled source
STAMP = ENGINES / "compiled.stamp"
#: modules that decide. Values, plans and stored states stay Python, because mypyc does not support their dataclasses.
MODULES = (
    "distribution/distributor", "distribution/estimate", "distribution/line", "distribution/matching",
    "distribution/ordered", "flows/behaviour", "flows/branches", "flows/dialogue", "flows/machine", "flows/turn",
    "flows/waiting", "centre/centre", "centre/core", "centre/facts", "centre/journey", "centre/offers",
    "centre/personal", "centre/presence",
)  # fmt: skip


def sources() -> list[Path]:
    return [ENGINES / f"{module}.py" for module in MODULES]


def built() -> Iterator[Path]:
    """All compiled files."""
    yield from (path for suffix in ("*.so", "*.pyd") for path in ENGINES.rglob(suffix))


def fingerprint() -> str:
    """A hash of the source of the compiled engines."""
    digest = hashlib.sha256()
    for path in sorted(ENGINES.rglob("*.py")):
        digest.update(path.relative_to(ENGINES).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def is_stale() -> bool:
    """Whether there are compiled files that come from other source."""
    return any(built()) and (not STAMP.exists() or STAMP.read_text() != fingerprint())


def remove() -> None:
    """Delete the compiled files, so that the Python source is used."""
    for path in (*built(), STAMP):
        path.unlink(missing_ok=True)

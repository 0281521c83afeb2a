"""The routing engines as machine code, if they have been compiled: which modules, and whether they are current.

`scripts/compile` (`make compile`) compiles them from the same source with mypyc and writes a stamp. Python imports a
compiled module instead of its source, and after a change of the source that module would still run the old code.
Therefore the package imports the source again as soon as the stamp is that of another source.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

ENGINES = Path(__file__).resolve().parent
#: the stamp of the compiled source
STAMP = ENGINES / "compiled.stamp"
#: modules that decide. Values, plans and stored states stay Python, because mypyc does not support their dataclasses.
MODULES = (
    "distribution/distributor", "distribution/estimate", "distribution/line", "distribution/matching",
    "distribution/ordered", "flows/behaviour", "flows/branches", "flows/dialogue", "flows/machine", "flows/turn",
    "flows/waiting", "centre/centre", "centre/core", "centre/facts", "centre/journey", "centre/offers",
    "centre/personal", "centre/presence",
)  # fmt: skip
_FILES = {f"{__package__}.{module.replace('/', '.')}": f"{module}.py" for module in MODULES}


def sources() -> list[Path]:
    return [ENGINES / file for file in _FILES.values()]


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


def are_compiled() -> bool:
    """Whether this process runs the compiled engines."""
    decides = find_spec(f"{__package__}.distribution.distributor")
    return decides is not None and not str(decides.origin).endswith(".py")


def remove() -> None:
    """Delete the compiled files, so that the Python source is used."""
    for path in (*built(), STAMP):
        path.unlink(missing_ok=True)


def use_only_current() -> None:
    """Import the engines' source if what is compiled comes from other source. Call it before any engine is imported."""
    if is_stale():
        sys.meta_path.insert(0, _Source())


class _Source(MetaPathFinder):
    """Finds the source of an engine, where Python would find the compiled module."""

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        file = _FILES.get(name)
        return spec_from_file_location(name, ENGINES / file) if file else None

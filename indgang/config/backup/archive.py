"""A backup as it lies on the disk: a folder under its final name only when it is whole.

indgang-20260301T020000Z/
    manifest.json     what made it, what the database held, and the checksum of every other file
    database.dump     pg_dump's custom format
    sounds/           prompts as spoken, and recordings that the telephone system has not handed over yet
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

PREFIX, UNFINISHED = "indgang-", ".part"
MANIFEST, DUMP, SOUNDS = "manifest.json", "database.dump", "sounds"
#: version of the manifest's format; raised when older programs cannot read a new one
FORMAT = 1


class Damaged(ValueError):
    """The folder is not a complete backup; the message says why."""


def name_at(at: datetime) -> str:
    return f"{PREFIX}{at:%Y%m%dT%H%M%SZ}"


def all_in(folder: Path) -> list[Path]:
    """The complete backups in the folder, the oldest first."""
    return sorted(
        path.parent for path in Path(folder).glob(f"{PREFIX}*/{MANIFEST}") if path.parent.suffix != UNFINISHED
    )


def newest(folder: Path) -> Path | None:
    found = all_in(folder)
    return found[-1] if found else None


def seal(folder: Path, about: dict[str, Any]) -> None:
    """Write the manifest with all checksums, and flush everything to the disk."""
    sums = {str(path.relative_to(folder)): _checksum(path) for path in _files(folder)}
    manifest = {"format": FORMAT, **about, "files": sums}
    (folder / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=2), encoding="utf-8")
    for path in (*_files(folder), folder):
        _to_disk(path)


def publish(unfinished: Path) -> Path:
    """Give the folder its final name, in one step."""
    final = unfinished.with_suffix("")
    unfinished.rename(final)
    _to_disk(final.parent)
    return final


def read(folder: Path) -> dict[str, Any]:
    """The manifest, after all files are checked against it. Raises Damaged."""
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        sums: dict[str, str] = manifest["files"]
        known = int(manifest["format"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Damaged(f"{folder} is not a backup: its {MANIFEST} cannot be read ({type(error).__name__})") from None
    if known > FORMAT:
        raise Damaged(f"{folder} was made by a newer version (format {known}); restore it with that version")
    for name, checksum in sums.items():
        if not (folder / name).is_file() or _checksum(folder / name) != checksum:
            raise Damaged(f"{folder} is damaged: {name} is missing or not what was written")
    return manifest


def prune(folder: Path, keep: int) -> list[Path]:
    """Delete the oldest backups beyond `keep`. Return those deleted."""
    old = all_in(folder)[: -max(keep, 1)]
    for each in old:
        # the manifest first: a half-deleted backup must not look complete
        (each / MANIFEST).unlink(missing_ok=True)
        shutil.rmtree(each)
    return old


def clear_unfinished(folder: Path) -> None:
    """Remove the remains of earlier backups that were interrupted."""
    for each in folder.glob(f"{PREFIX}*{UNFINISHED}"):
        shutil.rmtree(each)


def _files(folder: Path) -> Iterator[Path]:
    yield from sorted(path for path in folder.rglob("*") if path.is_file())


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _to_disk(path: Path) -> None:
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)

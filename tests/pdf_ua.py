"""What the checker `pdfua` finds against PDF/UA-1 in a document: 12 of the standard's checks, and what it could not
check. Typst refuses by itself to write what it knows to break the standard."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pdfua import validate
from pypdf import PdfReader

#: pdfua 0.1.3 cannot look for empty headings with pikepdf 10, and says that it has not; so we do
_EMPTY_HEADINGS = "UA-14-001"


def faults(made: bytes) -> list[str]:
    """Each finding with its rule; a rule that could not be checked is one too."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "checked.pdf"
        path.write_bytes(made)
        report = validate(str(path))
    skipped = [each for each in report.outcomes if each.skipped and each.rule_id != _EMPTY_HEADINGS]
    found = [f"{each.rule_id} not checked: {each.skipped_reason}" for each in skipped]
    found += [f"{each.rule_id}: {each.message}" for each in report.findings]
    return found + [f"{_EMPTY_HEADINGS}: {role} is empty" for role in _empty_headings(made)]


def _empty_headings(made: bytes) -> Iterator[str]:
    root: Any = PdfReader(io.BytesIO(made)).trailer["/Root"]
    for element in _elements(root.get("/StructTreeRoot", {})):
        role = str(element.get("/S", ""))
        if role[:2] == "/H" and role[2:].isdigit() and not _marks(element.get("/K", [])):
            yield role


def _elements(node: Any) -> Iterator[Any]:
    node = node.get_object() if hasattr(node, "get_object") else node
    for each in node if isinstance(node, list) else ():
        yield from _elements(each)
    if isinstance(node, dict):
        yield node
        yield from _elements(node.get("/K", []))


def _marks(node: Any) -> bool:
    """Whether anything on a page is marked as this content."""
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, dict):
        return "/MCID" in node or ("/K" in node and _marks(node["/K"]))
    return any(map(_marks, node)) if isinstance(node, list) else isinstance(node, int)

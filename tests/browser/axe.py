"""axe-core on a page: each finding fails the test, with the rule, the element and the remedy."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Frame, Page, ViewportSize

ROOT = Path(__file__).resolve().parents[2]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
#: below this width no style shows other elements (tests/ui/test_narrow_styles.py), and axe looks only at what scrolls
_NARROW = 400
_SCROLLS = ["scrollable-region-focusable"]


@lru_cache
def _source() -> str:
    return (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


def assert_accessible(page: Page | Frame, *, within: str | None = None, only: Sequence[str] = ()) -> None:
    """Fail with every finding of axe on the page as it stands (or on the elements that match `within`).

    `only` names the rules; without it, all those of the guidelines.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(_source())  # evaluated by the debugger, which bypasses the page's security policy
    found: list[dict[str, Any]] = page.evaluate(
        "([within, type, values]) => axe.run(within || document, {runOnly: {type, values}, resultTypes:"
        " ['violations']}).then((result) => result.violations)",
        [within, "rule" if only else "tag", list(only) or RULES],
    )
    assert not found, "\n".join(_told(finding) for finding in found)


def faults_at(page: Page, *sizes: ViewportSize) -> list[str]:
    """What axe finds on the page at each of these sizes, and by how much it is too wide.

    The page is not loaded again, as it is not for a person who zooms or turns the telephone.
    """
    wrong = []
    for size in sizes:
        page.set_viewport_size(size)
        try:
            assert_accessible(page, only=_SCROLLS if size["width"] < _NARROW else ())
        except AssertionError as finding:
            wrong.append(f"{page.url} at {size['width']} px: {finding}")
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if over > 0:
            wrong.append(f"{page.url} is {over} px too wide at {size['width']} px")
    return wrong


def _told(finding: dict[str, Any]) -> str:
    elements = "\n".join(f"    {node['html'][:300]}\n      {node['failureSummary']}" for node in finding["nodes"][:5])
    return f"{finding['id']} ({finding['impact']}): {finding['help']}\n{elements}"

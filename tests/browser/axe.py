"""axe-core on a page: each finding fails the test, with the rule, the element and the remedy."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Frame, Page

ROOT = Path(__file__).resolve().parents[2]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]


@lru_cache
def _source() -> str:
    return (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


def assert_accessible(page: Page | Frame, *, within: str | None = None) -> None:
    """Fail with every finding of axe on the page as it stands (or on the elements that match `within`)."""
    page.evaluate(_source())  # evaluated by the debugger, which bypasses the page's security policy
    found: list[dict[str, Any]] = page.evaluate(
        "([within, rules]) => axe.run(within || document, {runOnly: {type: 'tag', values: rules}, resultTypes:"
        " ['violations']}).then((result) => result.violations)",
        [within, RULES],
    )
    assert not found, "\n".join(_told(finding) for finding in found)


def _told(finding: dict[str, Any]) -> str:
    elements = "\n".join(f"    {node['html'][:300]}\n      {node['failureSummary']}" for node in finding["nodes"][:5])
    return f"{finding['id']} ({finding['impact']}): {finding['help']}\n{elements}"

"""Waits until a page is at rest: it has loaded, and none of its requests is pending.

Playwright's own "networkidle" stays true for a page once it has been true, so that later waits return at once. A page
with a stream may never reach it on a busy machine.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from weakref import WeakKeyDictionary

from playwright.sync_api import BrowserContext, Page, Request

#: number of checks of a page without a pending request, and the milliseconds between them
_LOOKS, _BETWEEN = 4, 30

_under_way: WeakKeyDictionary[BrowserContext, set[Request]] = WeakKeyDictionary()


def watch(context: BrowserContext) -> None:
    """Count the pending requests of the pages of `context`. Streams stay open and are not counted."""
    asked = _under_way.setdefault(context, set())
    context.on("request", lambda request: None if request.resource_type == "eventsource" else asked.add(request))
    context.on("requestfinished", lambda request: asked.discard(request))
    context.on("requestfailed", lambda request: asked.discard(request))


def settled(page: Page, *, seconds: float = 20.0) -> None:
    """Wait until the page is at rest. Its context must be watched."""
    asked, quiet = _under_way[page.context], 0
    deadline = time.monotonic() + seconds
    while quiet < _LOOKS:
        assert time.monotonic() < deadline, f"still under way: {[request.url for request in asked]}"
        page.wait_for_timeout(_BETWEEN)
        ready = page.evaluate("document.readyState === 'complete'")
        quiet = quiet + 1 if ready and not any(_of(request) is page for request in asked) else 0


def phone_is(state: str, page: Page, *, timeout: float | None = None) -> None:
    """Wait until the telephone of the page is `registered`, `ringing` or `talking`; `timeout` in milliseconds.

    Asks ten times a second. Playwright would have the page draw and ask at sixty frames a second, which takes 7 % of
    a core for each page.
    """
    page.wait_for_function("state => window.indgang.phone?.[state]()", arg=state, polling=100, timeout=timeout)


def wait_for(question: Callable[[], object], seconds: float = 20.0) -> None:
    """Wait until the condition holds, such as the effect of a page's unanswered request or of an exchange."""
    deadline = time.monotonic() + seconds
    while not question():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


def _of(request: Request) -> Page | None:
    """The page of the request; None for a closing page, which has no frame any more."""
    try:
        return request.frame.page
    except Exception:  # noqa: BLE001  # whatever Playwright says of a frame that is gone
        return None


def picture(page: Page, name: str) -> None:
    """Keep a picture of the whole page in the folder that SCREENSHOTS names; without it nothing happens."""
    if folder := os.environ.get("SCREENSHOTS"):
        page.evaluate("scrollTo(0, 0)")  # a header that stays in view is drawn where the page is scrolled to
        page.screenshot(path=f"{folder}/{name}.png", full_page=True, animations="disabled")

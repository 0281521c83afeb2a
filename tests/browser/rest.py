"""When a page is at rest: it has loaded, and nothing that it asked the server for is under way.

Playwright's own "networkidle" holds for the rest of a page's life once it has been true, so that later waits for it
return at once; and a page that is kept up to date by a stream may never reach it on a busy machine.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from weakref import WeakKeyDictionary

from playwright.sync_api import BrowserContext, Page, Request

#: looks at a page without a request in between, and the milliseconds from one to the next
_LOOKS, _BETWEEN = 4, 30

_under_way: WeakKeyDictionary[BrowserContext, set[Request]] = WeakKeyDictionary()


def watch(context: BrowserContext) -> None:
    """Count what the pages of `context` ask for. Streams stay open and are not counted."""
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


def wait_for(question: Callable[[], object], seconds: float = 20.0) -> None:
    """Wait until it is so: what the page said to the server without waiting for the answer, what an exchange does."""
    deadline = time.monotonic() + seconds
    while not question():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


def _of(request: Request) -> Page | None:
    """The page that asked; a page that is going away has no frame any more."""
    try:
        return request.frame.page
    except Exception:  # noqa: BLE001  # whatever Playwright says of a frame that is gone
        return None

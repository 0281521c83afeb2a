"""The browser of the tests: headless Chromium, with a humming microphone that it uses without asking."""

from __future__ import annotations

import shutil

import pytest

#: Debian's Chromium without the parts that draw windows comes first: it starts with a quarter of the processor time,
#: opens a page with a third, and draws and runs the page itself in the same way
_PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--disable-extensions",
    "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
]  # fmt: skip
#: with it, as at an agent's, the browser gives the exchange its real address; without it the exchange is given none,
#: takes the call as on hold, and waits longer for sound that has stopped
PERMISSIONS = ["microphone"]


def program() -> str:
    """The path of the browser. Without one the test fails and is not skipped."""
    for name in _PROGRAMS:
        if path := shutil.which(name):
            return path
    pytest.fail("no Chromium on this machine; run `make test` or scripts/install-test-tools, which install it")

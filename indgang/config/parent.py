"""Lets no process outlive its parent, however the parent ends."""

from __future__ import annotations

import ctypes
import os
import signal

_PR_SET_PDEATHSIG = 1


def end_with_parent(parent: int) -> None:
    """Have the kernel send this process SIGTERM when process `parent` (the present parent) ends.

    Linux only; elsewhere it does nothing. When the parent has ended already, the process ends at once.
    """
    if not hasattr(ctypes, "CDLL") or os.uname().sysname != "Linux":
        return
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGTERM)

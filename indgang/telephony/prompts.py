"""Names of prompts, and the composition of digits and numbers from them. Pure; every exchange uses it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}")


def is_name(name: str) -> bool:
    """Whether a prompt can be loaded under this name."""
    return _NAME.fullmatch(name) is not None


def spelled(prompts: Iterable[str], known: Collection[str]) -> list[str]:
    """Names of the sounds for the prompts, in order.

    `digits:42` is `digit-4`, `digit-2`; `number:42` is `number-42` if known, else its digits. Prompts that are not in
    `known` are left out.
    """
    names: list[str] = []
    for prompt in prompts:
        kind, colon, figures = prompt.partition(":")
        if not colon:
            names.append(prompt)
        elif kind == "number" and f"number-{figures}" in known:
            names.append(f"number-{figures}")
        elif kind in ("number", "digits"):
            names += [f"digit-{figure}" for figure in figures]
    return [name for name in names if name in known]

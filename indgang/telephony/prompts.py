"""Names of prompts, and how digits and numbers are put together from them. Pure; every exchange does it this way."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}")


def is_name(name: str) -> bool:
    """Whether a prompt can be loaded under this name."""
    return _NAME.fullmatch(name) is not None


def spelled(prompts: Iterable[str], known: Collection[str]) -> list[str]:
    """Names of the sounds that say the prompts one after another.

    `digits:42` is `digit-4`, `digit-2`; `number:42` is `number-42` where that is known, else its digits; prompts not
    in `known` are left out.
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

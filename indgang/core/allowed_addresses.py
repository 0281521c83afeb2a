"""Whether an address lies below one of those that are allowed. Pure.

A server asks in its own name for whoever typed the address, so an address elsewhere (a neighbour inside the network,
say) must be refused, however it is written.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import unquote, urlsplit


def lies_below(address: str, allowed: Iterable[str], *, schemes: frozenset[str]) -> bool:
    """Whether it has the scheme, host and port of one of them, and its path or one below it; without credentials,
    fragment and steps upwards."""
    try:
        asked = urlsplit(address)
        if asked.scheme not in schemes or asked.username is not None or asked.fragment:
            return False
        if "\\" in address or {".", ".."} & set(unquote(asked.path).split("/")):
            return False
        return any(_is_below(address, root) for root in allowed)
    except ValueError:
        return False


def _is_below(address: str, root: str) -> bool:
    asked, above = urlsplit(address), urlsplit(root)
    same_place = (asked.scheme, asked.hostname, asked.port) == (above.scheme, above.hostname, above.port)
    return same_place and f"{asked.path}/".startswith(above.path.rstrip("/") + "/")
